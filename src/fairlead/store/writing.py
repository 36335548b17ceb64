"""Writing a user's file so that neither a reader nor a power cut ever sees a part of it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Generator
from pathlib import Path


@contextlib.contextmanager
def held(folder: Path) -> Generator[None]:
    """Hold a folder's own lock, so that what is looked at inside it is what is then written over.

    It binds those who ask for it, other processes included; it leaves no file behind and ends with the
    process. Raises OSError where there is no such folder.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_lasting(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put ``data`` at ``path`` all at once, and on the disk before this returns.

    A file that is there keeps its permissions; a new one gets ``mode``. Raises OSError, and then leaves
    what was there.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(path.stat().st_mode & 0o777 if path.exists() else mode)
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
