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


def lowered(text: str) -> str:
    """Return the text in lower case, every place as it was.

    Patterns that needn't tell cases apart take half the time without ``re.IGNORECASE``.
    """
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)  # "İ" grows


def masked(text: str) -> str:
    """Return the text in lower case, what only looks like a figure blanked, every place as it was."""
    low = lowered(DIGITS_THAT_ARE_NONE.sub(_spaces, text))
    return NUMBERED_THING.sub(_which_one, TURNS_OF_PHRASE.sub(_spaces, low))


def _which_one(match: re.Match[str]) -> str:
    thing = match["thing"]
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
