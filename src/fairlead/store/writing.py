"""Writing a user's file so that neither a reader nor a power cut ever sees a part of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


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
