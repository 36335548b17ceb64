"""Repositories over HTTP: which are followed, adding one, looking at it again, forgetting it."""

from __future__ import annotations

import threading
from pathlib import Path as Folder

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field, model_validator

from fairlead.app import intake
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
from fairlead.app.api.seats import seat
from fairlead.app.clones.copies import Copies
from fairlead.app.clones.registering import add_remote
from fairlead.app.platform import Platform
from fairlead.app.problems import Missing, Refused
from fairlead.app.security.callers import Admin
from fairlead.errors import FairleadError
from fairlead.records.model import Repository
from fairlead.records.repositories import list_repositories, remove, repository_of

AT_ONCE = 2
"""How many repositories are copied or read at once for callers of the API."""


class RepositorySaid(Said):
    """A repository whose changes are kept; ``trouble`` is why it could not be read last time."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["payments"])
    source: str = Field(examples=["https://git.example.org/payments.git"])
    default_branch: str = Field(examples=["main"])
    watched: bool
    trusted: bool = Field(description="whether its changes may run code outside of isolation")
    added_at: Moment
    looked_at: Moment | None
    trouble: str = Field(examples=[""])


class RepositoryAsked(Said):
    """Which repository to add: by the address that it is cloned from, or by a folder."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://git.example.org/payments.git"}]},
    )

    url: Text = Field(default="", description="https://HOST/PATH; it is copied, and isn't trusted")
    path: Text = Field(default="", description="a folder; only for an admin at the server's machine")

    @model_validator(mode="after")
    def _one_of_both(self) -> RepositoryAsked:
        if bool(self.url) == bool(self.path):
            raise ValueError("give either url or path")
        return self


class LookSaid(Said):
    """What a look at a repository's refs brought: the numbers of the revisions that are new."""

    revisions: list[int] = Field(examples=[[978]])


def routes(platform: Platform, copies: Copies) -> APIRouter:
    """Return the routes below ``/repositories``."""
    router = APIRouter(prefix="/repositories", tags=["repositories"])
    seats = threading.BoundedSemaphore(AT_ONCE)

    @router.get(
        "", summary="List repositories, the last added first", response_model=Listed[RepositorySaid]
    )
    def list_(request: Request, limit: Limit = 50, after: After = "") -> Response:
        with platform.database.read() as connection:
            shown, following = cut(list_repositories(connection), limit, after)
        lines = [RepositorySaid.model_validate(one) for one in shown]
        return page(request, Listed[RepositorySaid](items=lines, next=following))

    @router.post("", summary="Add a repository", status_code=201, response_model=RepositorySaid)
    def add(asked: RepositoryAsked, caller: Admin) -> Response:
        with seat(seats):
            if asked.url:
                repository = add_remote(platform, copies, asked.url)
            elif not platform.settings.loopback:
                raise Refused(
                    "a folder can only be added where the platform listens on loopback alone",
                    fix="at the server: fairlead repository add PATH; or add it by its url",
                    status=403,
                )
            else:
                repository = intake.add_folder(
                    platform.database,
                    Folder(asked.path),
                    at=platform.clock(),
                    environ=platform.environ,
                )
        said = RepositorySaid.model_validate(repository)
        return answer(said, status=201, location=f"/api/v1/repositories/{repository.id}")

    @router.get("/{number}", summary="Show a repository", response_model=RepositorySaid)
    def show(number: Number) -> Response:
        with platform.database.read() as connection:
            return answer(RepositorySaid.model_validate(found_repository(connection, number)))

    @router.delete(
        "/{number}",
        summary="Forget a repository, with all that is recorded of its changes",
        status_code=204,
        response_class=Response,
    )
    def forget(number: Number, caller: Admin) -> Response:
        with platform.database.write() as unit:
            repository = found_repository(unit.connection, number)
            remove(unit, number, at=platform.clock())
        copies.discard(repository.source, Folder(repository.folder))
        return Response(status_code=204)

    @router.post(
        "/{number}/look",
        summary="Look at a repository's refs now, and take in what is new",
        response_model=LookSaid,
    )
    def look(number: Number) -> Response:
        with platform.database.read() as connection:
            repository = found_repository(connection, number)
        with seat(seats):
            copies.fetch(repository.source, Folder(repository.folder))
            fresh = intake.take_in(
                platform.database, repository, environ=platform.environ, clock=platform.clock
            )
        return answer(LookSaid(revisions=[revision.id for revision in fresh]))

    return router


def found_repository(connection: sa.Connection, number: int) -> Repository:
    """Return a repository by its number; raises Missing when there is none."""
    try:
        return repository_of(connection, number)
    except FairleadError as error:
        raise Missing(
            f"there is no repository {number} here", fix="GET /api/v1/repositories lists them"
        ) from error
