"""Running checks on real repositories: what is looked at, kept, compared, and what can't be said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from builder import RepositoryBuilder
from fairlead.changes.git import Repository
from fairlead.changes.model import FileChange
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change
from fairlead.checks.looks import Request
from fairlead.checks.model import (
    CheckResult,
    Evaluated,
    Evaluation,
    Finding,
    NotEvaluated,
    Outcome,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.checks.runner import run_checks
from fairlead.store.results import Results


def ruff(view: View, run: Run) -> Evaluation:
    """Wrap ruff as a check would, as simply as can be."""
    argv = (*view.tool.command, "check", "--no-fix", "--no-cache", "--output-format=json")
    done = run([*argv, "--force-exclude", "--", *view.paths], cwd=view.folder)
    if done.code not in (0, 1):
        return NotEvaluated(cause=done.stderr.decode(), fix="")
    found = []
    for item in json.loads(done.stdout):
        path = Path(item["filename"]).relative_to(view.folder.resolve())
        line = item["location"]["row"]
        text = (view.folder / path).read_text().splitlines()
        found.append(
            Finding(
                rule=item["code"],
                severity=Severity.WARNING,
                path=str(path),
                line=line,
                what=item["message"],
                why="",
                fix="",
                context=text[line - 1] if line <= len(text) else "",
            )
        )
    return Evaluated(findings=tuple(found), evidence="ruff printed a list")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A check made of a function; it looks at Python files."""

    does: Callable[[View, Run], Evaluation] = ruff
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
class Bench:
    """Runs checks on a repository the way ``fairlead check`` does, with a cache folder of its own."""

    repository: RepositoryBuilder
    folder: Path
    runs: int = 0
    extra: dict[str, object] = field(default_factory=dict)

    def run(
        self, *requests: Request, revisions: str | None = None, **more: object
    ) -> list[CheckResult]:
        self.runs += 1
        scratch = self.folder / f"scratch {self.runs}"
        scratch.mkdir(parents=True)
        environ = {"XDG_CACHE_HOME": str(self.folder / "cache")}
        opened = Repository.open(self.repository.folder, scratch=scratch, environ={})
        change = read_change(opened, resolve(opened, revisions=revisions or "HEAD", environ={}))
        results = Results(self.folder)
        try:
            found = run_checks(
                [self.fill(request, change.files) for request in requests],
                change=change,
                repository=opened,
                results=results,
                scratch=scratch,
                environ=environ,
                fetch_tools=False,
                **{"cores": 2, **more},
            )
        finally:
            results.close()
        assert not (scratch / "trees").exists(), "a tree was left behind"
        return list(found)

    def fill(self, request: Request, files: tuple[FileChange, ...]) -> Request:
        paths = tuple(file.path for file in files if file.blob and request.check.wants(file))
        return Request(
            **{
                **{
                    name: getattr(request, name)
                    for name in ("check", "settings", "stamp", "timeout", "environment", "own_copy")
                },
                "paths": paths,
            }
        )


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def new(result: CheckResult) -> list[tuple[str, int, str]]:
    return [(one.path, one.line, one.rule) for one in result.findings if one.new]


def old(result: CheckResult) -> list[tuple[str, int, str]]:
    return [(one.path, one.line, one.rule) for one in result.findings if not one.new]


def test_what_the_change_adds_is_new_and_what_was_there_is_old(bench: Bench) -> None:
    bench.repository.commit({"a.py": "import sys\n\nimport os\n"}, over={"a.py": "import os\n"})

    (result,) = bench.run(Request(check=Sample()))

    assert result.outcome is Outcome.FAILED
    assert new(result) == [("a.py", 1, "F401")]
    assert old(result) == [("a.py", 3, "F401")]
