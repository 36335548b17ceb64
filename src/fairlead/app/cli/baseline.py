"""``fairlead baseline``: record what a repository's files hold today as known."""

from __future__ import annotations

import argparse
import os
import sys

from fairlead.app.cli.arguments import add_repository_argument
from fairlead.app.cli.progress import progress_for
from fairlead.app.flow import Asked, gate_whole_tree
from fairlead.checks.model import Outcome
from fairlead.errors import FairleadError
from fairlead.gate.baseline import FILE, write_baseline
from fairlead.store.folder import write_whole


def configure(parser: argparse.ArgumentParser) -> None:
    """Add --repo and --print."""
    parser.description = (
        f"Run every check on all files of HEAD and record what they find in {FILE}.\n"
        "Once the file is in the base of a change, what it holds doesn't block.\n"
        "Most repositories need none: findings that the base of a change has don't block anyway."
    )
    add_repository_argument(parser)
    parser.add_argument("--print", action="store_true", dest="show", help="print it, write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Record the baseline; a check that could not be evaluated records nothing at all."""
    with progress_for(sys.stderr, os.environ) as progress:
        folder, report = gate_whole_tree(
            Asked(folder=arguments.repo), environ=os.environ, progress=progress
        )
    open_ended = [result for result in report.results if result.outcome is Outcome.NOT_EVALUATED]
    if open_ended:
        raise FairleadError(
            "not everything could be evaluated: "
            + "; ".join(f"{result.check}: {result.because}" for result in open_ended),
            fix=open_ended[0].fix or "turn the check off in the policy",
        )
    text = write_baseline(report.results)
    count = sum(len(result.findings) for result in report.results)
    if arguments.show:
        print(text, end="")
        return 0
    if folder is None:
        raise FairleadError(
            "a bare repository has no work tree to write into",
            fix=f"fairlead baseline --print > {FILE}, and commit it from a clone",
        )
    write_whole(folder / FILE, text.encode())
    print(f"recorded {count} findings in {folder / FILE}\nit holds for changes whose base has it")
    return 0
