"""``fairlead worksheet init``: make the folder that the user owns."""

from __future__ import annotations

import argparse
from pathlib import Path

from fairlead.worksheet.making import make_folder


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the folder's name."""
    parser.add_argument(
        "directory", nargs="?", type=Path, default=Path("worksheet"), help="default: ./worksheet"
    )
    parser.epilog = "Adds only what is missing: run again, it changes nothing."


def run(arguments: argparse.Namespace) -> int:
    """Make the folder and say what to do next."""
    made = make_folder(arguments.directory)
    if made.files:
        print(f"Made the worksheet {arguments.directory}.")
    else:
        print(f"{arguments.directory} is a worksheet already; nothing was changed.")
    for note in made.notes:
        print(f"  {note}")
    print("next: fairlead worksheet import FILE, or fairlead worksheet packs add NAME")
    return 0
