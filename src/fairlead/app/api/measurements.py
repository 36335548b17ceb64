"""What the platform measured, over HTTP: a statistic with its n, by window and by what was observed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Response
from pydantic import Field

from fairlead.app.api.answers import Said, Text
from fairlead.app.api.answers import answer as answered
from fairlead.app.platform import Platform
from fairlead.errors import FairleadError
from fairlead.measurements.asking import METRICS, Question, answer, kinds_of, read_window
from fairlead.measurements.model import Window
from fairlead.measurements.observations import SECONDS, Metric
from fairlead.measurements.statistics import parse_statistic

MOST_KINDS = 100


class Apart(StrEnum):
    """By what observations may be told apart."""

    NATURE = "nature"
    CHECK = "check"
    OUTCOME = "outcome"


class WindowSaid(Said):
    """From when to when; a date stands for the whole day, in UTC."""

    start: str = Field(examples=["2026-10-01"])
    end: str = Field(examples=["2026-10-31"])


class MeasurementSaid(Said):
    """A statistic of what was observed; ``value`` is null where ``n`` is 0.

    ``id`` is what a story's evidence binds to once the measurement was imported.
    """

    id: str | None = Field(examples=["3fa9c2b1d0e7"])
    metric: str = Field(examples=["wait until a run begins"])
    statistic: str = Field(examples=["median"])
    value: float | None = Field(examples=[0.41])
    unit: str = Field(examples=["s"])
    n: int = Field(examples=[212])
    window: WindowSaid | None
    condition: str = Field(examples=["inert changes"])
    kind: str | None = Field(default=None, examples=[None], description="which one of those told apart")
    source: str = Field(examples=["fairlead at http://127.0.0.1:7433"])


class MeasurementsSaid(Said):
    """The answers, in the order of the windows; within one, kinds by name."""

    items: list[MeasurementSaid]


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/measurements``."""
    router = APIRouter(prefix="/measurements", tags=["measurements"])

    @router.get(
        "",
        summary="Show a statistic of waits and durations, window by window",
        response_model=MeasurementsSaid,
    )
    def show(
        metric: Annotated[Metric, Query(description="what was observed of runs, in seconds")],
        statistic: Annotated[
            Text, Query(description="median, p90, mean, min, max, sum, count")
        ] = "median",
        window: Annotated[
            list[Text],
            Query(
                max_length=24,
                description="a month (2026-10), a date, or two dates parted by /; several are compared",
            ),
        ] = [],  # noqa: B006, FastAPI copies it
        repository: Annotated[Text, Query(description="by its name")] = "",
        nature: Annotated[Text, Query(examples=["documentation"])] = "",
        inert: Annotated[bool | None, Query(description="of inert changes, or of others")] = None,
        check: Annotated[Text, Query(examples=["sast"])] = "",
        outcome: Annotated[Text, Query(examples=["passed"])] = "",
        condition: Annotated[
            Text, Query(description="targeted, all checks, from an earlier run, when it came in")
        ] = "",
        by: Annotated[Apart | None, Query(description="tell kinds apart")] = None,
    ) -> Response:
        question = Question(
            metric=metric,
            statistic=parse_statistic(statistic),
            repository=repository,
            nature=nature,
            inert=inert,
            check=check,
            outcome=outcome,
            condition=condition,
        )
        source = f"fairlead at {platform.settings.address}"
        try:
            windows = [read_window(one) for one in window] or [None]
            with platform.database.read() as connection:
                items = [
                    _said(connection, one, kind, source)
                    for found in windows
                    for one, kind in _kinds(connection, replace(question, window=found), by)
                ]
        except (ValueError, OverflowError) as error:
            raise FairleadError(
                f"{', '.join(window)!r} holds no window: {error}",
                fix="name a month (2026-10), a date, or two parted by /: 2026-10-01/2026-10-14",
            ) from error
        return answered(MeasurementsSaid(items=items))

    return router


def _kinds(
    connection: sa.Connection, question: Question, by: Apart | None
) -> Iterator[tuple[Question, str | None]]:
    """Give the question, or one for each kind that occurs."""
    if by is None:
        yield question, None
        return
    for kind in kinds_of(connection, str(by), question)[:MOST_KINDS]:
        yield replace(question, **{str(by): kind}), kind


def _said(
    connection: sa.Connection, question: Question, kind: str | None, source: str
) -> MeasurementSaid:
    found = answer(connection, question, source=source)
    if found is None:
        return MeasurementSaid(
            id=None,
            metric=METRICS[question.metric],
            statistic=question.statistic,
            value=None,
            unit=SECONDS,
            n=0,
            window=_window(question.window),
            condition="",
            kind=kind,
            source=source,
        )
    return MeasurementSaid(
        id=found.id,
        metric=found.metric,
        statistic=found.statistic,
        value=found.value,
        unit=found.unit,
        n=found.n or 0,
        window=_window(found.window),
        condition=found.condition,
        kind=kind,
        source=source,
    )


def _window(window: Window | None) -> WindowSaid | None:
    return None if window is None else WindowSaid(start=window.start, end=window.end)
