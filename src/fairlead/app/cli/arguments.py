"""The arguments with which a command says which change of which repository it is about."""

from __future__ import annotations

import argparse
from pathlib import Path

RANGES = """\
which change:
  (nothing)        from the merge base with the default branch to HEAD; on that branch, its latest
                   commit; in GitHub Actions and GitLab CI, the change that the run is for
  A..B             from A's tree to B's; A...B: from their merge base to B
  REVISION         one commit, against its (first) parent
  --staged         what is staged, against HEAD
  --worktree       everything in the work tree that git does not ignore, against HEAD
  --patch FILE     a patch applied to HEAD, without touching the work tree; - reads standard input
"""


def add_change_arguments(parser: argparse.ArgumentParser) -> None:
    """Add RANGE, --staged, --worktree, --patch and --repo."""
    parser.add_argument("range", nargs="?", metavar="RANGE", help="A..B, A...B or one commit")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--staged", action="store_true", help="look at what is staged")
    which.add_argument("--worktree", action="store_true", help="look at the work tree as it is")
    which.add_argument("--patch", metavar="FILE", help="look at a patch on top of HEAD; - for stdin")
    add_repository_argument(parser)


def add_repository_argument(parser: argparse.ArgumentParser) -> None:
    """Add --repo."""
    parser.add_argument(
        "--repo", type=Path, default=Path(), metavar="DIR", help="the repository (default: this folder)"
    )


def add_format_argument(parser: argparse.ArgumentParser, *, describes: str = "fairlead schema") -> None:
    """Add --format and --output; ``describes`` is the command that prints the JSON's schema."""
    parser.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help=f"text for people (default), json for programs; `{describes}` describes the json",
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of printing")
