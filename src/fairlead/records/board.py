"""The board: every change with where it stands, newest first, found by state, repository and words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from fairlead.errors import FairleadError
from fairlead.records.model import BoardLine, CheckLine, Page
from fairlead.store import tables

_change, _revision, _run = tables.change, tables.revision, tables.run
_NEWEST = (_change.c.updated_at.desc(), _change.c.id.desc())

NEVER_RUN = "none"
"""The standing of a change of which nothing has run yet."""

_FEW = frozenset({"queued", "running"})
"""States that SQLite is to look up by their index. Most changes are in one of the others: there it is
quicker to go through the changes in their order until there are enough, and without statistics it
wouldn't know. PostgreSQL has counted, and decides by itself."""

_STATES = {"pass": "passed"}  # what verdicts call otherwise than runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which changes are asked for; what is ``""`` doesn't narrow.

    ``standing`` is the newest run's state, or its verdict's outcome, or ``none`` where nothing has run;
    ``words`` all have to be in title, key or author, whatever their case.
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
    query = _lines().order_by(*_NEWEST).limit(limit + 1)
    for condition in _conditions(sought, counted=connection.dialect.name == "postgresql"):
        query = query.where(condition)
    if after:
        updated, number = _cursor(after)
        query = query.where(sa.tuple_(_change.c.updated_at, _change.c.id) < sa.tuple_(updated, number))
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


def lines_of(connection: sa.Connection, change_ids: Collection[int]) -> tuple[BoardLine, ...]:
    """Return the lines of these changes, the last updated first; a number that isn't here has none."""
    query = _lines().where(_change.c.id.in_(change_ids)).order_by(*_NEWEST)
    return tuple(BoardLine(**row._mapping) for row in connection.execute(query))


def count_standings(connection: sa.Connection) -> Mapping[str, int]:
    """Return how many changes there are by their newest run's state; ``none``: nothing has run."""
    standing = sa.func.coalesce(_run.c.state, NEVER_RUN)
    query = (
        sa.select(standing, sa.func.count())
        .select_from(_change)
        .outerjoin(_run, _run.c.id == _change.c.run_id)
        .group_by(standing)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def count_standings_by_repository(connection: sa.Connection) -> Mapping[int, Mapping[str, int]]:
    """Return by repository's number what ``count_standings`` returns; none for one without changes."""
    standing = sa.func.coalesce(_run.c.state, NEVER_RUN)
    query = (
        sa.select(_change.c.repository_id, standing, sa.func.count())
        .select_from(_change)
        .outerjoin(_run, _run.c.id == _change.c.run_id)
        .group_by(_change.c.repository_id, standing)
    )
    found: dict[int, dict[str, int]] = {}
    for repository_id, state, number in connection.execute(query):
        found.setdefault(repository_id, {})[state] = number
    return found


def checks_of(
    connection: sa.Connection, run_ids: Collection[int]
) -> Mapping[int, tuple[CheckLine, ...]]:
    """Return the checks of several runs by the runs' numbers, in the order of their plans."""
    table, names = tables.check_run, CheckLine.__slots__
    found: dict[int, list[CheckLine]] = {run_id: [] for run_id in run_ids}
    if not found:
        return {}
    query = sa.select(table).where(table.c.run_id.in_(found)).order_by(table.c.id)
    for row in connection.execute(query):
        found[row.run_id].append(CheckLine(**{name: row._mapping[name] for name in names}))
    return {run_id: tuple(lines) for run_id, lines in found.items()}


def _lines() -> sa.Select:
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
        .join(_revision, _revision.c.id == _change.c.revision_id)
        .outerjoin(_run, _run.c.id == _change.c.run_id)
        .outerjoin(tables.verdict, tables.verdict.c.run_id == _change.c.run_id)
    )


def _conditions(sought: Sought, *, counted: bool) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if sought.repository:
        named = sa.select(tables.repository.c.id).where(tables.repository.c.name == sought.repository)
        conditions.append(_change.c.repository_id == named.scalar_subquery())
    if sought.standing == NEVER_RUN:
        conditions.append(_change.c.run_id.is_(None))
    elif sought.standing:
        state = _STATES.get(sought.standing, sought.standing)
        by_index = state in _FEW or counted
        conditions.append((_run.c.state if by_index else sa.func.coalesce(_run.c.state, "")) == state)
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
