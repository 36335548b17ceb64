"""Coverage of the changed lines: which of them no test executes, which conditions went one way only.

Coverage.py measures while the check ``tests`` runs, and says of each changed file which lines could be
executed and which were. What diff-cover calls coverage is computed of it: of the changed lines that can
be executed, the share that was, a line counting as missed too when a branch that begins there was never
taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from fairlead.changes.model import FileChange
from fairlead.checks import reports
from fairlead.checks.kinds import is_test, is_text_file
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
from fairlead.checks.testing.measuring import refusal_of, remedy_of
from fairlead.checks.testing.outcomes import cut_short
from fairlead.checks.testing.settings import read_fail_under, read_suite_settings
from fairlead.checks.testing.sharing import shared_run
from fairlead.environments.model import Environment
from fairlead.errors import FairleadError

UNCOVERED = "uncovered"
PARTIAL = "partial-branch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """``coverage``, of the run that the check ``tests`` makes.

    It is known to have evaluated when that run came to its own end and coverage.py's report names each
    changed file that the project's configuration doesn't leave out. As long as the share of executed
    lines is what the policy asks for, what was missed is told in notes.
    """

    name: str = "coverage"
    title: str = "changed lines that no test executes"
    tool: str = "coverage"
    scope: Scope = Scope.PROJECT
    configuration: tuple[str, ...] = (".coveragerc", "pyproject.toml:tool.coverage")

    def wants(self, file: FileChange) -> bool:
        """Python modules that aren't tests."""
        return is_text_file(file) and file.path.endswith(".py") and not is_test(file.path)

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return what was missed, by file and line; nothing of the base, which has no changed lines."""
        if view.side == "base":
            return Evaluated(findings=(), evidence="the base has no changed lines")
        return reports.evaluation(_evaluate, view, run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Of one file's changed lines those that can be executed, and those of them that were missed.

    ``partial`` are by line where the branches lead that were never taken; such a line counts as missed.
    """

    measured: frozenset[int]
    unexecuted: frozenset[int]
    partial: Mapping[int, tuple[int, ...]]

    @property
    def count(self) -> int:
        """How many lines were missed."""
        return len(self.unexecuted | self.partial.keys())


def missed_lines(report: Mapping[str, object], changed: Iterable[int]) -> Missed:
    """Return what coverage.py's report of a file says of its changed lines."""
    with reports.reading("coverage"):
        executed = set(cast("list[int]", report["executed_lines"]))
        missing = set(cast("list[int]", report["missing_lines"]))
        branches = cast("list[list[int]]", report.get("missing_branches", []))
    lines = set(changed)
    partial: dict[int, list[int]] = {}
    for start, end in branches:
        if start in lines & executed:
            partial.setdefault(start, []).append(end)
    return Missed(
        measured=frozenset(lines & (executed | missing)),
        unexecuted=frozenset(lines & missing),
        partial={line: tuple(sorted(ends)) for line, ends in partial.items()},
    )


def _evaluate(view: View, run: Run) -> Evaluated:
    least = read_fail_under(view.settings)
    settings = cast("Mapping[str, object]", view.settings.get("tests", {}))
    if read_suite_settings(settings).command:
        raise FairleadError(
            "what another test runner than pytest executes isn't measured",
            fix="let pytest run the tests, or turn the check off: checks.coverage = false",
        )
    wanted = {file.path for file in view.change.files if is_text_file(file)}
    lines = {
        path: [line for span in spans for line in span]
        for path, spans in view.changed().items()
        if path in wanted and path.endswith(".py") and not is_test(path)
    }
    missed: dict[str, Missed] = {}
    left_out: list[str] = []
    for environment in view.environments:
        found, out = _of_one(environment, view, run, settings, lines)
        missed |= found
        left_out += out
    return _judged(view, missed, left_out, least)


