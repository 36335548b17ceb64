"""Carrying out one claimed run: alive while it works, stopped when told, its end written once."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import sqlalchemy.exc

from fairlead.store.database import Database, Unit
from fairlead.workers import ledger
from fairlead.workers.model import Claimed, Ending, LeaseLost, Orders, RunState
from fairlead.workers.steps import CANCELLED, superseded
from fairlead.workers.tether import LOOSE, Tether

_log = logging.getLogger("fairlead.workers")

Clock = Callable[[], float]
"""Gives seconds since 1970."""

Work = Callable[[Claimed, threading.Event], Ending]
"""Does what a run is for and returns how it ended; raises Interrupted once the event is set."""


class Interrupted(Exception):
    """The work was stopped before its end, because it was told to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under which terms a worker holds runs, in seconds.

    ``lease``: how long a run is its after its last sign of life. ``beat``: how often it gives one and
    hears what is wanted. ``limit``: how long a run may take. ``grace``: how long the work may take to
    stop when told. ``patience``: how long it tries to write an end while the store can't be reached.
    ``settle``: how long it waits to be told to stop, when something that it had started was ended.
    """

    lease: float = 30.0
    beat: float = 1.0
    limit: float = 3600.0
    grace: float = 15.0
    patience: float = 300.0
    settle: float = 1.0


USUAL = Terms()

STUCK = 70
"""The exit code of a worker that ends itself because a run's work doesn't stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who carries runs out: its name for people, its store, its work, and how it is asked to stop.

    ``abandon`` ends the process when work goes on although it was told to stop.
    """

    name: str
    database: Database
    work: Work
    terms: Terms = USUAL
    clock: Clock = time.time
    halt: threading.Event = field(default_factory=threading.Event)
    tether: Tether = LOOSE
    abandon: Callable[[], object] = lambda: os._exit(STUCK)


def take_one(worker: Worker) -> Claimed | None:
    """Claim the run whose turn it is; ``None`` when none waits, or the store can't be reached."""
    try:
        with worker.database.write() as unit:
            return ledger.claim(
                unit, worker=worker.name, at=worker.clock(), lease_seconds=worker.terms.lease
            )
    except sqlalchemy.exc.DBAPIError as error:
        _log.warning("no run could be claimed: %s", _first_line(error))
        return None


def carry_out(worker: Worker, claimed: Claimed) -> None:
    """Do the run's work and write its end, or hand it back when the worker is asked to stop.

    When the run turns out to be no longer its, what was done counts for nothing. Raises nothing for
    what the work or the store does: what can't be written, the ledger's sweeper will take back.
    """
    named = {"run": claimed.run_id, "revision": claimed.revision_id, "attempt": claimed.attempt}
    _log.info("a run begins", extra=named)
    watch = _Watch(worker, claimed)
    watch.start()
    worker.tether.begin(worker.terms.limit + worker.terms.grace)
    try:
        ending = _do(worker, claimed, watch)
    finally:
        worker.tether.end()
        watch.close()
    if watch.orders.ours:
        _write(worker, claimed, ending)
    outcome = str(ending.outcome) if ending else "handed back"
    _log.info("a run ends", extra={**named, "outcome": outcome, "ours": watch.orders.ours})


def _write(worker: Worker, claimed: Claimed, ending: Ending | None) -> None:
    """Write a run's end, or queue it anew where there is none, or none that says anything."""
    if ending is None:
        _persist(worker, claimed, lambda unit: ledger.hand_back(unit, claimed, worker.clock()))
    else:
        _persist(worker, claimed, partial(_end, worker, claimed, ending))


def _do(worker: Worker, claimed: Claimed, watch: _Watch) -> Ending | None:
    """Return how the work ended, ``None`` when it is to be handed back."""
    try:
        return _settled(worker, worker.work(claimed, watch.stop), watch)
    except Interrupted:
        return watch.ending()
    except Exception as error:
        _log.exception("run %d met a defect", claimed.run_id, extra={"run": claimed.run_id})
        return Ending(
            outcome=RunState.FAILED,
            because=f"a defect in fairlead: {type(error).__name__}: {error}",
            fix="report it with the traceback that the worker's log has",
        )


