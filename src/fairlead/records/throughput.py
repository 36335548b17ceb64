"""How long changes waited and ran, and which checks were slow or unsteady, over a window of time."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from fairlead.measurements.observations import Metric
from fairlead.store import tables

_seen = tables.observation

DAY = 86_400
MOST = 50_000
"""How many verdicts the course over days is computed of, the newest."""

_ANSWERS = ("passed", "failed", "not_evaluated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to when (seconds since 1970) is looked, and at which repository, ``None`` for all."""

    since: float
    until: float
    repository_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Seconds that something took: how often it was measured, half within, nine in ten within.

    ``of`` are the values of what was grouped by, in that order. ``p90`` is the nearest rank.
    """

    of: tuple[str | bool, ...]
    n: int
    median: float
    p90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """Of how many revisions a check ran more than once, and on how many it ended in different ways."""

    check: str
    revisions: int
    differed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOf:
    """The median wait for a verdict on one day; ``at`` is its beginning in UTC."""

    at: int
    n: int
    median: float


def spreads(
    connection: sa.Connection, metric: Metric, window: Window, *, by: tuple[str, ...] = ()
) -> tuple[Spread, ...]:
    """Return how long a metric took for each group, the slowest median first.

    ``by`` names columns of the observations. What came from an earlier run's results wasn't measured
    and doesn't count, nor does a check that was skipped.
    """
    groups = [_seen.c[name] for name in by]
    ranked = (
        sa.select(
            *groups,
            _seen.c.value,
            sa.func.row_number().over(partition_by=groups, order_by=_seen.c.value).label("rank"),
            sa.func.count().over(partition_by=groups).label("n"),
        )
        .where(*_within(metric, window))
        .subquery()
    )
    value, rank, n = ranked.c.value, ranked.c.rank, ranked.c.n
    middle = rank.in_(((n + 1) // 2, (n + 2) // 2))
    median = sa.func.avg(sa.case((middle, value)))
    rows = connection.execute(
        sa.select(
            *(ranked.c[name] for name in by),
            sa.func.max(n),
            median,
            sa.func.max(sa.case((rank == (9 * n + 9) // 10, value))),
        )
        .group_by(*(ranked.c[name] for name in by))
        .order_by(median.desc())
    ).all()
    return tuple(
        Spread(of=tuple(row[: len(by)]), n=row[-3], median=row[-2], p90=row[-1])
        for row in rows
        if row[-3]
    )


def days(connection: sa.Connection, window: Window) -> tuple[DayOf, ...]:
    """Return the median wait for a verdict of each day that had one, oldest first."""
    rows = connection.execute(
        sa.select(_seen.c.at, _seen.c.value)
        .where(*_within(Metric.VERDICT, window))
        .order_by(_seen.c.at.desc())
        .limit(MOST)
    )
    found: dict[int, list[float]] = defaultdict(list)
    for at, value in rows:
        found[int(at // DAY)].append(value)
    return tuple(
        DayOf(at=day * DAY, n=len(values), median=statistics.median(values))
        for day, values in sorted(found.items())
    )


def steadiness(connection: sa.Connection, window: Window) -> tuple[Steadiness, ...]:
    """Return the checks that ran more than once on one revision, the least steady first.

    The same commits gave different answers: the check, or what it depends on, is what changed.
    """
    run, line = tables.run, tables.check_run
    conditions = [
        run.c.queued_at >= window.since,
        run.c.queued_at <= window.until,
        line.c.state.in_(_ANSWERS),
        line.c.cached.is_(False),
    ]
    if window.repository_id is not None:
        conditions.append(run.c.repository_id == window.repository_id)
    each = (
        sa.select(line.c.check, sa.func.count(sa.distinct(line.c.state)).label("answers"))
        .join(run, run.c.id == line.c.run_id)
        .where(*conditions)
        .group_by(line.c.check, run.c.revision_id)
        .having(sa.func.count() > 1)
        .subquery()
    )
    differed = sa.func.sum(sa.case((each.c.answers > 1, 1), else_=0))
    rows = connection.execute(
        sa.select(each.c.check, sa.func.count(), differed)
        .group_by(each.c.check)
        .order_by(differed.desc(), each.c.check)
    )
    return tuple(
        Steadiness(check=check, revisions=revisions, differed=unsteady)
        for check, revisions, unsteady in rows
    )


def _within(metric: Metric, window: Window) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [
        _seen.c.metric == metric,
        _seen.c.at >= window.since,
        _seen.c.at <= window.until,
    ]
    if window.repository_id is not None:
        conditions.append(_seen.c.repository_id == window.repository_id)
    if metric is Metric.CHECK:
        conditions.append(_seen.c.condition == "")
        conditions.append(_seen.c.outcome.in_(_ANSWERS))
    return conditions
