"""The board: every change with where it stands, newest first, found by state, repository and words."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from fairlead.errors import FairleadError
from fairlead.records.model import BoardLine, Page
from fairlead.store import tables

_change, _revision, _run = tables.change, tables.revision, tables.run


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which changes are asked for; what is ``""`` doesn't narrow.

    ``standing`` is a run's state or a verdict's outcome; ``words`` all have to be in title, key or
    author, whatever their case.
    """

    repository: str = ""
    standing: str = ""
    nature: str = ""
    band: str = ""
    words: str = ""


EVERYTHING = Sought()


def read_board(
    connection: sa.Connection, sought: Sought = EVERYTHING, *, limit: int = 50, after: str = ""
) -> Page[BoardLine]:
    """Return changes with their latest revision, run and verdict, the last updated first.

    ``after`` is the cursor that the page before gave; raises FairleadError for one that nobody gave.
    """
    query = _lines().order_by(_change.c.updated_at.desc(), _change.c.id.desc()).limit(limit + 1)
    for condition in _conditions(sought):
        query = query.where(condition)
    if after:
        updated, number = _cursor(after)
        query = query.where(
            sa.or_(
                _change.c.updated_at < updated,
                sa.and_(_change.c.updated_at == updated, _change.c.id < number),
            )
        )
    lines = [BoardLine(**row._mapping) for row in connection.execute(query)]
    more = len(lines) > limit
    last = lines[limit - 1] if more else None
    return Page(
        lines=tuple(lines[:limit]),
        next=f"{last.updated_at!r}-{last.change_id}" if last else None,
    )


def board_line(connection: sa.Connection, change_id: int) -> BoardLine | None:
    """Return the line of one change, ``None`` when there is none."""
    row = connection.execute(_lines().where(_change.c.id == change_id)).one_or_none()
    return None if row is None else BoardLine(**row._mapping)


def _lines() -> sa.Select:
    newest_revision = (
        sa.select(_revision.c.id)
        .where(_revision.c.change_id == _change.c.id)
        .order_by(_revision.c.number.desc())
        .limit(1)
        .correlate(_change)
        .scalar_subquery()
    )
    newest_run = (
        sa.select(_run.c.id)
        .where(_run.c.revision_id == _revision.c.id)
        .order_by(_run.c.id.desc())
        .limit(1)
        .correlate(_revision)
        .scalar_subquery()
    )
    return (
        sa.select(
            _change.c.id.label("change_id"),
            tables.repository.c.name.label("repository"),
            *(_change.c[name] for name in ("key", "kind", "title", "author", "state", "updated_at")),
            _revision.c.id.label("revision_id"),
            *(_revision.c[name] for name in ("number", "nature", "inert", "size", "risk", "band")),
            _run.c.id.label("run_id"),
            sa.func.coalesce(_run.c.state, "").label("run_state"),
            *(_run.c[name] for name in ("queued_at", "started_at", "ended_at")),
            sa.func.coalesce(tables.verdict.c.outcome, "").label("outcome"),
            sa.func.coalesce(tables.verdict.c.sentence, "").label("sentence"),
        )
        .select_from(_change)
        .join(tables.repository, tables.repository.c.id == _change.c.repository_id)
        .join(_revision, _revision.c.id == newest_revision)
        .outerjoin(_run, _run.c.id == newest_run)
        .outerjoin(tables.verdict, tables.verdict.c.run_id == _run.c.id)
    )


def _conditions(sought: Sought) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if sought.repository:
        conditions.append(tables.repository.c.name == sought.repository)
    if sought.standing:
        conditions.append(
            sa.or_(_run.c.state == sought.standing, tables.verdict.c.outcome == sought.standing)
        )
    if sought.nature:
        conditions.append(_revision.c.nature == sought.nature)
    if sought.band:
        conditions.append(_revision.c.band == sought.band)
    for word in sought.words.split():
        conditions.append(
            sa.or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (_change.c.title, _change.c.key, _change.c.author)
                )
            )
        )
    return conditions


def _cursor(text: str) -> tuple[float, int]:
    updated, _, number = text.rpartition("-")
    try:
        return float(updated), int(number)
    except ValueError as error:
        raise FairleadError(
            f"{text!r} is no cursor", fix="take the next page's address from the page before it"
        ) from error
