"""A backup is whole though writers go on; what is put back replaces nothing without keeping it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fairlead.errors import FairleadError
from fairlead.store.backup import back_up, restore
from fairlead.store.database import Database, open_database, sqlite_address
from fairlead.store.migrations import bring_up
from fairlead.store.outbox import Event, last_number, read_after


def store_at(file: Path) -> Database:
    database = open_database(sqlite_address(file))
    bring_up(database)
    return database


def tell(database: Database, about: str) -> None:
    with database.write() as unit:
        unit.emit(Event(type="x", subject=about, time=1.0, data={}))


def told(database: Database) -> list[str]:
    with database.read() as connection:
        return [event.subject for event in read_after(connection, 0)]


def test_what_was_committed_before_a_backup_is_in_it(tmp_path: Path) -> None:
    database = store_at(tmp_path / "store.sqlite")
    tell(database, "first")

    back_up(tmp_path / "store.sqlite", tmp_path / "copy.sqlite")
    tell(database, "second")

    database.close()
    copy = open_database(sqlite_address(tmp_path / "copy.sqlite"))
    assert told(copy) == ["first"]
    copy.close()


def test_a_backup_is_taken_while_others_write(tmp_path: Path) -> None:
    database = store_at(tmp_path / "store.sqlite")
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            tell(database, "more")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            back_up(tmp_path / "store.sqlite", tmp_path / f"copy{number}.sqlite")
    finally:
        over.set()
        writer.join()

    database.close()
    counts = []
    for number in range(3):
        copy = open_database(sqlite_address(tmp_path / f"copy{number}.sqlite"))
        with copy.read() as connection:
            assert connection.exec_driver_sql("pragma integrity_check").scalar() == "ok"
            counts.append(last_number(connection))
        copy.close()
    assert counts == sorted(counts)


def test_a_restored_store_is_the_backup_and_the_other_is_kept(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite"
    database = store_at(store)
    tell(database, "first")
    back_up(store, tmp_path / "copy.sqlite")
    tell(database, "second")
    database.close()

    aside = restore(tmp_path / "copy.sqlite", store, now=0.0)

    restored = open_database(sqlite_address(store))
    assert told(restored) == ["first"]
    restored.close()
    assert aside is not None
    kept = open_database(sqlite_address(aside))
    assert told(kept) == ["first", "second"]
    kept.close()


def test_a_file_that_exists_is_never_overwritten_by_a_backup(tmp_path: Path) -> None:
    store_at(tmp_path / "store.sqlite").close()
    (tmp_path / "mine").write_text("dear")

    with pytest.raises(FairleadError, match="exists already"):
        back_up(tmp_path / "store.sqlite", tmp_path / "mine")

    assert (tmp_path / "mine").read_text() == "dear"


@pytest.mark.parametrize(
    "content",
    [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 5000],
    ids=["empty", "text", "torn"],
)
def test_what_is_no_backup_leaves_the_store_as_it_is(tmp_path: Path, content: bytes) -> None:
    store = tmp_path / "store.sqlite"
    database = store_at(store)
    tell(database, "first")
    database.close()
    (tmp_path / "strange").write_bytes(content)

    with pytest.raises(FairleadError):
        restore(tmp_path / "strange", store, now=0.0)

    again = open_database(sqlite_address(store))
    assert told(again) == ["first"]
    again.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store.sqlite", "strange"]
