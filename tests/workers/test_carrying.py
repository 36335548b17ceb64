"""A worker and one run: work that ends, fails, doesn't stop, or ends while the store is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from fairlead.records.model import Run
from fairlead.records.verdicts import run_of
from fairlead.store import tables
from fairlead.store.database import Database, Unit, open_database
from fairlead.workers import ledger
from fairlead.workers.carrying import Interrupted, Terms, Work, Worker, carry_out, take_one
from fairlead.workers.model import Claimed, Ending, RunState
from services import wait_until
from stores import Stores, add_repository, add_revision

QUICK = Terms(lease=30.0, beat=0.02, limit=60.0, grace=0.2, patience=20.0, settle=0.05)


def queue(database: Database) -> int:
    with database.write() as unit:
        repository_id = add_repository(unit)
        revision = add_revision(unit, repository_id)
        return ledger.enqueue(
            unit, revision_id=revision.id, repository_id=repository_id, at=time.time()
        )


def carry(
    database: Database,
    work: Work,
    *,
    terms: Terms = QUICK,
    halt: threading.Event | None = None,
    abandon: Callable[[], object] = lambda: None,
) -> Run:
    """Have one queued run carried out, and return what became of it."""
    run_id = queue(database)
    worker = Worker(
        name="one",
        database=database,
        work=work,
        terms=terms,
        halt=halt or threading.Event(),
        abandon=abandon,
    )
    claimed = take_one(worker)
    assert claimed is not None
    carry_out(worker, claimed)
    return stands(database, run_id)


def stands(database: Database, run_id: int) -> Run:
    with database.read() as connection:
        run = run_of(connection, run_id)
    assert run is not None
    return run


def until_told(claimed: Claimed, stop: threading.Event) -> Ending:
    assert stop.wait(20), "nobody told the work to stop"
    raise Interrupted


def test_a_run_ends_as_its_work_says_with_what_that_saves(database: Database) -> None:
    def save(unit: Unit) -> None:
        add_repository(unit, "found on the way")

    run = carry(
        database,
        lambda claimed, stop: Ending(outcome=RunState.BLOCKED, because="it found a thing", save=save),
    )

    assert (run.state, run.because) == ("blocked", "it found a thing")
    with database.read() as connection:
        names = connection.execute(tables.repository.select()).all()
    assert len(names) == 2


def test_a_defect_ends_the_run_as_failed_and_names_itself(database: Database) -> None:
    def work(claimed: Claimed, stop: threading.Event) -> Ending:
        raise ZeroDivisionError("by nought")

    run = carry(database, work)

    assert run.state == "failed"
    assert "ZeroDivisionError: by nought" in run.because
    assert "report" in run.fix


def test_a_worker_that_is_halted_hands_its_run_back(database: Database) -> None:
    halt = threading.Event()
    halt.set()

    run = carry(database, until_told, halt=halt)

    assert (run.state, run.attempt) == ("queued", 0)


def test_a_run_that_is_cancelled_is_told_within_a_beat(database: Database) -> None:
    def work(claimed: Claimed, stop: threading.Event) -> Ending:
        with database.write() as unit:
            ledger.ask_cancel(unit, claimed.run_id, time.time())
        return until_told(claimed, stop)

    assert carry(database, work).state == "cancelled"


def test_work_that_goes_beyond_the_limit_is_stopped_and_says_so(database: Database) -> None:
    run = carry(database, until_told, terms=Terms(beat=0.02, limit=0.1))

    assert run.state == "failed"
    assert "hard limit of 0.1 s" in run.because


def test_work_that_does_not_stop_is_ended_in_the_ledger_before_its_process_is(
    database: Database,
) -> None:
    abandoned = threading.Event()
    ended_as = []

    def work(claimed: Claimed, stop: threading.Event) -> Ending:
        assert abandoned.wait(20)
        return Ending(outcome=RunState.PASSED)  # far too late

    def abandon() -> None:
        ended_as.append(stands(database, 1).state)
        abandoned.set()

    run = carry(database, work, terms=Terms(beat=0.02, limit=0.1, grace=0.2), abandon=abandon)

    assert ended_as == ["failed"]
    assert run.state == "failed"


def test_a_worker_that_was_given_up_meanwhile_writes_nothing(database: Database) -> None:
    def work(claimed: Claimed, stop: threading.Event) -> Ending:
        with database.write() as unit:
            ledger.give_up(unit, "one", time.time())
        assert stop.wait(20)
        return Ending(outcome=RunState.PASSED)

    run = carry(database, work)

    assert (run.state, run.attempt) == ("queued", 1)


def disturbed(claimed: Claimed, stop: threading.Event) -> Ending:
    return Ending(outcome=RunState.NOT_EVALUATED, because="it was cut", disturbance="tool: KILL")


def test_a_run_whose_program_somebody_else_ended_is_begun_again(database: Database) -> None:
    run = carry(database, disturbed)

    assert (run.state, run.attempt, run.because) == ("queued", 1, "tool: KILL")


def test_what_comes_again_in_the_second_attempt_is_the_end(database: Database) -> None:
    run = carry(database, disturbed)
    worker = Worker(name="two", database=database, work=disturbed, terms=QUICK)
    claimed = take_one(worker)
    assert claimed is not None

    carry_out(worker, claimed)

    run = stands(database, run.id)
    assert (run.state, run.attempt, run.because) == ("not_evaluated", 2, "it was cut")


def test_a_program_that_is_ended_just_before_its_worker_costs_no_attempt(database: Database) -> None:
    halt = threading.Event()

    def work(claimed: Claimed, stop: threading.Event) -> Ending:
        threading.Timer(0.1, halt.set).start()  # the service manager comes to us next
        return disturbed(claimed, stop)

    run = carry(database, work, halt=halt, terms=replace(QUICK, settle=60.0))

    assert (run.state, run.attempt) == ("queued", 0)


@pytest.mark.parametrize(
    ("outcome", "state"), [(RunState.BLOCKED, "queued"), (RunState.PASSED, "passed")]
)
def test_of_what_ends_while_its_worker_is_halted_only_a_pass_counts(
    database: Database, outcome: RunState, state: str
) -> None:
    halt = threading.Event()

    def work(claimed: Claimed, stop: threading.Event) -> Ending:
        halt.set()
        return Ending(outcome=outcome)

    assert carry(database, work, halt=halt).state == state


def test_an_end_that_finds_the_store_away_is_written_when_it_is_back(stores: Stores) -> None:
    database = open_database(stores.new("postgresql"))
    server = stores.server

    def work(claimed: Claimed, stop: threading.Event) -> Ending:
        server.signal(3)
        threading.Timer(1.0, server.start).start()
        return Ending(outcome=RunState.PASSED)

    run = carry(database, work)

    wait_until(lambda: stands(database, run.id).state == "passed", "the end was never written")
    database.close()


@pytest.mark.parametrize("away", [True, False])
def test_a_worker_that_finds_nothing_to_do_raises_nothing(stores: Stores, away: bool) -> None:
    address = "postgresql://fairlead@127.0.0.1:1/store" if away else stores.new("sqlite")
    database = open_database(address)

    assert take_one(Worker(name="one", database=database, work=until_told)) is None

    database.close()
