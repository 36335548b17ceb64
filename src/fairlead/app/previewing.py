"""What a policy would have done to the changes of the past: each is read and planned again under it.

Nothing is run. What stands beside it is the plan that was made of the change when it came, under the
policy that its base had then.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from fairlead.app.flow import Asked, plan_change
from fairlead.app.platform import Platform
from fairlead.app.report import readable
from fairlead.errors import FairleadError
from fairlead.gate.policy import DEFAULT_POLICY, Policy
from fairlead.gate.reading import read_policy
from fairlead.store import tables

FILE = "fairlead.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A check that would be planned otherwise; ``ran`` is ``None`` where it wasn't in the plan."""

    check: str
    ran: bool | None
    because: str
    would_run: bool
    would_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """A change and what would be different; ``trouble`` is why it can't be planned, if it can't."""

    change_id: int
    revision_id: int
    repository: str
    title: str
    differences: tuple[Difference, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of the changes that could be planned had a check run, and how many would."""

    check: str
    ran: int
    would_run: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The changes that were looked at, newest first, and the sums over them.

    ``next`` is the number below which to go on, ``None`` when there is no older change; ``left`` is how
    many older ones there are.
    """

    changes: tuple[Previewed, ...]
    counts: tuple[Count, ...]
    next: int | None
    left: int

    def followed_by(self, older: Preview) -> Preview:
        """Return this with what was found of the changes that come after it."""
        sums: dict[str, list[int]] = {}
        for count in (*self.counts, *older.counts):
            so_far = sums.setdefault(count.check, [0, 0, 0])
            for at, number in enumerate((count.ran, count.would_run, count.of)):
                so_far[at] += number
        return Preview(
            changes=self.changes + older.changes,
            counts=tuple(
                Count(check=check, ran=ran, would_run=would_run, of=of)
                for check, (ran, would_run, of) in sums.items()
            ),
            next=older.next,
            left=older.left,
        )


def read_text(text: str) -> Policy:
    """Return the policy that a fairlead.toml's text holds; raises FairleadError with every mistake."""
    return read_policy(text, file=FILE, source="the policy that was sent") or DEFAULT_POLICY


def preview(
    platform: Platform,
    policy: Policy,
    *,
    repository: str = "",
    below: int,
    limit: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Preview:
    """Plan the latest changes again under a policy, as many as fit into ``seconds``, one at least."""
    until = clock() + seconds
    with platform.database.read() as connection:
        rows = connection.execute(_latest(repository, below).limit(limit + 1)).all()
    seen: list[Previewed] = []
    ran: Counter[str] = Counter()
    would: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for row in rows[:limit]:
        if seen and clock() >= until:
            break
        one, before, after = _preview_one(platform, policy, row)
        seen.append(one)
        ran.update(check for check, line in before.items() if line["run"] and check in after)
        would.update(check for check, line in after.items() if line[0])
        of.update(after.keys())
    more = len(seen) < len(rows)
    left = 0
    if more:
        with platform.database.read() as connection:
            left = connection.execute(_count(repository, seen[-1].change_id)).scalar_one()
    return Preview(
        changes=tuple(seen),
        counts=tuple(
            Count(check=check, ran=ran[check], would_run=would[check], of=number)
            for check, number in of.items()
        ),
        next=seen[-1].change_id if more else None,
        left=left,
    )


_After = Mapping[str, tuple[bool, str]]


def _preview_one(
    platform: Platform, policy: Policy, row: sa.Row
) -> tuple[Previewed, Mapping[str, Mapping[str, Any]], _After]:
    commits = f"{row.base}..{row.head}" if row.base else row.head
    try:
        report = plan_change(
            Asked(folder=Path(row.folder), revisions=commits),
            environ=platform.environ,
            policy=policy,
        )
    except FairleadError as error:
        return _named(row, trouble=f"{error.cause}; {error.fix}"), {}, {}
    before = {line["check"]: line for line in _stored(row.plan)}
    after = {line.check: (line.run, readable(line.because)) for line in report.plan}
    differences = tuple(
        Difference(
            check=check,
            ran=before[check]["run"] if check in before else None,
            because=before[check]["because"] if check in before else "",
            would_run=run,
            would_because=because,
        )
        for check, (run, because) in after.items()
        if row.plan is not None and (check not in before or before[check]["run"] != run)
    )
    return _named(row, differences=differences), before, after


def _named(row: sa.Row, **more: Any) -> Previewed:
    return Previewed(
        change_id=row.change_id,
        revision_id=row.revision_id,
        repository=row.repository,
        title=row.title,
        **more,
    )


def _stored(plan: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    return plan["plan"] if plan else []


def _latest(repository: str, below: int) -> sa.Select:
    change, revision = tables.change, tables.revision
    newest = (
        sa.select(revision.c.id)
        .where(revision.c.change_id == change.c.id)
        .order_by(revision.c.number.desc())
        .limit(1)
        .correlate(change)
        .scalar_subquery()
    )
    query = (
        sa.select(
            change.c.id.label("change_id"),
            change.c.title,
            revision.c.id.label("revision_id"),
            *(revision.c[name] for name in ("base", "head", "plan")),
            tables.repository.c.name.label("repository"),
            tables.repository.c.folder,
        )
        .select_from(change)
        .join(revision, revision.c.id == newest)
        .join(tables.repository, tables.repository.c.id == change.c.repository_id)
        .where(change.c.id < below)
        .order_by(change.c.id.desc())
    )
    return query.where(tables.repository.c.name == repository) if repository else query


def _count(repository: str, below: int) -> sa.Select[int]:
    change = tables.change
    query = sa.select(sa.func.count()).select_from(change).where(change.c.id < below)
    if not repository:
        return query
    of = tables.repository
    return query.join(of, of.c.id == change.c.repository_id).where(of.c.name == repository)
