"""``fairlead submit``: have a change run in the background."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from fairlead.app import intake
from fairlead.app.cli.arguments import add_repository_argument
from fairlead.app.cli.platform_arguments import add_platform_arguments, platform_of
from fairlead.app.cli.printable import printable
from fairlead.errors import FairleadError

_EXAMPLES = """\
examples:
  fairlead submit                     this branch, against where it left the default branch
  fairlead submit main..feature
  fairlead submit HEAD~3 --everything

The platform of this machine takes it from its store as soon as it is up; `fairlead up` starts it.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `submit` takes."""
    parser.description = "Record a change of committed code and queue its checks."
    parser.epilog = _EXAMPLES
    parser.add_argument("range", nargs="?", metavar="RANGE", help="A..B, A...B or one commit")
    add_repository_argument(parser)
    parser.add_argument(
        "--everything", action="store_true", help="run every check, not only what the change needs"
    )
    parser.add_argument("--title", default="", help="what to call it (default: the commit's subject)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_platform_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record and queue the change; 0 when it is in the store."""
    if not isinstance(arguments.repo, Path):
        raise FairleadError("--repo is no folder", fix="name the repository's folder")
    platform = platform_of(arguments)
    try:
        submitted = intake.submit_range(
            platform.database,
            arguments.repo,
            revisions=arguments.range,
            title=arguments.title,
            everything=arguments.everything,
            at=time.time(),
            environ=platform.environ,
        )
    finally:
        platform.database.close()
    if arguments.format == "json":
        said = {"change": submitted.change_id, "revision": submitted.revision_id}
        print(json.dumps({**said, "run": submitted.run_id}))
    else:
        print(printable(f"change {submitted.change_id}, run {submitted.run_id}: {submitted.title}"))
    return 0
