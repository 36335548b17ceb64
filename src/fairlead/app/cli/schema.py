"""``fairlead schema``: the JSON Schema of what ``--format json`` prints."""

from __future__ import annotations

import argparse

from fairlead.app.replay_report import replay_schema
from fairlead.app.report import schema


def configure(parser: argparse.ArgumentParser) -> None:
    """Add which schema is meant."""
    parser.description = "Print the JSON Schema (draft 2020-12) of what `--format json` prints."
    parser.add_argument(
        "of",
        nargs="?",
        choices=("verdict", "replay"),
        default="verdict",
        help="the verdict of `fairlead check` (default), or what `fairlead replay` learned",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    print(replay_schema() if arguments.of == "replay" else schema(), end="")
    return 0
