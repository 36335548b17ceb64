"""A worker process: ``python -m fairlead.app.working``, started on a leash by a crew, not by people."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from dataclasses import replace

from fairlead.app.background_wiring import BROKER, take_tickets, worker_of
from fairlead.app.observing.logs import configure_logs
from fairlead.errors import FairleadError
from fairlead.workers.carrying import USUAL
from fairlead.workers.loop import work_off


def main(argv: list[str]) -> int:
    """Work until told to end by SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m fairlead.app.working")
    for name in ("--limit", "--lease"):
        parser.add_argument(name, type=float, required=True)
    parser.add_argument("--cores", type=int, required=True)
    arguments = parser.parse_args(argv)
    configure_logs()
    try:
        worker = worker_of(
            os.environ,
            cores=arguments.cores,
            terms=replace(USUAL, limit=arguments.limit, lease=arguments.lease),
        )
    except FairleadError as error:
        logging.getLogger("fairlead.workers").error("%s; %s", error.cause, error.fix)
        return 1
    if os.environ.get(BROKER):
        return take_tickets(os.environ[BROKER], worker)
    signal.signal(signal.SIGTERM, lambda *_: worker.halt.set())
    work_off(worker)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
