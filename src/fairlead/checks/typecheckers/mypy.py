"""Mypy: the project's own where its environment has one, so that its plugins are there too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fairlead.checks import reports
from fairlead.checks.model import Finding, Severity
from fairlead.checks.rules.explanations import explain
from fairlead.checks.typecheckers.model import Answer, Asked
from fairlead.errors import FairleadError
from fairlead.processes import Completed

_FLAGS = (
    *("--output=json", "--no-pretty", "--no-color-output", "--show-error-codes"),
    *("--no-error-summary", "--incremental", "--verbose"),
)
_BLOCKED = 2
_BUILT = re.compile(r"^LOG:\s+Build finished in [\d.]+ seconds with (\d+) modules?", re.MULTILINE)
_SOURCE = re.compile(r"^LOG:\s+Found source:", re.MULTILINE)
_LOG = re.compile(rb"(?:LOG|TRACE):")
_MODULE = re.compile(r'(?:module named|stubs (?:not )?installed for|for) "([^"]+)"')
_REMARK = re.compile(r".+: (?:note|warning): ")
"""What mypy says of its configuration, on the same stream and not as JSON."""
_UNFOUND = {"import-not-found", "import-untyped", "import"}


def look(asked: Asked) -> Answer:
    """Return mypy's errors, in the order in which it prints them."""
    ready, view = asked.ready, asked.view
    own = ready.environment.version_of("mypy") is not None
    argv = [
        *((str(ready.python), "-m", "mypy") if own else view.tool.command),
        *_FLAGS,
        f"--cache-dir={asked.cache}",
        f"--python-executable={ready.python}",
        *asked.targets,
    ]
    done = asked.run(argv, cwd=ready.folder, extra_env=ready.variables)
    said = done.stderr.decode("utf-8", "replace")
    items = list(_items(done.stdout)) if done.code in {0, 1, _BLOCKED} else []
    blocked = done.code == _BLOCKED and bool(items)
    if not blocked:
        reports.finished(_without_log(done), tool="mypy", codes=(0, 1))
    sources, built = len(_SOURCE.findall(said)), _BUILT.search(said)
    if not blocked and (not sources or built is None):
        raise FairleadError(
            "mypy does not say that it looked at any file",
            fix="see what files, packages or modules in its configuration name, or run mypy --verbose",
        )
    place = ready.environment.project.folder
    with reports.reading("mypy"):
        found = [
            (item, _finding(item, place, reports.Sources(view)))
            for item in items
            if item["severity"] == "error"
        ]
    return Answer(
        findings=tuple(finding for _, finding in found),
        missing={
            module[1]: finding
            for item, finding in found
            if finding.rule in _UNFOUND and (module := _MODULE.search(item["message"]))
        },
        evidence=f"mypy looked at {sources} files and {built[1] if built else 'no'} modules in all",
        blocked="mypy stops at an error of syntax and checks nothing else" if blocked else "",
    )


def _items(stdout: bytes) -> Iterator[Mapping[str, Any]]:
    for line in stdout.decode("utf-8", "replace").splitlines():
        if line.strip() and not _REMARK.match(line):
            try:
                item = json.loads(line)
            except ValueError as error:
                raise FairleadError(
                    f"mypy printed what is no finding: {line.strip()[:200]}",
                    fix="run mypy by hand; a plugin of the project's may print",
                ) from error
            if isinstance(item, dict):
                yield item


def _without_log(done: Completed) -> Completed:
    """Return what mypy left, its own complaints alone on the error stream."""
    lines = [line for line in done.stderr.splitlines() if not _LOG.match(line)]
    return replace(done, stderr=b"\n".join(lines))


def _finding(item: Mapping[str, Any], place: str, sources: reports.Sources) -> Finding:
    inner = reports.text(item["file"])
    path = f"{place}/{inner}" if place else inner
    rule = item["code"] if isinstance(item["code"], str) else "misc"
    line = max(reports.whole(item["line"]), 0)
    known = explain(rule)
    hint = item.get("hint")
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        path=path,
        line=line,
        what=reports.text(item["message"]),
        why=known.why if known else "",
        fix=hint if isinstance(hint, str) and hint else known.fix if known else "",
        # The words take part: one line can have two errors of one kind.
        context=f"{sources.line(path, line)} {item['message']}",
        url=known.url if known else "",
    )
