"""Threads that work off a list, and that have all ended when this returns, whatever interrupts."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
_PATIENCE = 10.0
_LOOK_EVERY = 0.1


class Stopped(Exception):
    """The run is being ended; no result comes of this."""


class _Worker:
    """A thread and whether it has ended.

    Thread.join can't tell: once a signal has interrupted it, it takes the thread for ended (Python
    before 3.13), and the programs that the thread is about to end would be left running.
    """

    def __init__(self, work: Callable[[threading.Event], None]) -> None:
        self.ended = threading.Event()
        self.thread = threading.Thread(target=work, args=(self.ended,), daemon=True)


class _Queue(Generic[_Item]):
    """What has yet to be begun, and what is being done."""

    def __init__(
        self,
        items: Sequence[_Item],
        waits_for: Callable[[_Item], Collection[_Item]],
        stop: threading.Event,
    ) -> None:
        self._pending, self._running = list(items), list[_Item]()
        self._waits_for, self._stop = waits_for, stop
        self._changed = threading.Condition()

    def take(self) -> _Item | None:
        """Return the first item that can be begun, once there is one; ``None`` when all are."""
        with self._changed:
            while self._pending and not self._stop.is_set():
                ready = [item for item in self._pending if self._can_begin(item)]
                if ready or not self._running:
                    item = (ready or self._pending)[0]
                    self._pending.remove(item)
                    self._running.append(item)
                    return item
                self._changed.wait(_LOOK_EVERY)
        return None

    def done(self, item: _Item) -> None:
        """Let those begin that waited for this one."""
        with self._changed:
            self._running.remove(item)
            self._changed.notify_all()

    def _can_begin(self, item: _Item) -> bool:
        unfinished = (*self._pending, *self._running)
        return not any(other in unfinished for other in self._waits_for(item))


def work_off(
    items: Sequence[_Item],
    do: Callable[[_Item], None],
    *,
    threads: int,
    stop: threading.Event,
    waits_for: Callable[[_Item], Collection[_Item]] = lambda item: (),
) -> None:
    """Do each item once, in their order, at most ``threads`` at once.

    An item is begun only when those of the list that it waits for are done; others go before it until
    then. Those that wait for each other in a circle are done in their order.

    When one fails, or this is interrupted, ``stop`` is set and that is raised as soon as the others
    have ended; ``do`` is to look at ``stop`` and to raise Stopped. Raises KeyboardInterrupt when it was
    set from outside.
    """
    queue, errors = _Queue(items, waits_for, stop), list[BaseException]()

    def work(ended: threading.Event) -> None:
        try:
            while (item := queue.take()) is not None and not stop.is_set():
                do(item)
                queue.done(item)
        except Stopped:
            return
        except BaseException as error:  # raised again below, where it can be seen
            errors.append(error)
            stop.set()
        finally:
            ended.set()

    workers = [_Worker(work) for _ in range(min(threads, len(items)))]
    try:
        for worker in workers:
            worker.thread.start()
        for worker in workers:
            worker.ended.wait()
    except BaseException:
        stop.set()
        _wait_out(workers)
        raise
    if errors:
        raise errors[0]
    if stop.is_set():
        raise KeyboardInterrupt


def _wait_out(workers: Sequence[_Worker]) -> None:
    """Wait until the workers have ended their programs, whatever else interrupts; at most 10 s.

    One that has not begun will see the stop before it starts a program.
    """
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(KeyboardInterrupt):
            if all(one.ended.wait(0.05) for one in workers if one.thread.ident is not None):
                return
