"""Pyrefly: a type checker that is ten times as fast, and stricter in other places than mypy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairlead.checks import reports
from fairlead.checks.model import Finding, Severity
from fairlead.checks.rules.explanations import explain
from fairlead.checks.typecheckers.model import Answer, Asked
from fairlead.errors import FairleadError

_FLAGS = (
    *("check", "--output-format=json", "--summary=full", "--progress-bar=no", "--color=never"),
    "--relative-to=.",
)
_LOOKED = re.compile(r"^\s*INFO ([\d,]+) modules?\b", re.MULTILINE)
_UNFOUND = {"missing-import", "missing-source", "missing-source-for-stubs"}
_MODULE = re.compile(r"module `([^`]+)`")
_SEVERITIES = {"error": Severity.ERROR, "warn": Severity.NOTE, "info": Severity.NOTE}


def look(asked: Asked) -> Answer:
    """Return pyrefly's errors, and its warnings as notes."""
    ready, view = asked.ready, asked.view
    argv = [
        *view.tool.command,
        *_FLAGS,
        f"--python-interpreter-path={ready.python}",
        *asked.targets,
    ]
    done = asked.run(argv, cwd=ready.folder, extra_env=ready.variables)
    reports.finished(done, tool="pyrefly", codes=(0, 1))
    looked = _LOOKED.search(done.stderr.decode("utf-8", "replace"))
    if looked is None or looked[1] == "0":
        raise FairleadError(
            "pyrefly does not say that it looked at any file",
            fix="see what project-includes in its configuration names, or run pyrefly check by hand",
        )
    place = ready.environment.project.folder
    report = reports.parsed(done.stdout, tool="pyrefly")
    with reports.reading("pyrefly"):
        found = [_finding(item, place, reports.Sources(view)) for item in report["errors"]]
    return Answer(
        findings=tuple(found),
        missing={
            module[1]: finding
            for finding in found
            if finding.rule in _UNFOUND and (module := _MODULE.search(finding.what))
        },
        evidence=f"pyrefly looked at {looked[1]} modules",
    )


def _finding(item: Mapping[str, Any], place: str, sources: reports.Sources) -> Finding:
    inner = reports.text(item["path"])
    path = f"{place}/{inner}" if place else inner
    rule, line = reports.text(item["name"]), reports.whole(item["line"])
    known = explain(rule)
    message = reports.text(item["concise_description"])
    return Finding(
        rule=rule,
        severity=_SEVERITIES.get(item["severity"], Severity.ERROR),
        path=path,
        line=line,
        what=message,
        why=known.why if known else "",
        fix=known.fix if known else "",
        context=f"{sources.line(path, line)} {message}",
        url=known.url if known else "",
    )
