"""The platform's database: SQLite in a file, or PostgreSQL; read with a connection, written as a unit.

Both are used alike: a reader sees one consistent state, writers come one after another on SQLite
(``begin immediate``, so that none finds out at its end that it came too late) and beside each other on
PostgreSQL.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sqlite3
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
import sqlalchemy.event
import sqlalchemy.exc

from fairlead.errors import FairleadError
from fairlead.store.outbox import Event, append

_PATIENCE = 30_000
"""Milliseconds that SQLite waits for a lock which somebody else holds."""

_AGAIN = 0.02
"""Seconds until it is asked again where it doesn't wait by itself."""


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
        connection.execute(f"pragma busy_timeout = {_PATIENCE}")
        _write_ahead(connection)
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma foreign_keys = on")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("fairlead_writes")
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have SQLite write ahead.

    On a new file that takes a lock for which its own patience doesn't hold: of several that open it at
    once, all but one are refused at once.
    """
    until = time.monotonic() + _PATIENCE / 1000
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(_AGAIN)


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
