"""Changes and their revisions: what came in, and what was read of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from fairlead.records.event_types import CREATED, UPDATED
from fairlead.records.model import Change, Kind, NotHere, Revision, State
from fairlead.store import tables
from fairlead.store.database import Unit
from fairlead.store.outbox import Event


def submit(
    unit: Unit,
    *,
    repository_id: int,
    key: str,
    kind: Kind,
    base: str,
    head: str,
    title: str,
    author: str,
    at: float,
    state: State = State.OPEN,
) -> tuple[Revision, bool]:
    """Record that a change stands at these commits; return its revision and whether that is new.

    The same key in the same repository is the same change, the same commits in a row the same
    revision. Emits ``change.created`` or ``change.updated`` when something is new.
    """
    connection = unit.connection
    change, revision = tables.change, tables.revision
    known = connection.execute(
        sa.select(change).where(change.c.repository_id == repository_id, change.c.key == key)
    ).one_or_none()
    number = 1
    if known is None:
        change_id = connection.execute(
            change.insert().returning(change.c.id),
            {
                "repository_id": repository_id,
                "key": key,
                "kind": str(kind),
                "title": title,
                "author": author,
                "state": str(state),
                "created_at": at,
                "updated_at": at,
            },
        ).scalar_one()
    else:
        change_id = known.id
        latest = connection.execute(
            sa.select(revision)
            .where(revision.c.change_id == change_id)
            .order_by(revision.c.number.desc())
            .limit(1)
        ).one_or_none()
        if latest is not None and (latest.base, latest.head) == (base, head):
            return _revision(latest), False
        number = latest.number + 1 if latest is not None else 1
        connection.execute(
            change.update()
            .where(change.c.id == change_id)
            .values(title=title, author=author, state=str(state), updated_at=at)
        )
    made = connection.execute(
        revision.insert().returning(revision),
        {
            "change_id": change_id,
            "number": number,
            "base": base,
            "head": head,
            "created_at": at,
            "nature": "",
            "inert": False,
            "size": "",
            "band": "",
        },
    ).one()
    connection.execute(
        change.update().where(change.c.id == change_id).values(revision_id=made.id, run_id=None)
    )
    unit.emit(
        Event(
            type=CREATED if known is None else UPDATED,
            subject=f"changes/{change_id}",
            time=at,
            data={
                "change": change_id,
                "repository": repository_id,
                "revision": made.id,
                "number": number,
                "title": title,
                "head": head,
            },
        )
    )
    return _revision(made), True


def save_plan(unit: Unit, revision_id: int, document: Mapping[str, object]) -> None:
    """Keep what reading and planning a revision gave: the report of ``fairlead plan``."""
    told = _Told(document)
    unit.connection.execute(
        tables.revision.update()
        .where(tables.revision.c.id == revision_id)
        .values(
            nature=told.nature,
            inert=told.inert,
            size=told.size,
            risk=told.risk,
            band=told.band,
            plan={name: part for name, part in document.items() if name not in ("results", "verdict")},
        )
    )


def change_of(connection: sa.Connection, change_id: int) -> Change:
    """Return a change by its number; raises NotHere when there is none."""
    row = connection.execute(_CHANGE, {"change": change_id}).one_or_none()
    if row is None:
        raise NotHere(
            f"there is no change {change_id} here", fix="the board lists the changes that there are"
        )
    said: dict[str, Any] = {**row._asdict(), "kind": Kind(row.kind), "state": State(row.state)}
    return Change(**said)


def revisions_of(connection: sa.Connection, change_id: int) -> tuple[Revision, ...]:
    """Return a change's revisions, newest first."""
    table = tables.revision
    rows = connection.execute(
        sa.select(table).where(table.c.change_id == change_id).order_by(table.c.number.desc())
    )
    return tuple(map(_revision, rows))


def revision_of(connection: sa.Connection, revision_id: int) -> Revision:
    """Return a revision by its number in the store; raises NotHere when there is none."""
    row = connection.execute(_REVISION, {"revision": revision_id}).one_or_none()
    if row is None:
        raise NotHere(
            f"there is no revision {revision_id} here", fix="a change's page lists its revisions"
        )
    return _revision(row)


def unplanned(connection: sa.Connection, repository_id: int, *, limit: int) -> tuple[Revision, ...]:
    """Return revisions of a repository that nobody has read yet, newest first."""
    change, revision = tables.change, tables.revision
    rows = connection.execute(
        sa.select(revision)
        .join(change, change.c.id == revision.c.change_id)
        .where(change.c.repository_id == repository_id, revision.c.size == "")
        .order_by(revision.c.created_at.desc(), revision.c.id.desc())
        .limit(limit)
    )
    return tuple(map(_revision, rows))


class _Told:
    """What the columns of a revision take from a plan's report."""

    def __init__(self, document: Mapping[str, object]) -> None:
        change, risk = _part(document, "change"), _part(document, "risk")
        natures, files = change.get("natures"), change.get("files")
        self.nature = str(natures[0]) if isinstance(natures, list) and natures else ""
        self.inert = isinstance(files, list) and bool(files) and all(file["inert"] for file in files)
        self.size = str(change.get("size", ""))
        value = risk.get("value")
        self.risk = float(value) if isinstance(value, int | float) else None
        self.band = str(risk.get("band", ""))


def _part(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = document.get(name)
    return part if isinstance(part, Mapping) else {}


def _revision(row: sa.Row) -> Revision:
    return Revision(**row._asdict())


_CHANGE = sa.select(*(tables.change.c[name] for name in Change.__slots__)).where(
    tables.change.c.id == sa.bindparam("change")
)
_REVISION = sa.select(tables.revision).where(tables.revision.c.id == sa.bindparam("revision"))
