"""What the platform observed, asked for as a person would: with n, by window, on both stores."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.errors import FairleadError
from fairlead.measurements.asking import Question, answer, kinds_of, read_window
from fairlead.measurements.model import Measurement
from fairlead.measurements.observations import Metric, Observation, record
from fairlead.store.database import Database, open_database
from fairlead.worksheet.comparison import compute_change, object_to_pair
from stores import Stores, add_repository


def on(day: str, hour: int = 12) -> float:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC).timestamp()


def observe(database: Database, *observations: Observation) -> None:
    with database.write() as unit:
        record(unit, observations)


def waits(*seconds: float, day: str, inert: bool = True) -> list[Observation]:
    return [
        Observation(metric=Metric.WAIT, value=value, at=on(day), inert=inert, nature="documentation")
        for value in seconds
    ]


def ask(database: Database, question: Question) -> Measurement | None:
    with database.read() as connection:
        return answer(connection, question, source="a platform")


def test_median_wait_of_inert_changes_october_against_november(database: Database) -> None:
    observe(database, *waits(60, 80, 70, day="2026-10-05"), *waits(900, day="2026-10-05", inert=False))
    observe(database, *waits(7, 9, day="2026-11-30"), *waits(1, day="2026-12-01"))
    asked = [
        Question(metric=Metric.WAIT, inert=True, window=read_window(month))
        for month in ("2026-10", "2026-11")
    ]

    before, after = (ask(database, question) for question in asked)

    assert before is not None
    assert after is not None
    assert (before.statistic, before.value, before.unit, before.n) == ("median", 70.0, "s", 3)
    assert (after.value, after.n, str(after.window)) == (8.0, 2, "2026-11-01 to 2026-11-30")
    assert before.condition == after.condition == "inert changes"
    assert list(object_to_pair(before, after)) == []
    assert compute_change(before, after).less == pytest.approx(62 / 70)


def test_a_window_takes_in_all_of_its_last_day_and_nothing_of_the_next(database: Database) -> None:
    observe(
        database,
        *(
            Observation(metric=Metric.RUN, value=1, at=at)
            for at in (on("2026-10-01", 0), on("2026-10-31", 23), on("2026-11-01", 0))
        ),
    )

    found = ask(database, Question(metric=Metric.RUN, statistic="count", window=read_window("2026-10")))

    assert found is not None
    assert found.value == 2


def test_what_was_not_observed_has_no_median_but_a_count_of_nought(database: Database) -> None:
    assert ask(database, Question(metric=Metric.WAIT)) is None

    counted = ask(database, Question(metric=Metric.WAIT, statistic="count"))

    assert counted is not None
    assert (counted.value, counted.n) == (0.0, 0)


def test_a_question_narrows_by_check_outcome_and_repository(database: Database) -> None:
    with database.write() as unit:
        lab, other = add_repository(unit, "lab"), add_repository(unit, "other")
    observe(
        database,
        *(
            Observation(
                metric=Metric.CHECK,
                value=value,
                at=1.0,
                check=check,
                outcome=outcome,
                repository_id=where,
            )
            for value, check, outcome, where in (
                (1.0, "lint", "passed", lab),
                (2.0, "lint", "failed", lab),
                (3.0, "tests", "passed", lab),
                (4.0, "lint", "passed", other),
            )
        ),
    )

    found = ask(
        database,
        Question(
            metric=Metric.CHECK, statistic="max", check="lint", outcome="passed", repository="lab"
        ),
    )

    assert found is not None
    assert (found.value, found.n) == (1.0, 1)
    assert found.condition == "check lint, ended passed, repository lab"
    with database.read() as connection:
        assert kinds_of(connection, "check", Question(metric=Metric.CHECK)) == ("lint", "tests")


def test_a_statistic_that_nobody_knows_is_refused(database: Database) -> None:
    observe(database, *waits(1, day="2026-10-05"))

    with pytest.raises(FairleadError, match="mode"):
        ask(database, Question(metric=Metric.WAIT, statistic="mode"))


@given(values=st.lists(st.floats(0, 1e6), min_size=2, max_size=40))
def test_percentiles_are_those_that_python_s_own_statistics_give(
    stores: Stores, values: list[float]
) -> None:
    database = open_database(stores.new("sqlite"))
    observe(database, *waits(*values, day="2026-10-05"))
    expected = statistics.quantiles(values, n=100, method="inclusive")

    found = {
        name: ask(database, Question(metric=Metric.WAIT, statistic=name))
        for name in ("median", "p90", "p95")
    }
    database.close()

    for name, place in (("median", 50), ("p90", 90), ("p95", 95)):
        measured = found[name]
        assert measured is not None
        assert measured.value == pytest.approx(expected[place - 1], abs=1e-5)
        assert measured.n == len(values)
