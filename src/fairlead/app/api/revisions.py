"""Revisions over HTTP: one version of a change, and the plan that was made of it."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter, Response
from pydantic import Field

from fairlead.app.api.answers import Moment, Number, Said, answer
from fairlead.app.api.documents import document
from fairlead.app.platform import Platform
from fairlead.app.problems import Missing
from fairlead.errors import FairleadError
from fairlead.records.changes import revision_of
from fairlead.records.model import Revision


class RevisionSaid(Said):
    """One version of a change, from commit to commit; ``base`` is empty for a root commit."""

    id: int = Field(examples=[977])
    change_id: int = Field(examples=[412])
    number: int = Field(examples=[3], description="which of the change's revisions, from 1")
    base: str = Field(examples=["1f0c6c5d1c6a2a4f3c0a4ab3a8b1b7f1c3d2e4f5"])
    head: str = Field(examples=["9b2d7e4a6c8f0a1b2c3d4e5f60718293a4b5c6d7"])
    created_at: Moment
    nature: str = Field(examples=["source"])
    inert: bool
    size: str = Field(examples=["S"])
    risk: float | None = Field(examples=[12.0])
    band: str = Field(examples=["low"])


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/revisions``."""
    router = APIRouter(prefix="/revisions", tags=["changes"])

    @router.get("/{number}", summary="Show a revision", response_model=RevisionSaid)
    def show_revision(number: Number) -> Response:
        with platform.database.read() as connection:
            return answer(RevisionSaid.model_validate(found_revision(connection, number)))

    @router.get(
        "/{number}/plan",
        summary="Show which checks a revision needs, and why",
        description="What `fairlead plan --format json` prints: see docs/reference/verdict.md.",
        response_model=dict[str, object],
    )
    def show_plan(number: Number) -> Response:
        with platform.database.read() as connection:
            plan = found_revision(connection, number).plan
        if plan is None:
            raise Missing(
                f"revision {number} hasn't been read yet",
                fix="ask again in a moment; its run says why",
            )
        return document(plan)

    return router


def found_revision(connection: sa.Connection, number: int) -> Revision:
    """Return a revision by its number; raises Missing when there is none."""
    try:
        return revision_of(connection, number)
    except FairleadError as error:
        raise Missing(error.cause, fix="GET /api/v1/changes/{number}/revisions lists them") from error
