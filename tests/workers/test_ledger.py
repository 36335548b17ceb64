"""The ledger on both stores: each run is held by one, ends once, and waits no longer than is fair."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from fairlead.errors import FairleadError
from fairlead.records.verdicts import run_of
from fairlead.store import tables
from fairlead.store.database import Database, Unit
from fairlead.store.outbox import read_after
from fairlead.workers import ledger
from fairlead.workers.model import Claimed, LeaseLost, Orders, RunState
from services import wait_until
from stores import add_repository, add_revision

LEASE = 30.0


def queue(database: Database, *, repository: str = "lab", head: str = "h1", at: float = 10.0) -> int:
    with database.write() as unit:
        repository_id = add_repository(unit, repository)
        revision = add_revision(unit, repository_id, key=f"branch {repository}", head=head)
        return ledger.enqueue(unit, revision_id=revision.id, repository_id=repository_id, at=at)


def take(database: Database, *, at: float = 20.0, worker: str = "one") -> Claimed:
    claimed = try_to_take(database, at=at, worker=worker)
    assert claimed is not None
    return claimed


def try_to_take(database: Database, *, at: float = 20.0, worker: str = "one") -> Claimed | None:
    with database.write() as unit:
        return ledger.claim(unit, worker=worker, at=at, lease_seconds=LEASE)


def beat(database: Database, claimed: Claimed, at: float) -> Orders:
    with database.write() as unit:
        return ledger.beat(unit, claimed, at)


def finish(
    database: Database, claimed: Claimed, outcome: RunState = RunState.PASSED, at: float = 40.0
) -> None:
    with database.write() as unit:
        ledger.finish(unit, claimed, outcome=outcome, at=at)


def sweep(database: Database, at: float) -> int:
    with database.write() as unit:
        return ledger.sweep(unit, at)


def cancel(database: Database, run_id: int, at: float = 50.0) -> RunState:
    with database.write() as unit:
        return ledger.ask_cancel(unit, run_id, at)


def state(database: Database, run_id: int) -> tuple[str, int]:
    """Return a run's state and its attempts."""
    with database.read() as connection:
        run = run_of(connection, run_id)
    assert run is not None
    return run.state, run.attempt


def story(database: Database, run_id: int) -> list[str]:
    """Return what the outside heard of a run."""
    with database.read() as connection:
        events = read_after(connection, 0, subject=f"runs/{run_id}")
    return [f"{event.type.split('.')[3]} {event.data['state']}" for event in events]


def test_a_run_is_queued_taken_and_ended_and_each_step_is_told(database: Database) -> None:
    run_id = queue(database)

    claimed = take(database)
    finish(database, claimed, RunState.BLOCKED)

    assert (claimed.run_id, claimed.attempt, claimed.base, claimed.head) == (run_id, 1, "b", "h1")
    assert state(database, run_id) == ("blocked", 1)
    assert story(database, run_id) == ["queued queued", "started running", "finished blocked"]


def test_an_empty_ledger_gives_nothing_to_do(database: Database) -> None:
    assert try_to_take(database) is None


def test_a_run_is_taken_by_one_of_eight_who_ask_at_once(database: Database) -> None:
    runs = {queue(database, repository=f"lab-{number}") for number in range(24)}
    taken: list[int] = []

    def work(name: str) -> None:
        while (claimed := try_to_take(database, worker=name)) is not None:
            taken.append(claimed.run_id)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(runs)


def test_a_run_that_has_ended_does_not_end_again(database: Database) -> None:
    run_id = queue(database)
    claimed = take(database)
    finish(database, claimed)

    with pytest.raises(LeaseLost):
        finish(database, claimed, RunState.BLOCKED)

    assert state(database, run_id) == ("passed", 1)
    assert story(database, run_id).count("finished passed") == 1


def test_what_is_written_with_an_end_that_comes_too_late_is_not_kept(database: Database) -> None:
    queue(database)
    claimed = take(database)
    finish(database, claimed)

    def write_late() -> None:
        with database.write() as unit:
            add_repository(unit, "written beside it")
            ledger.finish(unit, claimed, outcome=RunState.FAILED, at=41.0)

    with pytest.raises(LeaseLost):
        write_late()
    with database.read() as connection:
        names = connection.execute(sa.select(tables.repository.c.name)).scalars().all()
    assert names == ["lab"]


def test_nobody_ends_a_run_with_another_lease(database: Database) -> None:
    queue(database)
    forged = replace(take(database), lease="0" * 32)

    with pytest.raises(LeaseLost):
        finish(database, forged)


