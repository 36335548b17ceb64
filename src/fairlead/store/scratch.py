"""A private folder for one run's files, gone afterwards; also when the run was killed, by the next."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.processes import clean_environment, run, undisturbed

MEMORY = Path("/dev/shm")  # noqa: S108, as every name in it is made anew
"""Where Linux has a file system in memory."""

_LEAST = 1 << 30
_SHARE = 8
_NAME = "fairlead-run-"
_LOCK = ".lock"
_REMOVAL = 60.0
_GROUPS = Path("/sys/fs/cgroup")
_GROUP_LIMITS = (
    (_GROUPS / "memory.max", _GROUPS / "memory.current"),
    (_GROUPS / "memory/memory.limit_in_bytes", _GROUPS / "memory/memory.usage_in_bytes"),
)


@contextlib.contextmanager
def scratch_folder(environ: Mapping[str, str]) -> Generator[Path]:
    """Give an empty folder that only this user may enter, under ``$TMPDIR`` or ``/tmp``.

    It is removed at the end however that comes about. What runs that were killed left behind is removed
    first: a lock that the system lets go of with its process tells which those are. Raises
    FairleadError when there is no place for a folder.
    """
    parent = Path(environ.get("TMPDIR") or "/tmp").resolve()  # noqa: S108, as mkdtemp makes one there
    _sweep(parent)
    name = f"{_NAME}{os.urandom(8).hex()}"
    folder, beginning = parent / name, parent / f".{name}"
    try:
        beginning.mkdir(mode=0o700)
    except OSError as error:
        raise FairleadError(
            f"no folder for this run can be made in {parent}: {error.strerror}",
            fix="name one that can be written: TMPDIR=DIR, then the same command again",
        ) from error
    try:
        with (beginning / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (beginning / "files").mkdir(mode=0o700)
            beginning.rename(folder)  # from here on it is swept by name, and guarded by the lock
            yield folder / "files"
    finally:
        remove(beginning)
        remove(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """An empty folder in memory, and how many bytes may be put there."""

    folder: Path
    spare: int


@contextlib.contextmanager
def memory_folder(environ: Mapping[str, str]) -> Generator[Memory | None]:
    """Give a folder like ``scratch_folder``'s that lies in memory, or ``None`` without memory to spare.

    Thousands of small files take a tenth of the time there.
    """
    spare = _spare_memory(environ)
    if not spare:
        yield None
        return
    with scratch_folder({"TMPDIR": str(MEMORY)}) as folder:
        yield Memory(folder=folder, spare=spare)


def _spare_memory(environ: Mapping[str, str]) -> int:
    """Return how many bytes of files may go to ``MEMORY``; 0 where that is no place for them.

    It is no place when ``$TMPDIR`` names another, when programs can't be run from it, or when less than
    1 GiB is free: in it, on the machine, or in our control group. An eighth of what is free is spare.
    """
    try:
        status = os.statvfs(MEMORY)
        usable = os.access(MEMORY, os.W_OK) and not status.f_flag & os.ST_NOEXEC
        memory = Path("/proc/meminfo").read_text()
    except OSError:
        return 0
    available = memory.partition("MemAvailable:")[2].split()[:1]
    free = [status.f_bavail * status.f_frsize, *(int(word) << 10 for word in available)]
    for limit, used in _GROUP_LIMITS:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number: there is no limit
            free.append(int(limit.read_text()) - int(used.read_text()))
    if environ.get("TMPDIR") or not usable or not available or min(free) < _LEAST:
        return 0
    return min(free) // _SHARE


def remove(folder: Path) -> None:
    """Remove a folder with all it holds, also where it was made read-only; as far as that goes.

    rm takes a third of the time that Python takes for thousands of files, and follows folders that are
    nested deeper than Python can.
    """
    if not folder.exists():
        return
    words = (("chmod", "-R", "u+rwx", "--", folder), ("rm", "-rf", "--", folder))
    for argv in words if os.geteuid() != 0 else words[1:]:
        undisturbed(partial(run, argv, cwd=folder.parent, env=clean_environment(), timeout=_REMOVAL))


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
