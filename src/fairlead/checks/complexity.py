"""Complexity: how hard each function is to follow, as complexipy measures it.

Complexipy takes from a configuration file where to write and what to rewrite (``output``,
``cache-dir``, ``snapshot-create``, ``fix``). It is therefore called with ``--isolated``, and the two
settings that change what is measured are read here and handed over.
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from fairlead.changes.model import FileChange
from fairlead.checks import reports
from fairlead.checks.kinds import is_python, python_paths
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

DEFAULT_LIMIT = 15
"""Complexipy's own, which is SonarSource's for cognitive complexity (G. A. Campbell, 2018)."""

_OWN_FILES = ("complexipy.toml", ".complexipy.toml")
_RESULTS = ("complexipy-results.json", "complexipy-results.sarif")
_RULE = "CC001"
_CODES = (0, 1)  # 1 also when a file could not be read
_FAILED = re.compile(r"Failed to process (.+?) - Please check", re.DOTALL)
_ADVICES = 2


def tell_growth_apart(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Mark functions that were above the limit before and have grown: reported, not blocking.

    A limit that a function had passed long ago says nothing about the change that touches it.
    """
    return tuple(
        replace(
            finding,
            blocking=False,
            apart=f"it was above the limit before, at {finding.before:g}; this change made it worse",
        )
        if finding.new and finding.before is not None
        else finding
        for finding in findings
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Complexity:
    """``complexipy``.

    It is known to have evaluated when complexipy ends with 0 or 1, wrote both of its reports, and the
    functions above the limit are the same in both. A file that it could not parse is a finding, new
    whenever the file's content is.
    """

    name: str = "complexity"
    title: str = "functions that are hard to follow"
    tool: str = "complexipy"
    scope: Scope = Scope.FILES
    configuration: tuple[str, ...] = (*_OWN_FILES, "pyproject.toml:tool.complexipy")

    def wants(self, file: FileChange) -> bool:
        """Python modules and scripts."""
        return is_python(file)

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return a finding for each function above the limit; its ``measure`` is the complexity."""
        return reports.evaluation(_evaluate, view, run)


def _evaluate(view: View, run: Run) -> Evaluated:
    reports.require_files(view)
    limit, excluded = _settings(view.folder)
    paths = [path for path in python_paths(view) if not _is_excluded(path, excluded)]
    reports.require_utf8(paths, tool="complexipy")
    sources = reports.Sources(view)
    found: list[Finding] = []
    functions = 0
    for number, part in enumerate(reports.batches(paths)):
        results = view.scratch / str(number)
        results.mkdir()
        completed = run(
            [
                *view.tool.command,
                "--isolated",
                "--quiet",
                "--color=no",
                "--snapshot-ignore=true",
                "--suggest-refactors=true",
                f"--max-complexity-allowed={limit}",
                f"--cache-dir={view.scratch / 'cache'}",
                "--output-format=json",
                "--output-format=sarif",
                f"--output={results}/",
                "--",
                *part,
            ],
            cwd=view.folder,
        )
        reports.finished(completed, tool="complexipy", codes=_CODES)
        measured, placed = (_report(results / name) for name in _RESULTS)
        with reports.reading("complexipy"):
            functions += len(measured)
            findings = _above(measured, placed["runs"][0]["results"], limit)
        findings += _unparsed(completed.stdout + completed.stderr, part, sources)
        found += findings
    return Evaluated(
        findings=reports.ordered(found, view, tool="complexipy"),
        evidence=f"complexipy measured {functions} functions in {len(paths)} files, limit {limit}",
    )


def _settings(folder: Path) -> tuple[int, tuple[str, ...]]:
    """Return the limit and the excluded paths that the project configures, or the defaults."""
    options: object = {}
    for name in (*_OWN_FILES, "pyproject.toml"):
        place = folder / name
        if not place.is_file():
            continue
        try:
            document = tomllib.loads(place.read_text("utf-8"))
        except (ValueError, RecursionError) as error:
            raise FairleadError(f"{name} could not be read: {error}", fix=f"mend {name}") from error
        if name != "pyproject.toml":
            options = document
            break
        tools = document.get("tool", {})
        options = tools.get("complexipy", {}) if isinstance(tools, dict) else {}
    if not isinstance(options, dict):
        raise _unfit("tool.complexipy is not a table")
    limit = options.get("max-complexity-allowed", DEFAULT_LIMIT)
    excluded = options.get("exclude", [])
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise _unfit(f"max-complexity-allowed is {limit!r}, not a whole number of 0 or more")
    if isinstance(excluded, str):
        excluded = [excluded]
    if not isinstance(excluded, list) or not all(isinstance(one, str) for one in excluded):
        raise _unfit("exclude is not a list of paths")
    return limit, tuple(excluded)


def _unfit(cause: str) -> FairleadError:
    return FairleadError(
        f"complexipy's configuration can't be used: {cause}", fix="mend [tool.complexipy]"
    )


def _is_excluded(path: str, excluded: Sequence[str]) -> bool:
    """Whether an entry names the file, a folder that it is in, or a pattern that it fits."""
    lineage = (path, *(str(parent) for parent in PurePosixPath(path).parents))
    for entry in excluded:
        plain = entry.removeprefix("./").rstrip("/")
        if plain in lineage or fnmatch.fnmatchcase(path, plain):
            return True
    return False


def _report(place: Path) -> Any:
    try:
        raw = place.read_bytes()
    except OSError as error:
        raise FairleadError(
            "complexipy did not write its report",
            fix="use complexipy 8 or newer, or run it by hand to see why",
        ) from error
    return reports.parsed(raw, tool="complexipy")


def _above(
    measured: Sequence[Mapping[str, Any]], placed: Sequence[Mapping[str, Any]], limit: int
) -> list[Finding]:
    """Join the report that has the measures with the one that has the lines; both are in one order."""
    above = [item for item in measured if reports.whole(item["complexity"]) > limit]
    placed = [item for item in placed if item["ruleId"] == _RULE]  # the others are suggestions
    if len(above) != len(placed):
        raise ValueError("the two reports name different numbers of functions")
    findings = []
    for item, place in zip(above, placed, strict=True):
        location = place["locations"][0]
        physical = location["physicalLocation"]
        path = reports.text(item["path"])
        name = reports.text(item["function_name"])
        if unquote(physical["artifactLocation"]["uri"]) != path:
            raise ValueError("the two reports name different files")
        if location["logicalLocations"][0]["name"] != name:
            raise ValueError("the two reports name different functions")
        findings.append(
            _finding(item, path, name, reports.whole(physical["region"]["startLine"]), limit)
        )
    return findings


def _finding(item: Mapping[str, Any], path: str, name: str, line: int, limit: int) -> Finding:
    complexity = reports.whole(item["complexity"])
    plain = name.replace("::", ".")
    return Finding(
        rule="cognitive-complexity",
        severity=Severity.WARNING,
        path=path,
        line=line,
        what=f"{plain} has a cognitive complexity of {complexity}; the limit is {limit}",
        why="nested conditions have to be held in mind all at once, and changes to them go wrong",
        fix=_advice(item["refactor_plans"], plain),
        context=name,
        measure=float(complexity),
        url="https://complexipy.com/understanding-scores/",
    )


def _advice(plans: Sequence[Mapping[str, Any]], name: str) -> str:
    """Return complexipy's suggestions that save most, each with its lines."""
    saving = sorted(plans, key=lambda plan: (-plan["estimated_reduction"], plan["line_start"]))
    words = [
        f"lines {reports.whole(plan['line_start'])}-{reports.whole(plan['line_end'])}: "
        f"{_lowered(reports.text(plan['title']))} (saves {reports.whole(plan['estimated_reduction'])})"
        for plan in saving[:_ADVICES]
    ]
    return "; ".join(words) or f"split {name}: move its innermost blocks into functions of their own"


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def _unparsed(said: bytes, part: Sequence[str], sources: reports.Sources) -> list[Finding]:
    failed = _FAILED.findall(said.decode("utf-8", "replace"))
    paths = [path for path in part if path in failed]
    if len(paths) < len(failed):
        raise FairleadError(
            "complexipy could not read a file and does not say clearly which",
            fix="rename files whose names hold control characters (git mv)",
        )
    return [
        reports.unread(
            path,
            rule="unparsed",
            line=0,
            what="complexipy could not parse this file, so nothing in it was measured",
            why="what is not looked at can't pass",
            fix="mend its syntax, or leave the file out by exclude in [tool.complexipy]",
            sources=sources,
            url="https://complexipy.com/",
        )
        for path in paths
    ]
