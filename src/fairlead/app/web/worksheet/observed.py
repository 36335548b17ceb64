"""Taking a measurement over from the platform: asked, looked at, then kept in the worksheet's folder.

A figure is bound to what is kept in the folder, since what a platform has measured goes on growing.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from fairlead.app.problems import Refused
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.rendering import show
from fairlead.errors import FairleadError
from fairlead.measurements.log import FILE_NAME, add_to_log
from fairlead.measurements.model import Measurement
from fairlead.measurements.statistics import parse_statistic

STATISTICS = ("median", "p90", "p95", "mean", "max", "count")
INERT = {"": None, "inert": True, "others": False}


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page that asks, where there is a platform to ask."""
    if desk.observed is None:
        return
    from fairlead.measurements.asking import METRICS

    @router.get("/observed")
    def look(
        metric: str = "", statistic: str = "median", window: str = "", changes: str = ""
    ) -> HTMLResponse:
        found, refused = None, None
        if metric:
            try:
                found = _ask(desk, metric, statistic, window, changes)
            except FairleadError as error:
                refused = error
        return show(
            desk,
            desk.read(),
            "observed.html",
            at="evidence",
            status=422 if refused else 200,
            metrics=[(metric.value, words) for metric, words in METRICS.items()],
            statistics=STATISTICS,
            metric=metric,
            statistic=statistic,
            window=window,
            changes=changes,
            found=found,
            refused=refused,
        )

    @router.post("/observed")
    def take(
        metric: Annotated[str, Form()] = "",
        statistic: Annotated[str, Form()] = "",
        window: Annotated[str, Form()] = "",
        changes: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        found = _ask(desk, metric, statistic, window, changes)
        if found is None:
            raise Refused("nothing was observed of that", fix="ask for another window", status=422)
        add_to_log(desk.folder / FILE_NAME, [found])
        return RedirectResponse("/worksheet/evidence#measurements", status_code=303)


def _ask(desk: Desk, metric: str, statistic: str, window: str, changes: str) -> Measurement | None:
    from fairlead.measurements.asking import Question, read_window
    from fairlead.measurements.observations import Metric

    if desk.observed is None:
        return None
    try:
        question = Question(
            metric=Metric(metric),
            statistic=parse_statistic(statistic),
            window=read_window(window),
            inert=INERT.get(changes),
        )
    except (ValueError, OverflowError) as error:
        raise FairleadError(
            f"that can't be asked: {error}",
            fix="name a month (2026-10), a date, or two parted by /: 2026-10-01/2026-10-14",
        ) from error
    return desk.observed(question)
