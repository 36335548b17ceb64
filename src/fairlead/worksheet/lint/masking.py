"""A text without what only looks like a figure, every place as it was."""

from __future__ import annotations

import re

from fairlead.worksheet.lint.units import (
    DIGITS_THAT_ARE_NONE,
    NUMBERED,
    NUMBERED_THING,
    TURNS_OF_PHRASE,
)

_PLURAL = re.compile(r" [a-z]+s\b")


def masked(text: str) -> str:
    """Return the text with what only looks like a figure blanked out, every place as it was."""
    text = NUMBERED_THING.sub(_which_one, TURNS_OF_PHRASE.sub(_spaces, text))
    return DIGITS_THAT_ARE_NONE.sub(_spaces, text)


def _which_one(match: re.Match[str]) -> str:
    thing = match["thing"].lower()
    if (
        thing in {"group", "line", "room", "floor", "class", "day", "week"}
        and not match[0][-1].isdigit()
        and _PLURAL.match(match.string, match.end())
    ):
        return match[0]  # "in our group seven analysts", not the group's number
    named = thing in NUMBERED or thing in {"no.", "exit code"}
    return _spaces(match) if named else match[0]


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match[0])
