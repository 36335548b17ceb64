"""The platform's database: SQLite in a file, or PostgreSQL; read with a connection, written as a unit.

Both are used alike: a reader sees one consistent state, writers come one after another on SQLite
(``begin immediate``, so that none finds out at its end that it came too late) and beside each other on
PostgreSQL.
"""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
import sqlalchemy.event
import sqlalchemy.exc

from fairlead.errors import FairleadError
from fairlead.store.outbox import Event, append

if TYPE_CHECKING:
    import sqlite3

_PATIENCE = 30_000


@dataclass(slots=True)
class Unit:
    """One transaction that writes: its connection, and the events that leave with it."""

    connection: sa.Connection
    _events: list[Event] = field(default_factory=list)

    def emit(self, *events: Event) -> None:
        """Have events written when the transaction ends well, after whatever else it writes."""
        self._events.extend(events)

    def flush(self) -> None:
        """Write the events that were emitted; ``Database.write`` does it just before the commit."""
        append(self.connection, self._events)
        self._events.clear()


class Database:
    """A store that was opened; safe to use from several threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @contextlib.contextmanager
    def read(self) -> Generator[sa.Connection]:
        """Give a connection that sees one state and leaves nothing behind."""
        with self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Generator[Unit]:
        """Give a unit of work: all of it is kept, with its events, or, if anything raises, nothing."""
        with (
            self.engine.connect().execution_options(fairlead_writes=True) as connection,
            connection.begin(),
        ):
            unit = Unit(connection)
            yield unit
            unit.flush()

    @contextlib.contextmanager
    def reach(self) -> Generator[sa.Connection]:
        """Give the first connection to a store; raises FairleadError when there is none to be had."""
        try:
            connection = self.engine.connect()
        except sa.exc.DBAPIError as error:
            raise FairleadError(
                f"the store at {self.place} can't be used: {_first_line(error.orig)}",
                fix="see that the address is right, that it runs, and that this user may use it",
            ) from error
        with connection:
            yield connection

    @property
    def place(self) -> str:
        """Where the store is, without a password."""
        url = self.engine.url
        return url.database or "" if url.host is None else f"{url.host}/{url.database}"

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def open_database(address: str) -> Database:
    """Open a store by its address: ``sqlite:///PATH`` or ``postgresql://USER@HOST/NAME``.

    The schema is left as it is: ``migrations.bring_up`` brings it to date. Raises FairleadError for an
    address that is neither.
    """
    try:
        url = sa.make_url(address)
    except sa.exc.ArgumentError as error:
        raise _wrong(address) from error
    if url.get_backend_name() == "sqlite":
        return Database(_sqlite(url))
    if url.get_backend_name() == "postgresql":
        return Database(_postgresql(url))
    raise _wrong(address)


def sqlite_address(file: Path) -> str:
    """Return the address of a store in this file."""
    return f"sqlite:///{file}"


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = sa.create_engine(url.set(drivername="sqlite+pysqlite"))

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # we begin by ourselves, below
        for pragma in (
            f"busy_timeout = {_PATIENCE}",  # first, for even the next one may find the file locked
            "journal_mode = wal",
            "synchronous = normal",
            "foreign_keys = on",
        ):
            connection.execute(f"pragma {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("fairlead_writes")
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    return engine


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no reason given"


def _postgresql(url: sa.URL) -> sa.Engine:
    if importlib.util.find_spec("psycopg") is None:
        raise FairleadError(
            "a PostgreSQL store is named and its driver isn't installed",
            fix="pip install 'fairlead[distributed]'",
        )
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
    )


def _wrong(address: str) -> FairleadError:
    return FairleadError(
        f"{address.split('@')[-1]!r} is not the address of a store",
        fix="name sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME",
    )
