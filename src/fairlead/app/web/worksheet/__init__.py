"""The worksheet's pages: the same folder and functions as its commands, to look at and edit."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from fairlead.app.web.rendering import page
from fairlead.app.web.worksheet import (
    asking,
    assessing,
    coverage,
    documents,
    evidence,
    home,
    loops,
    observed,
    principles,
    printing,
    stories,
)
from fairlead.app.web.worksheet.desk import Desk

PLACE = "/worksheet"
"""Below which address the pages stand."""

MOST_BYTES = 24 << 20
"""How large a request to these pages may be: a document, or twice a story as a form spells it out."""


def no_worksheet(cause: str, fix: str) -> APIRouter:
    """Return the one route that says why there is no worksheet here, and how to have one."""
    router = APIRouter(include_in_schema=False)

    @router.get(PLACE)
    def why() -> HTMLResponse:
        return page("worksheet/none.html", status=404, here="worksheet", cause=cause, fix=fix)

    return router


def routes(desk: Desk) -> APIRouter:
    """Return the routes of a worksheet's pages; none is part of the API's description."""
    router = APIRouter(
        prefix=PLACE,
        include_in_schema=False,
        form_limits={"max_part_size": MOST_BYTES},
    )
    for part in (
        home,
        documents,
        principles,
        assessing,
        stories,
        coverage,
        loops,
        asking,
        evidence,
        observed,
        printing,
    ):
        part.add_routes(router, desk)
    return router