def _of_one(
    environment: Environment,
    view: View,
    run: Run,
    settings: Mapping[str, object],
    lines: Mapping[str, Sequence[int]],
) -> tuple[dict[str, Missed], tuple[str, ...]]:
    """Return what the tests of one project missed of the changed lines, and what isn't measured."""
    if why := refusal_of(environment):
        raise FairleadError(why, fix=remedy_of(environment))
    ran = shared_run(environment, view, run, settings).ran
    stopped = cut_short(ran, (), timeout=view.timeout)
    if stopped:
        raise FairleadError(stopped.cause, fix=stopped.fix)
    covered = ran.covered
    if covered.problem:
        raise FairleadError(
            f"what the tests executed isn't known: {covered.problem}",
            fix="mend [tool.coverage], or what the tests do to the measurement",
        )
    folder = environment.project.folder
    own = [path for path in lines if not folder or path.startswith(f"{folder}/")]
    for path in own:
        if path not in covered.files and path not in covered.left_out:
            raise FairleadError(
                f"coverage does not say anything of {reports.shown(path)}",
                fix="run coverage by hand to see why: coverage run -m pytest && coverage report",
            )
    found = {
        path: missed_lines(covered.files[path], lines[path]) for path in own if path in covered.files
    }
    if covered.disturbing and any(one.count for one in found.values()):
        raise FairleadError(
            f"what the tests executed isn't known: {covered.disturbing} took the measurement away "
            "(sys.settrace)",
            fix="let that test put back what sys.gettrace() gave it",
        )
    return found, tuple(path for path in covered.left_out if path in own)


def _judged(
    view: View, missed: Mapping[str, Missed], left_out: Sequence[str], least: float
) -> Evaluated:
    measured = sum(len(one.measured) for one in missed.values())
    lost = sum(one.count for one in missed.values())
    share = 100 * (measured - lost) / measured if measured else 100.0
    sources = reports.Sources(view)
    found = [finding for path, one in missed.items() for finding in _findings(path, one, sources)]
    if share >= least:
        found = [replace(one, severity=Severity.NOTE) for one in found]
    words = f"tests execute {measured - lost} of {measured} changed lines that can be executed"
    if measured:
        words += f", {share:.0f} % (at least {least:g} % are asked for)"
    if left_out:
        words += "; left out, by its configuration or for being no part of what the project brings: "
        words += ", ".join(sorted(left_out))
    return Evaluated(findings=tuple(found), evidence=words)


def _findings(path: str, missed: Missed, sources: reports.Sources) -> Iterator[Finding]:
    """Yield one finding for each run of missed lines, and one for each condition, by line."""
    found = [*_uncovered(path, missed, sources), *_partial(path, missed, sources)]
    yield from sorted(found, key=lambda one: one.line)


def _uncovered(path: str, missed: Missed, sources: reports.Sources) -> Iterator[Finding]:
    for first, last in runs_of(missed.measured, missed.unexecuted):
        number = sum(first <= line <= last for line in missed.unexecuted)
        where = f"line {first}" if first == last else f"lines {first} to {last}"
        verb = "is" if number == 1 else "are"
        yield Finding(
            rule=UNCOVERED,
            severity=Severity.WARNING,
            path=path,
            line=first,
            what=f"no test executes {where}" + (f" ({number} {verb} code)" if last > first else ""),
            why=_why(UNCOVERED),
            fix=f"add a test that reaches {path}:{first}",
            context=sources.line(path, first),
        )


def _partial(path: str, missed: Missed, sources: reports.Sources) -> Iterator[Finding]:
    for line, ends in missed.partial.items():
        where = " or ".join(f"to line {end}" if end > 0 else "out of the function" for end in ends)
        yield Finding(
            rule=PARTIAL,
            severity=Severity.WARNING,
            path=path,
            line=line,
            what=f"no test has it go from here {where}",
            why=_why(PARTIAL),
            fix=f"add a test in which {path}:{line} goes {where}",
            context=sources.line(path, line),
        )


def runs_of(measured: Iterable[int], missed: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each run of missed lines between which none was executed."""
    lost = set(missed)
    first = last = 0
    for line in sorted(measured):
        if line not in lost:
            if first:
                yield first, last
            first = 0
            continue
        first, last = first or line, line
    if first:
        yield first, last


def _why(rule: str) -> str:
    known = explain(rule)
    return known.why if known else ""
