"""What the platform itself observes, one value at a time, in its store; and statistics over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fairlead.store import tables
from fairlead.store.database import Unit

SECONDS = "s"

AT_INTAKE = "when it came in"
"""The condition of plans that were made before any run."""

PLANNED, UNREADABLE = "planned", "unreadable"


class Metric(StrEnum):
    """What is observed of changes and runs, in seconds.

    ``wait``: from being queued to a worker's beginning. ``plan``: reading and planning a change, when
    it comes in and again at a worker's beginning (``condition``). ``check``: one check. ``run``: from a
    worker's beginning to the end, whichever. ``verdict``: from being queued to the verdict, which is
    what the author of a change waits for.
    """

    WAIT = "wait"
    PLAN = "plan"
    CHECK = "check"
    RUN = "run"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One value that was observed at one moment, and of what: ``""`` and ``None`` say of nothing.

    ``nature`` is the one with the most lines in the change; ``inert`` that every file of it was proved
    inert. ``outcome`` is a run's state, a check's outcome, or ``PLANNED`` or ``UNREADABLE`` of a plan.
    """

    metric: Metric
    value: float
    at: float
    unit: str = SECONDS
    repository_id: int | None = None
    run_id: int | None = None
    nature: str = ""
    inert: bool = False
    check: str = ""
    outcome: str = ""
    condition: str = ""


def record(unit: Unit, observations: Iterable[Observation]) -> None:
    """Keep observations, in the transaction of what they were made of."""
    rows = [
        {
            "metric": one.metric,
            "value": one.value,
            "unit": one.unit,
            "at": one.at,
            "repository_id": one.repository_id,
            "run_id": one.run_id,
            "nature": one.nature,
            "inert": one.inert,
            "check": one.check,
            "outcome": one.outcome,
            "condition": one.condition,
        }
        for one in observations
    ]
    if rows:
        unit.connection.execute(tables.observation.insert(), rows)
