"""Reading the locks of a tree: those asked for, and the requirement files that they include."""

from __future__ import annotations

import stat
from collections import deque
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from fairlead.vulnerabilities.locks.names import NOT_READ, REQUIREMENTS, kind_of
from fairlead.vulnerabilities.locks.objects import read_package_lock, read_pipfile_lock
from fairlead.vulnerabilities.locks.requirements import read_requirements
from fairlead.vulnerabilities.locks.tables import UnreadableError, read_tables
from fairlead.vulnerabilities.model import Lock

LARGEST_LOCK = 64 << 20
"""Bytes of a lock; a larger one is a problem, not a pass."""


def read_locks(folder: Path, paths: Iterable[str]) -> tuple[Lock, ...]:
    """Return the locks at ``paths`` under ``folder``, each once, then what requirement files include.

    Never raises for what a lock holds: whatever stops one from being read is among its ``problems``.
    """
    waiting = deque((path, kind_of(path)) for path in paths)
    seen: set[str] = set()
    locks: list[Lock] = []
    while waiting:
        path, kind = waiting.popleft()
        if path in seen:
            continue
        seen.add(path)
        lock = _read(folder, path, kind)
        locks.append(lock)
        # What a requirements file includes is one too, whatever its name.
        waiting.extend((included, REQUIREMENTS) for included in lock.includes)
    return tuple(locks)


def parse_lock(path: str, text: str, kind: str) -> Lock:
    """Return what the text of a lock of ``kind`` holds; raises UnreadableError."""
    if kind == REQUIREMENTS:
        return read_requirements(path, text)
    if kind == "pipenv":
        return read_pipfile_lock(path, text)
    if kind == "npm":
        return read_package_lock(path, text)
    return read_tables(path, text, kind)


def _read(folder: Path, path: str, kind: str | None) -> Lock:
    if kind is None:
        name = PurePosixPath(path).name
        said = (
            "locks of this kind cannot be read yet" if name in NOT_READ else "it is not a lock we know"
        )
        return Lock(path=path, kind=name, problems=(said,))
    try:
        # A link could lead out of the tree, to any file of this machine.
        if any((folder / part).is_symlink() for part in _parts(path)):
            return Lock(path=path, kind=kind, problems=("it is, or lies behind, a symbolic link",))
        found = (folder / path).stat()
        if not stat.S_ISREG(found.st_mode):
            return Lock(path=path, kind=kind, problems=("it is not a regular file",))
        if found.st_size > LARGEST_LOCK:
            return Lock(path=path, kind=kind, problems=(f"it is larger than {LARGEST_LOCK >> 20} MiB",))
        return parse_lock(path, (folder / path).read_text(encoding="utf-8-sig"), kind)
    except OSError as error:
        return Lock(path=path, kind=kind, problems=(f"it cannot be read: {error.strerror}",))
    except UnicodeDecodeError:
        return Lock(path=path, kind=kind, problems=("it is not UTF-8",))
    except UnreadableError as error:
        return Lock(path=path, kind=kind, problems=(str(error),))
    except ValueError:  # a requirements file can include a path that holds a zero byte
        return Lock(path=path, kind=kind, problems=("its path is none that a file can have",))


def _parts(path: str) -> list[PurePosixPath]:
    pure = PurePosixPath(path)
    return [pure, *pure.parents]
