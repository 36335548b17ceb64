"""The run ledger: who holds which run until when, so that every run ends once, whatever is killed.

A run is a lease. Whoever claims it has to say that it is alive before the lease ends, and shows the
lease to finish; a lease that ran out is taken back by whoever sweeps next, and the run queued once
more or ended as lost. No message queue, process or lock decides anything here: rows do.

Times are seconds since 1970 and come from the caller.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from fairlead.errors import FairleadError
from fairlead.store import tables
from fairlead.store.database import Unit
from fairlead.workers.event_types import QUEUED, STARTED
from fairlead.workers.fairness import next_run
from fairlead.workers.model import (
    LIVE,
    MOST_ATTEMPTS,
    Claimed,
    LeaseLost,
    Orders,
    RunState,
)
from fairlead.workers.steps import emit, end_if_told, end_waiting, ended, tell_end

_run, _revision = tables.run, tables.revision
_LOCK = 0x72_75_6E_73  # beside the outbox's


def enqueue(
    unit: Unit, *, revision_id: int, repository_id: int, at: float, everything: bool = False
) -> int:
    """Queue a run of a revision and return its number.

    One that waits already for the same is returned instead. Runs of older revisions of the change end
    as superseded when they wait, and are told to stop when they run.
    """
    _alone(unit.connection)
    waiting = unit.connection.execute(
        sa.select(_run.c.id).where(
            _run.c.revision_id == revision_id,
            _run.c.state == RunState.QUEUED,
            _run.c.everything == everything,
        )
    ).scalar()
    if waiting is not None:
        return waiting
    row = unit.connection.execute(
        _run.insert().returning(_run),
        {
            "revision_id": revision_id,
            "repository_id": repository_id,
            "state": RunState.QUEUED,
            "attempt": 0,
            "queued_at": at,
            "lease": "",
            "worker": "",
            "cancel_asked": False,
            "everything": everything,
            "because": "",
            "fix": "",
        },
    ).one()
    unit.connection.execute(  # for the board; before runs are touched, so that locks keep one order
        tables.change.update().where(tables.change.c.revision_id == revision_id).values(run_id=row.id)
    )
    emit(unit, QUEUED, row, at)
    _supersede(unit, row, at)
    return row.id


def claim(unit: Unit, *, worker: str, at: float, lease_seconds: float) -> Claimed | None:
    """Take the run whose turn it is, or return ``None`` when none waits.

    Whose it is, ``fairness`` says.
    """
    connection = unit.connection
    _alone(connection)
    run_id = connection.execute(next_run()).scalar()
    if run_id is None:
        return None
    row = connection.execute(
        _run.update()
        .where(_run.c.id == run_id, _run.c.state == RunState.QUEUED)
        .values(
            state=RunState.RUNNING,
            attempt=_run.c.attempt + 1,
            started_at=at,
            lease=uuid.uuid4().hex,
            lease_until=at + lease_seconds,
            worker=worker,
        )
        .returning(_run)
    ).one_or_none()
    if row is None:  # cancelled in this very moment; there will be another ticket
        return None
    emit(unit, STARTED, row, at)
    about = connection.execute(
        sa.select(
            _revision.c.change_id,
            _revision.c.base,
            _revision.c.head,
            tables.repository.c.folder,
            tables.repository.c.trusted,
        )
        .select_from(_revision)
        .join(tables.repository, tables.repository.c.id == row.repository_id)
        .where(_revision.c.id == row.revision_id)
    ).one()
    return Claimed(
        run_id=row.id,
        revision_id=row.revision_id,
        change_id=about.change_id,
        repository_id=row.repository_id,
        folder=about.folder,
        base=about.base,
        head=about.head,
        everything=row.everything,
        trusted=about.trusted,
        attempt=row.attempt,
        queued_at=row.queued_at,
        started_at=at,
        lease=row.lease,
        lease_seconds=lease_seconds,
        worker=worker,
    )


def beat(unit: Unit, claimed: Claimed, at: float) -> Orders:
    """Say that the run's worker is alive, and hear what is wanted of it."""
    row = unit.connection.execute(
        _held(claimed, _run.update())
        .values(lease_until=at + claimed.lease_seconds)
        .returning(_run.c.cancel_asked, _run.c.superseded_by)
    ).one_or_none()
    if row is None:
        return Orders(ours=False)
    return Orders(ours=True, cancel=row.cancel_asked, superseded_by=row.superseded_by)


def hold(unit: Unit, claimed: Claimed) -> None:
    """Make sure that what this unit writes of the run is its holder's; raises LeaseLost otherwise."""
    done = unit.connection.execute(_held(claimed, _run.update()).values(worker=claimed.worker))
    if not done.rowcount:
        raise LeaseLost(claimed.run_id)


def finish(
    unit: Unit,
    claimed: Claimed,
    *,
    outcome: RunState,
    at: float,
    because: str = "",
    fix: str = "",
) -> None:
    """End a run that the caller holds; raises LeaseLost, and the unit has to fail, when it doesn't."""
    row = unit.connection.execute(
        _held(claimed, _run.update()).values(ended(outcome, at, because, fix)).returning(_run)
    ).one_or_none()
    if row is None:
        raise LeaseLost(claimed.run_id)
    tell_end(unit, row)


def hand_back(unit: Unit, claimed: Claimed, at: float) -> None:
    """Queue a run that its worker can't go on with, as if it had not been begun; no attempt is lost.

    One that was to be stopped ends instead. Raises LeaseLost when the caller doesn't hold it.
    """
    row = unit.connection.execute(
        _held(claimed, _run.update()).values(_waiting(_run.c.attempt - 1, "")).returning(_run)
    ).one_or_none()
    if row is None:
        raise LeaseLost(claimed.run_id)
    if not end_if_told(unit, row, at):
        emit(unit, QUEUED, row, at, "its worker was asked to stop and handed it back")


