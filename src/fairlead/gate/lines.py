"""Where in a TOML file a key stands: tomllib reads values but not their lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")

Place = tuple[str | int, ...]
"""A key's path from the top; the entries of an array of tables are counted from 0."""


def key_lines(text: str) -> Mapping[Place, int]:
    """Return the 1-based line of each table header and key, by its path.

    Lines inside multi-line strings that look like keys are taken for keys; they can only add places
    that nobody asks for.
    """
    lines: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _numbered(_parts(header[2]), counts, many=header[1] == "[[")
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            place = table + _parts(key[1])
            for end in range(len(table) + 1, len(place) + 1):
                lines.setdefault(place[:end], number)
    return lines


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """Return the line of the nearest key at or above ``place``, 1 when none is known."""
    for end in range(len(place), 0, -1):
        if place[:end] in lines:
            return lines[place[:end]]
    return 1


def _parts(dotted: str) -> Place:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _numbered(parts: Place, counts: dict[Place, int], *, many: bool) -> Place:
    """Put the running number of each array of tables into the path."""
    place: Place = ()
    for index, part in enumerate(parts):
        place += (part,)
        last = index == len(parts) - 1
        if last and many:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place += (counts[place],)
    return place
