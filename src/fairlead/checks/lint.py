"""Lint: ruff's rules, as the project chooses them.

Where it neither configures nor pins ruff, ruff's defaults are looked for, which grow from version to
version; what counts of them then is what any Python project takes for a mistake.
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
from fairlead.checks.rules.explanations import explain
from fairlead.errors import FairleadError

_FLAGS = (
    "check",
    "--no-fix",
    "--no-fix-only",
    "--no-show-fixes",
    "--output-format=json",
    "--exit-zero",
)
_BREAKS = re.compile(r"E9|F5|F6|F7|F82|PLE")
"""Rules whose findings are wrong when the code runs; the others make it worse to read or to change."""

_ANYBODYS = re.compile(r"E[479]\d|F\d|PLE|invalid-syntax")
"""Rules that count in a project which chose none: pyflakes' and pycodestyle's that are no taste."""

_PASSWORDS = {"S105", "S106", "S107"}
_SYNTAX_CODES = {"E999", "invalid-syntax"}
_FAILED_TO_READ = re.compile(r"(?:warning|error): Failed to (?:lint|read) (.+?): (.+)")
_FAILED_TO_PARSE = re.compile(r"(?:warning|error): Failed to parse (.+?):(\d+):\d+: (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """``ruff check``.

    It is known to have evaluated when ruff ends with 0, prints a JSON list, and says of each file that
    it opened it or that the project's configuration excludes it. A file that is not Python, or not
    UTF-8, is a finding (``invalid-syntax``, ``E902``), new whenever the file's content is.
    """

    name: str = "lint"
    title: str = "mistakes and bad habits that ruff knows"
    tool: str = "ruff"
    scope: Scope = Scope.FILES
    configuration: tuple[str, ...] = ruff.CONFIGURATION

    def wants(self, file: FileChange) -> bool:
        """Python in every shape: modules, stubs, notebooks, scripts."""
        return is_python(file, suffixes=ruff.SUFFIXES)

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return ruff's findings, in the order of the paths and their lines."""
        return reports.evaluation(_evaluate, view, run)


def _evaluate(view: View, run: Run) -> Evaluated:
    sources = reports.Sources(view)
    found: dict[str, list[Finding]] = {}
    opened = 0
    for look in ruff.looks(view, run, _FLAGS, codes=(0,)):
        opened += len(look.opened)
        for finding in (*_reported(look, sources), *_passed_over(look, sources)):
            found.setdefault(finding.path, []).append(finding)
    findings = [one for of_file in found.values() for one in _one_syntax_error(of_file)]
    if not view.tool.chosen:
        findings = [_noted(one) for one in findings]
    return Evaluated(
        findings=reports.ordered(findings, view, tool="ruff"),
        evidence=ruff.evidence(opened, view),
    )


def _noted(finding: Finding) -> Finding:
    """Return a finding of rules that nobody here chose: it counts where it is a mistake anywhere."""
    if _ANYBODYS.match(finding.rule):
        return finding
    return replace(finding, severity=Severity.NOTE)


def _reported(look: ruff.Look, sources: reports.Sources) -> list[Finding]:
    if not look.opened and not look.completed.stdout:
        return []  # ruff prints no empty list when every file is excluded
    items = reports.parsed(look.completed.stdout, tool="ruff")
    with reports.reading("ruff"):
        return [_finding(item, look.names, sources) for item in items]


