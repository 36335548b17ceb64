"""The repositories whose changes are kept: registered once, by the path or address they came from."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import sqlalchemy as sa

from fairlead.records.model import NotHere, Repository
from fairlead.store.database import Unit
from fairlead.store.outbox import Event
from fairlead.store.tables import repository as table


def register(
    unit: Unit,
    *,
    name: str,
    source: str,
    folder: str,
    default_branch: str,
    at: float,
    watched: bool = True,
    trusted: bool = True,
) -> Repository:
    """Add a repository, or return the one that was added by the same source.

    A name that another source has gets a number behind it. Emits ``repository.created``.
    """
    connection = unit.connection
    known = connection.execute(sa.select(table).where(table.c.source == source)).one_or_none()
    if known is not None:
        return _repository(known)
    taken = set(connection.execute(sa.select(table.c.name)).scalars())
    free = next(
        candidate
        for candidate in (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
        if candidate not in taken
    )
    made = connection.execute(
        table.insert().returning(table),
        {
            "name": free,
            "source": source,
            "folder": folder,
            "default_branch": default_branch,
            "watched": watched,
            "trusted": trusted,
            "added_at": at,
        },
    ).one()
    unit.emit(
        Event(
            type="dev.cdevents.repository.created.0.3.0",
            subject=f"repositories/{made.id}",
            time=at,
            content={"name": free, "uri": _uri(source)},
            data={"id": made.id, "name": free, "url": source},
        )
    )
    return _repository(made)


def list_repositories(connection: sa.Connection) -> tuple[Repository, ...]:
    """Return all repositories by name."""
    return tuple(map(_repository, connection.execute(_BY_NAME).all()))


def repository_of(connection: sa.Connection, name_or_id: str | int) -> Repository:
    """Return a repository by its name or number; raises NotHere when there is none."""
    text = str(name_or_id)
    numbered = text.isdecimal() and len(text) < 19
    query, value = (_NUMBERED, int(text)) if numbered else (_NAMED, text)
    found = connection.execute(query, {"value": value}).one_or_none()
    if found is None:
        raise NotHere(
            f"there is no repository {text!r} here",
            fix="fairlead repository list shows which there are, fairlead repository add PATH adds one",
        )
    return _repository(found)


def note_look(unit: Unit, repository_id: int, *, at: float, trouble: str = "") -> None:
    """Record that a repository's refs were read, or why they couldn't be."""
    unit.connection.execute(
        table.update().where(table.c.id == repository_id).values(looked_at=at, trouble=trouble)
    )


def remove(unit: Unit, repository_id: int, *, at: float) -> None:
    """Forget a repository and all that is recorded of its changes. Emits ``repository.deleted``."""
    row = unit.connection.execute(sa.select(table).where(table.c.id == repository_id)).one()
    unit.connection.execute(table.delete().where(table.c.id == repository_id))
    unit.emit(
        Event(
            type="dev.cdevents.repository.deleted.0.3.0",
            subject=f"repositories/{repository_id}",
            time=at,
            content={"name": row.name, "uri": _uri(row.source)},
            data={"id": repository_id, "name": row.name, "url": row.source},
        )
    )


def _uri(source: str) -> str:
    return f"file://{quote(source)}" if source.startswith("/") else source


def _repository(row: sa.Row[Sequence[object]]) -> Repository:
    return Repository(**row._asdict())


_BY_NAME = sa.select(table).order_by(table.c.name)
_NUMBERED = sa.select(table).where(table.c.id == sa.bindparam("value"))
_NAMED = sa.select(table).where(table.c.name == sa.bindparam("value"))
