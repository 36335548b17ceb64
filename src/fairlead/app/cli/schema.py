"""``fairlead schema``: the JSON Schema of what ``--format json`` prints."""

from __future__ import annotations

import argparse

from fairlead.app.report import schema


def configure(parser: argparse.ArgumentParser) -> None:
    """Explain the command; it takes no arguments."""
    parser.description = "Print the JSON Schema (draft 2020-12) of `fairlead check --format json`."


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    print(schema(), end="")
    return 0
