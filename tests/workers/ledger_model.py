"""What the ledger is to do, once more and in memory: what histories of it are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fairlead.workers.model import LIVE, MOST_ATTEMPTS, VERDICTS, Claimed, RunState

QUEUED, RUNNING = RunState.QUEUED, RunState.RUNNING
Change = tuple[int, str]
"""A repository's number and what makes a change of it the same."""


@dataclass(slots=True)
class ModelRun:
    """A run as it has to stand, and what the outside has to have heard of it."""

    id: int
    change: Change
    revision: int
    everything: bool
    queued_at: float
    state: RunState = QUEUED
    attempt: int = 0
    lease: str = ""
    lease_until: float | None = None
    worker: str = ""
    started_at: float | None = None
    cancel: bool = False
    superseded_by: int | None = None
    told: list[tuple[str, str]] = field(default_factory=lambda: [("queued", "queued")])
    measured: list[str] = field(default_factory=list)

    def put(self, state: RunState, step: str) -> None:
        """Go on to a state that isn't held by anyone, or is from now on, and tell of the step."""
        self.state = state
        if state != RUNNING:
            self.lease, self.lease_until = "", None
        self.told.append((step, str(state)))

    def end(self, state: RunState) -> None:
        """Come to an end."""
        self.put(state, "finished")
        if self.attempt:
            self.measured = ["run", *(["verdict"] if state in VERDICTS else []), "wait"]

    def end_if_told(self) -> bool:
        """Come to the end that was asked for, if one was."""
        if self.superseded_by is not None:
            self.end(RunState.SUPERSEDED)
        elif self.cancel:
            self.end(RunState.CANCELLED)
        return self.state not in LIVE

    def queue_anew(self) -> None:
        """Wait again, or end if that was asked for."""
        if not self.end_if_told():
            self.put(QUEUED, "queued")


@dataclass(slots=True)
class Model:
    """All runs by number, and which one each change's line on the board shows."""

    runs: dict[int, ModelRun] = field(default_factory=dict)
    board: dict[Change, int] = field(default_factory=dict)
    newest: dict[Change, int] = field(default_factory=dict)

    def waiting_for(self, change: Change, revision: int, everything: bool) -> int | None:
        """The number of a run that does already what is asked for."""
        same = (change, revision, everything)
        found = (one for one in self._in(QUEUED) if (one.change, one.revision, one.everything) == same)
        return next((one.id for one in found), None)

    def enqueue(self, run: ModelRun) -> None:
        """Take in a new run: older revisions' are overtaken."""
        for one in list(self.runs.values()):
            if one.change == run.change and one.revision < run.revision and one.state in LIVE:
                one.superseded_by = run.id
                if one.state == QUEUED:
                    one.end_if_told()
        self.runs[run.id] = run
        if run.revision == self.newest[run.change]:
            self.board[run.change] = run.id

    def whose_turn(self) -> set[int]:
        """The runs of which one is to be taken next: several where repositories are equal."""
        by_repository: dict[int, ModelRun] = {}
        for one in sorted(self._in(QUEUED), key=lambda run: (run.queued_at, run.id)):
            by_repository.setdefault(one.change[0], one)
        keys = {one.id: self._turn(one) for one in by_repository.values()}
        return {run_id for run_id, key in keys.items() if key == min(keys.values())}

    def claim(self, claimed: Claimed, at: float, until: float) -> None:
        """Give a run to a worker."""
        run = self.runs[claimed.run_id]
        run.attempt += 1
        run.lease, run.lease_until = claimed.lease, until
        run.worker, run.started_at = claimed.worker, at
        run.put(RUNNING, "started")

    def held(self, claimed: Claimed) -> ModelRun | None:
        """The run that was claimed, as long as it is whose it was."""
        run = self.runs[claimed.run_id]
        return run if run.state == RUNNING and run.lease == claimed.lease else None

    def overdue(self, at: float) -> list[ModelRun]:
        """Those whose leases ran out."""
        return [one for one in self._in(RUNNING) if one.lease_until and one.lease_until < at]

    def of(self, worker: str) -> list[ModelRun]:
        """Those that a worker holds."""
        return [one for one in self._in(RUNNING) if one.worker == worker]

    def take_back(self, runs: Iterable[ModelRun]) -> int:
        """Queue them once more, then never again; return how many they were."""
        taken = list(runs)
        for run in taken:
            if run.end_if_told():
                continue
            if run.attempt < MOST_ATTEMPTS:
                run.put(QUEUED, "queued")
            else:
                run.end(RunState.LOST)
        return len(taken)

    def _in(self, state: RunState) -> list[ModelRun]:
        return [one for one in self.runs.values() if one.state == state]

    def _turn(self, run: ModelRun) -> tuple[int, float, float]:
        repository = [one for one in self.runs.values() if one.change[0] == run.change[0]]
        running = sum(one.state == RUNNING for one in repository)
        served = max((one.started_at for one in repository if one.started_at is not None), default=-1.0)
        return running, served, run.queued_at
