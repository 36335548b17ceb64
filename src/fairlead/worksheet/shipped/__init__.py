"""The packs of principles that come with Fairlead, in words of its own."""

from __future__ import annotations

from importlib.resources import files

from fairlead.errors import FairleadError
from fairlead.worksheet.model import Pack
from fairlead.worksheet.pack_file import read_pack

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


def names_of_principles() -> set[str]:
    """Return the names of all shipped principles in lower case."""
    return {principle.name.casefold() for name in NAMES for principle in shipped_pack(name).principles}
