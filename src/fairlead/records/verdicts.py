"""What runs decided and found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from fairlead.records.changes import save_plan
from fairlead.records.model import CheckLine, FindingRow, Run, Verdict
from fairlead.store import tables
from fairlead.store.database import Unit

_FINDING = ("rule", "severity", "path", "line", "what", "why", "fix", "url", "fingerprint", "new")
_FINDING_TOO = ("blocking", "apart")


def save_report(
    unit: Unit, *, run_id: int, revision_id: int, document: Mapping[str, object], at: float
) -> None:
    """Keep a run's whole report: its plan, its verdict, and each finding as a row of its own."""
    save_plan(unit, revision_id, document)
    verdict, results = document["verdict"], document["results"]
    if not isinstance(verdict, Mapping) or not isinstance(results, Sequence):
        raise TypeError("a report without verdict or results is a plan")
    unit.connection.execute(
        tables.verdict.insert(),
        {
            "run_id": run_id,
            "revision_id": revision_id,
            "outcome": verdict["outcome"],
            "sentence": verdict["sentence"],
            "decided_at": at,
            "seconds": document["seconds"],
            "report": dict(document),
        },
    )
    rows = [
        {
            "run_id": run_id,
            "check": result["check"],
            **{name: found[name] for name in (*_FINDING, *_FINDING_TOO)},
        }
        for result in results
        for found in result["findings"]
    ]
    if rows:
        unit.connection.execute(tables.finding.insert(), rows)


def runs_of(connection: sa.Connection, revision_id: int) -> tuple[Run, ...]:
    """Return a revision's runs, newest first."""
    rows = connection.execute(_RUNS_OF, {"revision": revision_id}).all()
    return tuple(Run(**row._asdict()) for row in rows)


def run_of(connection: sa.Connection, run_id: int) -> Run | None:
    """Return a run by its number, ``None`` when there is none."""
    row = connection.execute(_RUN, {"run": run_id}).one_or_none()
    return None if row is None else Run(**row._asdict())


def check_lines_of(connection: sa.Connection, run_id: int) -> tuple[CheckLine, ...]:
    """Return a run's checks in the order in which they were planned."""
    rows = connection.execute(_CHECK_LINES_OF, {"run": run_id}).all()
    return tuple(CheckLine(**row._asdict()) for row in rows)


def verdict_of(connection: sa.Connection, run_id: int) -> Verdict | None:
    """Return what a run decided, ``None`` while it hasn't."""
    row = connection.execute(_VERDICT, {"run": run_id}).one_or_none()
    return None if row is None else Verdict(**row._asdict())


def findings_of(connection: sa.Connection, run_id: int) -> tuple[FindingRow, ...]:
    """Return a run's findings, those that count first, then by place."""
    rows = connection.execute(_FINDINGS_OF, {"run": run_id}).all()
    return tuple(FindingRow(**row._asdict()) for row in rows)


def _fields_of(table: sa.Table, record: type) -> sa.Select:
    """Return the query for what a record has of a table, field by field."""
    return sa.select(*(table.c[name] for name in record.__slots__))  # ty: ignore


# Put together once: that takes longer than most of their answers.
_run, _line, _finding = tables.run, tables.check_run, tables.finding
_OF_RUN = sa.bindparam("run")
_RUN = _fields_of(_run, Run).where(_run.c.id == _OF_RUN)
_RUNS_OF = (
    _fields_of(_run, Run)
    .where(_run.c.revision_id == sa.bindparam("revision"))
    .order_by(_run.c.id.desc())
)
_CHECK_LINES_OF = _fields_of(_line, CheckLine).where(_line.c.run_id == _OF_RUN).order_by(_line.c.id)
_VERDICT = sa.select(tables.verdict).where(tables.verdict.c.run_id == _OF_RUN)
_FINDINGS_OF = (
    sa.select(_finding)
    .where(_finding.c.run_id == _OF_RUN)
    .order_by(
        _finding.c.new.desc(),
        _finding.c.blocking.desc(),
        _finding.c.path,
        _finding.c.line,
        _finding.c.id,
    )
)
