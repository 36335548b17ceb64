"""The words of background runs: their states, what a worker holds, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fairlead.errors import FairleadError
from fairlead.store.database import Unit


class RunState(StrEnum):
    """Where a run stands. All but the first two are ends, and a run that has ended stays so.

    ``passed``, ``blocked`` and ``not_evaluated`` are verdicts. ``cancelled``: someone asked for it.
    ``superseded``: a newer revision of the change came. ``failed``: the run could not be carried out,
    and would not be a second time (an unreadable policy, beyond the hard limit, a defect). ``lost``:
    its worker was gone twice without a word.
    """

    QUEUED = "queued"
    RUNNING = "running"
    PASSED = "passed"
    BLOCKED = "blocked"
    NOT_EVALUATED = "not_evaluated"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    FAILED = "failed"
    LOST = "lost"


LIVE = frozenset({RunState.QUEUED, RunState.RUNNING})
"""The states that are no ends."""

VERDICTS = frozenset({RunState.PASSED, RunState.BLOCKED, RunState.NOT_EVALUATED})
"""The ends that are verdicts on the change."""

MOST_ATTEMPTS = 2
"""How often a run is begun at most, when the worker before vanished, or something that it had started
was ended by somebody else; handing back doesn't count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A run that a worker holds: what to do, and the lease that shows that it is its.

    ``attempt`` is 1 or 2. Times are in seconds since 1970. ``lease_until`` is the one of the claim;
    beats move it.
    """

    run_id: int
    revision_id: int
    change_id: int
    repository_id: int
    folder: str
    base: str
    head: str
    everything: bool
    trusted: bool
    attempt: int
    queued_at: float
    started_at: float
    lease: str
    lease_seconds: float
    worker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a worker is told when it says that it is alive.

    With ``ours`` false the run isn't its any more: whatever it does counts for nothing.
    """

    ours: bool
    cancel: bool = False
    superseded_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended: its state, why and what to do where that needs saying.

    ``save`` writes what belongs to the end, in the same unit. ``disturbance`` says what somebody else
    ended of what the run had started: then this end says nothing of the change, unless it comes again.
    """

    outcome: RunState
    because: str = ""
    fix: str = ""
    save: Callable[[Unit], None] = lambda unit: None
    disturbance: str = ""


class LeaseLost(FairleadError):
    """The run isn't this worker's any more."""

    def __init__(self, run_id: int) -> None:
        super().__init__(
            f"run {run_id} isn't this worker's any more",
            fix="nothing: whoever holds it now, or its end in the ledger, counts",
        )
