"""What every store promises, SQLite and PostgreSQL alike: whole units, no event lost, none doubled."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from fairlead.errors import FairleadError
from fairlead.store import tables
from fairlead.store.database import Database, open_database, sqlite_address
from fairlead.store.migrations import bring_up, version_of
from fairlead.store.outbox import Event, last_number, read_after
from services import free_port, wait_until
from stores import Stores, add_repository

WRITERS, UNITS_EACH = 8, 25


def happened(subject: str, **data: object) -> Event:
    return Event(type="dev.cdevents.change.created.0.4.0", subject=subject, time=1.0, data=data)


def test_a_unit_that_fails_leaves_neither_state_nor_events(database: Database) -> None:
    def fail() -> None:
        with database.write() as unit:
            add_repository(unit, "lab")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with database.read() as connection:
        assert connection.execute(sa.select(tables.repository)).all() == []
        assert read_after(connection, 0) == ()


def test_state_and_its_events_appear_together(database: Database) -> None:
    with database.write() as unit:
        add_repository(unit, "lab")
        with database.read() as connection:
            before = connection.execute(sa.select(tables.repository.c.name)).scalars().all()

    with database.read() as connection:
        after = connection.execute(sa.select(tables.repository.c.name)).scalars().all()
        events = [event.type for event in read_after(connection, 0)]
    assert (before, after) == ([], ["lab"])
    assert events == ["dev.cdevents.repository.created.0.3.0"]


def test_a_reader_is_not_kept_waiting_by_a_writer(database: Database) -> None:
    with database.write() as unit:
        add_repository(unit, "lab")

        with database.read() as connection:
            assert last_number(connection) == 0


def test_an_event_comes_back_as_it_was_written(database: Database) -> None:
    written = Event(
        type="dev.cdevents.pipelinerun.finished.0.3.0",
        subject="runs/7",
        time=1_780_000_000.25,
        content={"outcome": "failure"},
        data={"run": 7, "words": "ß\u2028<script>"},
    )
    with database.write() as unit:
        unit.emit(written)

    with database.read() as connection:
        (read,) = read_after(connection, 0)

    assert read.cloud_event() == written.cloud_event()
    assert read.number == 1


def test_a_subject_has_what_is_below_it_and_nothing_beside_it(database: Database) -> None:
    subjects = ["runs/7", "runs/7/checks/lint", "runs/70", "runs/7%/x", "runs/7_", "changes/7"]
    with database.write() as unit:
        unit.emit(*map(happened, subjects))

    with database.read() as connection:
        found = [event.subject for event in read_after(connection, 0, subject="runs/7")]

    assert found == ["runs/7", "runs/7/checks/lint"]


def test_a_reader_misses_nothing_and_gets_nothing_twice_beside_eight_writers(
    database: Database,
) -> None:
    def write(writer: int) -> None:
        chance = random.Random(writer)
        for step in range(UNITS_EACH):
            try:
                with database.write() as unit:
                    unit.emit(happened(f"writer/{writer}", step=step, part=0))
                    time.sleep(chance.random() / 500)
                    unit.emit(happened(f"writer/{writer}", step=step, part=1))
                    if chance.random() < 0.2:
                        raise ZeroDivisionError  # what it would have written never was
            except ZeroDivisionError:
                with database.write() as unit:
                    unit.emit(*(happened(f"writer/{writer}", step=step, part=n) for n in (0, 1)))

    seen: list[Event] = []
    over = threading.Event()

    def read() -> None:
        while True:
            done = over.is_set()
            with database.read() as connection:
                found = read_after(connection, seen[-1].number if seen else 0, limit=7)
            seen.extend(found)
            if done and not found:
                return

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    reader = threading.Thread(target=read)
    reader.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    reader.join()

    by_writer = [
        [(event.data["step"], event.data["part"]) for event in seen if event.subject == f"writer/{one}"]
        for one in range(WRITERS)
    ]
    expected = [(step, part) for step in range(UNITS_EACH) for part in (0, 1)]
    assert by_writer == [expected] * WRITERS


def test_numbers_taken_before_the_commit_would_lose_an_event_on_postgresql(stores: Stores) -> None:
    """Why the outbox takes its numbers behind a lock: without it, this is what a reader sees."""
    database = open_database(stores.new("postgresql"))
    row = {"type": "t", "source": "s", "time": 1.0, "content": {}, "data": {}}

    with database.engine.begin() as slow:
        slow.execute(tables.event.insert(), {**row, "uuid": "slow", "subject": "slow"})
        with database.engine.begin() as fast:
            fast.execute(tables.event.insert(), {**row, "uuid": "fast", "subject": "fast"})
        with database.read() as connection:
            first = read_after(connection, 0)
    with database.read() as connection:
        then = read_after(connection, first[-1].number)
    database.close()

    assert [event.subject for event in first] == ["fast"]
    assert then == (), "the slow writer's event is there now, and was passed over"


def test_a_writer_that_is_slow_to_commit_keeps_the_others_events_behind_its_own(
    stores: Stores,
) -> None:
    database = open_database(stores.new("postgresql"))
    flushed, seen_before = threading.Event(), []

    def write_fast() -> None:
        flushed.wait()
        with database.write() as unit:
            unit.emit(happened("fast"))

    fast = threading.Thread(target=write_fast)
    fast.start()
    with database.write() as unit:
        unit.emit(happened("slow"))
        unit.flush()
        flushed.set()
        wait_until(lambda: _waits_for_a_lock(database), "the fast writer didn't wait")
        with database.read() as connection:
            seen_before += read_after(connection, 0)
    fast.join()
    with database.read() as connection:
        seen = [event.subject for event in read_after(connection, 0)]
    database.close()

    assert seen_before == []
    assert seen == ["slow", "fast"]


@pytest.mark.parametrize("address", ["", "mysql://somewhere/store", "store.sqlite", "://"])
def test_an_address_that_is_none_is_refused_with_the_two_that_there_are(address: str) -> None:
    with pytest.raises(FairleadError) as refused:
        open_database(address)

    assert "sqlite:///" in refused.value.fix
    assert "postgresql://" in refused.value.fix


def test_a_wrong_address_is_shown_without_its_password() -> None:
    with pytest.raises(FairleadError) as refused:
        open_database("mysql://maria:secret@host/store")

    assert "secret" not in refused.value.cause


def _waits_for_a_lock(database: Database) -> bool:
    with database.read() as connection:
        waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        return bool(connection.execute(sa.text(waiting)).scalar())


def test_a_store_that_cannot_be_reached_says_where_without_the_password() -> None:
    database = open_database(f"postgresql://maria:secret@127.0.0.1:{free_port()}/store")

    with pytest.raises(FairleadError) as refused:
        bring_up(database)

    assert "127.0.0.1/store" in refused.value.cause
    assert "secret" not in refused.value.cause + refused.value.fix


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be looked at as one\n" * 20)

    with pytest.raises(FairleadError, match="not a database"):
        bring_up(open_database(sqlite_address(file)))

    assert file.read_text().startswith("not a database")


def test_looking_for_a_version_makes_no_file(tmp_path: Path) -> None:
    assert version_of(open_database(sqlite_address(tmp_path / "store.sqlite"))) is None

    assert list(tmp_path.iterdir()) == []
