"""One platform a state folder: a lock that ends with its process, and the address to find it at."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Generator
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.store.folder import write_whole

_LOCK = "running.lock"
_ADDRESS = "address"


@contextlib.contextmanager
def holding(state: Path, address: str) -> Generator[None]:
    """Hold a state folder while a platform runs on it, its address left there for other commands.

    Raises FairleadError when another platform holds it.
    """
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (state / _LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FairleadError(
                f"a platform runs on {state} already, at {running_at(state) or 'an unknown address'}",
                fix="open that one, stop it, or name another folder: fairlead up --state DIR",
            ) from error
        write_whole(state / _ADDRESS, address.encode())
        try:
            yield
        finally:
            (state / _ADDRESS).unlink(missing_ok=True)


def running_at(state: Path) -> str | None:
    """Return the address of the platform that runs on a state folder, ``None`` when none does."""
    try:
        with (state / _LOCK).open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return (state / _ADDRESS).read_text() or None
    except OSError:
        return None
    return None
