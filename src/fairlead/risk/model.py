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
