"""``fairlead plan``: everything that `check` does but running the checks."""

from __future__ import annotations

import argparse
import os

from fairlead.app.cli.arguments import RANGES, add_change_arguments, add_format_argument
from fairlead.app.cli.check import read_patch, write_report
from fairlead.app.flow import Asked, plan_change


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `plan` takes."""
    parser.description = "Read a change and say which checks would run, which would not, and why."
    parser.epilog = RANGES
    add_change_arguments(parser)
    add_format_argument(parser)
    parser.add_argument("--all", action="store_true", help="show every file and the score's reasons")


def run(arguments: argparse.Namespace) -> int:
    """Plan the change and write the plan."""
    asked = Asked(
        folder=arguments.repo,
        revisions=arguments.range,
        staged=arguments.staged,
        worktree=arguments.worktree,
        patch=read_patch(arguments.patch),
    )
    write_report(plan_change(asked, environ=os.environ), arguments, everything=arguments.all)
    return 0
