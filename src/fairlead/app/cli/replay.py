"""``fairlead replay``: what planning would have saved and missed over the changes there have been."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from datetime import date
from pathlib import Path

from fairlead.app.cli.arguments import add_format_argument, add_repository_argument
from fairlead.app.cli.check import write_text
from fairlead.app.cli.progress import telling
from fairlead.app.replay import ReplayAsked, replay
from fairlead.app.replay_report import ReplayReport, replay_json
from fairlead.changes.history import Wanted
from fairlead.errors import FairleadError

_EPILOG = """\
Each step along the first parents is a change; a merge stands for all that it brought. Every change is
planned under today's policy, and a sample of every kind is really gated: with the checks that it needs,
and with every check on the whole tree. What the others would have taken is estimated from that.

What was measured is kept beside the repository's objects, so that a second replay measures nothing
again. Interrupted, it shows what was learned so far.

examples:
  fairlead replay --last 300
  fairlead replay v1.0..v2.0 --sample 20
  fairlead replay --policy draft.toml --sample 0     which checks would run, and nothing measured
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `replay` takes."""
    parser.description = (
        "Plan the changes of the past anew, gate a sample of them,\n"
        "and say what running only what a change needs saves and misses."
    )
    parser.epilog = _EPILOG
    parser.add_argument(
        "range",
        nargs="?",
        metavar="RANGE",
        help="A..B: what B has and A has not (default: HEAD's)",
    )
    parser.add_argument("--branch", metavar="NAME", help="where history ends (default: HEAD)")
    parser.add_argument(
        "--last", type=int, default=100, metavar="N", help="at most the last N changes (100)"
    )
    parser.add_argument("--since", default="", metavar="DATE", help="none older than YYYY-MM-DD")
    parser.add_argument(
        "--single", action="store_true", help="take every commit for a change, and no merge for one"
    )
    parser.add_argument("--sample", type=int, default=12, metavar="K", help="gate K changes (12)")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="plan by this policy, not by that of history's end"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="measure again what an earlier replay has measured"
    )
    parser.add_argument(
        "--cores", type=int, metavar="N", help="run N checks at once (default: all cores there are)"
    )
    parser.add_argument("--all", action="store_true", help="show groups by nature and proof too")
    add_repository_argument(parser)
    add_format_argument(parser, describes="fairlead schema replay")


def run(arguments: argparse.Namespace) -> int:
    """Replay, write the report, and return 0; interrupted, write what there is and go on ending."""
    asked = _asked(arguments)
    with telling(sys.stderr, os.environ) as tell:
        report = replay(asked, environ=os.environ, tell=tell)
    if report.interrupted is None:
        _write(report, arguments)
        return 0
    with contextlib.suppress(FairleadError):  # the interruption is what is to be heard of
        _write(report, arguments)
    raise report.interrupted


def _asked(arguments: argparse.Namespace) -> ReplayAsked:
    for name, least in (("last", 1), ("sample", 0), ("cores", 1)):
        value = getattr(arguments, name)
        if value is not None and value < least:
            raise FairleadError(f"--{name} is {value}", fix=f"give at least {least}")
    if arguments.range and arguments.branch:
        raise FairleadError(
            "a range and --branch contradict each other", fix="end the range in the branch: A..NAME"
        )
    return ReplayAsked(
        folder=arguments.repo,
        wanted=Wanted(
            revisions=arguments.range or arguments.branch,
            last=arguments.last,
            since=_day(arguments.since),
            single=arguments.single,
        ),
        policy=arguments.policy,
        sample=arguments.sample,
        fresh=arguments.fresh,
        cores=arguments.cores,
    )


def _day(text: str) -> str:
    """Return a date as git takes it for its first second; git itself takes any word for a date."""
    if not text:
        return ""
    try:
        return f"{date.fromisoformat(text)}T00:00:00"
    except ValueError as error:
        raise FairleadError(f"--since {text!r} is no date", fix="write it as 2026-03-01") from error


def _write(report: ReplayReport, arguments: argparse.Namespace) -> None:
    if arguments.format == "json":
        text = json.dumps(replay_json(report), indent=1) + "\n"
    else:
        from fairlead.app.cli.replay_text import replay_text

        wide = None if arguments.output is None else 100
        text = replay_text(report, everything=arguments.all, width=wide)
    write_text(text, arguments.output)
