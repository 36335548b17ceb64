"""Throughput: how long changes wait and run, and which checks make them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from fairlead.app.platform import Platform
from fairlead.app.web.charts import Bar, bars, uprights
from fairlead.app.web.rendering import counted, duration, page
from fairlead.measurements.observations import AT_INTAKE, Metric
from fairlead.records.repositories import list_repositories, repository_of
from fairlead.records.throughput import (
    DAY,
    DayOf,
    Spread,
    Steadiness,
    Window,
    days,
    spreads,
    steadiness,
)

WINDOWS = (7, 30, 90)
"""Days that can be looked back."""

SHOWN = 12
"""How many checks a chart shows, the slowest or least steady."""

ENOUGH = 10
"""Of fewer it isn't said what nine in ten stay within."""

_SPREAD = ("", "Half within", "Nine in ten within", "n")


def routes(platform: Platform) -> APIRouter:
    """Return the route of the throughput."""
    router = APIRouter(include_in_schema=False)

    @router.get("/throughput")
    def throughput(days_back: int = 30, repository: str = "") -> HTMLResponse:
        back = days_back if days_back in WINDOWS else 30
        now = platform.clock()
        with platform.database.read() as connection:
            one = repository_of(connection, repository) if repository else None
            window = Window(since=now - back * DAY, until=now, repository_id=one.id if one else None)
            whole = spreads(connection, Metric.VERDICT, window)
            charts = [
                _by_nature(
                    "How long did changes wait for a verdict?",
                    "From being queued to the verdict, by the nature with the most lines.",
                    spreads(connection, Metric.VERDICT, window, by=("nature", "inert")),
                    back,
                ),
                _course(days(connection, window), back),
                _by_nature(
                    "How long did they wait for a worker?",
                    "From being queued to the beginning of the run.",
                    spreads(connection, Metric.WAIT, window, by=("nature", "inert")),
                    back,
                ),
                _planning(spreads(connection, Metric.PLAN, window, by=("condition",)), back),
                _targeted(spreads(connection, Metric.RUN, window, by=("condition",)), back),
                _slowest(spreads(connection, Metric.CHECK, window, by=("check",)), back),
                _unsteady(steadiness(connection, window), back),
            ]
            repositories = [known.name for known in list_repositories(connection)]
        return page(
            "throughput.html",
            here="throughput",
            answer=_answer(whole, back),
            charts=charts,
            back=back,
            windows=[(str(number), f"{number} days") for number in WINDOWS],
            repositories=repositories,
            repository=repository,
        )

    return router


def _answer(whole: Sequence[Spread], back: int) -> str:
    if not whole:
        return f"Nothing was decided in the last {back} days."
    one = whole[0]
    half = f"Half of the changes had their verdict within {duration(one.median)}"
    return f"{half}, nine in ten within {duration(one.p90)}." if one.n >= ENOUGH else f"{half}."


def _window(back: int, n: int) -> str:
    return f"Last {back} days, n = {n:,}."


def _bar(label: str, one: Spread, *, other: bool = False) -> Bar:
    enough = one.n >= ENOUGH
    within = duration(one.p90) if enough else "too few"
    return Bar(
        label=label,
        value=one.median,
        words=duration(one.median),
        note=f"nine in ten within {within}, n = {one.n:,}" if enough else f"n = {one.n:,}",
        mark=one.p90 if enough else None,
        other=other,
        cells=(within, f"{one.n:,}"),
    )


def _by_nature(question: str, about: str, found: Sequence[Spread], back: int) -> Markup:
    rows = [
        _bar(f"{one.of[0] or 'not read'}{', inert' if one.of[1] else ''}", one, other=bool(one.of[1]))
        for one in found
    ]
    return bars(
        question,
        f"{about} The bar is the median, the stroke is what nine in ten stay within; open bars: inert.",
        rows,
        columns=("Nature", *_SPREAD[1:]),
        window=_window(back, sum(one.n for one in found)),
    )


def _course(found: Sequence[DayOf], back: int) -> Markup:
    rows = [
        Bar(
            label=datetime.fromtimestamp(day.at, UTC).strftime("%Y-%m-%d"),
            value=day.median,
            words=duration(day.median),
            cells=(f"{day.n:,}",),
        )
        for day in found
    ]
    return uprights(
        "Did they wait longer lately?",
        "The median wait for a verdict on each day that had one.",
        rows,
        columns=("Day", "Median", "n"),
        window=_window(back, sum(day.n for day in found)),
    )


def _planning(found: Sequence[Spread], back: int) -> Markup:
    rows = [
        _bar(AT_INTAKE if one.of[0] == AT_INTAKE else "at the beginning of a run", one) for one in found
    ]
    return bars(
        "How long did it take to plan a change?",
        "Reading it, its score and its plan: once when it comes in, and again by each run of it.",
        rows,
        columns=("Planned", *_SPREAD[1:]),
        window=_window(back, sum(one.n for one in found)),
    )


def _targeted(found: Sequence[Spread], back: int) -> Markup:
    rows = [
        _bar(
            "all checks" if one.of[0] == "all checks" else "the checks that the change needs",
            one,
            other=one.of[0] == "all checks",
        )
        for one in found
    ]
    return bars(
        "All checks, or those that a change needs: how long did a run take?",
        "From the beginning of a run to its end. They aren't the same changes: this is no experiment.",
        rows,
        columns=("Run", *_SPREAD[1:]),
        window=_window(back, sum(one.n for one in found)),
    )


def _slowest(found: Sequence[Spread], back: int) -> Markup:
    return bars(
        "Which checks take longest?",
        "Of each check that ran, without what came from an earlier run.",
        [_bar(str(one.of[0]), one) for one in found[:SHOWN]],
        columns=("Check", *_SPREAD[1:]),
        window=_window(back, sum(one.n for one in found)),
    )


def _unsteady(found: Sequence[Steadiness], back: int) -> Markup:
    rows = [
        Bar(
            label=one.check,
            value=100 * one.differed / one.revisions,
            words=f"{100 * one.differed / one.revisions:.0f} %",
            note=f"{one.differed} of {counted(one.revisions, 'revision')}",
            cells=(),
        )
        for one in found[:SHOWN]
    ]
    return bars(
        "Which checks answered differently on the same commits?",
        "Of the revisions that a check ran on more than once: the share with different answers.",
        rows,
        columns=("Check", "Share", "Of"),
        window=_window(back, sum(one.revisions for one in found)),
    )
