"""Runs and findings as lists: newest first, a page at a time, by what they are."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from fairlead.records.model import FindingRow, Page, Run
from fairlead.store import tables

_run, _finding = tables.run, tables.finding


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtRuns:
    """Which runs are asked for; what is ``None`` or ``""`` doesn't narrow."""

    revision: int | None = None
    change: int | None = None
    repository: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtFindings:
    """Which findings are asked for; what is ``None`` or ``""`` doesn't narrow.

    ``path`` is a file's, or a folder's with a slash at its end: then everything below it is meant.
    """

    run: int | None = None
    check: str = ""
    rule: str = ""
    path: str = ""
    new: bool | None = None
    blocking: bool | None = None


def list_runs(connection: sa.Connection, sought: SoughtRuns, *, limit: int, below: int) -> Page[Run]:
    """Return runs with a number below this one, newest first."""
    query = sa.select(_run).where(_run.c.id < below)
    if sought.revision is not None:
        query = query.where(_run.c.revision_id == sought.revision)
    if sought.change is not None:
        revision = tables.revision
        of_change = sa.select(revision.c.id).where(revision.c.change_id == sought.change)
        query = query.where(_run.c.revision_id.in_(of_change))
    if sought.repository:
        repository = tables.repository
        named = sa.select(repository.c.id).where(repository.c.name == sought.repository)
        query = query.where(_run.c.repository_id.in_(named))
    if sought.state:
        query = query.where(_run.c.state == sought.state)
    rows = connection.execute(query.order_by(_run.c.id.desc()).limit(limit + 1)).all()
    runs = tuple(Run(**{name: row._mapping[name] for name in Run.__slots__}) for row in rows[:limit])
    return Page(lines=runs, next=str(runs[-1].id) if len(rows) > limit else None)


def list_findings(
    connection: sa.Connection, sought: SoughtFindings, *, limit: int, below: int
) -> Page[FindingRow]:
    """Return findings with a number below this one, newest first."""
    query = sa.select(_finding).where(_finding.c.id < below)
    if sought.run is not None:
        query = query.where(_finding.c.run_id == sought.run)
    for column, wanted in ((_finding.c.check, sought.check), (_finding.c.rule, sought.rule)):
        if wanted:
            query = query.where(column == wanted)
    if sought.path.endswith("/"):
        query = query.where(_finding.c.path.startswith(sought.path, autoescape=True))
    elif sought.path:
        query = query.where(_finding.c.path == sought.path)
    for column, flag in ((_finding.c.new, sought.new), (_finding.c.blocking, sought.blocking)):
        if flag is not None:
            query = query.where(column.is_(flag))
    rows = connection.execute(query.order_by(_finding.c.id.desc()).limit(limit + 1)).all()
    found = tuple(FindingRow(**row._mapping) for row in rows[:limit])
    return Page(lines=found, next=str(found[-1].id) if len(rows) > limit else None)
