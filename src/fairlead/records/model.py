"""What is recorded of changes, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from fairlead.errors import FairleadError

Line = TypeVar("Line")


class NotHere(FairleadError):
    """What was asked for isn't recorded."""


class Kind(StrEnum):
    """What a change is on its way as."""

    BRANCH = "branch"
    COMMIT = "commit"
    RANGE = "range"
    REQUEST = "request"


class State(StrEnum):
    """Where a change stands, whatever its runs say."""

    OPEN = "open"
    MERGED = "merged"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository that was registered.

    ``source`` is the path or address that it was added by, ``folder`` where git reads it on this
    machine. ``trusted`` says whether its changes may run code outside of isolation. ``trouble`` is
    why its refs could not be read last time, ``""`` when they could. Times are in seconds since 1970.
    """

    id: int
    name: str
    source: str
    folder: str
    default_branch: str
    watched: bool
    trusted: bool
    added_at: float
    looked_at: float | None
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change by what makes it the same one: a branch, a commit, a change request's number."""

    id: int
    repository_id: int
    key: str
    kind: Kind
    title: str
    author: str
    state: State
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of a change, from commit to commit; ``number`` counts from 1.

    ``nature``, ``size`` and ``band`` are ``""``, ``risk`` and ``plan`` ``None`` until it was planned.
    ``plan`` is what ``fairlead plan --format json`` prints.
    """

    id: int
    change_id: int
    number: int
    base: str
    head: str
    created_at: float
    nature: str
    inert: bool
    size: str
    risk: float | None
    band: str
    plan: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a revision's checks as it stands in the ledger."""

    id: int
    revision_id: int
    repository_id: int
    state: str
    attempt: int
    queued_at: float
    started_at: float | None
    ended_at: float | None
    worker: str
    cancel_asked: bool
    everything: bool
    because: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check of a run: waiting, running with what it does, or ended with its outcome."""

    check: str
    state: str
    doing: str
    started_at: float | None
    seconds: float | None
    expected: float | None
    cached: bool
    new_findings: int
    because: str
    tail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a run decided; ``report`` is what ``fairlead check --format json`` prints."""

    run_id: int
    revision_id: int
    outcome: str
    sentence: str
    decided_at: float
    seconds: float
    report: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding of a run."""

    id: int
    run_id: int
    check: str
    rule: str
    severity: str
    path: str
    line: int
    what: str
    why: str
    fix: str
    url: str
    fingerprint: str
    new: bool
    blocking: bool
    apart: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """One line of the board: a change with its latest revision, that one's latest run and verdict.

    ``run_state`` is ``""`` where nothing has run yet, ``sentence`` where nothing is decided.
    """

    change_id: int
    repository: str
    key: str
    kind: str
    title: str
    author: str
    state: str
    updated_at: float
    revision_id: int
    number: int
    nature: str
    inert: bool
    size: str
    risk: float | None
    band: str
    run_id: int | None
    run_state: str
    queued_at: float | None
    started_at: float | None
    ended_at: float | None
    outcome: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Line]):
    """Some lines of a long list, newest first; ``next`` is the cursor of what follows, if any does."""

    lines: tuple[Line, ...]
    next: str | None
