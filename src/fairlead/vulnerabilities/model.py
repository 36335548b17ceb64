"""What advisories say and what locks hold: the values that matching works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Ecosystem(StrEnum):
    """The ecosystems whose versions we can order, spelt as OSV spells them."""

    PYPI = "PyPI"
    NPM = "npm"
    CRATES = "crates.io"


class Level(StrEnum):
    """How severe an advisory is: FIRST's qualitative scale, or unknown where nobody rated it."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One end of a range: ``kind`` is ``introduced``, ``fixed``, ``last_affected`` or ``limit``."""

    kind: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What an advisory says of one package: ranges, each a tuple of events, and single versions."""

    ecosystem: Ecosystem
    name: str
    ranges: tuple[tuple[Event, ...], ...]
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One OSV record, as far as matching and telling need it.

    ``affected`` holds the packages of supported ecosystems alone. ``score`` is a CVSS 3 base score
    where a vector was given, else ``None``.
    """

    id: str
    aliases: tuple[str, ...]
    summary: str
    level: Level
    score: float | None
    modified: datetime
    withdrawn: bool
    affected: tuple[Affected, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was imported: how much, when, and how old it is.

    ``newest`` is the latest ``modified`` of its records and ``imported`` when they were taken in, both
    in UTC. ``advisories`` counts those kept by ecosystem; ``withdrawn``, ``unsupported`` (other
    ecosystems only) and ``corrupt`` those left out. ``examples`` say what some corrupt ones suffer
    from. ``identity`` changes with the content and with nothing else.
    """

    identity: str
    newest: datetime
    imported: datetime
    advisories: dict[str, int]
    withdrawn: int
    unsupported: int
    corrupt: int
    examples: tuple[str, ...] = ()

    def age(self, now: datetime) -> timedelta:
        """Return how long before ``now`` the newest record was modified; never below zero."""
        return max(now - self.newest, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One version of one package as a lock holds it; ``name`` is in its ecosystem's normal form.

    ``path`` is relative to the tree's root; ``line`` is 1-based, 0 where it could not be found.
    """

    ecosystem: Ecosystem
    name: str
    version: str
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock file as read: its packages in the file's order, and what could not be looked up.

    ``own`` counts entries that are the project's own folders. ``unpinned`` tells, a clause each, of
    entries without a version, ``problems`` of whatever else was not read: both are reasons why this
    lock is not fully evaluated. ``includes`` are further requirement files it names.
    """

    path: str
    kind: str
    packages: tuple[Locked, ...] = ()
    own: int = 0
    unpinned: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A locked package that an advisory, under whatever name, is about.

    ``id`` is the best known of its names (CVE, then GHSA, then others) and ``names`` all of them.
    ``fixed`` is the lowest fixed version above the locked one that the advisory spares, ``clears``
    the lowest that every advisory we have spares; ``None`` where there is none.
    """

    package: Locked
    id: str
    names: tuple[str, ...]
    summary: str
    level: Level
    score: float | None
    fixed: str | None
    clears: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What looking packages up gave: matches in the packages' order, and what stayed undecided."""

    matches: tuple[Match, ...]
    undecided: tuple[str, ...]
