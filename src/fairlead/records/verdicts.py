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
    table = tables.run
    rows = connection.execute(
        sa.select(table).where(table.c.revision_id == revision_id).order_by(table.c.id.desc())
    )
    return tuple(map(_run, rows))


def run_of(connection: sa.Connection, run_id: int) -> Run | None:
    """Return a run by its number, ``None`` when there is none."""
    row = connection.execute(sa.select(tables.run).where(tables.run.c.id == run_id)).one_or_none()
    return None if row is None else _run(row)


def check_lines_of(connection: sa.Connection, run_id: int) -> tuple[CheckLine, ...]:
    """Return a run's checks in the order in which they were planned."""
    table = tables.check_run
    rows = connection.execute(sa.select(table).where(table.c.run_id == run_id).order_by(table.c.id))
    names = CheckLine.__slots__
    return tuple(CheckLine(**{name: row._mapping[name] for name in names}) for row in rows)


def verdict_of(connection: sa.Connection, run_id: int) -> Verdict | None:
    """Return what a run decided, ``None`` while it hasn't."""
    table = tables.verdict
    row = connection.execute(sa.select(table).where(table.c.run_id == run_id)).one_or_none()
    return None if row is None else Verdict(**row._mapping)


def findings_of(connection: sa.Connection, run_id: int) -> tuple[FindingRow, ...]:
    """Return a run's findings, those that count first, then by place."""
    table = tables.finding
    rows = connection.execute(
        sa.select(table)
        .where(table.c.run_id == run_id)
        .order_by(table.c.new.desc(), table.c.blocking.desc(), table.c.path, table.c.line, table.c.id)
    )
    return tuple(FindingRow(**row._mapping) for row in rows)


def _run(row: sa.Row) -> Run:
    return Run(**{name: row._mapping[name] for name in Run.__slots__})
