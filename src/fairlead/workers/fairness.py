"""Whose turn it is: no repository keeps the others waiting, however many changes it has.

It is the turn of the repository with the fewest runs going on; of those, the one that was served the
longest time ago; and there of the run that waits longest.
"""

from __future__ import annotations

import sqlalchemy as sa

from fairlead.store.tables import run as _run
from fairlead.workers.model import RunState


def next_run() -> sa.Select:
    """Select the number of the run whose turn it is."""
    going, earlier = _run.alias("going"), _run.alias("earlier")
    running = (
        sa.select(sa.func.count())
        .where(going.c.state == RunState.RUNNING, going.c.repository_id == _run.c.repository_id)
        .correlate(_run)
        .scalar_subquery()
    )
    served = (
        sa.select(sa.func.max(earlier.c.started_at))
        .where(earlier.c.repository_id == _run.c.repository_id)
        .correlate(_run)
        .scalar_subquery()
    )
    turn = (
        sa.select(_run.c.repository_id)
        .where(_run.c.state == RunState.QUEUED)
        .group_by(_run.c.repository_id)
        .order_by(running, served.asc().nulls_first(), sa.func.min(_run.c.queued_at))
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(_run.c.id)
        .where(_run.c.state == RunState.QUEUED, _run.c.repository_id == turn)
        .order_by(_run.c.queued_at, _run.c.id)
        .limit(1)
    )
