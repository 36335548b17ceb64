"""A run's checks as rows and events while they go on, written by a thread that nobody waits for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
import sqlalchemy.exc

from fairlead.app.report import readable
from fairlead.checks.model import CheckResult
from fairlead.store import tables
from fairlead.store.database import Database, Unit
from fairlead.store.outbox import Event
from fairlead.workers import ledger
from fairlead.workers.event_types import CHECK_FINISHED, CHECK_PROGRESSED, CHECK_STARTED
from fairlead.workers.events import check_event
from fairlead.workers.model import Claimed, LeaseLost

_log = logging.getLogger("fairlead.workers")

WAITING, RUNNING = "waiting", "running"
_EVERY = 0.2
"""Seconds between two writes: what happened meanwhile goes into one."""

_TELL_EVERY = 1.0
_TAIL = 4000

_table = tables.check_run


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A check as its row has it."""

    check: str
    state: str = WAITING
    doing: str = ""
    started_at: float | None = None
    seconds: float | None = None
    expected: float | None = None
    cached: bool = False
    new_findings: int = 0
    because: str = ""
    tail: str = ""


class LiveChecks:
    """A progress that keeps the rows of a run's checks up to date, and emits their events.

    ``planned_after`` is how many seconds the plan took, ``None`` as long as there is none.
    """

    def __init__(self, database: Database, claimed: Claimed, *, clock: Callable[[], float]) -> None:
        self._database, self._claimed, self._clock = database, claimed, clock
        self._begun = time.monotonic()
        self.planned_after: float | None = None
        self._lines: dict[str, _Line] = {}
        self._changed: dict[str, _Line] = {}
        self._told_at: dict[str, float] = {}
        self._events: list[Event] = []
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._write_on, daemon=True, name="live checks")
        self._first = True
        self._thread.start()

    def planned(self, expected: Mapping[str, float | None]) -> None:
        """Hear what is going to run."""
        self._note_plan()
        for check, seconds in expected.items():
            self._set(_Line(check=check, expected=seconds), "")

    def started(self, check: str, doing: str) -> None:
        """Hear that a check begins on something new."""
        line = self._lines.get(check) or _Line(check=check)
        first = line.started_at is None
        begun = self._clock() if first else line.started_at
        self._set(
            replace(line, state=RUNNING, doing=readable(doing), started_at=begun),
            CHECK_STARTED if first else CHECK_PROGRESSED,
        )

    def said(self, check: str, output: bytes) -> None:
        """Hear what a check's program writes; those who look on are told about once a second."""
        line = self._lines.get(check) or _Line(check=check)
        now = time.monotonic()
        told = now - self._told_at.get(check, 0.0) > _TELL_EVERY
        if told:
            self._told_at[check] = now
        self._set(replace(line, tail=end_of(line.tail, output)), CHECK_PROGRESSED if told else "")

    def finished(self, result: CheckResult) -> None:
        """Hear a check's result."""
        self._note_plan()
        line = self._lines.get(result.check) or _Line(check=result.check)
        self._set(_ended(line, result), CHECK_FINISHED)

    def close(self) -> None:
        """Write what is left, and end."""
        self._over.set()
        self._thread.join()

    def _note_plan(self) -> None:
        if self.planned_after is None:
            self.planned_after = time.monotonic() - self._begun

    def _set(self, line: _Line, event_type: str) -> None:
        with self._lock:
            self._lines[line.check] = self._changed[line.check] = line
            if event_type:
                self._events.append(
                    check_event(
                        event_type,
                        self._claimed,
                        line.check,
                        state=line.state,
                        doing=line.doing,
                        at=self._clock(),
                    )
                )

    def _write_on(self) -> None:
        over = False
        while not over:
            over = self._over.wait(_EVERY)
            with self._lock:
                changed, self._changed = self._changed, {}
                events, self._events = self._events, []
            try:
                self._write(changed, events)
            except LeaseLost:
                return
            except sqlalchemy.exc.IntegrityError:
                continue  # it was written before, and only the answer to that was lost
            except sqlalchemy.exc.DBAPIError as error:
                _log.warning("a check's line waits: %s", str(error).partition("\n")[0])
                with self._lock:
                    self._changed = {**changed, **self._changed}
                    self._events = events + self._events

    def _write(self, changed: Mapping[str, _Line], events: Sequence[Event]) -> None:
        if not changed and not self._first:
            return
        with self._database.write() as unit:
            ledger.hold(unit, self._claimed)
            if self._first:  # an attempt before this one may have left some
                unit.connection.execute(_table.delete().where(_table.c.run_id == self._claimed.run_id))
            for line in changed.values():
                _put(unit, self._claimed, line)
            unit.emit(*events)
        self._first = False


def end_of(tail: str, output: bytes) -> str:
    """Return the last lines of a text with more output behind it, at most 4,000 signs.

    A line that was written over, as progress bars are, is what it was in the end. Signs that aren't
    UTF-8 are replaced, and so is NUL, which PostgreSQL keeps in no text.
    """
    text = tail + output.decode("utf-8", "replace").replace("\r\n", "\n").replace("\0", "\ufffd")
    lines = [line.rpartition("\r")[2] if not line.endswith("\r") else line for line in text.split("\n")]
    text = "\n".join(lines)
    if len(text) <= _TAIL:
        return text
    cut = text[-_TAIL:]
    _, found, rest = cut.partition("\n")
    return rest if found else cut


def write_results(unit: Unit, claimed: Claimed, results: Sequence[CheckResult], at: float) -> None:
    """Write every check's last line, those that were skipped too, in the order of the plan."""
    began = {
        row.check: (row.started_at, row.expected, row.tail)
        for row in unit.connection.execute(
            sa.select(_table.c.check, _table.c.started_at, _table.c.expected, _table.c.tail).where(
                _table.c.run_id == claimed.run_id
            )
        )
    }
    unit.connection.execute(_table.delete().where(_table.c.run_id == claimed.run_id))
    for result in results:
        started_at, expected, tail = began.get(result.check, (None, None, ""))
        line = _Line(check=result.check, started_at=started_at, expected=expected, tail=tail)
        _put(unit, claimed, _ended(line, result))


def _ended(line: _Line, result: CheckResult) -> _Line:
    return replace(
        line,
        state=str(result.outcome),
        doing="",
        seconds=result.seconds,
        cached=result.cached,
        new_findings=sum(found.counts for found in result.findings),
        because=readable(result.because),
    )


def _put(unit: Unit, claimed: Claimed, line: _Line) -> None:
    values = {name: getattr(line, name) for name in _Line.__slots__}
    where = sa.and_(_table.c.run_id == claimed.run_id, _table.c.check == line.check)
    if not unit.connection.execute(_table.update().where(where).values(values)).rowcount:
        unit.connection.execute(_table.insert(), {"run_id": claimed.run_id, **values})
