"""Writing the user's files: whole or not at all, and never over an edit that we haven't seen."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.store.writing import held, write_lasting


def write_file(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
    """Write ``data`` to ``path`` atomically; the file holds either the old bytes or the new.

    ``expected`` are the bytes that the edit started from: when the file holds others by now, nothing
    is written. Without it the file must not exist. Raises FairleadError with the cause (changed
    meanwhile, read-only, no space left); the file is then as it was.
    """
    try:
        if expected is None:
            path.parent.mkdir(parents=True, exist_ok=True)
        with held(path.parent):
            if read_if_there(path) != expected:
                raise FairleadError(
                    f"{path} was changed while it was being worked on"
                    if expected is not None
                    else f"{path} exists already",
                    fix="nothing was written; run the command again to work on what the file holds now",
                )
            write_lasting(path, data, mode=0o644 & ~_umask())
    except OSError as error:
        raise _cannot_write(path, error) from error


def read_if_there(path: Path) -> bytes | None:
    """Return the file's bytes, or None where there is none; raises FairleadError if it's unreadable."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FairleadError(
            f"{path} cannot be read: {error.strerror}", fix=f"ls -l {path}, and make it readable"
        ) from error


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _cannot_write(path: Path, error: OSError) -> FairleadError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return FairleadError(
            f"{path} cannot be written: no space is left on the device",
            fix="nothing was changed; free some space and run the command again",
        )
    return FairleadError(
        f"{path} cannot be written: {error.strerror}",
        fix=f"nothing was changed; make {path.parent} writable and run the command again",
    )
