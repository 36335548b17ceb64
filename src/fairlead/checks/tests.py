"""Tests: the project's own, by its own pytest, those that the change can affect.

Which tests those are is told by a record of what each test executed (``checks/testing``); where there
is none, or anything else changed than Python code, all of them run. Another test runner is run as the
policy says and read by its JUnit report.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from fairlead.changes.model import FileChange
from fairlead.checks import reports
from fairlead.checks.model import Evaluated, Evaluation, NotEvaluated, Run, Scope, View
from fairlead.checks.testing.failures import FLAKY, failures, flaky, name_of
from fairlead.checks.testing.other import run_other
from fairlead.checks.testing.outcomes import cut_short, evidence
from fairlead.checks.testing.runs import Asked, Sessions, reproduced_by
from fairlead.checks.testing.settings import read_suite_settings
from fairlead.checks.testing.sharing import shared_run
from fairlead.environments.model import Environment
from fairlead.errors import FairleadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """``pytest``, or what the policy names.

    It is known to have evaluated when the session came to its own end, every test that was to run had
    its teardown, at least one ran or all are known not to be affected, and the project's modules were
    imported from the tree. A file that can't be collected and a test that fails are findings; a test
    that fails and then holds by itself is reported apart.
    """

    name: str = "tests"
    title: str = "tests that fail, can't be collected, or hold only sometimes"
    tool: str = "pytest"
    scope: Scope = Scope.PROJECT
    configuration: tuple[str, ...] = ()

    def wants(self, file: FileChange) -> bool:
        """Every file: a test may read any."""
        return True

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return the failures of each environment's project, in the order in which they ran."""
        return together(
            [_of_one(environment, view, run) for environment in view.environments],
            [environment.project.folder for environment in view.environments],
        )


def together(evaluations: Iterable[Evaluation], folders: Iterable[str]) -> Evaluation:
    """Return what was found in several projects as one; for that each has to be evaluated."""
    each = list(evaluations)
    found = tuple(finding for one in each for finding in one.findings)
    for one in each:
        if isinstance(one, NotEvaluated):
            return NotEvaluated(cause=one.cause, fix=one.fix, findings=found)
    said = [
        f"{folder}: {one.evidence}" if folder else one.evidence
        for one, folder in zip(each, folders, strict=True)
        if isinstance(one, Evaluated)
    ]
    return Evaluated(findings=found, evidence="; ".join(said))


def _of_one(environment: Environment, view: View, run: Run) -> Evaluation:
    try:
        said = read_suite_settings(view.settings)
        if said.command:
            return run_other(environment, view, run, said)
        if view.side == "base":
            return _asked_of_base(environment, view, run)
        return _of_head(environment, view, run)
    except FairleadError as error:
        return NotEvaluated(cause=error.cause, fix=error.fix)
    except OSError as error:
        return reports.no_room(error)


def _of_head(environment: Environment, view: View, run: Run) -> Evaluation:
    shared = shared_run(environment, view, run, view.settings)
    session, held = shared.ran.session, shared.held
    reproduce = partial(reproduced_by, environment)
    found = [one for one in failures(session, reproduce) if (one.path, one.context) not in held]
    for test in session.tests:
        if test.failed and name_of(test.id, session.root) in held:
            found.append(flaky(test, session.root, reproduce, how="failed, and held when it ran again"))
        elif test.repeated and not test.failed:
            found.append(flaky(test, session.root, reproduce, how="was run by a plugin until it held"))
    stopped = cut_short(shared.ran, found, timeout=view.timeout)
    return stopped or Evaluated(findings=tuple(found), evidence=evidence(shared.ran))


def _asked_of_base(environment: Environment, view: View, run: Run) -> Evaluation:
    """Run in the base only what failed in the head."""
    before = {file.path: file.old_path or file.path for file in view.change.files}
    names = {(before.get(one.path, one.path), one.context) for one in view.asked if one.rule != FLAKY}
    there = frozenset(name for name in names if (view.folder / name[0]).is_file())
    if not there:
        return Evaluated(findings=(), evidence="the base has none of the tests that failed")
    tests = Sessions(environment, view, run)
    ran = tests.session(Asked(names=there))
    found = failures(ran.session, partial(reproduced_by, environment))
    if ran.session.whole:
        return Evaluated(findings=found, evidence=f"{len(there)} of the base's tests were run")
    return cut_short(ran, found, timeout=view.timeout) or NotEvaluated(
        cause="the base's tests did not come to their end", fix="run them by hand", findings=found
    )
