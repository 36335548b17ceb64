"""Where figures can be in a text, and the text without what only looks like one."""

from __future__ import annotations

import re

from fairlead.worksheet.lint.units import (
    DIGITS_THAT_ARE_NONE,
    FRACTIONS,
    NUMBERED,
    NUMBERED_THING,
    SECONDS,
    TURNS_OF_PHRASE,
    WORDS,
)

_PLURAL = re.compile(r" [a-z]+s\b")
_DIGITS = re.compile(r"\d+")
_WORD_OR_DIGITS = re.compile(r"[A-Za-z]+|\d+")
_MAY_BE = frozenset(
    [
        *(part for word in WORDS for part in re.findall(r"[a-z]{2,}", word)),
        *(part for words in FRACTIONS for part in re.findall(r"[a-z]{2,}", words)),
        *(
            name
            for name in SECONDS
            if len(name) > 5 or name in {"hour", "day", "week", "month", "year"}
        ),
        *[
            "dozens",
            "hundreds",
            "thousands",
            "millions",
            "billions",
            "twice",
            "thrice",
            "doubled",
            "doubling",
            "halved",
            "halving",
        ],
        *[
            "tripled",
            "tripling",
            "trebled",
            "quadrupled",
            "quadrupling",
            "threefold",
            "fourfold",
            "tenfold",
        ],
    ]
)


def stretches(text: str) -> list[tuple[int, int]]:
    """Return where figures can be, with enough on both sides for a date, a unit and a noun."""
    stretches: list[tuple[int, int]] = []
    for found in _WORD_OR_DIGITS.finditer(text):
        if not (found[0] in _MAY_BE or found[0][0].isdigit() or found[0].lower() in _MAY_BE):
            continue
        start = text.rfind(" ", 0, max(0, found.start() - 45)) + 1
        end = text.find(" ", found.end() + 60)
        end = len(text) if end < 0 else end
        if stretches and start <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return stretches


def masked(text: str) -> str:
    """Return the text with what only looks like a figure blanked out, every place as it was."""
    text = NUMBERED_THING.sub(_which_one, TURNS_OF_PHRASE.sub(_spaces, text))
    pieces: list[str] = []
    last = 0
    for start, end in _around_digits(text):
        pieces += [text[last:start], DIGITS_THAT_ARE_NONE.sub(_spaces, text[start:end])]
        last = end
    return "".join([*pieces, text[last:]])


def _around_digits(text: str) -> list[tuple[int, int]]:
    """Return the stretches around digits, wide enough for a date or a name before and a unit behind."""
    stretches: list[tuple[int, int]] = []
    for found in _DIGITS.finditer(text):
        start = text.rfind(" ", 0, max(0, found.start() - 16)) + 1
        end = text.find(" ", found.end() + 16)
        end = len(text) if end < 0 else end
        if stretches and start <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return stretches


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
