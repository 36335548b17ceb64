"""A crew: worker processes on their leashes, started again when they end, stopped together."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fairlead.workers.leash import MARK
from fairlead.workers.processes import end_strays

_log = logging.getLogger("fairlead.workers")

NAME = "FAIRLEAD_WORKER"
"""The variable in which a worker is told its name, which nobody else has or will have."""

_LOOK_EVERY = 0.05
_LIVED = 10.0
"""Seconds after which a worker that ends has not failed at its start."""

_LONGEST_PAUSE = 10.0


@dataclass(slots=True)
class _Place:
    """One worker's place: the leash that holds it now, and when the next may be started."""

    leash: subprocess.Popen[bytes] | None = None
    name: str = ""
    since: float = 0.0
    failures: int = 0
    next_at: float = 0.0


class Crew:
    """Keeps ``size`` processes of one command running.

    The command's environment is ``environ``, with the worker's name in ``NAME``. Whatever ends a worker
    (a signal, a defect, the want of memory), ``gone`` is told its name and another one takes its place:
    at once, or after a pause that grows to ten seconds when workers end soon after their start.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: int,
        environ: Mapping[str, str],
        gone: Callable[[str], object] = lambda name: None,
    ) -> None:
        self._command = (sys.executable, "-m", "fairlead.workers.leash", *command)
        self._environ, self._gone = dict(environ), gone
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
                name = f"{socket.gethostname()}-{uuid.uuid4().hex[:8]}"
                leash = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    env={**self._environ, NAME: name},
                    start_new_session=True,
                )
                if leash.stdin:
                    os.set_blocking(leash.stdin.fileno(), False)
                with self._lock:
                    place.leash, place.name, place.since = leash, name, now

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
        self._gone(place.name)
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
