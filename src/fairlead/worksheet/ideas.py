"""Ideas that interviews turn on, and the words by which a question or a story shows them.

Each idea has wordings that count on both sides, wordings of questions alone ("asked") and of stories
alone ("told"): nobody asks about a rota, and few stories contain the word *conflict*. The list,
``ideas.toml``, is our own, drawn from what behavioural interviews ask about.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """One idea by its name, which is also what explains a match to a reader.

    Wordings are compared by their words' stems, so that one form stands for all; a phrase counts when
    its words follow each other. A wording that starts with ``=`` means that form alone.
    """

    name: str
    both: tuple[str, ...]
    asked: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@cache
def read_ideas() -> tuple[Idea, ...]:
    """Return every idea, in the file's order."""
    data = tomllib.loads((files("fairlead.worksheet") / "ideas.toml").read_text(encoding="utf-8"))
    return tuple(
        Idea(
            name=entry["name"],
            both=tuple(entry["both"]),
            asked=tuple(entry.get("asked", ())),
            told=tuple(entry.get("told", ())),
        )
        for entry in data["idea"]
    )
