"""Keeping background runs going: leases that ran out are taken back, an engine is told what waits."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy.exc

from fairlead.store.database import Database
from fairlead.workers import ledger
from fairlead.workers.carrying import Clock

_log = logging.getLogger("fairlead.workers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How an engine is: whether runs would be carried out now, in words, and by how many workers.

    ``workers`` is ``None`` where they are elsewhere and nobody counts them.
    """

    ok: bool
    words: str
    fix: str = ""
    workers: int | None = None


class Engine(Protocol):
    """Has runs carried out that wait in the ledger; which one is next, the ledger says.

    Being woken too often or too seldom is harmless: whoever finds nothing to claim does nothing, and
    the keeper wakes again what was missed.
    """

    def start(self) -> None:
        """Begin; raises FairleadError when that can't be."""
        ...

    def wake(self, waiting: int) -> None:
        """Hear that this many runs wait; never raises and never blocks for long."""
        ...

    def health(self) -> Health:
        """Say how it is, within a second or two."""
        ...

    def stop(self, *, patience: float) -> None:
        """Hand back what is being done, and end within ``patience`` seconds."""
        ...


class Keeper:
    """Sweeps the ledger and wakes the engine, from a thread of its own, until it is stopped.

    Several keepers on one store do no harm.
    """

    def __init__(
        self, database: Database, engine: Engine, *, every: float = 1.0, clock: Clock = time.time
    ) -> None:
        self._database, self._engine, self._every, self._clock = database, engine, every, clock
        self._over, self._noticed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True, name="keeper")

    def start(self) -> None:
        """Start the engine and keep it going."""
        self._engine.start()
        self._thread.start()

    def notice(self) -> None:
        """Hear that something was queued just now, so that nobody waits for the next look."""
        self._noticed.set()

    def health(self) -> Health:
        """Say how the engine is, or that nobody keeps it going."""
        if not self._thread.is_alive():
            return Health(
                ok=False,
                words="nobody looks after background runs",
                fix="restart; if that was not asked for, report it with the log",
            )
        return self._engine.health()

    def stop(self, *, patience: float = 30.0) -> None:
        """Stop the engine, which hands back what it holds, and keep nothing any more."""
        self._over.set()
        self._noticed.set()
        if self._thread.is_alive():
            self._thread.join()
        self._engine.stop(patience=patience)

    def _keep(self) -> None:
        while not self._over.is_set():
            try:
                self._look()
            except sqlalchemy.exc.DBAPIError as error:
                _log.warning("the ledger can't be read: %s", str(error).partition("\n")[0])
            self._noticed.wait(self._every)
            self._noticed.clear()

    def _look(self) -> None:
        now = self._clock()
        with self._database.read() as connection:
            overdue = ledger.is_overdue(connection, now)
        if overdue:
            with self._database.write() as unit:
                _log.warning("%d runs lost their workers", ledger.sweep(unit, now))
        with self._database.read() as connection:
            waiting = ledger.count_queued(connection)
        if waiting:
            self._engine.wake(waiting)


def give_up(database: Database, clock: Clock, worker: str) -> None:
    """Take back at once what a worker held that has ended, so that nobody waits for its lease."""
    try:
        with database.write() as unit:
            ledger.give_up(unit, worker, clock())
    except sqlalchemy.exc.DBAPIError as error:  # its lease will run out
        _log.warning("what %s held wasn't taken back: %s", worker, str(error).partition("\n")[0])
