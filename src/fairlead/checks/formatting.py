"""Format: whether ruff's formatter would leave each file as it is.

There is one finding a file, without a context, so it counts only for a file that is new or was
formatted before: a project that formats by another tool, or not at all, is not blocked for the files
that it never formatted this way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fairlead.changes.model import FileChange
from fairlead.checks import reports, ruff
from fairlead.checks.kinds import is_python
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.errors import FairleadError

_FLAGS = ("format", "--check", "--output-format=json")
_TEXT_FLAGS = ("format", "--check")
_CODES = (0, 1, 2)  # ruff ends with 2 when a file can't be parsed, as it does for a wrong flag
_WOULD_REFORMAT = re.compile(r"^Would reformat: (.+)$", re.MULTILINE)
_FAILED = re.compile(r"error: Failed to (?:parse|read|format) (.+?): ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatting:
    """``ruff format --check``.

    It is known to have evaluated when ruff ends with 0, 1 or 2, prints a JSON list (the plain list of
    older versions), and says of each file that it opened it or that the configuration excludes it.
    A file that the formatter can't parse is a finding here too: it has no format that could be judged.
    """

    name: str = "format"
    title: str = "files that ruff's formatter would change"
    tool: str = "ruff"
    scope: Scope = Scope.FILES
    configuration: tuple[str, ...] = ruff.CONFIGURATION

    def wants(self, file: FileChange) -> bool:
        """Python in every shape: modules, stubs, notebooks, scripts."""
        return is_python(file, suffixes=ruff.SUFFIXES)

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return at most one finding a file, in the order of the paths."""
        return reports.evaluation(_evaluate, view, run)


def _evaluate(view: View, run: Run) -> Evaluated:
    sources = reports.Sources(view)
    found: dict[str, Finding] = {}
    opened = 0
    plain = _speaks_plainly(view.tool.version)
    for look in ruff.looks(view, run, _TEXT_FLAGS if plain else _FLAGS, codes=_CODES):
        opened += len(look.opened)
        reported = _from_text(look, sources) if plain else _from_json(look, sources)
        for finding in reported:
            found.setdefault(finding.path, finding)
    if not view.tool.chosen:
        found = {path: _noted(finding) for path, finding in found.items()}
    return Evaluated(
        findings=reports.ordered(found.values(), view, tool="ruff"),
        evidence=ruff.evidence(opened, view),
    )


def _noted(finding: Finding) -> Finding:
    """Return what ruff's formatter says in a project that didn't choose it: a remark."""
    return replace(finding, severity=Severity.NOTE) if finding.rule == "unformatted" else finding


def _speaks_plainly(version: str) -> bool:
    """Whether this version's formatter reports as text alone, without asking for a preview."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return bool(numbers) and (int(numbers[1]), int(numbers[2])) < (0, 16)


def _from_json(look: ruff.Look, sources: reports.Sources) -> list[Finding]:
    if not look.opened and not look.completed.stdout:
        return []  # ruff prints no empty list when every file is excluded
    items = reports.parsed(look.completed.stdout, tool="ruff")
    with reports.reading("ruff"):
        found = [_finding(item, look.names, sources) for item in items]
    if look.completed.code != 0 and not found:
        raise _unsure(look)
    return found


def _finding(item: Mapping[str, Any], names: Mapping[str, str], sources: reports.Sources) -> Finding:
    path = names[reports.text(item["filename"])]
    place = item["location"]
    line, where = (
        sources.place(path, reports.whole(place["row"]), item.get("cell")) if place else (0, "")
    )
    if item["code"] == "unformatted":
        return _unformatted(path, line)
    return _unparsed(path, line, reports.text(item["message"]) + where, sources)


def _from_text(look: ruff.Look, sources: reports.Sources) -> list[Finding]:
    paths = {reports.lossy(path): path for path in look.names.values()} | look.names
    printed = look.completed.stdout.decode("utf-8", "replace")
    with reports.reading("ruff"):
        found = [_unformatted(paths[name], 0) for name in _WOULD_REFORMAT.findall(printed)]
        for name in _FAILED.findall(look.stderr):
            path = paths[re.sub(r":\d+:\d+$", "", name)]
            found.append(_unparsed(path, 0, "ruff cannot parse it", sources))
    if look.completed.code != 0 and not found:
        raise _unsure(look)
    return found


def _unsure(look: ruff.Look) -> FairleadError:
    return FairleadError(
        f"ruff ended with exit code {look.completed.code} and named no file",
        fix="run ruff format --check by hand to see what it says",
    )


def _unformatted(path: str, line: int) -> Finding:
    return Finding(
        rule="unformatted",
        severity=Severity.WARNING,
        path=path,
        line=line,
        what="ruff would format this file differently" + (f", first at line {line}" if line else ""),
        why="a later change that formats it will bury its own lines among these",
        fix=f"ruff format {ruff.path_word(path)}",
        url="https://docs.astral.sh/ruff/formatter/",
    )


def _unparsed(path: str, line: int, message: str, sources: reports.Sources) -> Finding:
    return reports.unread(
        path,
        rule="unparsed",
        line=line,
        what=f"the formatter cannot read this file: {message[:200]}",
        why="a file that can't be parsed has no format that could be judged",
        fix=f"mend its syntax (ruff check {ruff.path_word(path)} says where), "
        "or exclude it under [tool.ruff.format]",
        sources=sources,
        url="https://docs.astral.sh/ruff/formatter/",
    )