def queue_again(unit: Unit, claimed: Claimed, at: float, because: str) -> bool:
    """Queue a run once more that came to no end of its own, and say whether that was done.

    It isn't, and nothing is changed, when the run was begun as often as runs are. One that was to be
    stopped ends instead. Raises LeaseLost when the caller doesn't hold it.
    """
    if claimed.attempt >= MOST_ATTEMPTS:
        return False
    row = unit.connection.execute(
        _held(claimed, _run.update())
        .values(**_waiting(_run.c.attempt, _run.c.worker), because=because)
        .returning(_run)
    ).one_or_none()
    if row is None:
        raise LeaseLost(claimed.run_id)
    if not end_if_told(unit, row, at):
        emit(unit, QUEUED, row, at, because)
    return True


def ask_cancel(unit: Unit, run_id: int, at: float) -> RunState:
    """Have a run stopped and return its state: one that waits ends at once, one that runs soon.

    One that has ended stays as it is. Raises FairleadError when there is none of that number.
    """
    row = unit.connection.execute(
        _run.update()
        .where(_run.c.id == run_id, _run.c.state.in_(LIVE))
        .values(cancel_asked=True)
        .returning(_run)
    ).one_or_none()
    if row is not None and row.state == RunState.QUEUED:
        end_if_told(unit, row, at)
    state = unit.connection.execute(sa.select(_run.c.state).where(_run.c.id == run_id)).scalar()
    if state is None:
        raise FairleadError(
            f"there is no run {run_id} here", fix="a change's page lists its runs, with their numbers"
        )
    return RunState(state)


def sweep(unit: Unit, at: float) -> int:
    """Take back every lease that ran out and return how many: queued once more, then lost."""
    _alone(unit.connection)  # whoever writes several runs at once does
    rows = unit.connection.execute(
        sa.select(_run.c.id, _run.c.lease).where(
            _run.c.state == RunState.RUNNING, _run.c.lease_until < at
        )
    ).all()
    return sum(_take_back(unit, row.id, row.lease, at, _run.c.lease_until < at) for row in rows)


def give_up(unit: Unit, worker: str, at: float) -> int:
    """Take back at once what a worker holds that is known to be gone, as ``sweep`` would later."""
    _alone(unit.connection)
    rows = unit.connection.execute(
        sa.select(_run.c.id, _run.c.lease).where(
            _run.c.state == RunState.RUNNING, _run.c.worker == worker
        )
    ).all()
    return sum(_take_back(unit, row.id, row.lease, at, sa.true()) for row in rows)


def is_overdue(connection: sa.Connection, at: float) -> bool:
    """Say whether a lease ran out, so that a sweep has something to do."""
    query = sa.select(_run.c.id).where(_run.c.state == RunState.RUNNING, _run.c.lease_until < at)
    return connection.execute(query.limit(1)).scalar() is not None


def count_queued(connection: sa.Connection) -> int:
    """Return how many runs wait."""
    query = sa.select(sa.func.count()).where(_run.c.state == RunState.QUEUED)
    return connection.execute(query).scalar_one()


def _take_back(unit: Unit, run_id: int, lease: str, at: float, gone_if: sa.ColumnElement[bool]) -> bool:
    # Its worker may have beaten or finished since it was looked at: then it keeps what it has.
    row = unit.connection.execute(
        _run.update()
        .where(
            _run.c.id == run_id,
            _run.c.lease == lease,
            _run.c.state == RunState.RUNNING,
            gone_if,
        )
        .values(_waiting(_run.c.attempt, _run.c.worker))
        .returning(_run)
    ).one_or_none()
    if row is None:
        return False
    gone = f"its worker ({row.worker}) vanished"
    if end_if_told(unit, row, at):
        return True
    if row.attempt < MOST_ATTEMPTS:
        unit.connection.execute(_run.update().where(_run.c.id == run_id).values(because=gone))
        emit(unit, QUEUED, row, at, gone)
        return True
    end_waiting(
        unit,
        row,
        RunState.LOST,
        at,
        because=f"{gone}, for the second time",
        fix="look in that worker's log and the kernel's for what ended it (memory, a restart), "
        "then run the change again",
    )
    return True


def _alone(connection: sa.Connection) -> None:
    """Let nobody else queue or claim until this unit ends; on SQLite writers are alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _supersede(unit: Unit, newer: sa.Row, at: float) -> None:
    """End or stop the runs of older revisions of a run's change."""
    this, other = _revision.alias("this"), _revision.alias("other")
    older = (
        sa.select(other.c.id)
        .join(this, this.c.change_id == other.c.change_id)
        .where(this.c.id == newer.revision_id, other.c.number < this.c.number)
    )
    rows = unit.connection.execute(
        _run.update()
        .where(_run.c.revision_id.in_(older), _run.c.state.in_(LIVE))
        .values(superseded_by=newer.id)
        .returning(_run)
    ).all()
    for row in rows:
        if row.state == RunState.QUEUED:
            end_if_told(unit, row, at)


def _held(claimed: Claimed, statement: sa.Update) -> sa.Update:
    return statement.where(
        _run.c.id == claimed.run_id,
        _run.c.lease == claimed.lease,
        _run.c.state == RunState.RUNNING,
    )


def _waiting(attempt: object, worker: object) -> dict[str, object]:
    return {
        "state": RunState.QUEUED,
        "attempt": attempt,
        "worker": worker,
        "lease": "",
        "lease_until": None,
    }
