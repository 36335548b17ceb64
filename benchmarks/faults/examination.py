"""What has to be true after any number of faults."""

from __future__ import annotations

import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from target import sleepers

from fairlead.store import tables
from fairlead.store.database import Database
from fairlead.workers.event_types import FINISHED, QUEUED, STARTED
from fairlead.workers.model import LIVE, MOST_ATTEMPTS, VERDICTS, RunState


def examine(database: Database, read: list[int], sleeper: str) -> tuple[list[str], Counter[str]]:
    """Return everything that is wrong, each a sentence, and how many runs ended as what."""
    with database.read() as connection:
        runs = connection.execute(sa.select(tables.run)).all()
        events = connection.execute(sa.select(tables.event).order_by(tables.event.c.id)).all()
        verdicts = Counter(connection.execute(sa.select(tables.verdict.c.run_id)).scalars())
        metrics = Counter(
            connection.execute(
                sa.select(tables.observation.c.run_id).where(tables.observation.c.metric == "run")
            ).scalars()
        )
    problems = [*_of_reading(read, events), *_of_runs(runs, events, verdicts, metrics)]
    time.sleep(1)
    problems += [f"process {pid} of an ended run goes on" for pid in sleepers(sleeper)]
    return problems, Counter(run.state for run in runs)


def _of_reading(read: list[int], events: list[sa.Row]) -> Iterator[str]:
    there = [event.id for event in events]
    missed, more = set(there) - set(read), Counter(read) - Counter(there)
    if missed:
        yield f"the reader missed {len(missed)} events, such as {min(missed)}"
    if more:
        yield f"the reader got {len(more)} events twice or that are not there, such as {min(more)}"
    if read != sorted(read):
        yield "the reader got events out of their order"
    for uuid, times in Counter(event.uuid for event in events).items():
        if times > 1:
            yield f"event {uuid} is there {times} times"


def _of_runs(
    runs: list[sa.Row], events: list[sa.Row], verdicts: Counter[int], metrics: Counter[int]
) -> Iterator[str]:
    told = defaultdict(list)
    for event in events:
        if event.type in (QUEUED, STARTED, FINISHED):
            told[event.data["run"]].append(event)
    for run in runs:
        name, steps = f"run {run.id}", [event.type for event in told[run.id]]
        ends = [event.data["state"] for event in told[run.id] if event.type == FINISHED]
        if run.state in LIVE:
            yield f"{name} is {run.state}"
        if ends != [run.state] or steps[-1] != FINISHED:
            yield f"{name} is {run.state}, and its end was told as {ends}"
        if steps[0] != QUEUED or any(a == b for a, b in itertools.pairwise(steps)):
            yield f"{name} went through {steps}"
        if run.state in (RunState.BLOCKED, RunState.NOT_EVALUATED, RunState.FAILED):
            yield f"{name} is {run.state}, which no fault may bring about: {run.because}"
        if run.attempt > MOST_ATTEMPTS:
            yield f"{name} was begun {run.attempt} times"
        if verdicts[run.id] != (run.state in VERDICTS):
            yield f"{name} is {run.state} and has {verdicts[run.id]} verdicts"
        if metrics[run.id] != (run.attempt > 0):
            yield f"{name} was measured {metrics[run.id]} times"
