"""``fairlead worker``: carry out the platform's background runs on this machine."""

from __future__ import annotations

import argparse
import os
import sys
from queue import SimpleQueue

from fairlead.app.background_wiring import keeper_of
from fairlead.app.cli.platform_arguments import add_platform_arguments
from fairlead.app.cli.printable import printable
from fairlead.app.observing.logs import configure_logs
from fairlead.app.platform_wiring import platform_settings
from fairlead.errors import FairleadError
from fairlead.signals import ended_in_order
from fairlead.store.database import open_database
from fairlead.store.migrations import newest_version, version_of

PATIENCE = 30.0
"""Seconds that workers get to hand back what they do."""

_EXAMPLES = """\
examples:
  fairlead worker --store postgresql://fairlead@db/fairlead --broker redis://queue/0
  fairlead worker --store postgresql://fairlead@db/fairlead --count 4

Ctrl-C or SIGTERM ends it: runs that go on are handed back and taken up by other workers. The
repositories have to lie where the server has them: share that folder, or put both on one machine.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `worker` takes."""
    parser.description = (
        "Carry out queued runs on this machine, beside those of `fairlead up` and other workers.\n"
        "With a broker these are Celery workers that wait for tickets on Redis, else they look into\n"
        "the store every second. One that ends is started again."
    )
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "--broker", default="", metavar="ADDRESS", help="redis://… (default: $FAIRLEAD_BROKER)"
    )
    parser.add_argument(
        "--count", type=int, default=1, metavar="N", help="runs at once (default: 1, with all cores)"
    )
    add_platform_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Work until interrupted; 0 when that came about by Ctrl-C or SIGTERM."""
    if arguments.count < 1:
        raise FairleadError(f"--count is {arguments.count}", fix="give at least 1")
    settings = platform_settings(
        os.environ,
        state=arguments.state,
        store=arguments.store,
        broker=arguments.broker,
        workers=arguments.count,
    )
    configure_logs()
    database = open_database(settings.store)
    try:
        if version_of(database) != newest_version():
            raise FairleadError(
                "the store has no tables yet, or those of another version",
                fix="start fairlead up on it first: it brings them to date",
            )
        keeper = keeper_of(settings, database, environ=os.environ)
        asked = SimpleQueue[None]()  # an event's lock may be held by what the signal interrupts
        with ended_in_order(lambda: asked.put(None)):
            keeper.start()
            try:
                where = "tickets from the broker" if settings.broker else "runs from the store"
                print(printable(f"{arguments.count} at once, {where}; Ctrl-C ends it"), file=sys.stderr)
                asked.get()
                print("handing back what runs; Ctrl-C again ends at once", file=sys.stderr)
            finally:
                keeper.stop(patience=PATIENCE)
    finally:
        database.close()
    return 0
