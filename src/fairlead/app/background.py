"""What a background run does: it gates a revision, tells of each check, and writes the verdict."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fairlead.app.flow import Asked, gate_change
from fairlead.app.live_checks import LiveChecks, write_results
from fairlead.app.report import Report, report_json
from fairlead.checks.model import Outcome
from fairlead.errors import FairleadError
from fairlead.gate.decide import VerdictOutcome
from fairlead.measurements.observations import PLANNED, Metric, Observation, record
from fairlead.records.verdicts import save_report
from fairlead.store.database import Database, Unit
from fairlead.workers.carrying import Interrupted
from fairlead.workers.model import Claimed, Ending, RunState

_STATES = {
    VerdictOutcome.PASS: RunState.PASSED,
    VerdictOutcome.BLOCKED: RunState.BLOCKED,
    VerdictOutcome.NOT_EVALUATED: RunState.NOT_EVALUATED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWork:
    """The work of a run: what a worker is given to carry out.

    ``cores`` is how many checks may run at once. ``environ`` is the worker's; tools see only what is
    allowed of it.
    """

    database: Database
    environ: Mapping[str, str]
    cores: int | None = None
    clock: Callable[[], float] = field(default=time.time)

    def __call__(self, claimed: Claimed, stop: threading.Event) -> Ending:
        """Gate the run's revision; raises Interrupted once ``stop`` is set."""
        asked = Asked(
            folder=Path(claimed.folder),
            revisions=f"{claimed.base}..{claimed.head}" if claimed.base else claimed.head,
            everything=claimed.everything,
            untrusted=not claimed.trusted,
            cores=self.cores,
        )
        live = LiveChecks(self.database, claimed, clock=self.clock)
        try:
            report = gate_change(asked, environ=self.environ, progress=live, stop=stop)
        except FairleadError as error:
            return Ending(outcome=RunState.FAILED, because=error.cause, fix=error.fix)
        except KeyboardInterrupt as interrupt:
            raise Interrupted from interrupt
        finally:
            live.close()
        if report.verdict is None:
            return Ending(
                outcome=RunState.NOT_EVALUATED,
                because="the plan has no check",
                fix="enable checks in the policy of the base",
            )
        return Ending(
            outcome=_STATES[report.verdict.outcome],
            because="" if report.verdict.outcome is VerdictOutcome.PASS else report.verdict.sentence,
            save=partial(self._save, claimed, report, live.planned_after),
            disturbance=_disturbance(report),
        )

    def _save(self, claimed: Claimed, report: Report, planned_after: float | None, unit: Unit) -> None:
        """Write what a run found, with what it measured."""
        now = self.clock()
        document = report_json(report)
        save_report(
            unit,
            run_id=claimed.run_id,
            revision_id=claimed.revision_id,
            document=document,
            at=now,
        )
        write_results(unit, claimed, report.results, now)
        record(unit, _observed(claimed, report, planned_after, now))


def _disturbance(report: Report) -> str:
    """Return what somebody else ended of the checks; nothing, where they passed in spite of that."""
    disturbed = [one for one in report.results if one.disturbance and one.outcome is not Outcome.PASSED]
    return "; ".join(f"{one.check}: {one.disturbance}" for one in disturbed)


def _observed(
    claimed: Claimed, report: Report, planned_after: float | None, at: float
) -> list[Observation]:
    """Return how long the plan and each check took."""

    def observation(
        metric: Metric, value: float, check: str = "", outcome: str = "", condition: str = ""
    ) -> Observation:
        return Observation(
            metric=metric,
            value=value,
            at=at,
            repository_id=claimed.repository_id,
            run_id=claimed.run_id,
            nature=report.nature,
            inert=report.inert,
            check=check,
            outcome=outcome,
            condition=condition,
        )

    observed = [
        observation(
            Metric.CHECK,
            result.seconds,
            result.check,
            str(result.outcome),
            "from an earlier run" if result.cached else "",
        )
        for result in report.results
        if result.outcome is not Outcome.SKIPPED
    ]
    if planned_after is not None:
        observed.append(observation(Metric.PLAN, planned_after, outcome=PLANNED))
    return observed
