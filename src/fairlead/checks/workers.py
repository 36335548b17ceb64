"""Threads that work off a list, and that have all ended when this returns, whatever interrupts."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

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
    pending, running, errors = list(items), list[_Item](), list[BaseException]()
    changed = threading.Condition()

    def take() -> _Item | None:
        """Return the first item that can be begun, once there is one; ``None`` when all are."""
        with changed:
            while pending and not stop.is_set():
                open_ended = [*pending, *running]
                for item in pending:
                    if not any(other in open_ended for other in waits_for(item)):
                        break
                else:
                    if running:
                        changed.wait(_LOOK_EVERY)
                        continue
                    item = pending[0]
                pending.remove(item)
                running.append(item)
                return item
        return None

    def work(ended: threading.Event) -> None:
        try:
            while (item := take()) is not None and not stop.is_set():
                do(item)
                with changed:
                    running.remove(item)
                    changed.notify_all()
        except Stopped:
            return
        except BaseException as error:  # raised again below, where it can be seen
            errors.append(error)
            stop.set()
        finally:
            ended.set()

    workers = [_Worker(work) for _ in range(min(threads, len(pending)))]
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
