"""A worker's end of its leash: it says when a run begins and ends, and is woken through it."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Mapping

from fairlead.workers.leash import SOCKET


class Tether:
    """What a worker tells its leash and hears through it; without a leash it only waits."""

    def __init__(self, leash: socket.socket | None = None) -> None:
        self._leash = leash

    def begin(self, seconds: float) -> None:
        """Have this process ended with all that is below it unless ``end`` comes in time."""
        if self._leash is not None:
            self._leash.sendall(f"begin {seconds:.3f}\n".encode())

    def end(self) -> None:
        """Say that a run is over, and wait until everything that it left behind is ended."""
        if self._leash is None:
            return
        self._leash.sendall(b"end\n")
        heard = b""
        while b"ended\n" not in heard:
            said = self._leash.recv(1 << 10)
            if not said:
                return
            heard += said

    def wait(self, seconds: float) -> None:
        """Wait until woken, at most ``seconds``."""
        if self._leash is None:
            time.sleep(seconds)
        elif select.select([self._leash], [], [], seconds)[0] and not self._leash.recv(1 << 10):
            time.sleep(seconds)  # the leash is gone: this process is about to be


LOOSE = Tether()
"""A tether without a leash."""


def tether(environ: Mapping[str, str]) -> Tether:
    """Return the tether to the leash that this process was started by, if it was."""
    number = environ.get(SOCKET, "")
    return Tether(socket.socket(fileno=os.dup(int(number)))) if number else LOOSE
