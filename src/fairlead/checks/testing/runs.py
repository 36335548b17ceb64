"""Runs the tests of one project in one tree with pytest, and reads what they did."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from fairlead.checks import reports
from fairlead.checks.model import Run, View
from fairlead.checks.ready import Ready, confirm_origins, make_ready
from fairlead.checks.testing.measuring import link_measuring
from fairlead.checks.testing.selection import GRAPH, PARSED, TESTMON, read_sources, shelf_of
from fairlead.checks.testing.sessions import Session, read_session
from fairlead.environments.model import Environment
from fairlead.errors import FairleadError
from fairlead.processes import Completed

_PROBE = Path(__file__).with_name("probe")
_LAST_SECONDS, _LAST_SHARE = 2.0, 0.2
"""How long before the time limit the stacks are asked for: in seconds, and at most as a share of it."""

_WORDS = ("--continue-on-collection-errors", "--maxfail=0", "--tb=long")
_TESTMON = ("-p", "no:pytest-testmon", "--testmon", "--testmon-forceselect")
"""Testmon under the name of our plugin, also where the project has it installed and loads it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which tests to run: those of ``names`` alone where there are any, by file and name in it.

    ``choose`` is whether those may be left out that the change can't affect, ``measure`` whether what
    is executed is measured at all.
    """

    names: frozenset[tuple[str, str]] = frozenset()
    choose: bool = False
    measure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What coverage.py says of the changed files: its report by path.

    ``left_out`` are files that the project's configuration leaves out; ``problem`` says why nothing is
    known, ``""`` otherwise. ``disturbing`` is the test that took the measurement away, after which not
    all that was executed is known.
    """

    files: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    problem: str = ""
    disturbing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A session, and what is known around it.

    ``origins`` says where the modules under test came from, as evidence. ``hanging`` is where the tests
    were when time had almost run out, ``""`` when they ended before.
    """

    session: Session
    completed: Completed
    covered: Covered = Covered()
    origins: str = ""
    hanging: str = ""
    notes: tuple[str, ...] = ()


class Sessions:
    """The tests of one environment's project in one tree, made ready once and run as often as asked."""

    def __init__(self, environment: Environment, view: View, run: Run) -> None:
        """Make the project ready; raises FairleadError when it has no pytest or can't be made ready."""
        if environment.version_of("pytest") is None:
            raise FairleadError(
                f"pytest is not installed in {environment.origin}",
                fix="add it to the project's development dependencies (uv add --dev pytest), or set "
                "command and report under [checks.tests] for another test runner",
            )
        last = min(_LAST_SECONDS, view.timeout * _LAST_SHARE)
        self._asked_at = time.monotonic() + view.timeout - last
        self._view, self._run = view, run
        self.environment = environment
        self.ready: Ready = make_ready(environment, view, run)
        self._mark = environment.project.folder.replace("/", "-") or "top"
        self._sessions = 0
        self._probe = view.scratch / f"probe-{self._mark}"
        shutil.copytree(_PROBE, self._probe, ignore=shutil.ignore_patterns("__pycache__"))

    def session(self, asked: Asked) -> Ran:
        """Run the tests that are asked for; a session that was cut short says so itself.

        Raises FairleadError when it ended well and what it imported is not the tree's.
        """
        self._sessions += 1
        folder = self._view.scratch / f"session-{self._mark}-{self._sessions}"
        folder.mkdir()
        measuring = self._measuring() if asked.measure else None
        shelf, sources = None, None
        if measuring and asked.choose:
            sources = read_sources(self._view.folder, self._view.paths)
            words = (self.environment.stamp, self._mark, *sorted(self.environment.declared.variables))
            shelf = shelf_of(self._view.state, sources, *words)
            shelf.take(folder)
        told = {
            "tree": str(self._view.folder),
            "start": str(self.ready.folder),
            "overlay": [str(measuring)] if measuring else [],
            "journal": str(folder / "journal"),
            "stacks": str(folder / "stacks"),
            "seconds": self._asked_at - time.monotonic(),
            "only": sorted(f"{path}::{name}" for path, name in asked.names),
            "record": shelf is not None,
            "measured": str(folder / "measured"),
            "graph": str(folder / GRAPH),
            "parsed": str(folder / PARSED),
            "python": sources.python if sources else {},
            "changed": self._changed_lines() if measuring else {},
            "parts": self._parts(),
            "report": str(folder / "report"),
        }
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
        words = [*_WORDS, *self.ready.watch, "-o", f"cache_dir={folder / 'cache'}"]
        words += _TESTMON if shelf else ("-p", "no:pytest-testmon")
        words += self._files(asked.names)
        done = self._run(
            [str(self.ready.python), str(self._probe / "start.py"), str(folder / "told.json"), *words],
            cwd=self.ready.folder,
            extra_env={
                **self.ready.variables,
                "TESTMON_DATAFILE": str(folder / TESTMON),
            },
        )
        session = read_session(folder / "journal")
        origins = confirm_origins(self.ready) if session.whole and session.ran else ""
        if shelf and session.whole and not session.uncollected:
            shelf.put(folder)
        return Ran(
            session=session,
            completed=done,
            covered=_covered(folder / "report") if measuring else Covered(),
            origins=origins,
            hanging=_innermost(folder / "stacks", self._view.folder),
        )

    def _measuring(self) -> Path:
        return link_measuring(
            self.environment, self._view.scratch / f"measuring-{self._mark}-{self._sessions}"
        )

    def _changed_lines(self) -> dict[str, list[int]]:
        """Return the changed lines of the project's Python files, tests left out."""
        folder = self.environment.project.folder
        return {
            path: [line for span in spans for line in span]
            for path, spans in self._view.changed().items()
            if path.endswith(".py") and (not folder or path.startswith(f"{folder}/"))
        }

    def _parts(self) -> list[str]:
        """Return the paths of the packages and modules that the project brings, without suffix."""
        project = self.environment.project
        found = [
            PurePosixPath(project.folder) / root / module.replace(".", "/")
            for root in project.roots
            for module in project.modules
        ]
        return [str(place) for place in found]

    def _files(self, names: Iterable[tuple[str, str]]) -> list[str]:
        """Return the files of these tests that the tree has, as pytest is to be given them."""
        there = sorted({path for path, _ in names if (self._view.folder / path).is_file()})
        return [os.path.relpath(self._view.folder / path, self.ready.folder) for path in there]