def _settled(worker: Worker, ending: Ending, watch: _Watch) -> Ending | None:
    """Return an end, unless it may have come from what ends this worker.

    Who shuts a machine down asks every process to end, a check's as well as ours, and theirs may hear
    it first: so the end of one that somebody else has ended isn't believed at once.
    """
    told = watch.stop.wait(worker.terms.settle if ending.disturbance else 0) or worker.halt.is_set()
    if not told or (ending.outcome is RunState.PASSED and not ending.disturbance):
        return ending
    return watch.ending()


def _end(worker: Worker, claimed: Claimed, ending: Ending, unit: Unit) -> None:
    why = ending.disturbance
    if why and ledger.queue_again(unit, claimed, worker.clock(), why):
        _log.warning("run %d is begun again: %s", claimed.run_id, why, extra={"run": claimed.run_id})
        return
    ledger.hold(unit, claimed)
    ending.save(unit)
    ledger.finish(
        unit,
        claimed,
        outcome=ending.outcome,
        because=ending.because,
        fix=ending.fix,
        at=worker.clock(),
    )


def _persist(worker: Worker, claimed: Claimed, write: Callable[[Unit], None]) -> None:
    """Write a run's end, again and again while the store can't be reached.

    When a commit's answer was lost, the next attempt finds that the run isn't ours any more: it ended.
    """
    until = time.monotonic() + worker.terms.patience
    pause = 0.1
    while True:
        try:
            with worker.database.write() as unit:
                write(unit)
            return
        except LeaseLost as lost:
            _log.info("%s", lost.cause, extra={"run": claimed.run_id})
            return
        except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError) as error:
            if time.monotonic() > until:
                _log.error(
                    "the end of run %d could not be written: %s",
                    claimed.run_id,
                    _first_line(error),
                    extra={"run": claimed.run_id},
                )
                return
        time.sleep(pause)
        pause = min(pause * 2, 5.0)


class _Watch(threading.Thread):
    """Gives signs of life while a run is worked on, and stops the work when there is a reason to."""

    def __init__(self, worker: Worker, claimed: Claimed) -> None:
        super().__init__(daemon=True, name=f"watch of run {claimed.run_id}")
        self._worker, self._claimed = worker, claimed
        self._over = threading.Event()
        self._late = False
        self.stop = threading.Event()
        self.orders = Orders(ours=True)

    def run(self) -> None:
        """Beat until the work is over."""
        terms = self._worker.terms
        deadline = time.monotonic() + terms.limit
        next_beat, told_at = 0.0, float("inf")
        while not self._over.wait(min(0.1, terms.beat)):
            now = time.monotonic()
            if now >= next_beat:
                next_beat = now + terms.beat
                self._beat()
            self._late = self._late or now >= deadline
            if self.stop.is_set():
                if now > told_at + terms.grace / 2:
                    self._abandon()
                    return
            elif self._late or self._worker.halt.is_set() or self._told():
                told_at = now
                self.stop.set()

    def close(self) -> None:
        """End the signs of life."""
        self._over.set()
        self.join()

    def ending(self) -> Ending | None:
        """Return what a stopped run ends as, ``None`` when it is to be handed back."""
        orders = self.orders
        if orders.superseded_by is not None:
            return Ending(outcome=RunState.SUPERSEDED, because=superseded(orders.superseded_by))
        if orders.cancel:
            return Ending(outcome=RunState.CANCELLED, because=CANCELLED)
        if self._late:
            limit = self._worker.terms.limit
            return Ending(
                outcome=RunState.FAILED,
                because=f"it took longer than the hard limit of {limit:g} s",
                fix="see which check took longest, and lower its timeout in the policy",
            )
        return None

    def _abandon(self) -> None:
        """End the run without its work, which doesn't stop, and this process with the work."""
        _log.error(
            "run %d doesn't stop: this worker ends itself",
            self._claimed.run_id,
            extra={"run": self._claimed.run_id},
        )
        if self.orders.ours:
            _write(self._worker, self._claimed, self.ending())
        self.orders = Orders(ours=False)
        self._worker.abandon()

    def _told(self) -> bool:
        orders = self.orders
        return not orders.ours or orders.cancel or orders.superseded_by is not None

    def _beat(self) -> None:
        try:
            with self._worker.database.write() as unit:
                self.orders = ledger.beat(unit, self._claimed, self._worker.clock())
        except sqlalchemy.exc.DBAPIError as error:
            # The lease may run out meanwhile; whether it did, the ledger will say when it answers.
            _log.warning(
                "run %d: no sign of life: %s",
                self._claimed.run_id,
                _first_line(error),
                extra={"run": self._claimed.run_id},
            )


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
