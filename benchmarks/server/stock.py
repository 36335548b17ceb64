"""Fill a store with many changes that look like real ones: real commits, plans and a real report."""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from fairlead.app.flow import gate_change
from fairlead.app.intake import asked_for, look
from fairlead.app.report import report_json
from fairlead.records.changes import submit
from fairlead.records.model import Repository
from fairlead.records.repositories import register
from fairlead.records.verdicts import save_report
from fairlead.store.database import Database, Unit
from fairlead.workers import ledger
from fairlead.workers.model import RunState

COMMITS = 8
_STATES = (RunState.PASSED,) * 7 + (RunState.BLOCKED,) * 2 + (RunState.NOT_EVALUATED,)
_OUTCOMES = {
    RunState.PASSED: "pass",
    RunState.BLOCKED: "blocked",
    RunState.NOT_EVALUATED: "not_evaluated",
}


def stock(database: Database, folder: Path, *, changes: int, repositories: int = 5) -> None:
    """Record ``changes`` changes of the repository in ``folder``, spread over so many names of it.

    Its latest commits are gated for real, and their reports reused; three changes of four have one
    revision, the others two, all but the last few a verdict.
    """
    chance = random.Random(7)
    now = time.time()
    with database.write() as unit:
        there = [_named(unit, folder, number, now) for number in range(repositories)]
    proposed = look(there[0], environ=os.environ, recent=COMMITS)
    reports = list(_reports(database, there[0], proposed))
    every = itertools.cycle(zip(proposed, reports, strict=True))
    begun = now - changes * 60
    for start in range(0, changes, 200):
        with database.write() as unit:
            for number in range(start, min(start + 200, changes)):
                one, report = next(every)
                at = begun + number * 60
                for _ in range(2 if number % 4 == 0 else 1):
                    _record(unit, there[number % repositories], one, report, number, at, chance)
                    at += 20


def _named(unit: Unit, folder: Path, number: int, at: float) -> Repository:
    return register(
        unit,
        name=f"{folder.name}-{number}",
        source=f"{folder}#{number}",
        folder=str(folder),
        default_branch="main",
        at=at,
        watched=False,
    )


def _reports(database: Database, repository: Repository, proposed: list) -> Iterator[dict]:
    for one in proposed:
        with database.write() as unit:
            revision, _ = submit(unit, repository_id=repository.id, **one.as_submitted())
        report = gate_change(asked_for(repository, revision), environ=os.environ)
        yield report_json(report)


def _record(
    unit: Unit,
    repository: Repository,
    one: object,
    report: Mapping[str, object],
    number: int,
    at: float,
    chance: random.Random,
) -> None:
    said = {**one.as_submitted(), "key": f"branch work/{number}", "at": at}  # ty: ignore
    said["base"] = said["base"] or ""
    revision, new = submit(unit, repository_id=repository.id, **said)
    if not new:  # the same commits again: as if it had been rebased
        revision, _ = submit(unit, repository_id=repository.id, **{**said, "base": said["head"]})
    run_id = ledger.enqueue(unit, revision_id=revision.id, repository_id=repository.id, at=at)
    claimed = ledger.claim(unit, worker="stock", at=at + 1, lease_seconds=30)
    if claimed is None or claimed.run_id != run_id:
        raise SystemExit("the store to be stocked has runs of its own")
    state = chance.choice(_STATES)
    verdict = {**report["verdict"], "outcome": _OUTCOMES[state]}  # ty: ignore
    save_report(
        unit,
        run_id=run_id,
        revision_id=revision.id,
        document={**report, "verdict": verdict},
        at=at + 3,
    )
    ledger.finish(unit, claimed, outcome=state, at=at + 3)
