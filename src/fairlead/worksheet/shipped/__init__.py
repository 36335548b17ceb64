"""The packs of principles that come with Fairlead, in words of its own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.worksheet.folder import PACKS
from fairlead.worksheet.model import Pack
from fairlead.worksheet.pack_file import read_pack
from fairlead.worksheet.writing import read_if_there, write_file

NAMES = ("leadership-principles", "engineering-competencies")
"""Every shipped pack, by the name of its file."""


def shipped_pack(name: str) -> Pack:
    """Return a shipped pack with its file's bytes; raises FairleadError for a name that is none."""
    if name not in NAMES:
        raise FairleadError(f"there is no pack {name!r}", fix=f"name one of: {', '.join(NAMES)}")
    raw = (files(__name__) / f"{name}.yaml").read_bytes()
    pack, problems = read_pack(raw, path=f"packs/{name}.yaml")
    if pack is None:
        raise FairleadError(
            f"the shipped pack {name} is damaged: {problems[0].cause}", fix="reinstall fairlead"
        )
    return pack


def add_pack(folder: Path, name: str) -> tuple[Pack, bool]:
    """Copy a shipped pack into a worksheet; return it, and whether it is new there.

    A file that is there already stays as it is.
    """
    pack = shipped_pack(name)
    path = folder / PACKS / f"{pack.id}.yaml"
    if read_if_there(path) is not None:
        return pack, False
    write_file(path, pack.raw)
    return pack, True


def names_of_principles() -> set[str]:
    """Return the names of all shipped principles in lower case."""
    return {principle.name.casefold() for name in NAMES for principle in shipped_pack(name).principles}
