"""What the outside should hear of: CloudEvents, written in the transaction of the state they tell of.

Readers ask for "what came after number N", which is only right if numbers become visible in their
order. Sequences don't promise that: of two writers the one with the lower number may commit later, and
a reader that has gone past it never sees it. Here a writer takes its numbers last, behind a lock that
its commit lets go of, so that the order of numbers is the order of commits.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from fairlead.store import tables

SOURCE = "/fairlead"

CDEVENTS = "0.5.1"
"""The version of the CDEvents specification whose types and shapes events have."""

_LOCK = 0x66_61_69_72  # any number that nobody else in the database takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    ``type`` is a CDEvents type where there is one (``dev.cdevents.change.created.0.4.0``), else one
    such as ``dev.cdeventsx.fairlead-plan.made.0.1.0``. ``subject`` names what it is about by its path
    in the API (``changes/412``). ``time`` is in seconds since 1970. ``content`` is what the type's
    schema has to say of its subject, ``data`` what Fairlead says beyond that. ``number`` is its place
    in the outbox, 0 until it is written.
    """

    type: str
    subject: str
    time: float
    data: Mapping[str, object]
    content: Mapping[str, object] = field(default_factory=dict)
    source: str = SOURCE
    uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    number: int = 0

    def cloud_event(self) -> dict[str, object]:
        """Return the event in the CloudEvents 1.0 JSON format, its data a whole CDEvent.

        That is what the CDEvents binding to CloudEvents asks for; ``data`` stands in ``customData``.
        """
        time = datetime.fromtimestamp(self.time, UTC).isoformat().replace("+00:00", "Z")
        return {
            "specversion": "1.0",
            "id": self.uuid,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": time,
            "datacontenttype": "application/json",
            "data": {
                "context": {
                    "specversion": CDEVENTS,
                    "id": self.uuid,
                    "source": self.source,
                    "type": self.type,
                    "timestamp": time,
                },
                "subject": {
                    "id": self.subject,
                    "source": self.source,
                    "content": dict(self.content),
                },
                "customData": dict(self.data),
                "customDataContentType": "application/json",
            },
        }


def append(connection: sa.Connection, events: Sequence[Event]) -> None:
    """Write events as the last thing before a commit, in their order."""
    if not events:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    connection.execute(
        tables.event.insert(),
        [
            {
                "uuid": event.uuid,
                "type": event.type,
                "source": event.source,
                "subject": event.subject,
                "time": event.time,
                "content": dict(event.content),
                "data": dict(event.data),
            }
            for event in events
        ],
    )


def read_after(
    connection: sa.Connection, number: int, *, limit: int = 500, subject: str = ""
) -> tuple[Event, ...]:
    """Return the events after a number, oldest first, at most ``limit``.

    With a ``subject``, only those about it and what is below it: ``runs/7`` has ``runs/7/checks/lint``.
    A reader that goes on from the last number it was given misses none and gets none twice.
    """
    table = tables.event
    query = sa.select(table).where(table.c.id > number).order_by(table.c.id).limit(limit)
    if subject:
        below = table.c.subject.startswith(f"{subject}/", autoescape=True)
        query = query.where(sa.or_(table.c.subject == subject, below))
    return tuple(
        Event(
            number=row.id,
            uuid=row.uuid,
            type=row.type,
            source=row.source,
            subject=row.subject,
            time=row.time,
            content=row.content,
            data=row.data,
        )
        for row in connection.execute(query)
    )


def last_number(connection: sa.Connection) -> int:
    """Return the number of the newest event, 0 when there is none."""
    return connection.execute(_NEWEST).scalar() or 0


_NEWEST = sa.select(sa.func.max(tables.event.c.id))