def test_a_worker_that_beats_keeps_its_run(database: Database) -> None:
    run_id = queue(database)
    claimed = take(database, at=20.0)

    orders = beat(database, claimed, at=49.0)

    assert orders == Orders(ours=True)
    assert sweep(database, at=51.0) == 0
    assert state(database, run_id) == ("running", 1)


def meanwhile(
    database: Database, first: Callable[[Unit], object], second: Callable[[], object]
) -> None:
    """Do the second while the first is done and not committed yet: what it sees of it is old."""
    with ThreadPoolExecutor(1) as pool:
        with database.write() as unit:
            first(unit)
            going_on = pool.submit(second)
            if unit.connection.dialect.name == "postgresql":  # SQLite lets nobody write meanwhile
                wait_until(lambda: somebody_waits(database), "the second waits for no row")
        going_on.result(timeout=30)


def somebody_waits(database: Database) -> bool:
    query = "select count(*) from pg_locks where not granted"
    with database.read() as connection:
        return connection.execute(sa.text(query)).scalar_one() > 0


def test_a_worker_that_beats_while_it_is_swept_keeps_its_run(database: Database) -> None:
    run_id = queue(database)
    claimed = take(database, at=20.0)

    meanwhile(database, lambda unit: ledger.beat(unit, claimed, 51.0), lambda: sweep(database, at=51.0))

    assert state(database, run_id) == ("running", 1)


def test_a_run_that_is_cancelled_while_it_is_taken_is_not_begun(database: Database) -> None:
    run_id = queue(database)

    meanwhile(
        database, lambda unit: ledger.ask_cancel(unit, run_id, 19.0), lambda: try_to_take(database)
    )

    assert state(database, run_id) == ("cancelled", 0)


def test_a_run_whose_worker_is_silent_is_queued_once_more_and_then_lost(database: Database) -> None:
    run_id = queue(database)
    first = take(database, at=20.0, worker="one")
    assert sweep(database, at=51.0) == 1
    assert state(database, run_id) == ("queued", 1)

    second = take(database, at=60.0, worker="two")
    assert sweep(database, at=91.0) == 1

    assert (first.attempt, second.attempt) == (1, 2)
    assert state(database, run_id) == ("lost", 2)
    with database.read() as connection:
        run = run_of(connection, run_id)
    assert run is not None
    assert "two" in run.because
    assert run.fix


def test_a_worker_that_was_given_up_hears_so_and_its_end_does_not_count(database: Database) -> None:
    run_id = queue(database)
    silent = take(database, at=20.0)
    sweep(database, at=51.0)
    now = take(database, at=52.0, worker="two")

    assert beat(database, silent, at=53.0) == Orders(ours=False)
    with pytest.raises(LeaseLost):
        finish(database, silent)

    finish(database, now)
    assert state(database, run_id) == ("passed", 2)


def test_a_run_that_is_handed_back_has_lost_no_attempt(database: Database) -> None:
    run_id = queue(database)
    for _ in range(5):
        claimed = take(database)
        assert claimed.attempt == 1
        with database.write() as unit:
            ledger.hand_back(unit, claimed, 30.0)

    assert state(database, run_id) == ("queued", 0)


def test_a_run_that_waits_is_cancelled_at_once(database: Database) -> None:
    run_id = queue(database)

    assert cancel(database, run_id) is RunState.CANCELLED

    assert try_to_take(database) is None
    assert story(database, run_id) == ["queued queued", "finished cancelled"]


def test_a_run_that_goes_on_is_told_to_stop(database: Database) -> None:
    run_id = queue(database)
    claimed = take(database)

    assert cancel(database, run_id) is RunState.RUNNING

    assert beat(database, claimed, at=21.0).cancel


def test_a_cancelled_run_whose_worker_is_killed_is_not_begun_again(database: Database) -> None:
    run_id = queue(database)
    take(database)
    cancel(database, run_id)

    sweep(database, at=90.0)

    assert state(database, run_id) == ("cancelled", 1)


def test_an_ended_run_is_not_cancelled_any_more(database: Database) -> None:
    run_id = queue(database)
    finish(database, take(database))

    assert cancel(database, run_id) is RunState.PASSED


def test_cancelling_what_is_not_there_says_so(database: Database) -> None:
    with pytest.raises(FairleadError, match="no run 999"):
        cancel(database, 999)


