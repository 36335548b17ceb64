"""A crew: worker processes on their leashes, started again when they end, stopped together."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairlead.workers.leash import MARK
from fairlead.workers.processes import end_strays

_log = logging.getLogger("fairlead.workers")

_LOOK_EVERY = 0.05
_LIVED = 10.0
"""Seconds after which a worker that ends has not failed at its start."""

_LONGEST_PAUSE = 10.0


@dataclass(slots=True)
class _Place:
    """One worker's place: the leash that holds it now, and when the next may be started."""

    leash: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    failures: int = 0
    next_at: float = 0.0


class Crew:
    """Keeps ``size`` processes of one command running.

    The command's environment is ``environ``. Whatever ends a worker (a signal, a defect, the want of
    memory), another one takes its place: at once, or after a pause that grows to ten seconds when it
    ends soon after its start.
    """

    def __init__(self, command: Sequence[str], *, size: int, environ: Mapping[str, str]) -> None:
        self._command = (sys.executable, "-m", "fairlead.workers.leash", *command)
        self._environ = dict(environ)
        self._places = [_Place() for _ in range(size)]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True, name="crew")
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the workers, after ending what a crew that was killed has left."""
        end_strays(MARK)
        self._fill()
        self._thread.start()

    def wake(self) -> None:
        """Have idle workers look for work now."""
        with self._lock:
            for place in self._places:
                if place.leash is not None and place.leash.stdin is not None:
                    with contextlib.suppress(OSError, ValueError):
                        os.write(place.leash.stdin.fileno(), b"wake\n")

    @property
    def alive(self) -> int:
        """How many workers there are at this moment."""
        with self._lock:
            return sum(one.leash is not None and one.leash.poll() is None for one in self._places)

    @property
    def size(self) -> int:
        """How many workers there are to be."""
        return len(self._places)

    def stop(self, *, patience: float) -> None:
        """Ask the workers to hand back what they hold and to end; after ``patience``, kill them."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        leashes = [place.leash for place in self._places if place.leash is not None]
        for leash in leashes:
            with contextlib.suppress(ProcessLookupError):
                leash.send_signal(signal.SIGTERM)
        until = time.monotonic() + patience
        for leash in leashes:
            try:
                leash.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _log.warning("a worker didn't end within %g s: it is killed", patience)
                leash.kill()  # the kernel ends its worker with it, and the rest is found below
                leash.wait()
            if leash.stdin:
                leash.stdin.close()
        if leashes:
            end_strays(MARK)

    def _keep(self) -> None:
        while not self._over.wait(_LOOK_EVERY):
            self._fill()

    def _fill(self) -> None:
        """Start a worker in every place that has none and may have one."""
        now = time.monotonic()
        for place in self._places:
            if place.leash is not None and place.leash.poll() is not None:
                self._clear(place, now)
            if place.leash is None and now >= place.next_at:
                leash = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, env=self._environ, start_new_session=True
                )
                if leash.stdin:
                    os.set_blocking(leash.stdin.fileno(), False)
                with self._lock:
                    place.leash, place.since = leash, now

    def _clear(self, place: _Place, now: float) -> None:
        """Take note of a worker's end, and of when the next one may begin."""
        with self._lock:
            leash, place.leash = place.leash, None
        if leash is None:
            return
        if leash.stdin:
            leash.stdin.close()
        if leash.returncode < 0:  # the leash itself was killed
            end_strays(MARK)
        lived = now - place.since
        place.failures = 0 if lived > _LIVED else place.failures + 1
        pause = min(0.1 * 2**place.failures, _LONGEST_PAUSE) if place.failures > 1 else 0.0
        place.next_at = now + pause
        _log.warning(
            "a worker ended (code %d) after %.0f s: the next one starts in %.1f s",
            leash.returncode,
            lived,
            pause,
        )
