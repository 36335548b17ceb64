"""Everything that one change's page shows, read at once so that its parts fit together."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from fairlead.records.changes import change_of, revision_of
from fairlead.records.model import (
    Change,
    CheckLine,
    FindingRow,
    NotHere,
    Repository,
    Revision,
    Run,
    Verdict,
)
from fairlead.records.repositories import repository_of
from fairlead.records.verdicts import check_lines_of, findings_of, run_of, runs_of, verdict_of
from fairlead.store import tables

REVISIONS = 50
"""How many of a change's revisions are listed, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    """One revision in the list of a change's; ``run_state`` is its newest run's, ``""`` without one."""

    id: int
    number: int
    base: str
    head: str
    created_at: float
    size: str
    run_state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A change, one of its revisions, one of that one's runs, and what came of it.

    ``revisions`` are newest first, as are ``runs``, which are the shown revision's. ``run`` is ``None``
    while nothing was queued, ``verdict`` while nothing is decided. ``ahead`` is how many runs were
    queued before one that waits.
    """

    repository: Repository
    change: Change
    revision: Revision
    revisions: tuple[RevisionLine, ...]
    runs: tuple[Run, ...]
    run: Run | None
    checks: tuple[CheckLine, ...]
    verdict: Verdict | None
    findings: tuple[FindingRow, ...]
    ahead: int


def show_change(connection: sa.Connection, change_id: int, *, number: int | None = None) -> Shown:
    """Return a change with its newest revision, or the one of that number, and that one's newest run.

    Raises NotHere when there is none.
    """
    query = _NEWEST if number is None else _NUMBERED
    revision_id = connection.execute(query, {"change": change_id, "number": number}).scalar()
    if revision_id is None:
        what = f"change {change_id}" if number is None else f"revision {number} of change {change_id}"
        raise NotHere(f"there is no {what} here", fix="the board lists the changes that there are")
    runs = runs_of(connection, revision_id)
    return _shown(connection, revision_id, runs, runs[0] if runs else None)


def show_run(connection: sa.Connection, run_id: int) -> Shown:
    """Return a run with its revision and change; raises NotHere when there is none."""
    run = run_of(connection, run_id)
    if run is None:
        raise NotHere(f"there is no run {run_id} here", fix="a change's page lists its runs")
    return _shown(connection, run.revision_id, runs_of(connection, run.revision_id), run)


def _shown(
    connection: sa.Connection, revision_id: int, runs: tuple[Run, ...], run: Run | None
) -> Shown:
    revision = revision_of(connection, revision_id)
    change = change_of(connection, revision.change_id)
    return Shown(
        repository=repository_of(connection, change.repository_id),
        change=change,
        revision=revision,
        revisions=_revisions(connection, change.id),
        runs=runs,
        run=run,
        checks=check_lines_of(connection, run.id) if run else (),
        verdict=verdict_of(connection, run.id) if run else None,
        findings=findings_of(connection, run.id) if run else (),
        ahead=_ahead(connection, run) if run and run.state == "queued" else 0,
    )


def _revisions(connection: sa.Connection, change_id: int) -> tuple[RevisionLine, ...]:
    rows = connection.execute(_REVISIONS_OF, {"change": change_id}).all()
    return tuple(RevisionLine(**row._asdict()) for row in rows)


def _ahead(connection: sa.Connection, run: Run) -> int:
    table = tables.run
    query = sa.select(sa.func.count()).where(
        table.c.state == "queued", table.c.queued_at < run.queued_at
    )
    return connection.execute(query).scalar_one()


_revision, _change, _run = tables.revision, tables.change, tables.run
_OF_CHANGE = _revision.c.change_id == sa.bindparam("change")
_NEWEST = (
    sa.select(_revision.c.id).where(_OF_CHANGE).join(_change, _change.c.revision_id == _revision.c.id)
)
_NUMBERED = sa.select(_revision.c.id).where(_OF_CHANGE, _revision.c.number == sa.bindparam("number"))
_NEWEST_STATE = (
    sa.select(_run.c.state)
    .where(_run.c.revision_id == _revision.c.id)
    .order_by(_run.c.id.desc())
    .limit(1)
    .correlate(_revision)
    .scalar_subquery()
)
_REVISIONS_OF = (
    sa.select(
        *(_revision.c[name] for name in ("id", "number", "base", "head", "created_at", "size")),
        sa.func.coalesce(_NEWEST_STATE, "").label("run_state"),
    )
    .where(_OF_CHANGE)
    .order_by(_revision.c.number.desc())
    .limit(REVISIONS)
)
