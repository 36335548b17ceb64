"""The command line as a user starts it: a process of its own, a cache folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder import RepositoryBuilder


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the command left: exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """What it printed, as JSON."""
        return json.loads(self.out)

    def result(self, check: str) -> dict[str, Any]:
        """The result of one check."""
        return next(result for result in self.json["results"] if result["check"] == check)

    def plan(self, check: str) -> dict[str, Any]:
        """The plan's line for one check."""
        return next(line for line in self.json["plan"] if line["check"] == check)

    def new_rules(self, check: str) -> list[str]:
        """The rules of a check's new findings."""
        return [found["rule"] for found in self.result(check)["findings"] if found["new"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Runs ``fairlead`` on one repository."""

    repository: RepositoryBuilder
    cache: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables it gets: ours without those of a CI run."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CI", "GITHUB_", "GIT_", "FAIRLEAD"))
        }
        return {**kept, "XDG_CACHE_HOME": str(self.cache), "COLUMNS": "100", "NO_COLOR": "1"}

    def words(self, *words: str) -> list[str]:
        """The command line that ``words`` make."""
        return [sys.executable, "-m", "fairlead", *words]

    def __call__(self, *words: str, env: dict[str, str] | None = None, stdin: str = "") -> Answer:
        """Run it in the repository's folder."""
        done = subprocess.run(
            self.words(*words),
            cwd=self.repository.folder,
            env={**self.environment, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)

    def check(self, *words: str) -> Answer:
        """Gate a change and return the answer in JSON."""
        return self("check", *words, "--format", "json")
