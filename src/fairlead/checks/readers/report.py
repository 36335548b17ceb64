"""What every reader gives back, and what it may ask of the tree that was looked at."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from fairlead.checks.model import Finding, Severity
from fairlead.errors import FairleadError

_LARGEST = 8 << 20

_SEVERITIES = {
    Severity.ERROR: "blocker critical e err error f failure fatal high major",
    Severity.WARNING: "medium minor moderate w warn warning",
    Severity.NOTE: "c convention debug hint i info information low none note notice style",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a report says. ``results`` counts all that it lists, with what it says is suppressed."""

    findings: tuple[Finding, ...]
    results: int
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The tree that a tool looked at, for making its paths relative and for quoting its lines."""

    folder: Path
    _lines: dict[str, list[str]] = field(default_factory=dict)

    def path(self, given: str) -> str:
        """Return a path or ``file:`` URI relative to the tree, ``""`` when it lies outside."""
        if given.startswith("file:"):
            given = unquote(urlsplit(given).path)
        if given.startswith("/"):
            tops = (self.folder, self.folder.resolve())
            top = next((top for top in tops if PurePosixPath(given).is_relative_to(top)), None)
            if top is None:
                return ""
            given = str(PurePosixPath(given).relative_to(top))
        normal = os.path.normpath(given) if given else ""
        return "" if normal == ".." or normal.startswith("../") or normal == "." else normal

    def line(self, path: str, number: int) -> str:
        """Return the text of a 1-based line of a file in the tree, ``""`` when there is none."""
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def _read(self, path: str) -> list[str]:
        target = self.folder / path
        try:
            inside = target.resolve().is_relative_to(self.folder.resolve())
            status = target.stat()
            if path and inside and stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST:
                return target.read_text("utf-8", "replace").split("\n")
        except (OSError, ValueError):
            return []  # what a report names need not be there
        return []


def severity_of(word: object, otherwise: Severity = Severity.WARNING) -> Severity:
    """Return the severity that a tool's word for it comes closest to."""
    folded = str(word).strip().lower()
    return next(
        (severity for severity, words in _SEVERITIES.items() if folded in words.split()), otherwise
    )


def unreadable(kind: str, why: str) -> FairleadError:
    """Return the error for a report that isn't one."""
    return FairleadError(
        f"its report is not {kind}: {why}",
        fix="run the command by hand and look at what it writes; output says where, format says what",
    )


def mapping(value: object) -> Mapping[str, object]:
    """Return ``value`` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """Return ``value`` if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return ``value`` if it is a string, else ``""``."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int:
    """Return ``value`` if it is a whole number of at least 0, or the text of one, else 0."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
