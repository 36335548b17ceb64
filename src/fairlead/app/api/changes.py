"""Changes over HTTP: where each stands, and its revisions."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from fairlead.app.api.answers import (
    After,
    Limit,
    Listed,
    Moment,
    Number,
    Said,
    Text,
    answer,
    cut,
    page,
)
from fairlead.app.api.revisions import RevisionSaid
from fairlead.app.platform import Platform
from fairlead.app.problems import Missing
from fairlead.records.board import Sought, board_line, read_board
from fairlead.records.changes import revisions_of
from fairlead.records.model import BoardLine


class ChangeSaid(Said):
    """A change with its latest revision, that one's latest run, and what it decided.

    ``run_state`` is empty where nothing has run yet, ``outcome`` and ``sentence`` where nothing is
    decided; ``nature``, ``size`` and ``band`` until the change was read.
    """

    change_id: int = Field(examples=[412])
    repository: str = Field(examples=["payments"])
    key: str = Field(examples=["branch retries"], description="what makes it the same change")
    kind: str = Field(examples=["branch"])
    title: str = Field(examples=["Move retries into the client"])
    author: str = Field(examples=["Maria"])
    state: str = Field(examples=["open"])
    updated_at: Moment
    revision_id: int = Field(examples=[977])
    number: int = Field(examples=[3], description="which revision of the change this is, from 1")
    nature: str = Field(examples=["source"])
    inert: bool
    size: str = Field(examples=["S"])
    risk: float | None = Field(examples=[12.0])
    band: str = Field(examples=["low"])
    run_id: int | None = Field(examples=[1033])
    run_state: str = Field(examples=["passed"])
    queued_at: Moment | None
    started_at: Moment | None
    ended_at: Moment | None
    outcome: str = Field(examples=["pass"])
    sentence: str = Field(examples=["Passed: 6 of 9 checks ran and found nothing new."])


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/changes``."""
    router = APIRouter(prefix="/changes", tags=["changes"])

    @router.get("", summary="List changes, the last updated first", response_model=Listed[ChangeSaid])
    def list_changes(
        request: Request,
        repository: Annotated[Text, Query(description="by its repository's name")] = "",
        standing: Annotated[Text, Query(description="by a run's state or a verdict's outcome")] = "",
        nature: Annotated[Text, Query(examples=["documentation"])] = "",
        band: Annotated[Text, Query(examples=["high"])] = "",
        words: Annotated[Text, Query(description="all in title, key or author, in any case")] = "",
        limit: Limit = 50,
        after: After = "",
    ) -> Response:
        sought = Sought(repository=repository, standing=standing, nature=nature, band=band, words=words)
        with platform.database.read() as connection:
            found = read_board(connection, sought, limit=limit, after=after)
        lines = [ChangeSaid.model_validate(line) for line in found.lines]
        return page(request, Listed[ChangeSaid](items=lines, next=found.next))

    @router.get("/{number}", summary="Show where a change stands", response_model=ChangeSaid)
    def show_change(number: Number) -> Response:
        with platform.database.read() as connection:
            return answer(ChangeSaid.model_validate(_line(connection, number)))

    @router.get(
        "/{number}/revisions",
        summary="List a change's revisions, newest first",
        response_model=Listed[RevisionSaid],
    )
    def list_revisions(
        request: Request, number: Number, limit: Limit = 50, after: After = ""
    ) -> Response:
        with platform.database.read() as connection:
            _line(connection, number)
            found = revisions_of(connection, number)
        shown, following = cut(found, limit, after)
        lines = [RevisionSaid.model_validate(one) for one in shown]
        return page(request, Listed[RevisionSaid](items=lines, next=following))

    return router


def _line(connection: sa.Connection, number: int) -> BoardLine:
    line = board_line(connection, number)
    if line is None:
        raise Missing(f"there is no change {number} here", fix="GET /api/v1/changes lists them")
    return line
