"""Secrets that all servers on one store share: made by whichever asks first, kept in the store."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fairlead.store.database import Database
from fairlead.store.tables import secret as table

_BYTES = 32


def shared_secret(database: Database, name: str, *, at: float) -> bytes:
    """Return 256 random bits, the same for everyone who asks this store for this name.

    Whoever can read the store knows them: they are for what a thief of the store gains nothing by.
    """
    insert = postgresql.insert if database.engine.dialect.name == "postgresql" else sqlite.insert
    made = {"name": name, "value": secrets.token_bytes(_BYTES), "made_at": at}
    with database.write() as unit:
        unit.connection.execute(insert(table).values(made).on_conflict_do_nothing())
        return unit.connection.execute(
            sa.select(table.c.value).where(table.c.name == name)
        ).scalar_one()