def _finding(item: Mapping[str, Any], names: Mapping[str, str], sources: reports.Sources) -> Finding:
    path = names[reports.text(item["filename"])]
    message = reports.text(item["message"])
    code = item["code"]
    line, where = sources.place(path, reports.whole(item["location"]["row"]), item.get("cell"))
    message += where
    if code is None or code in _SYNTAX_CODES:
        return _syntax_error(path, line, message.removeprefix("SyntaxError: "), sources)
    if code == "E902":
        return _unreadable(path, message, sources)
    if code == "panic":
        raise FairleadError(
            f"ruff failed inside on {reports.shown(path)}: {message[:200]}",
            fix="use another version of ruff, or exclude the file in its configuration",
        )
    known = explain(code)
    url = item.get("url")
    return Finding(
        rule=reports.text(code),
        severity=Severity.ERROR if _BREAKS.match(code) else Severity.WARNING,
        path=path,
        line=line,
        what=message,
        why=known.why if known else "",
        fix=_fix(item.get("fix"), code, path, known.fix if known else ""),
        context=sources.secret_line(path, line) if code in _PASSWORDS else sources.line(path, line),
        url=url if isinstance(url, str) else "",
    )


def _fix(edit: Mapping[str, Any] | None, code: str, path: str, advice: str) -> str:
    command = f"ruff check --fix --select {code} {ruff.path_word(path)}"
    if edit and edit["applicability"] == "safe":
        return command
    if edit and edit["applicability"] == "unsafe":
        return f"{command} --unsafe-fixes, then read the difference: it may alter what the code does"
    suggestion = edit["message"] if edit else None
    return suggestion or advice or f"ruff rule {code} shows how"


def _passed_over(look: ruff.Look, sources: reports.Sources) -> list[Finding]:
    """Return what ruff only warns of when the project doesn't select the rule that would report it."""
    relative = {reports.lossy(path): path for path in look.names.values()}
    findings = []
    for name, line, message in _FAILED_TO_PARSE.findall(look.stderr):
        path = relative.get(name) or look.names.get(name)
        if path:
            findings.append(_syntax_error(path, int(line), message, sources))
    for name, message in _FAILED_TO_READ.findall(look.stderr):
        path = relative.get(name) or look.names.get(name)
        if path:
            findings.append(_unreadable(path, message, sources))
    if len(findings) < look.stderr.count("Failed to lint") + look.stderr.count("Failed to parse"):
        raise FairleadError(
            "ruff could not read a file and does not say clearly which",
            fix="run ruff check --verbose by hand to see its warnings",
        )
    return findings


def _syntax_error(path: str, line: int, message: str, sources: reports.Sources) -> Finding:
    return reports.unread(
        path,
        rule="invalid-syntax",
        line=line,
        what=f"this is not valid Python: {message}",
        why="the file cannot be imported, and no other rule can be checked in it",
        fix=_mending(path, line),
        sources=sources,
    )


def _mending(path: str, line: int) -> str:
    word = ruff.path_word(path)
    if path.endswith(".ipynb"):
        return f"mend that cell, then ruff check {word}; or list it under extend-exclude in [tool.ruff]"
    return f"mend line {line}, then python -m py_compile {word}"


def _unreadable(path: str, message: str, sources: reports.Sources) -> Finding:
    if "UTF-8" not in message:
        raise FairleadError(
            f"ruff could not read {reports.shown(path)}: {message[:200]}",
            fix="run again; if it stays so, the tree was not written out whole",
        )
    return reports.unread(
        path,
        rule="E902",
        line=0,
        what="the file is not UTF-8, so ruff looked at nothing in it",
        why="what is not looked at can't pass; most tools read Python as UTF-8 alone",
        fix="save it as UTF-8 and drop its coding line, or list it under exclude in [tool.ruff]",
        sources=sources,
        url="https://docs.astral.sh/ruff/rules/io-error/",
    )


def _one_syntax_error(findings: list[Finding]) -> list[Finding]:
    """Keep the first syntax error of a file and say how many follow it: one typo makes several."""
    errors = sorted(
        (finding for finding in findings if finding.rule == "invalid-syntax"), key=lambda one: one.line
    )
    others = [finding for finding in findings if finding.rule != "invalid-syntax"]
    if len({error.line for error in errors}) < 2:
        return [*errors[:1], *others]
    first = errors[0]
    return [replace(first, what=f"{first.what} ({len(errors) - 1} more after it)"), *others]
