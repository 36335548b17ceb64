"""What a run shows while it goes on: one live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Generator, Mapping
from typing import IO

from fairlead.checks.model import CheckResult
from fairlead.checks.progress import Progress, Silence

_TICK = 0.2
_SELDOM = 30.0
_QUIET = 1.0
"""Seconds that a run may take before anything is shown of it."""


class LiveLine:
    """A line on a terminal that says what is being waited for, and how much of it is left."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._started = time.monotonic()
        self._expected: Mapping[str, float | None] = {}
        self._running: dict[str, tuple[str, float]] = {}
        self._done: set[str] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._shown = False
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()

    def planned(self, expected: Mapping[str, float | None]) -> None:
        """Hear what is going to run."""
        with self._lock:
            self._expected = dict(expected)

    def started(self, check: str, doing: str) -> None:
        """Hear that a check begins on something new."""
        with self._lock:
            self._running[check] = (doing, time.monotonic())

    def said(self, check: str, output: bytes) -> None:
        """Show nothing of it: a failure brings along what matters."""

    def finished(self, result: CheckResult) -> None:
        """Hear a check's end."""
        with self._lock:
            self._running.pop(result.check, None)
            self._done.add(result.check)

    def close(self) -> None:
        """Take the line away."""
        self._over.set()
        self._thread.join()
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _tick(self) -> None:
        while not self._over.wait(_TICK):
            if time.monotonic() - self._started < _QUIET:
                continue
            with self._lock:
                line = self._line()
            if line:
                self._shown = True
                self._stream.write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
                self._stream.flush()

    def _line(self) -> str:
        if not self._running:
            return ""
        now = time.monotonic()
        waits = sorted(self._running.items(), key=lambda item: item[1][1])
        words = ", ".join(f"{check} ({doing}) {now - since:.0f} s" for check, (doing, since) in waits)
        known = [seconds for seconds in self._expected.values() if seconds is not None]
        last = f" of about {max(known):.0f} s" if known and max(known) >= 10 else ""
        done = sum(check in self._done for check in self._expected)
        return f"{done} of {len(self._expected)} checks done{last}; waiting for {words}"


class PlainLines:
    """A line for each check that ran a tool, for logs."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def planned(self, expected: Mapping[str, float | None]) -> None:
        """Say what is going to run."""
        if expected:
            self._stream.write(f"fairlead: running {', '.join(expected)}\n")
            self._stream.flush()

    def started(self, check: str, doing: str) -> None:
        """Say nothing: the end of a check tells enough."""

    def said(self, check: str, output: bytes) -> None:
        """Say nothing: a failure brings along what matters."""

    def finished(self, result: CheckResult) -> None:
        """Say how a check ended and how long it took."""
        if not result.cached and result.seconds:
            outcome = str(result.outcome).replace("_", " ")
            self._stream.write(f"fairlead: {result.check} {outcome} {result.seconds:.1f} s\n")
            self._stream.flush()


@contextlib.contextmanager
def progress_for(stream: IO[str], environ: Mapping[str, str]) -> Generator[Progress]:
    """Give the progress that fits the stream: live on a terminal, lines in CI, else silence."""
    if stream.isatty() and environ.get("TERM") != "dumb":
        live = LiveLine(stream)
        try:
            yield live
        finally:
            live.close()
    elif environ.get("CI"):
        yield PlainLines(stream)
    else:
        yield Silence()


class CountedLine:
    """A line on a terminal that says what is being done, how far it has come and how long it may take.

    Elsewhere (``live`` is false) a line of its own every half a minute.
    """

    def __init__(self, stream: IO[str], *, live: bool) -> None:
        self._stream, self._live = stream, live
        self._started = self._told = time.monotonic()
        self._total = -1
        self._shown = False

    def __call__(self, doing: str, done: int, total: int) -> None:
        """Hear what is being done now, how many steps are done, and of how many."""
        now = time.monotonic()
        if total != self._total:  # another kind of step: it has a pace of its own
            self._started, self._total = now, total
        if not self._live and now - self._told < _SELDOM:
            return
        self._told = now
        left = f", {_minutes((total - done) * (now - self._started) / done)} left" if done else ""
        line = f"{done} of {total}{left}: {doing}"
        if self._live:
            self._shown = True
            line = f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}"
        self._stream.write(line if self._live else f"fairlead: {line}\n")
        self._stream.flush()

    def close(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _minutes(seconds: float) -> str:
    return f"about {seconds:.0f} s" if seconds < 100 else f"about {seconds / 60:.0f} min"


@contextlib.contextmanager
def telling(stream: IO[str], environ: Mapping[str, str]) -> Generator[Callable[[str, int, int], None]]:
    """Give what hears of a long run's steps: live on a terminal, a line now and then elsewhere."""
    line = CountedLine(stream, live=stream.isatty() and environ.get("TERM") != "dumb")
    try:
        yield line
    finally:
        line.close()
