"""Few at once: what takes long may not take all the threads that requests have."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator

from fairlead.app.problems import Refused


@contextlib.contextmanager
def seat(seats: threading.BoundedSemaphore) -> Generator[None]:
    """Take one of the few seats for what takes long; raises Refused when none is free."""
    if not seats.acquire(blocking=False):
        raise Refused(
            "as many requests of this kind as are carried out at once are being carried out",
            fix="try again in a few seconds",
            status=503,
            headers={"Retry-After": "5"},
        )
    try:
        yield
    finally:
        seats.release()
