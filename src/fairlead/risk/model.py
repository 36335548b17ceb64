"""What a score is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Band(StrEnum):
    """A score's range, for people; nothing is skipped on it yet."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCommit:
    """One earlier commit: who made it, when (Unix seconds), and which paths it touched."""

    author: str
    at: int
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What came before a change, newest first: the commits that its author or its files had.

    Every history measure of Kamei et al. 2013 (developers, age, unique changes, experience) can be
    counted from these. Empty when nothing was read; the score by size and spread needs none of it.
    """

    commits: tuple[PastCommit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One feature's share of a score: its value and what it adds to the log-odds."""

    feature: str
    value: float
    log_odds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskScore:
    """How likely a change is to induce a defect.

    ``value`` is a probability in [0, 1]; ``reasons`` (the intercept among them) add up to its
    log-odds, strongest first. ``basis`` says in words what the score stands on.
    """

    value: float
    band: Band
    reasons: tuple[Reason, ...]
    basis: str