def reproduced_by(environment: Environment, names: Sequence[tuple[str, str]]) -> str:
    """Return the command that runs these tests, each a file and a name in it, in the user's tree."""
    project = environment.project.folder
    start = PurePosixPath(project)
    python = _spelt(environment, start)
    tests = [
        shlex.quote(f"{os.path.relpath(path, start)}::{name}" if name else os.path.relpath(path, start))
        for path, name in names
    ]
    go = f"cd {shlex.quote(project)} && " if project else ""
    return f"{go}{python} -m pytest {' '.join(tests)}"


def _covered(report: Path) -> Covered:
    try:
        raw = report.read_bytes()
    except FileNotFoundError:
        return Covered(problem="the tests were cut short before what they executed was written down")
    answer = reports.parsed(raw, tool="coverage")
    with reports.reading("coverage"):
        return Covered(
            files=answer["files"],
            left_out=tuple(answer["left_out"]),
            problem=reports.text(answer["problem"]),
            disturbing=reports.text(answer["disturbing"]),
        )


def _innermost(stacks: Path, tree: Path) -> str:
    """Return the innermost line of the tree at which the main thread was, ``path:line in name``."""
    try:
        said = stacks.read_text("utf-8", "replace")
    except OSError:
        return ""
    main = said.rpartition("(most recent call first):")[2]  # the main thread comes last
    for path, line, name in re.findall(r'File "([^"]+)", line (\d+) in (\S+)', main):
        if path.startswith(f"{tree}/"):
            return f"{path.removeprefix(f'{tree}/')}:{line} in {name}"
    return ""


def _spelt(environment: Environment, start: PurePosixPath) -> str:
    """Return how the user, standing in the project's folder, names the environment's interpreter."""
    name = environment.prefix.name
    if name not in {".venv", "venv"}:
        return shlex.quote(str(environment.python))
    up = "" if environment.origin.endswith(f"{start / name}") else "../" * len(start.parts)
    return f"{up}{name}/bin/python"
