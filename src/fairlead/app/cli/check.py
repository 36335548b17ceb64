"""``fairlead check``: gate a change."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from fairlead.app.cli.arguments import RANGES, add_change_arguments, add_format_argument
from fairlead.app.cli.progress import progress_for
from fairlead.app.flow import Asked, gate_change
from fairlead.app.report import Report, report_json
from fairlead.app.wiring import People
from fairlead.errors import FairleadError
from fairlead.store.folder import write_whole


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `check` takes."""
    parser.description = (
        "Read a change, plan the checks it needs, run them,\n"
        "and say whether it may go on and what to do."
    )
    parser.epilog = RANGES + (
        "\nexit codes: 0 pass, 1 blocked, 2 wrong call, could not run, or not evaluated\n"
        "\nexamples:\n"
        "  fairlead check                       this branch against the default branch\n"
        "  fairlead check --staged              before a commit\n"
        "  fairlead check v1.2..v1.3 --format json\n"
        "  fairlead check --approved-by maria --approved-by @org/platform"
    )
    add_change_arguments(parser)
    add_format_argument(parser)
    parser.add_argument("--all", action="store_true", help="show old findings, files and the score too")
    parser.add_argument(
        "--fresh", action="store_true", help="run every tool, whatever earlier runs have found"
    )
    parser.add_argument(
        "--untrusted",
        action="store_true",
        help="its author isn't to run code here: execute it isolated, or not at all",
    )
    parser.add_argument(
        "--cores", type=int, metavar="N", help="run N checks at once (default: all cores there are)"
    )
    parser.add_argument(
        "--approved-by",
        action="append",
        metavar="NAME",
        help="someone who approved it, for CODEOWNERS; give it once for each, '' for nobody",
    )
    parser.add_argument(
        "--author", action="append", default=[], metavar="NAME", help="a name of its author"
    )
    parser.add_argument("--title", default="", metavar="TEXT", help="title of the change request")


def run(arguments: argparse.Namespace) -> int:
    """Gate the change, write the report, and return the verdict's exit code."""
    if arguments.cores is not None and arguments.cores < 1:
        raise FairleadError(f"--cores is {arguments.cores}", fix="give at least 1")
    with progress_for(sys.stderr, os.environ) as progress:
        report = gate_change(asked(arguments), environ=os.environ, progress=progress)
    write_report(report, arguments, everything=arguments.all)
    return report.verdict.exit_code if report.verdict else 0


def asked(arguments: argparse.Namespace) -> Asked:
    """Return what the arguments of `check` ask for."""
    approvers = arguments.approved_by
    return Asked(
        folder=arguments.repo,
        revisions=arguments.range,
        staged=arguments.staged,
        worktree=arguments.worktree,
        patch=read_patch(arguments.patch),
        people=People(
            approvers=None if approvers is None else tuple(name for name in approvers if name),
            author=tuple(arguments.author),
            title=arguments.title,
        ),
        fresh=arguments.fresh,
        untrusted=arguments.untrusted,
        cores=arguments.cores,
    )


def read_patch(name: str | None) -> Path | bytes | None:
    """Return the patch that an argument names: a path, or standard input's bytes for ``-``."""
    if name == "-":
        if sys.stdin is None:
            raise FairleadError("standard input is closed", fix="name a file: --patch FILE")
        return sys.stdin.buffer.read()
    return None if name is None else Path(name)


def write_report(report: Report, arguments: argparse.Namespace, *, everything: bool = False) -> None:
    """Write the report in the form and to the place that the arguments say."""
    if arguments.format == "json":
        text = json.dumps(report_json(report), indent=1) + "\n"
    else:
        from fairlead.app.cli.terminal import report_text

        wide = None if arguments.output is None else 100
        text = report_text(report, everything=everything, width=wide)
    write_text(text, arguments.output)


def write_text(text: str, place: Path | None) -> None:
    """Write the text to a place, or print it; raises FairleadError when that can't be written."""
    if place is None:
        sys.stdout.write(text)
        return
    try:
        _put(place, text.encode("utf-8", "replace"))
    except OSError as error:
        raise FairleadError(
            f"{place} can't be written: {error.strerror}",
            fix="name a file in a folder that exists and may be written",
        ) from error


def _put(place: Path, content: bytes) -> None:
    """Put the report where it is to go: a file all at once, anything else by writing into it."""
    if place.exists() and not place.is_file():  # /dev/stdout, a named pipe: not to be replaced
        place.write_bytes(content)
    else:
        write_whole(place.resolve(), content)
