"""Statistics of the ledger, on both stores, against the same ones computed by hand."""

from __future__ import annotations

import math
import statistics

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.measurements.observations import Metric, Observation, record
from fairlead.records.throughput import DAY, Window, days, spreads, steadiness
from fairlead.store import tables
from fairlead.store.database import Database
from stores import add_repository, add_revision

WINDOW = Window(since=0.0, until=10 * DAY)
SECONDS = st.floats(min_value=0, max_value=1e4, allow_nan=False)


@settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    values=st.lists(
        st.tuples(st.sampled_from(["source", "tests", ""]), st.booleans(), SECONDS), max_size=30
    )
)
def test_medians_and_nearest_ranks_are_those_of_the_values(
    database: Database, values: list[tuple[str, bool, float]]
) -> None:
    with database.write() as unit:
        unit.connection.execute(sa.delete(tables.observation))
        record(
            unit,
            [
                Observation(metric=Metric.VERDICT, value=value, at=5.0, nature=nature, inert=inert)
                for nature, inert, value in values
            ],
        )

    with database.read() as connection:
        found = spreads(connection, Metric.VERDICT, WINDOW, by=("nature", "inert"))

    groups: dict[tuple[str, bool], list[float]] = {}
    for nature, inert, value in values:
        groups.setdefault((nature, inert), []).append(value)
    assert {one.of: one.n for one in found} == {of: len(group) for of, group in groups.items()}
    for one in found:
        group = sorted(groups[one.of[0], bool(one.of[1])])  # ty: ignore[invalid-argument-type]
        assert math.isclose(one.median, statistics.median(group), abs_tol=1e-9)
        assert one.p90 == group[math.ceil(0.9 * len(group)) - 1]
    assert [one.median for one in found] == sorted((one.median for one in found), reverse=True)


def test_what_was_not_measured_now_or_here_does_not_count(database: Database) -> None:
    with database.write() as unit:
        here, there = add_repository(unit, "here"), add_repository(unit, "there")

        def lint(value: float, **more: object) -> Observation:
            said = {"at": 5.0, "repository_id": here, "outcome": "passed", **more}
            return Observation(metric=Metric.CHECK, value=value, check="lint", **said)  # ty: ignore

        record(
            unit,
            [
                lint(1.0),
                lint(9.0, condition="from an earlier run"),
                lint(9.0, outcome="skipped"),
                lint(9.0, at=11.0 * DAY),
                lint(9.0, repository_id=there),
            ],
        )

    with database.read() as connection:
        window = Window(since=0.0, until=10 * DAY, repository_id=here)
        (found,) = spreads(connection, Metric.CHECK, window, by=("check",))

    assert (found.of, found.n, found.median) == (("lint",), 1, 1.0)


def test_days_are_those_of_utc_and_only_those_that_had_a_verdict(database: Database) -> None:
    with database.write() as unit:
        record(
            unit,
            [
                Observation(metric=Metric.VERDICT, value=value, at=at)
                for at, value in ((0.5 * DAY, 4.0), (0.9 * DAY, 2.0), (3 * DAY, 7.0))
            ],
        )

    with database.read() as connection:
        found = days(connection, WINDOW)

    assert [(one.at // DAY, one.n, one.median) for one in found] == [(0, 2, 3.0), (3, 1, 7.0)]


def test_a_check_is_unsteady_when_the_same_commits_gave_different_answers(database: Database) -> None:
    with database.write() as unit:
        repository = add_repository(unit)
        same = add_revision(unit, repository, key="branch a").id
        other = add_revision(unit, repository, key="branch b").id
        for revision, states in (
            (same, {"tests": "passed", "lint": "passed"}),
            (same, {"tests": "failed", "lint": "passed"}),
            (other, {"tests": "failed", "lint": "skipped"}),
        ):
            run = unit.connection.execute(
                tables.run.insert().returning(tables.run.c.id),
                {
                    "revision_id": revision,
                    "repository_id": repository,
                    "state": "passed",
                    "attempt": 1,
                    "queued_at": 5.0,
                    "lease": "",
                    "worker": "",
                    "cancel_asked": False,
                    "everything": False,
                    "because": "",
                    "fix": "",
                },
            ).scalar_one()
            for check, state in states.items():
                unit.connection.execute(
                    tables.check_run.insert(),
                    {
                        "run_id": run,
                        "check": check,
                        "state": state,
                        "doing": "",
                        "cached": False,
                        "new_findings": 0,
                        "because": "",
                        "tail": "",
                    },
                )

    with database.read() as connection:
        found = steadiness(connection, WINDOW)

    assert [(one.check, one.revisions, one.differed) for one in found] == [
        ("tests", 1, 1),
        ("lint", 1, 0),
    ]
