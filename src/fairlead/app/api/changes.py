"""Changes over HTTP: where each stands, and its revisions."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from fairlead.app import intake
from fairlead.app.api.answers import (
    LARGEST,
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
    page_of,
    said_as_json,
)
from fairlead.app.api.repositories import AT_ONCE, found_repository
from fairlead.app.api.revisions import RevisionSaid
from fairlead.app.api.seats import seat
from fairlead.app.clones.copies import Copies
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


class ChangeAsked(Said):
    """Which commits of which repository are to be gated as one change."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"repository": 1, "revisions": "main...retries"}]},
    )

    repository: int = Field(ge=1, le=LARGEST, description="the number of the repository")
    revisions: str = Field(
        min_length=1,
        max_length=300,
        pattern=r"^[^\x00-\x20-][^\x00-\x20]*$",
        description="A..B, A...B (from where B left A) or one commit, as `fairlead check` takes them",
    )
    title: Text = Field(default="", description="what to call it; the last commit's subject if empty")
    everything: bool = Field(default=False, description="all checks, not those of the plan alone")


class SubmittedSaid(Said):
    """What became of a change that was submitted; the same again is no second."""

    change_id: int = Field(examples=[412])
    revision_id: int = Field(examples=[977])
    run_id: int = Field(examples=[1033])
    title: str = Field(examples=["Move retries into the client"])


def routes(platform: Platform, copies: Copies) -> APIRouter:
    """Return the routes below ``/changes``."""
    router = APIRouter(prefix="/changes", tags=["changes"])
    seats = threading.BoundedSemaphore(AT_ONCE)

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
        return page_of(request, [_said(line) for line in found.lines], found.next)

    @router.post(
        "", summary="Submit a change and queue its run", status_code=201, response_model=SubmittedSaid
    )
    def submit(asked: ChangeAsked) -> Response:
        with platform.database.read() as connection:
            repository = found_repository(connection, asked.repository)
        with seat(seats):
            copies.fetch(repository.source, Path(repository.folder))
            submitted = intake.submit_to(
                platform.database,
                repository,
                revisions=asked.revisions,
                title=asked.title,
                everything=asked.everything,
                at=platform.clock(),
                environ=platform.environ,
            )
        platform.notice()
        said = SubmittedSaid.model_validate(submitted)
        return answer(said, status=201, location=f"/api/v1/changes/{submitted.change_id}")

    @router.get("/{number}", summary="Show where a change stands", response_model=ChangeSaid)
    def show_change(number: Number) -> Response:
        with platform.database.read() as connection:
            line = _line(connection, number)
        return Response(_said(line), media_type="application/json")

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


@lru_cache(maxsize=2000)
def _said(line: BoardLine) -> str:
    """Return a line as JSON, made once: lists show the same lines until something happens to them."""
    return said_as_json(ChangeSaid.model_validate(line))


def _line(connection: sa.Connection, number: int) -> BoardLine:
    line = board_line(connection, number)
    if line is None:
        raise Missing(f"there is no change {number} here", fix="GET /api/v1/changes lists them")
    return line
