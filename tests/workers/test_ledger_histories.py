"""Any history of claims, crashes, cancels and new revisions: every run ends, once, in two attempts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext

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
from fairlead.workers.events import FINISHED
from fairlead.workers.model import LIVE, MOST_ATTEMPTS, VERDICTS, Claimed, LeaseLost, RunState
from stores import Stores, add_repository, add_revision

LEASE = 10.0


class Histories(RuleBasedStateMachine):
    """Three repositories with changes, and workers that come, go and fall silent."""

    stores: Stores
    kind: str

    @initialize()
    def begin(self) -> None:
        self.database = open_database(self.stores.new(self.kind))
        self.now, self.heads = 0.0, Counter[tuple[int, str]]()
        self.held: list[Claimed] = []
        self.ended: dict[int, str] = {}
        with self.database.write() as unit:
            self.repositories = [add_repository(unit, name) for name in ("a", "b", "c")]
        for repository, changes in enumerate(("vwx", "xy", "x")):
            for change in changes:
                self.submit(repository, change, newer=False)

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self._everything_ends_without_further_faults()
            self.database.close()

    @rule(repository=st.integers(0, 2), change=st.sampled_from("vwxyz"), newer=st.booleans())
    def submit(self, repository: int, change: str, newer: bool) -> None:
        repository_id = self.repositories[repository]
        self.heads[repository_id, change] += newer
        with self.database.write() as unit:
            head = f"h{self.heads[repository_id, change]}"
            revision = add_revision(unit, repository_id, key=change, head=head)
            ledger.enqueue(unit, revision_id=revision.id, repository_id=repository_id, at=self.now)

    @rule(seconds=st.sampled_from([0.5, 4.0]))
    def time_goes_by(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def all_workers_fall_silent(self) -> None:
        self.now += LEASE + 1
        self.the_keeper_sweeps()

    @rule(times=st.integers(1, 3))
    def workers_claim(self, times: int) -> None:
        for _ in range(times):
            self._claim()

    def _claim(self) -> None:
        before = self._rows()
        with self.database.write() as unit:
            claimed = ledger.claim(unit, worker="w", at=self.now, lease_seconds=LEASE)
        waiting = [row for row in before if row.state == RunState.QUEUED]
        assert (claimed is None) == (not waiting)
        if claimed is not None:
            running = Counter(row.repository_id for row in before if row.state == RunState.RUNNING)
            fewest = min(running[row.repository_id] for row in waiting)
            assert running[claimed.repository_id] == fewest
            self.held.append(claimed)

    @rule(which=st.integers(0, 20))
    def a_worker_beats(self, which: int) -> None:
        if self.held:
            with self.database.write() as unit:
                ledger.beat(unit, self.held[which % len(self.held)], self.now)

    @rule(which=st.integers(0, 20), outcome=st.sampled_from(sorted(VERDICTS)))
    def a_worker_finishes(self, which: int, outcome: RunState) -> None:
        self._with_one_held(
            which, lambda unit, claimed: ledger.finish(unit, claimed, outcome=outcome, at=self.now)
        )

    @rule(which=st.integers(0, 20))
    def a_worker_hands_back(self, which: int) -> None:
        self._with_one_held(which, lambda unit, claimed: ledger.hand_back(unit, claimed, self.now))

    @rule(which=st.integers(0, 40))
    def someone_cancels(self, which: int) -> None:
        rows = self._rows()
        if rows:
            with self.database.write() as unit:
                ledger.ask_cancel(unit, rows[which % len(rows)].id, self.now)

    @rule()
    def the_keeper_sweeps(self) -> None:
        with self.database.write() as unit:
            ledger.sweep(unit, self.now)

    @invariant()
    def an_end_is_an_end_and_is_told_once(self) -> None:
        if not hasattr(self, "database"):
            return
        rows = self._rows()
        for row in rows:
            assert row.attempt <= MOST_ATTEMPTS
            assert (row.lease != "") == (row.state == RunState.RUNNING)
            if row.id in self.ended:
                assert row.state == self.ended[row.id]
            elif row.state not in LIVE:
                self.ended[row.id] = row.state
        with self.database.read() as connection:
            told = Counter(
                e.subject for e in read_after(connection, 0, limit=5000) if e.type == FINISHED
            )
        assert told == Counter(f"runs/{run_id}" for run_id in self.ended)

    def _with_one_held(self, which: int, act: Callable[[Unit, Claimed], None]) -> None:
        """Do something with a run that was claimed once: it counts exactly if it is held still."""
        if not self.held:
            return
        claimed = self.held[which % len(self.held)]
        held = {row.lease for row in self._rows() if row.id == claimed.run_id} == {claimed.lease}
        with nullcontext() if held else pytest.raises(LeaseLost), self.database.write() as unit:
            act(unit, claimed)

    def _everything_ends_without_further_faults(self) -> None:
        for _ in range(100):
            self.now += LEASE + 1
            with self.database.write() as unit:
                ledger.sweep(unit, self.now)
            with self.database.write() as unit:
                claimed = ledger.claim(unit, worker="last", at=self.now, lease_seconds=LEASE)
            if claimed is None:
                break
            with self.database.write() as unit:
                ledger.finish(unit, claimed, outcome=RunState.PASSED, at=self.now)
        assert not [row for row in self._rows() if row.state in LIVE]
        self.an_end_is_an_end_and_is_told_once()

    def _rows(self) -> list[sa.Row]:
        with self.database.read() as connection:
            return list(connection.execute(sa.select(tables.run).order_by(tables.run.c.id)))


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 60), ("postgresql", 10)])
def test_whatever_happens_every_run_ends_once_after_two_attempts_at_most(
    stores: Stores, kind: str, examples: int
) -> None:
    machine = type("Histories", (Histories,), {"stores": stores, "kind": kind})

    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
