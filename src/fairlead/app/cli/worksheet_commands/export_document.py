"""``fairlead worksheet export``: give an imported document back, with the folder's edits."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.worksheet.documents.giving_back import give_back
from fairlead.worksheet.writing import read_if_there, write_file


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the document's name and where it should go."""
    parser.add_argument("name", nargs="?", default="", help="which import, when there are several")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    add_folder_option(parser)
    parser.epilog = (
        "What wasn't edited comes back byte for byte; an edited section stands in its old place.\n"
        "Notes are never exported unless the document had them."
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the document; what changed goes to standard error."""
    given = give_back(folder_of(arguments), arguments.name)
    if arguments.output is None:
        sys.stdout.buffer.write(given.data)
        sys.stdout.buffer.flush()
    else:
        write_file(arguments.output, given.data, expected=read_if_there(arguments.output))
    for note in given.notes:
        print(note, file=sys.stderr)
    if not given.notes:
        print(f"{given.name}: nothing was edited; these are the bytes that came", file=sys.stderr)
    return 0
