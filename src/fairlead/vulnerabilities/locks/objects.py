"""Reading locks that are JSON objects: Pipfile.lock, and npm's package-lock.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.vulnerabilities.locks.tables import UnreadableError
from fairlead.vulnerabilities.model import Ecosystem, Lock, Locked
from fairlead.vulnerabilities.versions import normal_name

_KEY = re.compile(r'^\s*"((?:[^"\\]|\\.)+)"\s*:\s*\{')


def read_pipfile_lock(path: str, text: str) -> Lock:
    """Return what a Pipfile.lock pins, in all its categories; raises UnreadableError."""
    content = _decode(text)
    lines = _key_lines(text)
    packages: list[Locked] = []
    unpinned: list[str] = []
    own = 0
    for category, entries in content.items():
        if category == "_meta":
            continue
        for name, entry in _mapping(entries, category).items():
            version = _mapping(entry, name).get("version", "")
            if isinstance(version, str) and version.startswith("=="):
                packages.append(
                    _locked(Ecosystem.PYPI, name, version.lstrip("="), path, lines.get(name, 0))
                )
            elif "path" in entry or (entry.get("editable") is True and "git" not in entry):
                own += 1
            else:
                unpinned.append(f"{name} is locked without a version")
    return Lock(path=path, kind="pipenv", packages=tuple(packages), own=own, unpinned=tuple(unpinned))


def read_package_lock(path: str, text: str) -> Lock:
    """Return what npm's lock holds, layouts 1 to 3; raises UnreadableError."""
    content = _decode(text)
    layout = content.get("lockfileVersion")
    if layout not in {1, 2, 3}:
        raise UnreadableError(f"its lockfileVersion is {layout}, and we know 1, 2, 3")
    lines = _key_lines(text)
    packages: list[Locked] = []
    unpinned: list[str] = []
    own = 0
    entries = _nested(content) if layout == 1 else _flat(content)
    for key, name, entry in entries:
        version = entry.get("version")
        if entry.get("link") is True or (layout != 1 and "node_modules/" not in key):
            own += 1
        elif isinstance(version, str) and version[:1].isdigit():
            packages.append(_locked(Ecosystem.NPM, name, version, path, lines.get(key, 0)))
        elif isinstance(version, str) and version.startswith("file:"):
            own += 1
        else:
            unpinned.append(f"{name} is locked without a version")
    return Lock(path=path, kind="npm", packages=tuple(packages), own=own, unpinned=tuple(unpinned))


def _flat(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for key, entry in _mapping(content.get("packages", {}), "packages").items():
        fields = _mapping(entry, key)
        alias = fields.get("name")
        yield key, alias if isinstance(alias, str) else key.rpartition("node_modules/")[2], fields


def _nested(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    waiting = [_mapping(content.get("dependencies", {}), "dependencies")]
    while waiting:
        for name, entry in waiting.pop().items():
            fields = _mapping(entry, name)
            yield name, name, fields
            waiting.append(_mapping(fields.get("dependencies", {}), name))


def _decode(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: numbers of thousands of digits too
        raise UnreadableError(f"it is not JSON: {error}") from error
    return _mapping(content, "the file")


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise UnreadableError(f"{what} is not an object")
    return value


def _key_lines(text: str) -> dict[str, int]:
    """Return on which line an object of each key first begins, for files written one key a line."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if key := _KEY.match(line):
            found.setdefault(key[1], number)
    return found


def _locked(ecosystem: Ecosystem, name: str, version: str, path: str, line: int) -> Locked:
    return Locked(
        ecosystem=ecosystem, name=normal_name(ecosystem, name), version=version, path=path, line=line
    )
