"""What a platform's store can hold: a repository, a change, a run with a verdict and findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.sample_report import sample_report
from fairlead.app.platform import Platform
from fairlead.app.report import report_json
from fairlead.records.verdicts import save_report
from fairlead.workers.ledger import claim, enqueue, finish
from fairlead.workers.model import RunState
from stores import add_repository, add_revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The numbers of what was put into a store."""

    repository: int
    change: int
    revision: int
    run: int


def fill(platform: Platform, *, key: str = "branch work", name: str = "lab") -> Held:
    """Put a repository, a change and a run that has ended into a store."""
    with platform.database.write() as unit:
        repository = add_repository(unit, name)
        revision = add_revision(unit, repository, key=key)
        run = enqueue(unit, revision_id=revision.id, repository_id=repository, at=2.0)
    with platform.database.write() as unit:
        claimed = claim(unit, worker="tests", at=3.0, lease_seconds=60)
        assert claimed is not None
    with platform.database.write() as unit:
        save_report(unit, run_id=run, revision_id=revision.id, document=document(), at=4.0)
        finish(unit, claimed, outcome=RunState.BLOCKED, at=4.0)
    return Held(repository=repository, change=revision.change_id, revision=revision.id, run=run)


def document() -> dict[str, Any]:
    """Return a report as a run makes it."""
    return report_json(sample_report())
