"""Questions to what the platform observed, answered as measurements that a story can be bound to.

"The median wait of inert changes in October, with n" is a question; so is the same for November.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from fairlead.errors import FairleadError
from fairlead.measurements.model import Measurement, Window, parse_window
from fairlead.measurements.observations import SECONDS, Metric
from fairlead.store import tables

METRICS: Mapping[Metric, str] = {
    Metric.WAIT: "wait until a run begins",
    Metric.PLAN: "time to plan a change",
    Metric.CHECK: "duration of a check",
    Metric.RUN: "duration of a run",
    Metric.VERDICT: "wait for a verdict",
}
"""What each metric is called in a measurement: words that mean something without this program."""

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUANTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
_table = tables.observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which observations are meant, and what statistic of them.

    ``statistic`` is as ``parse_statistic`` spells it: median, a percentile (p90), mean, min, max, sum,
    count. What is ``""`` or ``None`` doesn't narrow. ``condition`` is ``all checks`` for runs of every
    check, ``from an earlier run`` for checks that ran no tool, ``when it came in`` for plans before any
    run, ``targeted`` for those without any of these.
    """

    metric: Metric
    statistic: str = "median"
    window: Window | None = None
    repository: str = ""
    nature: str = ""
    inert: bool | None = None
    check: str = ""
    outcome: str = ""
    condition: str = ""


TARGETED = "targeted"
"""The condition of runs of what the change needs, and of checks that ran a tool."""


def answer(connection: sa.Connection, question: Question, *, source: str) -> Measurement | None:
    """Return the statistic with its n, ``None`` where nothing was observed of it.

    Percentiles are interpolated between the two nearest values. ``source`` names the platform. Raises
    FairleadError for a statistic that is none of ours.
    """
    where = _conditions(question)
    n = connection.execute(sa.select(sa.func.count()).where(*where)).scalar_one()
    if n == 0 and question.statistic != "count":
        return None
    return Measurement(
        metric=METRICS[question.metric],
        statistic=question.statistic,
        value=round(_statistic(connection, question.statistic, where, n), 6),
        unit="" if question.statistic == "count" else SECONDS,
        n=n,
        window=question.window,
        condition=_circumstances(question),
        source=source,
    )


def read_window(text: str) -> Window:
    """Return the window that a text names: a month (``2026-10``), or what ``parse_window`` takes.

    Raises ValueError for anything else.
    """
    if month := _MONTH.fullmatch(text.strip()):
        first = date(int(month[1]), int(month[2]), 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return Window(start=first.isoformat(), end=last.isoformat())
    return parse_window(text)


def kinds_of(connection: sa.Connection, field: str, question: Question) -> tuple[str, ...]:
    """Return what occurs in a field (``nature``, ``check``, ``outcome``) of the observations meant."""
    query = sa.select(_table.c[field]).distinct().where(*_conditions(question))
    return tuple(sorted(found for found in connection.execute(query).scalars() if found))


def _conditions(question: Question) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [_table.c.metric == question.metric]
    if question.window is not None:
        conditions += [
            _table.c.at >= _moment(question.window.start, end=False),
            _table.c.at < _moment(question.window.end, end=True),
        ]
    if question.repository:
        named = sa.select(tables.repository.c.id).where(tables.repository.c.name == question.repository)
        conditions.append(_table.c.repository_id.in_(named))
    if question.inert is not None:
        conditions.append(_table.c.inert == question.inert)
    if question.condition:
        said = "" if question.condition == TARGETED else question.condition
        conditions.append(_table.c.condition == said)
    for name in ("nature", "check", "outcome"):
        if wanted := getattr(question, name):
            conditions.append(_table.c[name] == wanted)
    return conditions


def _moment(text: str, *, end: bool) -> float:
    """Return an instant in seconds since 1970; of a date, its beginning or its end, in UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC) + timedelta(days=end)
    return moment.timestamp()


def _statistic(
    connection: sa.Connection, statistic: str, where: list[sa.ColumnElement[bool]], n: int
) -> float:
    value = _table.c.value
    simple = {"mean": sa.func.avg, "min": sa.func.min, "max": sa.func.max, "sum": sa.func.sum}
    if statistic == "count":
        return float(n)
    if statistic in simple:
        return float(connection.execute(sa.select(simple[statistic](value)).where(*where)).scalar_one())
    quantile = 0.5 if statistic == "median" else _quantile(statistic)
    # The values on either side of the place, found by their order: neither store needs to know more.
    place = quantile * (n - 1)
    below = math.floor(place)
    query = sa.select(value).where(*where).order_by(value).offset(below).limit(2)
    found = connection.execute(query).scalars().all()
    return found[0] + (found[-1] - found[0]) * (place - below)


def _quantile(statistic: str) -> float:
    match = _QUANTILE.fullmatch(statistic)
    if match is None:
        raise FairleadError(
            f"{statistic!r} is no statistic of observations",
            fix="take median, mean, min, max, sum, count, or a percentile such as p90",
        )
    return float(match[1]) / 100


def _circumstances(question: Question) -> str:
    """Return in words what the observations were narrowed to, so that two answers can be compared."""
    words = []
    if question.inert is not None:
        words.append("inert changes" if question.inert else "changes that are not inert")
    if question.nature:
        words.append(f"mostly {question.nature}")
    if question.check:
        words.append(f"check {question.check}")
    if question.outcome:
        words.append(f"ended {question.outcome.replace('_', ' ')}")
    if question.condition:
        words.append(question.condition)
    if question.repository:
        words.append(f"repository {question.repository}")
    return ", ".join(words)
