"""Planning a loop of interviews: all that one fills in stands in the address, so one can keep it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams
from starlette.responses import Response

from fairlead.app.problems import Missing
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.printing import as_file, read_here
from fairlead.app.web.worksheet.rendering import show
from fairlead.errors import FairleadError
from fairlead.worksheet.coverage import cover
from fairlead.worksheet.loop_file import make_loop, principle_of, story_of
from fairlead.worksheet.model import Worksheet
from fairlead.worksheet.output.pages import plan_page
from fairlead.worksheet.output.redaction import redact
from fairlead.worksheet.planner import Interviewer, Plan, plan_loop

AT_FIRST, AT_MOST = 3, 12
"""How many interviewers the form has room for."""


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the form with its plan, and the plan to take along."""

    @router.get("/plan")
    def plan(request: Request) -> HTMLResponse:
        worksheet = desk.read()
        asked = request.query_params
        rows = _rows(asked)
        planned, refused = None, None
        if any(row[1] for row in rows):
            try:
                planned = _plan(desk, worksheet, asked)
            except FairleadError as error:
                refused = error
        return show(
            desk,
            worksheet,
            "plan.html",
            at="plan",
            status=422 if refused else 200,
            rows=rows,
            title=asked.get("title", ""),
            never=asked.getlist("never"),
            likely=asked.getlist("likely"),
            plan=planned,
            refused=refused,
            groups=[
                (name, list(slots))
                for name, slots in groupby(
                    planned.slots if planned else (), key=lambda slot: slot.interviewer
                )
            ],
            query=str(asked),
            most=AT_MOST,
        )

    @router.get("/plan/{name}")
    def take_along(name: str, request: Request) -> Response:
        worksheet = desk.read()
        document = plan_page(_plan(desk, worksheet, request.query_params))
        redacted = redact(document, worksheet.confidential)
        if name == "page":
            return read_here(desk, worksheet, redacted, at="plan")
        if name.rpartition(".")[0] != "plan":
            raise Missing(f"there is no {name!r} of a plan", fix="plan.html, plan.pdf or plan.md")
        return as_file(redacted.document, name)


Row = tuple[str, Sequence[str], Sequence[str]]


def _rows(asked: QueryParams) -> list[Row]:
    """Return the form's interviewers: name, ids of principles, ids of stories that they know."""
    names = asked.getlist("name")[:AT_MOST]
    room = min(AT_MOST, max(AT_FIRST, len(names) + ("more" in asked)))
    names += [""] * (room - len(names))
    return [
        (name, asked.getlist(f"asks-{number}"), asked.getlist(f"knows-{number}"))
        for number, name in enumerate(names)
    ]


def _plan(desk: Desk, worksheet: Worksheet, asked: QueryParams) -> Plan:
    interviewers = [
        Interviewer(
            name=" ".join(name.split()) or f"Interviewer {number}",
            principles=tuple(principle_of(one, worksheet) for one in principles),
            known=frozenset(story_of(one, worksheet) for one in known),
        )
        for number, (name, principles, known) in enumerate(_rows(asked), start=1)
        if principles
    ]
    loop = make_loop(
        interviewers,
        worksheet,
        title=" ".join(asked.get("title", "").split()) or "Interviews",
        never=asked.getlist("never"),
        likely=asked.getlist("likely"),
    )
    return plan_loop(loop, cover(worksheet, today=desk.today()))