def test_a_newer_revision_ends_the_waiting_run_of_an_older_one(database: Database) -> None:
    old = queue(database, head="h1")

    new = queue(database, head="h2")

    assert state(database, old) == ("superseded", 0)
    assert state(database, new) == ("queued", 0)


def test_an_older_revision_that_is_gated_again_leaves_the_newer_one_alone(database: Database) -> None:
    old, new = (queue(database, head=head) for head in ("h1", "h2"))
    with database.write() as unit:
        row = unit.connection.execute(tables.run.select().where(tables.run.c.id == old)).one()
        again = ledger.enqueue(
            unit, revision_id=row.revision_id, repository_id=row.repository_id, at=30.0
        )

    assert again not in (old, new)
    assert [state(database, run_id) for run_id in (new, again)] == [("queued", 0), ("queued", 0)]


def test_a_newer_revision_stops_the_running_run_of_an_older_one(database: Database) -> None:
    queue(database, head="h1")
    claimed = take(database)

    new = queue(database, head="h2")

    assert beat(database, claimed, at=21.0) == Orders(ours=True, superseded_by=new)


def test_an_overtaken_run_whose_worker_is_killed_is_not_begun_again(database: Database) -> None:
    old = queue(database, head="h1")
    take(database, at=20.0)
    queue(database, head="h2")

    sweep(database, at=90.0)

    assert state(database, old) == ("superseded", 1)


def test_two_who_claim_at_once_get_a_run_each(database: Database) -> None:
    runs = {queue(database, repository=name) for name in ("a", "b")}
    taken: list[Claimed | None] = []

    meanwhile(
        database,
        lambda unit: taken.append(ledger.claim(unit, worker="one", at=20.0, lease_seconds=LEASE)),
        lambda: taken.append(try_to_take(database, worker="two")),
    )

    assert {claimed.run_id for claimed in taken if claimed} == runs


def test_a_newer_revision_leaves_other_changes_alone(database: Database) -> None:
    other = queue(database, repository="other")
    queue(database, head="h1")

    queue(database, head="h2")

    assert state(database, other) == ("queued", 0)


def test_a_revision_that_waits_already_is_not_queued_twice(database: Database) -> None:
    assert queue(database) == queue(database)


def test_a_revision_may_be_gated_again_once_its_run_goes_on(database: Database) -> None:
    first = queue(database)
    take(database)

    assert queue(database) != first


def test_a_repository_with_many_changes_does_not_keep_another_waiting(database: Database) -> None:
    with database.write() as unit:
        busy = add_repository(unit, "busy")
        for number in range(20):
            revision = add_revision(unit, busy, key=f"branch {number}")
            ledger.enqueue(unit, revision_id=revision.id, repository_id=busy, at=float(number))
    quiet = queue(database, repository="quiet", at=1000.0)

    turns = [take(database, at=2000.0 + number).run_id for number in range(3)]

    assert turns.index(quiet) == 1


def test_of_repositories_with_as_many_runs_the_one_unserved_for_longest_comes_first(
    database: Database,
) -> None:
    for name in ("a", "b", "c"):
        queue(database, repository=name, head="h1", at=1.0)
    served = []
    for turn in range(6):
        claimed = take(database, at=100.0 + turn)
        finish(database, claimed, at=100.5 + turn)
        served.append(claimed.repository_id)
        queue(database, repository="abc"[claimed.repository_id - 1], head=f"h{turn}", at=50.0)

    assert served[:3] == served[3:]
    assert len(set(served)) == 3


def test_within_a_repository_the_run_that_waits_longest_comes_first(database: Database) -> None:
    with database.write() as unit:
        repository_id = add_repository(unit)
        runs = {}
        for at in (7.0, 3.0, 5.0):
            revision = add_revision(unit, repository_id, key=f"branch {at}")
            runs[at] = ledger.enqueue(unit, revision_id=revision.id, repository_id=repository_id, at=at)

    taken = [take(database).run_id for _ in range(3)]

    assert taken == [runs[3.0], runs[5.0], runs[7.0]]


def test_waits_and_durations_are_recorded_with_the_end(database: Database) -> None:
    queue(database, at=10.0)
    finish(database, take(database, at=22.0), at=40.0)

    table = tables.observation
    with database.read() as connection:
        rows = connection.execute(sa.select(table.c.metric, table.c.value, table.c.outcome)).all()

    assert sorted(rows) == [
        ("run", 18.0, "passed"),
        ("verdict", 30.0, "passed"),
        ("wait", 12.0, "passed"),
    ]
