"""Following the outbox: one thread of a process reads what is new, and all that wait are woken.

What was read last is kept, ready to be sent, up to a bound. Whoever follows holds nothing but the
number that they have come to: they are given what comes after it, from what is kept or, for those who
are further behind, from the store. So none misses an event or gets one twice, whoever wrote it, and
one that reads slowly costs no more memory than one that reads fast.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

import structlog
from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

from fairlead.store.database import Database
from fairlead.store.outbox import Event, last_number, read_after

EVERY = 0.1
"""Seconds between two looks at the outbox while somebody follows."""

KEPT = 2000
"""How many events are kept ready for those who follow closely."""

_PATIENCE = 5.0
_RETRY = 1.0
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the stream sends it: its number, its type and subject, and its bytes."""

    number: int
    type: str = ""
    subject: str = ""
    frame: bytes = b""


@dataclass(slots=True, eq=False)
class _Waiting:
    loop: asyncio.AbstractEventLoop
    woken: asyncio.Event

    def wake(self) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.woken.set)


@dataclass(slots=True)
class Following:
    """What a process knows of the outbox's end, and who waits for more."""

    database: Database
    _kept: deque[Told] = field(default_factory=lambda: deque(maxlen=KEPT))
    _floor: int = 1 << 62  # all that came after this number is kept; at first nothing is
    _waiting: set[_Waiting] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _wanted: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def ended(self) -> bool:
        """Whether no more is to be waited for: the process stops."""
        return self._ended.is_set()

    def end(self) -> None:
        """Have everybody who follows come to an end; the thread ends too."""
        self._ended.set()
        self._wanted.set()
        self._wake()
        if self._thread:
            self._thread.join(timeout=_PATIENCE)

    async def newest(self) -> int:
        """Return the number of the newest event."""
        return await to_thread.run_sync(self._newest)

    async def after(self, number: int, *, subject: str = "", seconds: float) -> Sequence[Told]:
        """Return some of what comes after a number, oldest first, waiting for it if there is none yet.

        Only what is about ``subject`` or below it is told of, if one is named; the last may then be an
        event about something else, with no bytes, which says how far this has come. Empty after
        ``seconds`` without any, and when the process stops. Raises SQLAlchemyError when the store has
        to be asked and can't be reached.
        """
        waiting = _Waiting(asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._start()
            self._waiting.add(waiting)
            self._wanted.set()
        try:
            async with asyncio.timeout(seconds):
                while not self.ended:
                    waiting.woken.clear()
                    if found := await self._read(number, subject):
                        return found
                    await waiting.woken.wait()
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(waiting)
        return ()

    async def _read(self, number: int, subject: str) -> Sequence[Told]:
        with self._lock:
            near = number >= self._floor
            newer = takewhile(lambda told: told.number > number, reversed(self._kept))
            found = list(newer)[::-1][:_PAGE] if near else []
        if not near:
            return await to_thread.run_sync(self._from_store, number, subject)
        if not subject:
            return found
        mine = [told for told in found if _is_about(told.subject, subject)]
        return _up_to(mine, found[-1].number) if found else []

    def _from_store(self, number: int, subject: str = "") -> list[Told]:
        with self.database.read() as connection:
            newest = last_number(connection) if subject else 0
            events = read_after(connection, number, limit=_PAGE, subject=subject)
        found = [_told(event) for event in events]
        return _up_to(found, newest if len(found) < _PAGE else 0) if newest > number else found

    def _newest(self) -> int:
        with self.database.read() as connection:
            return last_number(connection)

    def _start(self) -> None:
        if self._thread is None and not self.ended:
            self._thread = threading.Thread(target=self._tail, name="outbox", daemon=True)
            self._thread.start()

    def _tail(self) -> None:
        log = structlog.stdlib.get_logger("fairlead.events")
        upto: int | None = None
        reachable = True
        while not self.ended:
            if not self._wanted.is_set():
                upto = None  # what is written while nobody follows isn't read
            self._wanted.wait()
            try:
                upto = self._begin() if upto is None else self._go_on(upto)
                reachable = True
            except SQLAlchemyError as error:
                if reachable:
                    log.warning("the outbox can't be read; it is tried again", exc_info=error)
                reachable = False
                self._ended.wait(_RETRY)
            self._ended.wait(EVERY)
            with self._lock:
                if not self._waiting:
                    self._wanted.clear()

    def _begin(self) -> int:
        """Keep from now on what comes after the newest event; return its number."""
        newest = self._newest()
        with self._lock:
            self._kept.clear()
            self._floor = newest
        self._wake()  # those who are behind it ask the store from now on
        return newest

    def _go_on(self, upto: int) -> int:
        """Keep what came after a number, wake all who wait for it, and return how far that is."""
        while found := self._from_store(upto):
            upto = found[-1].number
            with self._lock:
                self._kept.extend(found)
                if len(self._kept) == KEPT:
                    self._floor = self._kept[0].number - 1
            self._wake()
            if len(found) < _PAGE:
                break
        return upto

    def _wake(self) -> None:
        with self._lock:
            for waiting in self._waiting:
                waiting.wake()


def _is_about(subject: str, wanted: str) -> bool:
    return subject == wanted or subject.startswith(f"{wanted}/")


def _up_to(told: list[Told], number: int) -> list[Told]:
    """Return what was told with how far it has come, where that is further than the last of it."""
    if not number or (told and told[-1].number >= number):
        return told
    return [*told, Told(number)]


def _told(event: Event) -> Told:
    content = json.dumps(event.cloud_event(), separators=(",", ":"))
    name = event.type.replace("\n", " ").replace("\r", " ")
    frame = f"id: {event.number}\nevent: {name}\ndata: {content}\n\n"
    return Told(event.number, event.type, event.subject, frame.encode("ascii", "backslashreplace"))
