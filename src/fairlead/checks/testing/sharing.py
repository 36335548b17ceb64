"""One run of the head's tests for all checks that need one, its failures repeated once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fairlead.checks.model import Run, View
from fairlead.checks.testing.failures import name_of
from fairlead.checks.testing.measuring import refusal_of
from fairlead.checks.testing.runs import Asked, Ran, Sessions
from fairlead.checks.testing.settings import read_suite_settings
from fairlead.environments.model import Environment

_MOST_REPEATED = 50
"""How many failures are repeated: more of them at once are no chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRun:
    """What the tests did; ``held`` are the names of those that failed and held when they ran again."""

    ran: Ran
    held: frozenset[tuple[str, str]]


def shared_run(
    environment: Environment, view: View, run: Run, settings: Mapping[str, object]
) -> SharedRun:
    """Return what the tests of this environment's project did in this tree, whoever ran them.

    ``settings`` are those of the check ``tests``. Raises FairleadError as ``Sessions`` does.
    """
    said = read_suite_settings(settings)
    why = refusal_of(environment)

    def make() -> SharedRun:
        tests = Sessions(environment, view, run)
        asked = Asked(choose=said.select == "affected" and not why, measure=not why)
        ran = tests.session(asked)
        if why:
            ran = replace(ran, notes=(*ran.notes, why))
        return SharedRun(ran=ran, held=_held(tests, ran) if said.repeat else frozenset())

    return view.shared.once(f"tests of {environment.project.folder}", make)


def _held(tests: Sessions, ran: Ran) -> frozenset[tuple[str, str]]:
    """Return those of the failed tests that hold when they are run again, without the others."""
    failed = frozenset(name_of(test.id, ran.session.root) for test in ran.session.tests if test.failed)
    if not ran.session.whole or not 0 < len(failed) <= _MOST_REPEATED:
        return frozenset()
    again = tests.session(Asked(names=failed)).session
    return failed & {name_of(test.id, again.root) for test in again.tests if not test.failed}
