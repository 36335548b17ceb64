"""The values of a policy's tables: typed, or named as a mistake with their line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from fairlead.gate.lines import Place, line_of

T = TypeVar("T")

_KINDS: Mapping[object, str] = {
    bool: "true or false",
    str: "a string",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


@dataclass
class Problems:
    """The mistakes found so far, each with its line."""

    file: str
    prefix: Place
    lines: Mapping[Place, int]
    found: list[str] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        """Note a mistake at a place of the document."""
        line = line_of(self.lines, self.prefix + place)
        name = ".".join(str(part) for part in place) or "policy"
        self.found.append(f"{self.file}:{line}: {name}: {message}")

    def line(self, place: Place) -> int:
        """Return the line of a place, 1-based; the nearest above it that is known."""
        return line_of(self.lines, self.prefix + place)


def known(at: Place, table: Mapping[str, object], keys: Iterable[str], problems: Problems) -> None:
    """Name every key of a table that isn't known, with the nearest that is."""
    keys = tuple(keys)
    for key in table:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            problems.add((*at, key), f"is not a key of this table; {hint}known here: {', '.join(keys)}")


def typed(
    at: Place,
    table: Mapping[str, object],
    key: str,
    kind: type | tuple[type, ...],
    default: T,
    problems: Problems,
) -> T:
    """Return the value of a key if it is of a kind, else the default, having named the mistake."""
    value = table.get(key, default)
    wanted = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        problems.add((*at, key), f"must be {_KINDS[wanted[-1]]}, not {value!r}")
        return default
    return cast(T, value)


def words(
    at: Place, table: Mapping[str, object], key: str, default: Iterable[str], problems: Problems
) -> tuple[str, ...]:
    """Return a list of strings, else the default, having named the mistake."""
    value = table.get(key, list(default))
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        problems.add((*at, key), f"must be a list of strings, not {value!r}")
        return tuple(default)
    return tuple(value)


def choice(
    at: Place,
    table: Mapping[str, object],
    key: str,
    choices: tuple[str, ...],
    default: str,
    problems: Problems,
) -> str:
    """Return one of the choices, else the default, having named the mistake."""
    value = typed(at, table, key, str, str(default), problems)
    return value if one_of((*at, key), value, choices, problems) else str(default)


def one_of(place: Place, value: str, choices: tuple[str, ...], problems: Problems) -> bool:
    """Whether a value is one of the choices; names the mistake when it isn't."""
    if value in tuple(str(choice) for choice in choices):
        return True
    problems.add(place, f"{value!r} is none of {', '.join(str(choice) for choice in choices)}")
    return False
