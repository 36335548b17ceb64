"""What a run's steps leave behind beside its row: its events, and what was measured of it."""

from __future__ import annotations

import sqlalchemy as sa

from fairlead.measurements.observations import Metric, Observation, record
from fairlead.store import tables
from fairlead.store.database import Unit
from fairlead.workers.event_types import FINISHED
from fairlead.workers.events import run_event
from fairlead.workers.model import VERDICTS, RunState

_run, _revision = tables.run, tables.revision

CANCELLED = "someone asked for it"
"""Why a cancelled run ended."""


def superseded(by: int) -> str:
    """Return why a superseded run ended."""
    return f"a newer revision of the change is gated by run {by}"


def end_if_told(unit: Unit, row: sa.Row, at: float) -> bool:
    """End a run that waits although it was to be stopped, and say whether it was."""
    if row.superseded_by is not None:
        end_waiting(unit, row, RunState.SUPERSEDED, at, because=superseded(row.superseded_by))
        return True
    if row.cancel_asked:
        end_waiting(unit, row, RunState.CANCELLED, at, because=CANCELLED)
        return True
    return False


def end_waiting(
    unit: Unit, row: sa.Row, outcome: RunState, at: float, *, because: str, fix: str = ""
) -> None:
    """End a run that waits, and tell of it."""
    done = unit.connection.execute(
        _run.update()
        .where(_run.c.id == row.id, _run.c.state == RunState.QUEUED)
        .values(ended(outcome, at, because, fix))
        .returning(_run)
    ).one()
    tell_end(unit, done)


def ended(outcome: RunState, at: float, because: str, fix: str) -> dict[str, object]:
    """Return what the row of a run has that has ended."""
    return {
        "state": outcome,
        "ended_at": at,
        "lease": "",
        "lease_until": None,
        "because": because,
        "fix": fix,
    }


def tell_end(unit: Unit, row: sa.Row) -> None:
    """Emit a run's end and record how long it waited and took."""
    emit(unit, FINISHED, row, row.ended_at, row.because)
    if row.attempt == 0:  # it was never begun
        return
    revision = unit.connection.execute(
        sa.select(_revision.c.nature, _revision.c.inert).where(_revision.c.id == row.revision_id)
    ).one()
    seconds = {
        Metric.WAIT: row.started_at - row.queued_at,
        Metric.RUN: row.ended_at - row.started_at,
    }
    if row.state in VERDICTS:
        seconds[Metric.VERDICT] = row.ended_at - row.queued_at
    record(
        unit,
        (
            Observation(
                metric=metric,
                value=value,
                at=row.ended_at,
                repository_id=row.repository_id,
                run_id=row.id,
                nature=revision.nature,
                inert=revision.inert,
                outcome=row.state,
                condition="all checks" if row.everything else "",
            )
            for metric, value in seconds.items()
        ),
    )


def emit(unit: Unit, type_: str, row: sa.Row, at: float, because: str = "") -> None:
    """Emit an event of a run, whose row is as it is from then on."""
    change_id = unit.connection.execute(
        sa.select(_revision.c.change_id).where(_revision.c.id == row.revision_id)
    ).scalar_one()
    unit.emit(
        run_event(
            type_,
            run_id=row.id,
            revision_id=row.revision_id,
            change_id=change_id,
            repository_id=row.repository_id,
            state=RunState(row.state),
            attempt=row.attempt,
            at=at,
            because=because,
        )
    )
