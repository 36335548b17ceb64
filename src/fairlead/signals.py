"""Being asked to end: SIGTERM and SIGHUP as interruptions, so that what is inside tidies up."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Generator


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
