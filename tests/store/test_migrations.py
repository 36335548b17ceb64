"""Tables come and go with what is in them, and are those that the code speaks of."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from fairlead.errors import FairleadError
from fairlead.store import tables
from fairlead.store.database import Database, open_database
from fairlead.store.migrations import bring_down, bring_up, newest_version, version_of
from stores import Stores


def test_the_migrations_make_the_tables_that_the_code_describes(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)

        assert compare_metadata(context, tables.metadata) == []


def test_an_empty_database_is_brought_up_and_up_again_changes_nothing(
    stores: Stores, kind: str
) -> None:
    database = open_database(stores.empty(kind))
    assert version_of(database) is None

    bring_up(database)
    bring_up(database)

    assert version_of(database) == newest_version()
    database.close()


def test_a_store_with_rows_in_every_table_goes_down_and_up_again(database: Database) -> None:
    with database.engine.begin() as connection:
        for table in tables.metadata.sorted_tables:
            connection.execute(table.insert(), _row(table))
    with database.read() as connection:
        rows = [connection.execute(sa.select(table)).all() for table in tables.metadata.sorted_tables]

    bring_down(database, to="base")
    left = sa.inspect(database.engine).get_table_names()
    bring_up(database)

    assert all(rows)
    assert left == ["alembic_version"]
    with database.read() as connection:
        assert connection.execute(sa.select(tables.event)).all() == []


def test_a_store_of_a_newer_fairlead_is_refused_and_left_alone(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))

    with pytest.raises(FairleadError) as refused:
        bring_up(database)

    assert "newer" in refused.value.cause
    assert version_of(database) == "9999"


def _row(table: sa.Table) -> dict[str, object]:
    """Return a row with something in every column; all references are to the first rows."""
    values: dict[type, object] = {
        sa.Text: "word",
        sa.Boolean: True,
        sa.Double: 1.5,
        sa.JSON: {"key": ["value"]},
        sa.LargeBinary: b"\0bytes",
    }
    return {
        column.name: next((v for t, v in values.items() if isinstance(column.type, t)), 1)
        for column in table.columns
    }
