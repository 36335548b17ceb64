"""Runs over HTTP: queue one, follow it, cancel it, read what it decided."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

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
    below,
    page,
)
from fairlead.app.api.documents import document
from fairlead.app.api.revisions import found_revision
from fairlead.app.api.sarif import as_sarif
from fairlead.app.platform import Platform
from fairlead.app.problems import Missing
from fairlead.records.model import Run
from fairlead.records.runs import SoughtRuns, list_runs
from fairlead.records.verdicts import check_lines_of, findings_of, run_of, verdict_of
from fairlead.store import tables
from fairlead.workers.ledger import ask_cancel, enqueue
from fairlead.workers.model import RunState


class RunSaid(Said):
    """A run as it stands; ``attempt`` is 0 until it is taken, 2 after its worker vanished."""

    id: int = Field(examples=[1033])
    revision_id: int = Field(examples=[977])
    repository_id: int = Field(examples=[1])
    state: RunState = Field(examples=["running"])
    attempt: int = Field(examples=[1])
    queued_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    worker: str = Field(examples=["host-1:4711"])
    cancel_asked: bool
    everything: bool = Field(description="all checks, not those of the plan alone")
    because: str = Field(examples=[""], description="why it ended as it did, where that needs saying")
    fix: str = Field(examples=[""])


class RunAsked(Said):
    """Which run is wanted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"revision": 977}]})

    revision: int = Field(ge=1, le=LARGEST, description="the number of the revision")
    everything: bool = Field(default=False, description="all checks, not those of the plan alone")


class CheckSaid(Said):
    """One check of a run: waiting, running with what it does, or ended with its outcome."""

    check: str = Field(examples=["sast"])
    state: str = Field(examples=["running"])
    doing: str = Field(examples=["bandit on 3 files"])
    started_at: Moment | None
    seconds: float | None = Field(examples=[0.4])
    expected: float | None = Field(examples=[0.5], description="seconds that it took last time")
    cached: bool
    new_findings: int = Field(examples=[0])
    because: str = Field(examples=["3 source files"])
    tail: str = Field(examples=[""], description="the end of what its tool printed")


class ChecksSaid(Said):
    """A run's checks in the order in which they were planned."""

    items: list[CheckSaid]


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/runs``, but for the events of one."""
    router = APIRouter(prefix="/runs", tags=["runs"])

    @router.get("", summary="List runs, newest first", response_model=Listed[RunSaid])
    def list_(
        request: Request,
        revision: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
        change: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
        repository: Annotated[Text, Query(description="by its repository's name")] = "",
        state: RunState | None = None,
        limit: Limit = 50,
        after: After = "",
    ) -> Response:
        sought = SoughtRuns(
            revision=revision, change=change, repository=repository, state=str(state or "")
        )
        with platform.database.read() as connection:
            found = list_runs(connection, sought, limit=limit, below=below(after))
        lines = [RunSaid.model_validate(run) for run in found.lines]
        return page(request, Listed[RunSaid](items=lines, next=found.next))

    @router.post("", summary="Queue a run of a revision", status_code=201, response_model=RunSaid)
    def queue(asked: RunAsked) -> Response:
        with platform.database.write() as unit:
            revision = found_revision(unit.connection, asked.revision)
            change = tables.change
            repository_id = unit.connection.execute(
                sa.select(change.c.repository_id).where(change.c.id == revision.change_id)
            ).scalar_one()
            run_id = enqueue(
                unit,
                revision_id=revision.id,
                repository_id=repository_id,
                at=platform.clock(),
                everything=asked.everything,
            )
            run = _found(unit.connection, run_id)
        platform.notice()
        said = RunSaid.model_validate(run)
        return answer(said, status=201, location=f"/api/v1/runs/{run.id}")

    @router.get("/{number}", summary="Show a run", response_model=RunSaid)
    def show(number: Number) -> Response:
        with platform.database.read() as connection:
            return answer(RunSaid.model_validate(_found(connection, number)))

    @router.post(
        "/{number}/cancel",
        summary="Have a run stopped",
        description="One that waits ends at once, one that runs soon, one that has ended not at all.",
        response_model=RunSaid,
    )
    def cancel(number: Number) -> Response:
        with platform.database.write() as unit:
            _found(unit.connection, number)
            ask_cancel(unit, number, platform.clock())
            return answer(RunSaid.model_validate(_found(unit.connection, number)))

    @router.get("/{number}/checks", summary="Show a run's checks", response_model=ChecksSaid)
    def checks(number: Number) -> Response:
        with platform.database.read() as connection:
            _found(connection, number)
            lines = check_lines_of(connection, number)
        return answer(ChecksSaid(items=[CheckSaid.model_validate(line) for line in lines]))

    @router.get(
        "/{number}/verdict",
        summary="Show what a run decided, with all that led to it",
        description="What `fairlead check --format json` prints: see docs/reference/verdict.md.",
        response_model=dict[str, object],
    )
    def verdict(number: Number) -> Response:
        with platform.database.read() as connection:
            return document(_verdict(connection, number))

    @router.get(
        "/{number}/sarif",
        summary="Export a run's findings as SARIF 2.1.0",
        response_model=dict[str, object],
    )
    def sarif(number: Number) -> Response:
        with platform.database.read() as connection:
            _verdict(connection, number)
            findings = findings_of(connection, number)
        return document(as_sarif(findings), media_type="application/sarif+json")

    return router


def _found(connection: sa.Connection, number: int) -> Run:
    run = run_of(connection, number)
    if run is None:
        raise Missing(f"there is no run {number} here", fix="GET /api/v1/runs lists them")
    return run


def _verdict(connection: sa.Connection, number: int) -> dict[str, object]:
    run, verdict = _found(connection, number), verdict_of(connection, number)
    if verdict is None:
        said = f"; it {run.state} because {run.because}" if run.because else f"; it is {run.state}"
        raise Missing(
            f"run {number} has decided nothing{said}",
            fix=f"follow it at /api/v1/runs/{number}/events, or queue another: POST /api/v1/runs",
        )
    return dict(verdict.report)
