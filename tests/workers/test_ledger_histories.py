"""Any history of claims, crashes, cancels and new revisions goes as the model says, and ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from fairlead.store import tables
from fairlead.store.database import Unit, open_database
from fairlead.store.outbox import read_after
from fairlead.workers import ledger
from fairlead.workers.model import LIVE, MOST_ATTEMPTS, VERDICTS, Claimed, LeaseLost, Orders, RunState
from stores import Stores, add_repository, add_revision
from workers.ledger_model import Change, Model, ModelRun

LEASE = 10.0
WORKERS = ("one", "two", "three")


class Histories(RuleBasedStateMachine):
    """Three repositories with changes, and workers that come, go and fall silent."""

    stores: Stores
    kind: str

    @initialize()
    def begin(self) -> None:
        self.database = open_database(self.stores.new(self.kind))
        self.now, self.model = 0.0, Model()
        self.revisions: dict[tuple[Change, int], int] = {}
        self.held: list[Claimed] = []
        self.read, self.told = 0, defaultdict[int, list[tuple[str, str]]](list)
        with self.database.write() as unit:
            self.repositories = [add_repository(unit, name) for name in ("a", "b", "c")]
        for repository, changes in enumerate(("vwx", "xy", "x")):
            for change in changes:
                self.submit(repository, change, newer=False, everything=False)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self._everything_ends_without_further_faults()
            self.database.close()

    @rule(
        repository=st.integers(0, 2),
        change=st.sampled_from("vwxyz"),
        newer=st.booleans(),
        everything=st.booleans(),
    )
    def submit(self, repository: int, change: str, newer: bool, everything: bool) -> None:
        change_ = self.repositories[repository], change
        number = self.model.newest.get(change_, 0)
        if newer or not number:
            number += 1
            with self.database.write() as unit:
                revision = add_revision(unit, change_[0], key=change, head=f"h{number}")
            self.model.newest[change_], self.revisions[change_, number] = number, revision.id
        self._enqueue(change_, number, everything)

    @rule(which=st.integers(0, 40), everything=st.booleans())
    def any_revision_is_gated_again(self, which: int, everything: bool) -> None:
        older = [one for one in self.revisions if one[1] < self.model.newest[one[0]]]
        revisions = older or list(self.revisions)
        change, number = revisions[which % len(revisions)]
        self._enqueue(change, number, everything)

    @rule(which=st.integers(0, 20), silent=st.booleans())
    def what_goes_on_is_overtaken(self, which: int, silent: bool) -> None:
        held = self._held_or_claimed()
        if held:
            repository, change = self.model.runs[held[which % len(held)].run_id].change
            self.submit(self.repositories.index(repository), change, newer=True, everything=False)
            if silent:
                self.all_workers_fall_silent()

    def _enqueue(self, change: Change, number: int, everything: bool) -> None:
        waiting = self.model.waiting_for(change, number, everything)
        with self.database.write() as unit:
            run_id = ledger.enqueue(
                unit,
                revision_id=self.revisions[change, number],
                repository_id=change[0],
                at=self.now,
                everything=everything,
            )
        if waiting is None:
            assert run_id not in self.model.runs
            self.model.enqueue(ModelRun(run_id, change, number, everything, self.now))
        else:
            assert run_id == waiting

    @rule(seconds=st.sampled_from([0.5, 4.0, LEASE]))
    def time_goes_by(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def all_workers_fall_silent(self) -> None:
        self.now += LEASE + 1
        self.the_keeper_sweeps()

    @rule(times=st.integers(1, 3), worker=st.sampled_from(WORKERS))
    def workers_claim(self, times: int, worker: str) -> None:
        for _ in range(times):
            self._claim(worker)

    def _claim(self, worker: str) -> Claimed | None:
        turn = self.model.whose_turn()
        with self.database.write() as unit:
            claimed = ledger.claim(unit, worker=worker, at=self.now, lease_seconds=LEASE)
        assert (claimed is None) == (not turn)
        if claimed is not None:
            assert claimed.run_id in turn
            self.model.claim(claimed, self.now, self.now + LEASE)
            run = self.model.runs[claimed.run_id]
            assert (claimed.attempt, claimed.everything) == (run.attempt, run.everything)
            assert claimed.revision_id == self.revisions[run.change, run.revision]
            self.held.append(claimed)
        return claimed

    @rule()
    def workers_beat(self) -> None:
        held = self._held_or_claimed()
        self.now += 0.5
        for claimed in held:
            run = self.model.runs[claimed.run_id]
            run.lease_until = self.now + LEASE
            expected = Orders(ours=True, cancel=run.cancel, superseded_by=run.superseded_by)
            with self.database.write() as unit:
                assert ledger.beat(unit, claimed, self.now) == expected

    @rule(which=st.integers(0, 20), outcome=st.sampled_from(sorted(VERDICTS)))
    def a_worker_finishes(self, which: int, outcome: RunState) -> None:
        self._with_one_held(
            which,
            lambda unit, claimed: ledger.finish(unit, claimed, outcome=outcome, at=self.now),
            lambda run: run.end(outcome),
        )

    @rule(which=st.integers(0, 20))
    def a_worker_writes_of_its_run(self, which: int) -> None:
        self._with_one_held(which, ledger.hold, lambda run: None)

    @rule(which=st.integers(0, 20))
    def a_worker_hands_back(self, which: int) -> None:
        def model(run: ModelRun) -> None:
            run.attempt, run.worker = run.attempt - 1, ""
            run.queue_anew()

        self._with_one_held(
            which, lambda unit, claimed: ledger.hand_back(unit, claimed, self.now), model
        )

    @rule(which=st.integers(0, 20))
    def a_program_of_a_run_is_killed(self, which: int) -> None:
        def act(unit: Unit, claimed: Claimed) -> None:
            done = ledger.queue_again(unit, claimed, self.now, "killed")
            assert done == (claimed.attempt < MOST_ATTEMPTS)
            if not done:
                ledger.finish(unit, claimed, outcome=RunState.FAILED, at=self.now)

        def model(run: ModelRun) -> None:
            if run.attempt < MOST_ATTEMPTS:
                run.queue_anew()
            else:
                run.end(RunState.FAILED)

        self._with_one_held(which, act, model)

    @rule()
    def workers_that_lost_their_runs_come_back(self) -> None:
        lost = [one for one in self.held if self.model.held(one) is None]
        acts: list[Callable[[Unit, Claimed], object]] = [
            ledger.hold,
            lambda unit, one: ledger.finish(unit, one, outcome=RunState.PASSED, at=self.now),
            lambda unit, one: ledger.hand_back(unit, one, self.now),
            lambda unit, one: ledger.queue_again(unit, replace(one, attempt=1), self.now, "killed"),
        ]
        for claimed, act in zip(lost[-8:], 2 * acts, strict=False):
            with self.database.write() as unit:
                assert not ledger.beat(unit, claimed, self.now).ours
            with pytest.raises(LeaseLost), self.database.write() as unit:
                act(unit, claimed)

    @rule(which=st.integers(0, 40))
    def someone_cancels(self, which: int) -> None:
        runs = list(self.model.runs.values())
        running = [one for one in runs if one.state == RunState.RUNNING]
        chosen = running if running and which % 2 else runs
        run = chosen[which % len(chosen)]
        if run.state in LIVE:
            run.cancel = True
        if run.state == RunState.QUEUED:
            run.end_if_told()
        with self.database.write() as unit:
            assert ledger.ask_cancel(unit, run.id, self.now) == run.state
        if run.state == RunState.RUNNING and which % 3:
            self.workers_beat()

    @rule()
    def the_keeper_sweeps(self) -> None:
        overdue = self.model.overdue(self.now)
        with self.database.read() as connection:
            assert ledger.is_overdue(connection, self.now) == bool(overdue)
        with self.database.write() as unit:
            assert ledger.sweep(unit, self.now) == self.model.take_back(overdue)

    @rule(worker=st.sampled_from(WORKERS))
    def a_worker_is_seen_to_end(self, worker: str) -> None:
        with self.database.write() as unit:
            taken = ledger.give_up(unit, worker, self.now)
        assert taken == self.model.take_back(self.model.of(worker))

    @invariant()
    def the_ledger_stands_as_the_model_says(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as connection:
            rows = list(connection.execute(sa.select(tables.run)))
            lines = list(
                connection.execute(
                    sa.select(
                        tables.change.c.repository_id, tables.change.c.key, tables.change.c.run_id
                    ).where(tables.change.c.run_id.is_not(None))
                )
            )
            assert ledger.count_queued(connection) == sum(row.state == "queued" for row in rows)
        assert {row.id for row in rows} == set(self.model.runs)
        for row in rows:
            run = self.model.runs[row.id]
            assert (row.state, row.attempt, row.lease, row.lease_until, row.worker) == (
                *(run.state, run.attempt, run.lease, run.lease_until, run.worker),
            )
            assert (row.cancel_asked, row.superseded_by) == (run.cancel, run.superseded_by)
            assert (row.started_at, row.queued_at) == (run.started_at, run.queued_at)
            assert (row.ended_at is None) == (run.state in LIVE)
        assert {(line.repository_id, line.key): line.run_id for line in lines} == self.model.board

    @invariant()
    def each_step_is_told_once_and_in_order(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as connection:
            for event in read_after(connection, self.read, limit=5000):
                self.read = event.number
                if event.subject.startswith("runs/"):
                    step = event.type.split(".")[3]
                    run_id = int(event.subject.removeprefix("runs/"))
                    self.told[run_id].append((step, str(event.data["state"])))
        assert dict(self.told) == {run.id: run.told for run in self.model.runs.values()}

    def _with_one_held(
        self,
        which: int,
        act: Callable[[Unit, Claimed], object],
        model: Callable[[ModelRun], object],
    ) -> None:
        """Do something with a run that is held, if one can be."""
        held = self._held_or_claimed()
        if held:
            claimed = held[which % len(held)]
            with self.database.write() as unit:
                act(unit, claimed)
            model(self.model.runs[claimed.run_id])

    def _held_or_claimed(self) -> list[Claimed]:
        """Return the runs that are held, one at least where one waits: most steps are about them."""
        if not any(self.model.held(one) for one in self.held):
            self._claim("one")
        return [one for one in self.held if self.model.held(one)]

    def _everything_ends_without_further_faults(self) -> None:
        for _ in range(200):
            self.now += LEASE + 1
            self.the_keeper_sweeps()
            claimed = self._claim("last")
            if claimed is None:
                break
            with self.database.write() as unit:
                ledger.finish(unit, claimed, outcome=RunState.PASSED, at=self.now)
            self.model.runs[claimed.run_id].end(RunState.PASSED)
        self.the_ledger_stands_as_the_model_says()
        self.each_step_is_told_once_and_in_order()
        assert all(run.state not in LIVE for run in self.model.runs.values())
        self._each_end_was_measured_once()

    def _each_end_was_measured_once(self) -> None:
        table = tables.observation
        measured = defaultdict[int, list[str]](list)
        with self.database.read() as connection:
            for row in connection.execute(sa.select(table).order_by(table.c.metric)):
                measured[row.run_id].append(row.metric)
                assert row.outcome == self.model.runs[row.run_id].state
        expected = {run.id: run.measured for run in self.model.runs.values() if run.measured}
        assert dict(measured) == expected


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 60), ("postgresql", 10)])
def test_whatever_happens_every_run_goes_as_the_model_says_and_ends_once(
    stores: Stores, kind: str, examples: int
) -> None:
    machine = type("Histories", (Histories,), {"stores": stores, "kind": kind})

    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
