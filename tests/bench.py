"""Runs checks on repositories that tests build, the way the command does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from builder import RepositoryBuilder
from fairlead.changes.git import Repository
from fairlead.changes.model import FileChange
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change
from fairlead.checks.looks import Request
from fairlead.checks.model import (
    Check,
    CheckResult,
    Evaluated,
    Evaluation,
    Finding,
    NotEvaluated,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.checks.preparation import survey
from fairlead.checks.runner import run_checks
from fairlead.environments.model import Terms
from fairlead.store.results import Results

Does = Callable[[View, Run], Evaluation]


def ruff(view: View, run: Run) -> Evaluation:
    """Wrap ruff as a check would, as simply as can be."""
    argv = (*view.tool.command, "check", "--no-fix", "--no-cache", "--output-format=json")
    done = run([*argv, "--force-exclude", "--", *view.paths], cwd=view.folder)
    if done.code not in (0, 1):
        return NotEvaluated(cause=done.stderr.decode(), fix="mend it")
    found = []
    for item in json.loads(done.stdout or b"[]"):
        path = str(Path(item["filename"]).relative_to(view.folder.resolve()))
        line = item["location"]["row"]
        found.append(finding(view, path, line, rule=item["code"]))
    return Evaluated(findings=tuple(found), evidence="ruff printed a list")


def words(view: View, run: Run) -> Evaluation:
    """Find every line with an exclamation mark, and note in ``looked`` what was looked at."""
    found = [
        finding(view, path, number)
        for path in view.paths
        for number, line in enumerate((view.folder / path).read_text().splitlines(), start=1)
        if "!" in line
    ]
    return Evaluated(findings=tuple(found), evidence="read")


def finding(view: View, path: str, line: int, *, rule: str = "shout") -> Finding:
    lines = (view.folder / path).read_text().splitlines()
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        path=path,
        line=line,
        what="something",
        why="",
        fix="",
        context=lines[line - 1] if line <= len(lines) else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A check made of a function; it looks at Python files."""

    does: Does = ruff
    name: str = "lint"
    title: str = "a sample"
    tool: str = "ruff"
    scope: Scope = Scope.FILES
    configuration: tuple[str, ...] = ("ruff.toml", "pyproject.toml:tool.ruff")

    def wants(self, file: FileChange) -> bool:
        return file.path.endswith(".py")

    def evaluate(self, view: View, run: Run) -> Evaluation:
        return self.does(view, run)


@dataclass(slots=True)
class Listening:
    """A progress that remembers what it heard."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    expected: dict[str, float | None] = field(default_factory=dict)

    def planned(self, expected: Mapping[str, float | None]) -> None:
        self.expected = dict(expected)

    def started(self, check: str, doing: str) -> None:
        self.heard.append((check, doing))

    def finished(self, result: CheckResult) -> None:
        self.heard.append((result.check, result.outcome.value))


@dataclass(slots=True)
class Bench:
    """A repository and a cache folder; each run has a scratch folder of its own."""

    repository: RepositoryBuilder
    folder: Path
    progress: Listening = field(default_factory=Listening)
    stop: threading.Event = field(default_factory=threading.Event)
    environ: dict[str, str] = field(default_factory=dict)
    cores: int = 2
    runs: int = 0
    terms: Terms = field(default_factory=Terms)
    fail_fast: tuple[str, ...] = ()

    def run(self, *checks: Check | Request, revisions: str = "HEAD") -> list[CheckResult]:
        """Run checks, or requests, each for the files that it wants; return their results."""
        self.runs += 1
        self.progress = Listening()
        scratch = self.folder / f"scratch {self.runs}"
        scratch.mkdir(parents=True)
        opened = Repository.open(self.repository.folder, scratch=scratch, environ={})
        change = read_change(opened, resolve(opened, revisions=revisions, environ={}))
        requests = [one if isinstance(one, Request) else Request(check=one) for one in checks]
        results = Results(self.folder)
        try:
            found = run_checks(
                [_with_paths(request, change.files) for request in requests],
                change=change,
                repository=opened,
                survey=survey(
                    [request.check for request in requests], change=change, repository=opened
                ),
                results=results,
                scratch=scratch,
                environ={
                    "XDG_CACHE_HOME": str(self.folder / "cache"),
                    "TMPDIR": str(scratch),
                    **self.environ,
                },
                fetch_tools=False,
                state=self.folder,
                terms=self.terms,
                fail_fast=self.fail_fast,
                cores=self.cores,
                progress=self.progress,
                stop=self.stop,
            )
        finally:
            results.close()
            assert not (scratch / "trees").exists(), "a tree was left behind"
        return list(found)


def _with_paths(request: Request, files: tuple[FileChange, ...]) -> Request:
    wanted = tuple(file.path for file in files if file.blob and request.check.wants(file))
    return replace(request, paths=wanted)


def new(result: CheckResult) -> list[tuple[str, int, str]]:
    """Return path, line and rule of what is new."""
    return [(one.path, one.line, one.rule) for one in result.findings if one.new]


def old(result: CheckResult) -> list[tuple[str, int, str]]:
    """Return path, line and rule of what is old."""
    return [(one.path, one.line, one.rule) for one in result.findings if not one.new]
