"""A copy of the embedded store that is whole, taken while it is in use, and the way back."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

from fairlead.errors import FairleadError


def back_up(store: Path, to: Path) -> int:
    """Write a whole copy of a store to a file that isn't there yet; return its size in bytes.

    Writers may go on meanwhile: the copy has what was committed when it began. Raises FairleadError
    for a store that can't be read, and for a file that exists.
    """
    if to.exists():
        raise FairleadError(f"{to} exists already", fix="name a new file; no backup is overwritten")
    partial = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        with _opened(store, "the store") as source:
            try:
                source.execute("vacuum into ?", (str(partial),))
            except sqlite3.Error as error:
                raise FairleadError(
                    f"{store} can't be copied: {error}",
                    fix="see that there is room on the disk; fairlead doctor looks at the store itself",
                ) from error
        _sync(partial)
        partial.rename(to)
    finally:
        partial.unlink(missing_ok=True)
    return to.stat().st_size


def restore(backup: Path, store: Path, *, now: float) -> Path | None:
    """Put a backup in the store's place; return where the store that was there lies now, if one was.

    The backup is looked through first. Nobody may have the store open. Raises FairleadError for a file
    that is no whole backup, and leaves all as it was.
    """
    with _opened(backup, "the backup") as source:
        try:
            found = source.execute("pragma integrity_check").fetchone()[0]
            source.execute("select version_num from alembic_version").fetchone()
        except sqlite3.Error as error:
            raise FairleadError(
                f"{backup} is no backup of a store: {error}", fix="name a file that `backup` wrote"
            ) from error
    if found != "ok":
        raise FairleadError(f"{backup} is damaged: {found}", fix="use an older backup")
    fresh = store.with_name(f".{store.name}.{os.getpid()}")
    aside = None
    try:
        with _opened(backup, "the backup") as source:
            source.execute("vacuum into ?", (str(fresh),))
        _sync(fresh)
        if store.exists():
            stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
            aside = store.with_name(f"{store.name}.before-{stamp}")
            with _opened(store, "the store") as old:
                old.execute("pragma wal_checkpoint(truncate)")
            store.rename(aside)
        for suffix in ("-wal", "-shm"):
            store.with_name(store.name + suffix).unlink(missing_ok=True)
        fresh.rename(store)
    finally:
        fresh.unlink(missing_ok=True)
    return aside


@contextlib.contextmanager
def _opened(file: Path, what: str) -> Generator[sqlite3.Connection]:
    if not file.is_file():
        raise FairleadError(f"{what} {file} isn't there", fix="name an existing file")
    connection = sqlite3.connect(file, isolation_level=None, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def _sync(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())
