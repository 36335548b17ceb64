"""Bringing a store's tables to date, and back."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fairlead.errors import FairleadError
from fairlead.store.database import Database

_LOCK = 0x66_61_69_73  # any number that nobody else in the database takes


def bring_up(database: Database, *, to: str = "head") -> None:
    """Bring the tables to the version that this Fairlead needs, keeping what is in them.

    Of several that start at once on one store, one does it and the others wait. Raises FairleadError
    for a store that can't be reached, and one that a newer Fairlead has written.
    """
    config = _config()
    with database.reach() as reached:
        connection = reached.execution_options(fairlead_writes=True)
        _refuse_unknown(config, connection)
        connection.rollback()
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        connection.commit()


def bring_down(database: Database, *, to: str) -> None:
    """Take the tables back to an older version; what only newer ones hold is lost."""
    config = _config()
    with database.engine.connect().execution_options(fairlead_writes=True) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, to)
        connection.commit()


def version_of(database: Database) -> str | None:
    """Return which version a store's tables have, ``None`` for an empty one; makes no file.

    Raises FairleadError for one that can't be reached.
    """
    url = database.engine.url
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    with database.reach() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_version() -> str | None:
    """Return the version that this Fairlead needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _refuse_unknown(config: Config, connection: sa.Connection) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise FairleadError(
            f"the store was written by a newer Fairlead (its tables are at {current})",
            fix="use that version, or name another store with --store",
        )
