"""Both engines, with real gates: a run ends once, whatever is killed, stopped or overtaken."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder import RepositoryBuilder
from fairlead.records.verdicts import check_lines_of
from fairlead.store.outbox import read_after
from fairlead.workers import ledger
from fairlead.workers.carrying import Terms
from services import Redis, wait_until
from stores import Stores, add_repository, add_revision
from survivors import ended
from workers.running import Running, prepare

ENGINES = ("pool", "celery")


@pytest.fixture(params=ENGINES)
def running(
    request: pytest.FixtureRequest, stores: Stores, repository: RepositoryBuilder, tmp_path: Path
) -> Iterator[Running]:
    """Return background runs: a pool on SQLite, then Celery on PostgreSQL."""
    prepare(repository, tmp_path)
    if request.param == "pool":
        made = Running(stores.new("sqlite"), repository, tmp_path)
    else:
        broker: Redis = request.getfixturevalue("redis")
        made = Running(stores.new("postgresql"), repository, tmp_path, broker=broker.address)
    made.start()
    yield made
    made.stop()


def test_a_run_gives_a_verdict_with_its_checks_findings_and_events(running: Running) -> None:
    run_id = running.submit("two\n")

    run = running.ended(run_id)

    assert (run.state, run.attempt, run.because) == ("passed", 1, "")
    with running.database.read() as connection:
        lines = {line.check: line.state for line in check_lines_of(connection, run_id)}
        events = [
            event.type.split(".", 2)[2] for event in read_after(connection, 0, subject=f"runs/{run_id}")
        ]
    assert lines["slow"] == "passed"
    assert lines["lint"] == "skipped"
    assert events[:2] == ["pipelinerun.queued.0.3.0", "pipelinerun.started.0.3.0"]
    assert events[-1] == "pipelinerun.finished.0.3.0"
    assert {"taskrun.started.0.3.0", "taskrun.finished.0.3.0"} <= set(events)
    assert running.verdicts() == 1


def test_a_run_whose_worker_is_killed_is_done_again_and_nothing_of_the_first_goes_on(
    running: Running,
) -> None:
    run_id = running.submit("two\n", waits=True)
    (left,) = running.begun()

    os.kill(running.workers()[0], signal.SIGKILL)
    running.begun(times=2)
    running.go_on()

    assert ended(left)
    run = running.ended(run_id)
    assert (run.state, run.attempt) == ("passed", 2)
    assert running.verdicts() == 1


def test_a_run_whose_worker_is_killed_twice_is_lost_and_says_what_to_do(running: Running) -> None:
    run_id = running.submit("two\n", waits=True)

    for times in (1, 2):
        running.begun(times)
        os.kill(running.workers()[0], signal.SIGKILL)

    run = running.ended(run_id)
    assert (run.state, run.attempt) == ("lost", 2)
    assert "second time" in run.because
    assert run.fix
    assert all(map(ended, running.begun(2)))
    assert running.verdicts() == 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_whose_check_alone_is_killed_is_done_again(
    running: Running, number: signal.Signals
) -> None:
    run_id = running.submit("two\n", waits=True)
    running.begun()

    os.kill(running.check(), number)
    running.begun(times=2)
    running.go_on()

    run = running.ended(run_id)
    assert (run.state, run.attempt, run.because) == ("passed", 2, "")
    assert running.verdicts() == 1


def test_a_check_that_is_killed_twice_is_not_evaluated_and_names_the_signal(running: Running) -> None:
    run_id = running.submit("two\n", waits=True)

    for times in (1, 2):
        running.begun(times)
        os.kill(running.check(), signal.SIGKILL)

    run = running.ended(run_id)
    assert (run.state, run.attempt) == ("not_evaluated", 2)
    with running.database.read() as connection:
        because = {line.check: line.because for line in check_lines_of(connection, run_id)}
    assert "ended by signal 9" in because["slow"]


def test_a_run_whose_leash_is_killed_is_done_again(running: Running) -> None:
    run_id = running.submit("two\n", waits=True)
    (left,) = running.begun()

    os.kill(running.leashes()[0], signal.SIGKILL)
    running.begun(times=2)
    running.go_on()

    assert ended(left)
    run = running.ended(run_id)
    assert (run.state, run.attempt) == ("passed", 2)


def test_a_machine_that_asks_all_processes_to_end_at_once_gets_no_verdict(running: Running) -> None:
    run_id = running.submit("two\n", waits=True)
    running.begun()

    for pid in (running.check(), *running.workers(), *running.leashes()):
        os.kill(pid, signal.SIGTERM)
    running.begun(times=2)
    running.go_on()

    run = running.ended(run_id)
    assert (run.state, run.attempt) == ("passed", 1)
    assert running.verdicts() == 1


def test_a_cancelled_run_ends_with_all_that_it_started(running: Running) -> None:
    run_id = running.submit("two\n", waits=True)
    (left,) = running.begun()

    running.cancel(run_id)

    assert running.ended(run_id).state == "cancelled"
    wait_until(lambda: ended(left), "the tool's process goes on")
    assert running.verdicts() == 0


def test_a_newer_revision_takes_the_place_of_one_that_is_being_gated(running: Running) -> None:
    old = running.submit("two\n", waits=True)
    running.begun()

    new = running.submit("three\n", waits=True)

    run = running.ended(old)
    assert run.state == "superseded"
    assert str(new) in run.because
    running.go_on()
    assert running.ended(new).state == "passed"
    assert running.verdicts() == 1


def test_workers_that_are_stopped_hand_back_and_the_next_ones_go_on(running: Running) -> None:
    run_id = running.submit("two\n", waits=True)
    (left,) = running.begun()

    running.stop()
    running.start()

    assert ended(left)
    running.begun(times=2)
    running.go_on()
    run = running.ended(run_id)
    assert (run.state, run.attempt) == ("passed", 1)


def test_a_run_beyond_the_hard_limit_fails_and_says_so(
    stores: Stores, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    prepare(repository, tmp_path)
    running = Running(stores.new("sqlite"), repository, tmp_path, terms=Terms(limit=2.0))
    running.start()

    run = running.ended(running.submit("two\n", waits=True))
    running.stop()

    assert (run.state, run.attempt) == ("failed", 1)
    assert "hard limit" in run.because
    assert all(map(ended, running.begun()))


def test_a_run_that_cannot_be_read_fails_with_cause_and_fix(running: Running) -> None:
    (running.repository.folder / ".git" / "HEAD").write_text("nonsense")
    with running.database.write() as unit:
        repository_id = add_repository(unit, "lab", running.repository.folder)
        revision = add_revision(unit, repository_id)
        run_id = ledger.enqueue(unit, revision_id=revision.id, repository_id=repository_id, at=1.0)
    running.keeper.notice()

    run = running.ended(run_id)

    assert run.state == "failed"
    assert run.because
    assert run.fix


def test_runs_go_on_when_redis_was_killed_and_lost_everything(
    stores: Stores, repository: RepositoryBuilder, tmp_path: Path, redis: Redis
) -> None:
    prepare(repository, tmp_path)
    running = Running(stores.new("postgresql"), repository, tmp_path, broker=redis.address)
    running.start()
    first = running.submit("two\n", waits=True)
    running.begun()

    redis.signal(signal.SIGKILL)
    assert not running.keeper.health().ok
    redis.start()
    second = running.submit("three\n", waits=True)

    assert running.ended(first).state == "superseded"
    running.go_on()
    assert running.ended(second).state == "passed"
    wait_until(lambda: running.keeper.health().ok, "no worker came back")
    running.stop()
