"""The board: every change with where it stands, newest first, found by state, repository and words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

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

_ANY = "any"

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
    words = sought.words.split()
    asked: dict[str, object] = {name: getattr(sought, name) for name in _NARROWS}
    asked.update((f"word_{number}", f"%{_plain(word)}%") for number, word in enumerate(words))
    if after:
        asked["updated"], asked["below"] = _cursor(after)
    state = _STATES.get(sought.standing, sought.standing)
    query = _board(
        connection.dialect.name,
        narrowed=tuple(name for name in _NARROWS if asked[name]),
        standing=state if state in _FEW or state == NEVER_RUN else state and _ANY,
        words=len(words),
        goes_on=bool(after),
    )
    asked.update(standing=state, most=limit + 1)
    rows = connection.execute(query, asked).all()
    lines = [BoardLine(**row._asdict()) for row in rows[:limit]]
    return Page(
        lines=tuple(lines),
        next=f"{lines[-1].updated_at!r}-{lines[-1].change_id}" if len(rows) > limit else None,
    )


def board_line(connection: sa.Connection, change_id: int) -> BoardLine | None:
    """Return the line of one change, ``None`` when there is none."""
    row = connection.execute(_LINE, {"change": change_id}).one_or_none()
    return None if row is None else BoardLine(**row._asdict())


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


class Standings:
    """How many changes there are by their newest run's state, counted once for each newest event.

    To count goes through every change; but none changes where it stands without an event, written in
    the same transaction. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._counted: tuple[int, Mapping[str, int]] = (-1, {})

    def at(self, connection: sa.Connection, event: int) -> Mapping[str, int]:
        """Return what ``count_standings`` does; ``event`` is the newest's number, read before."""
        number, counts = self._counted
        if number != event:
            counts = count_standings(connection)
            self._counted = event, counts
        return counts


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


_LINE = _lines().where(_change.c.id == sa.bindparam("change"))


@lru_cache(maxsize=256)
def _board(
    dialect: str, *, narrowed: tuple[str, ...], standing: str, words: int, goes_on: bool
) -> sa.Select:
    """Return the query for what is asked alike; what is asked for comes with its parameters.

    To put it together takes longer than to answer it. ``standing`` is a state of its own, or ``_ANY``
    for all others, or ``""``; ``goes_on`` whether there is a cursor.
    """
    query = _lines().order_by(*_NEWEST).limit(sa.bindparam("most", type_=sa.Integer))
    for name in narrowed:
        query = query.where(_NARROWS[name])
    if standing == NEVER_RUN:
        query = query.where(_change.c.run_id.is_(None))
    elif standing:
        by_index = standing in _FEW or dialect == "postgresql"
        state = _run.c.state if by_index else sa.func.coalesce(_run.c.state, "")
        query = query.where(state == sa.bindparam("standing", type_=sa.Text))
    for number in range(words):
        query = query.where(_has_word(sa.bindparam(f"word_{number}", type_=sa.Text), dialect))
    if goes_on:
        cursor = sa.tuple_(
            sa.bindparam("updated", type_=tables.Time), sa.bindparam("below", type_=tables.Number)
        )
        query = query.where(sa.tuple_(_change.c.updated_at, _change.c.id) < cursor)
    return query


_NARROWS: Mapping[str, sa.ColumnElement[bool]] = {
    "repository": _change.c.repository_id
    == sa.select(tables.repository.c.id)
    .where(tables.repository.c.name == sa.bindparam("repository"))
    .scalar_subquery(),
    "nature": _revision.c.nature == sa.bindparam("nature"),
    "band": _revision.c.band == sa.bindparam("band"),
}


def _has_word(pattern: sa.BindParameter[str], dialect: str) -> sa.ColumnElement[bool]:
    columns = (_change.c.title, _change.c.key, _change.c.author)
    if dialect == "sqlite":  # its LIKE takes no notice of case, and ILIKE would be LIKE of lower()
        return sa.or_(*(column.like(pattern, escape="/") for column in columns))
    return sa.or_(*(column.ilike(pattern, escape="/") for column in columns))


def _plain(word: str) -> str:
    """Return a word in which nothing stands for other signs in a pattern."""
    return re.sub("[/%_]", r"/\g<0>", word)


def _cursor(text: str) -> tuple[float, int]:
    updated, _, number = text.rpartition("-")
    try:
        return float(updated), int(number)
    except ValueError as error:
        raise FairleadError(
            f"{text!r} is no cursor", fix="take the next page's address from the page before it"
        ) from error
