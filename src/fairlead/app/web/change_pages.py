"""A change's pages: its newest revision, an older one, one run of it, and its whole diff."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from fairlead.app.platform import Platform
from fairlead.app.web.charts import Bar, bars
from fairlead.app.web.diffs import Diffs, FileWithFindings, with_findings
from fairlead.app.web.numbers import Number
from fairlead.app.web.rendering import environment, page
from fairlead.app.web.telling import check_rows, counts, headline, place, steps
from fairlead.errors import FairleadError
from fairlead.records.changes import revision_of
from fairlead.records.model import FindingRow
from fairlead.records.showing import Shown, show_change, show_run
from fairlead.store.outbox import last_number
from fairlead.workers.ledger import ask_cancel, enqueue

LISTED = 100
"""How many findings a page says in full."""

AROUND = 6
"""Lines that a change's page shows before and after a finding."""


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/changes`` and ``/runs``."""
    router = APIRouter(include_in_schema=False)
    diffs = Diffs(platform.environ)

    @router.get("/changes/{number}")
    def newest(number: Number) -> HTMLResponse:
        with platform.database.read() as connection:
            seen, shown = last_number(connection), show_change(connection, number)
        return _page(shown, diffs, seen)

    @router.get("/changes/{number}/revisions/{revision}")
    def one_revision(number: Number, revision: Number) -> HTMLResponse:
        with platform.database.read() as connection:
            seen, shown = last_number(connection), show_change(connection, number, number=revision)
        return _page(shown, diffs, seen)

    @router.get("/runs/{number}")
    def one_run(number: Number) -> HTMLResponse:
        with platform.database.read() as connection:
            seen, shown = last_number(connection), show_run(connection, number)
        return _page(shown, diffs, seen)

    @router.get("/changes/{number}/revisions/{revision}/diff")
    def whole_diff(number: Number, revision: Number) -> HTMLResponse:
        with platform.database.read() as connection:
            shown = show_change(connection, number, number=revision)
        files, trouble = _files(shown, diffs, everything=True)
        return page("diff.html", here="board", shown=shown, files=files, trouble=trouble)

    @router.post("/changes/{number}/runs")
    def run_again(
        number: Number, revision: Annotated[int, Form()], everything: Annotated[bool, Form()] = False
    ) -> RedirectResponse:
        with platform.database.write() as unit:
            wanted = revision_of(unit.connection, revision)
            shown = show_change(unit.connection, number, number=wanted.number)
            enqueue(
                unit,
                revision_id=shown.revision.id,
                repository_id=shown.repository.id,
                at=platform.clock(),
                everything=everything,
            )
        platform.notice()
        return _back(shown)

    @router.post("/runs/{number}/cancel")
    def cancel(number: Number) -> RedirectResponse:
        with platform.database.write() as unit:
            shown = show_run(unit.connection, number)
            ask_cancel(unit, number, platform.clock())
        return _back(shown)

    return router


def _back(shown: Shown) -> RedirectResponse:
    return RedirectResponse(
        f"/changes/{shown.change.id}/revisions/{shown.revision.number}", status_code=303
    )


def _page(shown: Shown, diffs: Diffs, seen: int) -> HTMLResponse:
    rows = check_rows(shown)
    held = [finding for finding in shown.findings if counts(finding)]
    reported = [finding for finding in shown.findings if finding.new and not counts(finding)]
    files, trouble = _files(shown, diffs)
    inside = {file.file.path for file in files}
    report = shown.verdict.report if shown.verdict else shown.revision.plan or {}
    return page(
        "change.html",
        here="board",
        seen=seen,
        shown=shown,
        answer=headline(shown, rows),
        steps=steps(shown),
        rows=rows,
        held=held,
        reported=reported,
        held_beyond=max(len(held) - LISTED, 0),
        old=[finding for finding in shown.findings if not finding.new],
        files=files,
        trouble=trouble,
        elsewhere=[finding for finding in held[:LISTED] if finding.path not in inside],
        report=report,
        score=_score(report),
        place=place,
        counts=counts,
    )


def _files(
    shown: Shown, diffs: Diffs, *, everything: bool = False
) -> tuple[list[FileWithFindings], str]:
    """Return the files of the diff, all or those that block, and why they can't be read."""
    wanted = [one for one in shown.findings if one.new and (everything or counts(one))][:LISTED]
    paths = {finding.path for finding in wanted if finding.path}
    if not paths and not everything:
        return [], ""
    try:
        read = diffs.of(shown.repository, shown.revision, None if everything else paths)
    except FairleadError as error:
        return [], f"The diff can't be shown: {error.cause}. What to do: {error.fix}"
    around = None if everything else AROUND
    return with_findings(read, wanted, _say, around=around), ""


def _say(finding: FindingRow) -> Markup:
    macros: Any = environment().get_template("parts/finding.html").module
    return macros.said(finding)


def _score(report: object) -> Markup:
    """Return the reasons of the score as a chart: they add up to its log-odds."""
    risk = report.get("risk") if isinstance(report, dict) else None
    if not isinstance(risk, dict):
        return Markup("")
    reasons = [reason for reason in risk["reasons"] if abs(reason["log_odds"]) >= 0.005]
    return _drawn(
        tuple(
            Bar(
                label=_named(reason),
                value=reason["log_odds"],
                words=f"{reason['log_odds']:+.2f}".replace("-", "−"),
            )
            for reason in reasons
        )
    )


@lru_cache(maxsize=256)
def _drawn(reasons: tuple[Bar, ...]) -> Markup:
    """Return the score's chart, kept: while a run goes on, its page is asked for again and again."""
    return bars(
        "What makes the score?",
        "Each reason's share of the log-odds; together they are the score. Bars to the left lower it.",
        reasons,
        columns=("Reason", "Log-odds"),
    )


def _named(reason: Mapping[str, Any]) -> str:
    if reason["feature"] == "intercept":
        return "where every change begins"
    return f"{reason['feature']}: {reason['value']:.4g}"
