"""``fairlead worksheet packs``: list the packs of principles, and add one to the folder."""

from __future__ import annotations

import argparse

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.errors import FairleadError
from fairlead.worksheet.folder import load
from fairlead.worksheet.shipped import NAMES, add_pack, shipped_pack


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what to do, and with which pack."""
    parser.add_argument("what", nargs="?", choices=["list", "add"], default="list")
    parser.add_argument("name", nargs="?", help=f"one of {', '.join(NAMES)}")
    add_folder_option(parser)
    parser.epilog = (
        "A pack is a YAML file under packs/: edit it, or write your own beside it. Principles that\n"
        "two packs share are told as one, with the questions and prompts of both."
    )


def run(arguments: argparse.Namespace) -> int:
    """List the packs, or copy one into the folder."""
    folder = folder_of(arguments)
    if arguments.what == "add":
        if arguments.name is None:
            raise FairleadError("the pack's name is missing", fix=f"name one of: {', '.join(NAMES)}")
        pack, is_new = add_pack(folder, arguments.name)
        path = folder / pack.path
        if not is_new:
            print(f"{path} is there already; nothing was changed.")
            return 0
        print(f"Added {path}: {len(pack.principles)} principles, yours to edit.")
        return 0
    sheet = load(folder)
    here = {pack.id for pack in sheet.packs}
    for pack in (*sheet.packs, *(shipped_pack(name) for name in NAMES if name not in here)):
        questions = sum(len(one.questions) for one in pack.principles)
        prompts = sum(len(one.prompts) for one in pack.principles)
        where = pack.path if pack.id in here else f"not added: fairlead worksheet packs add {pack.id}"
        print(f"{pack.id}: {len(pack.principles)} principles, {questions} questions, {prompts} prompts")
        print(f"  {pack.title} ({where})")
    return 0
