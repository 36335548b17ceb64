"""Reading locks whose packages stand in TOML tables: uv, poetry, pdm, pylock (PEP 751), cargo."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from fairlead.vulnerabilities.model import Ecosystem, Lock, Locked
from fairlead.vulnerabilities.versions import normal_name

_ARRAYS = {
    "uv": "package",
    "poetry": "package",
    "pdm": "package",
    "pylock": "packages",
    "cargo": "package",
}


class UnreadableError(ValueError):
    """A lock whose content is not what its name says; the message says what is wrong."""


def read_tables(path: str, text: str, kind: str) -> Lock:
    """Return what a TOML lock of ``kind`` holds; raises UnreadableError.

    An entry from the project's own folders counts as its own; any other without a version is unpinned.
    """
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: numbers of thousands of digits too
        raise UnreadableError(f"it is not TOML: {error}") from error
    array = _ARRAYS[kind]
    _expect_layout(kind, content)
    entries = content.get(array, [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise UnreadableError(f"its {array} is not a list of tables")
    ecosystem = Ecosystem.CRATES if kind == "cargo" else Ecosystem.PYPI
    lines = _header_lines(text, array)
    if len(lines) != len(entries):  # a header inside a string, or inline tables: better none than wrong
        lines = [0] * len(entries)
    packages: list[Locked] = []
    unpinned: list[str] = []
    own = 0
    for entry, line in zip(entries, lines, strict=True):
        name, version = entry.get("name"), entry.get("version")
        if not isinstance(name, str):
            raise UnreadableError(f"an entry of {array} has no name")
        if _is_own(kind, entry):
            own += 1
        elif isinstance(version, str) and version:
            packages.append(
                Locked(
                    ecosystem=ecosystem,
                    name=normal_name(ecosystem, name),
                    version=version,
                    path=path,
                    line=line,
                )
            )
        else:
            unpinned.append(f"{name} is locked without a version")
    return Lock(path=path, kind=kind, packages=tuple(packages), own=own, unpinned=tuple(unpinned))


def _expect_layout(kind: str, content: Mapping[str, Any]) -> None:
    """Refuse a layout newer than those known here: what it says differently would be missed."""
    version, known = {
        "uv": (content.get("version"), "1"),
        "pylock": (content.get("lock-version"), "1"),
        "cargo": (content.get("version", 3), "34"),
        "poetry": (_inner(content, "lock-version"), "12"),
        "pdm": (_inner(content, "lock_version"), "4"),
    }[kind]
    major = str(version).partition(".")[0]
    if major not in tuple(known):
        raise UnreadableError(f"its layout is {version}, and we know {', '.join(known)}")


def _inner(content: Mapping[str, Any], key: str) -> object:
    metadata = content.get("metadata")
    return metadata.get(key) if isinstance(metadata, Mapping) else None


def _is_own(kind: str, entry: Mapping[str, Any]) -> bool:
    source = entry.get("source")
    source = source if isinstance(source, Mapping) else {}
    if kind == "uv":
        return bool({"virtual", "editable", "directory"} & source.keys())
    if kind == "poetry":
        return source.get("type") == "directory"
    if kind == "cargo":
        return "source" not in entry
    return "directory" in entry if kind == "pylock" else _is_folder(entry.get("path"))


def _is_folder(path: object) -> bool:
    return isinstance(path, str) and not path.endswith((".whl", ".zip", ".gz", ".bz2", ".xz"))


def _header_lines(text: str, array: str) -> list[int]:
    header = re.compile(rf"\[\[\s*{array}\s*\]\]\s*(?:#.*)?")
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if header.fullmatch(line.strip())
    ]
