"""Results of earlier runs by key: one SQLite file that may vanish, rot or fill up without harm.

One file in WAL mode was chosen over a file a result: a run asks for hundreds of keys at once and
gets them with one lookup, writes all or nothing, and the size can be bounded.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fairlead.store.folder import put_aside

if TYPE_CHECKING:
    import sqlite3

_Answer = TypeVar("_Answer")

FILE = "results.sqlite"
MOST_BYTES = 128 << 20
"""How large the file may grow before the values that have been unused for longest go."""

_DAY = 86_400
_PATIENCE = 5.0
_AT_ONCE = 500
_TABLES = """
create table if not exists result (
    key text primary key, value blob not null, digest blob not null, used integer not null
) without rowid;
create index if not exists result_used on result (used);
"""
_COLUMNS = ("key", "value", "digest", "used")


class Results:
    """Values by key, kept between runs; each is what was put, or it is not there.

    Nothing here raises for the state of the disk: a value that cannot be read is missing, one that
    cannot be written is not kept, and ``note`` says so once. Safe to use from several threads and
    processes at once.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path = folder / FILE if folder else None
        self._most_bytes, self._clock = most_bytes, clock
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self.note = ""
        if self._path:
            self._attempt(lambda database: None)

    def get(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the values of those keys that have one."""
        wanted = list(dict.fromkeys(keys))
        found = self._attempt(lambda database: self._select(database, wanted))
        return found or {}

    def put(self, values: Mapping[str, bytes]) -> None:
        """Keep all of ``values``, or none when they cannot be written."""
        if values:
            self._attempt(lambda database: self._insert(database, values))

    def close(self) -> None:
        """Let go of the file; afterwards nothing is found and nothing kept."""
        with self._lock:
            self._path = None
            self._drop()

    def _attempt(self, work: Callable[[sqlite3.Connection], _Answer]) -> _Answer | None:
        """Do ``work`` on the database; once more on a new one when the old turns out to be spoilt."""
        with self._lock:
            if self._path is None:
                return None
            try:
                import sqlite3
            except ImportError as error:  # Python can be built without it
                return self._give_up(f"this Python has no SQLite ({error})")
            try:
                try:
                    return work(self._open())
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError:  # not a database, a malformed one, or not one of ours
                    self._drop()
                    for suffix in ("", "-wal", "-shm"):
                        put_aside(self._path.with_name(FILE + suffix))
                    return work(self._open())
            except (sqlite3.Error, OSError) as error:
                return self._give_up(str(error))

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            import sqlite3

            if self._path and self._path.is_dir():
                raise sqlite3.DatabaseError("it is a folder")
            database = sqlite3.connect(
                f"{self._path}", timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            self._database = database
            # Incremental vacuum has to be chosen before the first table; WAL lets runs read while
            # one writes; at NORMAL only a failing machine can lose the last values.
            database.execute("pragma auto_vacuum = incremental")
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = normal")
            columns = _columns(database)
            if not columns:
                database.executescript(_TABLES)
            elif columns != _COLUMNS:
                raise sqlite3.DatabaseError(f"its columns are {', '.join(columns)}")
        return self._database

    def _drop(self) -> None:
        if self._database is not None:
            import sqlite3

            with contextlib.suppress(sqlite3.Error):
                self._database.close()
            self._database = None

    def _give_up(self, why: str) -> None:
        self._drop()
        self.note = f"results are not kept: {self._path}: {why}"
        self._path = None

    def _select(self, database: sqlite3.Connection, keys: list[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        spoilt: list[str] = []
        stale: list[str] = []
        now = int(self._clock())
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            rows = database.execute(
                f"select key, value, digest, used from result where key in ({marks})",  # noqa: S608
                some,
            )
            for key, value, digest, used in rows:
                if not isinstance(value, bytes) or digest != _digest(key, value):
                    spoilt.append(key)
                    continue
                found[key] = value
                if used < now - _DAY:  # often enough to tell what is in use, seldom enough to be free
                    stale.append(key)
        if spoilt or stale:
            # Kept by the next run if the file can't be written now: what was read is good.
            import sqlite3

            with contextlib.suppress(sqlite3.OperationalError), _transaction(database):
                database.executemany("delete from result where key = ?", [(key,) for key in spoilt])
                database.executemany(
                    "update result set used = ? where key = ?", [(now, key) for key in stale]
                )
        return found

    def _insert(self, database: sqlite3.Connection, values: Mapping[str, bytes]) -> None:
        now = int(self._clock())
        with _transaction(database):
            database.executemany(
                "insert or replace into result values (?, ?, ?, ?)",
                [(key, value, _digest(key, value), now) for key, value in values.items()],
            )
        if self._size(database) > self._most_bytes:
            with _transaction(database):
                self._evict(database)
            database.execute("pragma incremental_vacuum")
            database.execute("pragma wal_checkpoint(truncate)")

    def _size(self, database: sqlite3.Connection) -> int:
        pages, spare, page = (
            database.execute(f"pragma {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - spare) * page

    def _evict(self, database: sqlite3.Connection) -> None:
        """Remove the values unused for longest until three quarters of the bound are left."""
        spare = self._size(database) - self._most_bytes * 3 // 4
        gone: list[tuple[str]] = []
        for key, size in database.execute(
            "select key, length(value) + length(key) + 64 from result order by used, key"
        ):
            if spare <= 0:
                break
            gone.append((key,))
            spare -= size
        database.executemany("delete from result where key = ?", gone)


@contextlib.contextmanager
def _transaction(database: sqlite3.Connection) -> Generator[None]:
    database.execute("begin immediate")
    try:
        yield
    except BaseException:
        if database.in_transaction:  # a full disk has already ended it
            database.execute("rollback")
        raise
    database.execute("commit")


def _columns(database: sqlite3.Connection) -> tuple[str, ...]:
    return tuple(row[1] for row in database.execute("pragma table_info(result)"))


def _digest(key: str, value: bytes) -> bytes:
    """Return what tells a value that was put from one that the disk made up."""
    return hashlib.blake2b(value, key=hashlib.sha256(key.encode()).digest(), digest_size=16).digest()
