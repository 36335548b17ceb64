"""Being asked to end: signals as interruptions, so that what is inside tidies up, or as a wish."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator

_ONE_WISH = 1.0
"""Seconds within which signals come from one Ctrl-C: a terminal sends it to the whole group, and those
above us in it, make and uv for two, may hand it on as well."""


class Terminated(KeyboardInterrupt):
    """The process was asked to end by a signal other than Ctrl-C's; ``number`` is which."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.number = number


@contextlib.contextmanager
def interrupted_by_signals() -> Generator[None]:
    """Let SIGTERM and SIGHUP interrupt what is inside as Ctrl-C does, so that it tidies up.

    Raises Terminated from where the main thread is. Where handlers can't be set, in another thread,
    nothing changes; nor for a signal that is ignored, as nohup has it.
    """
    chosen = [signal.SIGTERM, signal.SIGHUP]
    if threading.current_thread() is not threading.main_thread():
        chosen = []
    before = {number: signal.getsignal(number) for number in chosen}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _terminate)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminate(number: int, frame: object) -> None:
    raise Terminated(number)


@contextlib.contextmanager
def ended_in_order(stop: Callable[[], object]) -> Generator[None]:
    """Have the first SIGINT, SIGTERM or SIGHUP call ``stop``, while what is inside goes on to its end.

    A later Ctrl-C ends the process at once, and says so; one within a second is taken for the same.
    Other signals that come again change nothing. Once it has ended after a signal, further ones are
    ignored: the process is about to be gone. ``stop`` is called in the midst of whatever the main
    thread does, and may wait for no lock. In another thread than the main one nothing changes.
    """
    wish, chosen = _Wish(stop), (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    if threading.current_thread() is not threading.main_thread():
        chosen = ()
    before = {number: signal.getsignal(number) for number in chosen}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, wish.hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if wish.heard_at is not None else handler)


class _Wish:
    """Somebody wants the process to end, once they have said so."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self._stop = stop
        self.heard_at: float | None = None

    def hear(self, number: int, frame: object) -> None:
        """Take a signal."""
        if self.heard_at is None:
            self.heard_at = time.monotonic()
            self._stop()
        elif number == signal.SIGINT and time.monotonic() - self.heard_at > _ONE_WISH:
            # By file number, for the stream may be in use by what this interrupts.
            os.write(sys.stderr.fileno(), b"ended at once; workers hand back what runs by themselves\n")
            os._exit(128 + number)
