"""YAML as a user's file holds it: read safely, its mistakes told by line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import yaml

_MOST = 1 << 16


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """The safe loader, for which only ``true``, ``false`` and nothing aren't text.

    A person who writes ``no``, ``007`` or ``2024-05-01`` means these words, not False, 7 or a date.
    """

    yaml_implicit_resolvers: ClassVar = {
        "t": [("tag:yaml.org,2002:bool", re.compile("true$"))],
        "f": [("tag:yaml.org,2002:bool", re.compile("false$"))],
        "~": [("tag:yaml.org,2002:null", re.compile("~$"))],
        "n": [("tag:yaml.org,2002:null", re.compile("null$"))],
        "": [("tag:yaml.org,2002:null", re.compile("$"))],
    }


class YamlProblem(ValueError):
    """YAML that can't be read; ``line`` is 1-based within the text that was given."""

    def __init__(self, cause: str, line: int) -> None:
        super().__init__(cause)
        self.cause, self.line = cause, line


def read_yaml(text: str) -> object:
    """Return the value that YAML stands for; raises YamlProblem, and never builds other objects."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlProblem(error.problem or "not YAML", mark.line + 1 if mark else 1) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise YamlProblem(str(error).splitlines()[0] or "not YAML", 1) from error


def read_mapping(text: str) -> Mapping[str, object]:
    """Return the mapping that YAML stands for (nothing is an empty one); raises YamlProblem."""
    if len(text) > _MOST:
        raise YamlProblem(f"front matter is over {_MOST >> 10} KiB", 1)
    value = read_yaml(text)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise YamlProblem("not a list of `key: value`", 1)
    return {str(key): item for key, item in value.items()}


def words_of(value: object) -> str:
    """Return a scalar as text, as it was written; raises ValueError for a list or mapping."""
    if value is None:
        return ""
    if isinstance(value, (dict, list, set, tuple, bytes)):
        raise ValueError("one word or sentence is expected here, not a list or mapping")
    return str(value).lower() if isinstance(value, bool) else str(value)


def list_of(value: object) -> tuple[str, ...]:
    """Return a list of scalars as text; a single scalar is a list of one. Raises ValueError."""
    if value is None or value == "":
        return ()
    items = value if isinstance(value, list) else [value]
    return tuple(text for item in items if (text := words_of(item)))


def with_field(text: str, key: str, value: object, *, newline: str = "\n") -> str:
    """Return front matter with one top-level key set, every other line as it was.

    A key that is there is replaced with its whole value, a new one is appended; ``None`` removes it.
    """
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    written = "" if value is None else dump({key: value}).replace("\n", newline)
    start = next((at for at, line in enumerate(lines) if _names(line, key)), None)
    if start is None:
        return "".join(lines) + written
    end = start + 1
    while end < len(lines) and re.match(r"[ \t]|-(?:\s|$)|\r?\n$", lines[end]):
        end += 1
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return "".join(lines[:start]) + written + "".join(lines[end:])


def dump(value: object) -> str:
    """Return a value as YAML in the order given; a key's list of words stands on the key's line."""
    lists = isinstance(value, dict) and any(isinstance(item, list) for item in value.values())
    flat = lists and all(isinstance(item, list) and _are_words(item) for item in value.values())
    style = None if flat else False
    return yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, default_flow_style=style
    )


def _are_words(items: list[object]) -> bool:
    return not any(isinstance(item, (dict, list)) for item in items)


def _names(line: str, key: str) -> bool:
    return (
        re.match(rf"""(?:{re.escape(key)}|"{re.escape(key)}"|'{re.escape(key)}')\s*:(?:\s|$)""", line)
        is not None
    )


class _Dumper(yaml.SafeDumper):
    """A safe dumper without anchors: a reader of the file should see each value where it stands."""

    def ignore_aliases(self, data: object) -> bool:
        return True
