"""A private folder for one run's files, gone afterwards; also when the run was killed, by the next."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Generator, Mapping
from pathlib import Path

_NAME = "fairlead-run-"
_LOCK = ".lock"
_IN_MEMORY, _USUAL = "/dev/shm", "/tmp"  # noqa: S108, as mkdtemp makes one there
ROOM = 4 << 30
"""Bytes that must be free in memory for a run to have its folder there."""


@contextlib.contextmanager
def scratch_folder(environ: Mapping[str, str]) -> Generator[Path]:
    """Give an empty folder that only this user may enter, under ``$TMPDIR``, ``/dev/shm`` or ``/tmp``.

    Trees of thousands of files are written there for one run; memory takes them ten times as fast as
    many disks. It is used where it is this large that it won't be missed (``ROOM``).

    It is removed at the end however that comes about. What runs that were killed left behind is removed
    first: a lock that the system lets go of with its process tells which those are. Raises OSError
    when there is no place for a folder.
    """
    parent = Path(environ.get("TMPDIR") or _roomy()).resolve()
    _sweep(parent)
    name = f"{_NAME}{os.urandom(8).hex()}"
    folder, beginning = parent / name, parent / f".{name}"
    beginning.mkdir(mode=0o700)
    try:
        with (beginning / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (beginning / "files").mkdir(mode=0o700)
            beginning.rename(folder)  # from here on it is swept by name, and guarded by the lock
            yield folder / "files"
    finally:
        remove(beginning)
        remove(folder)


def _roomy() -> str:
    """Return the folder in memory where it has room to spare, else the usual one."""
    try:
        memory = os.statvfs(_IN_MEMORY)
    except OSError:
        return _USUAL
    free = memory.f_bavail * memory.f_frsize
    return _IN_MEMORY if free >= ROOM and os.access(_IN_MEMORY, os.W_OK | os.X_OK) else _USUAL


def remove(folder: Path) -> None:
    """Remove a folder with all it holds, also where it was made read-only; as far as that goes."""
    if os.geteuid() != 0:
        for place, _, _ in os.walk(folder):
            with contextlib.suppress(OSError):
                Path(place).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    for folder in parent.glob(f"{_NAME}*"):
        try:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                continue
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(folder)
        except OSError:  # in use, being made, or already gone
            continue
