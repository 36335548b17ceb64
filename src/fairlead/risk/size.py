"""The score by size and spread: six measures of the diff, weighed by a fitted logistic regression."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from fairlead.changes.model import Change
from fairlead.risk.model import Band, History, Reason, RiskScore

BASIS = "by size and spread; no bound"
"""What the score stands on: it bounds nothing, and nothing is skipped on it."""

INTERCEPT = "intercept"
"""The reason that every change has: the log-odds before anything is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One measure's part in the model: ``coefficient`` × ln(1 + min(value, ``limit``)).

    ``limit`` is the greatest value in the data; beyond it the model knows nothing and stays level.
    """

    coefficient: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What was fitted: the intercept, a weight for each measure, and where the bands begin."""

    intercept: float
    weights: Mapping[str, Weight]
    medium: float
    high: float


def score(change: Change, history: History) -> RiskScore:
    """Return how likely the change is to induce a defect, by size and spread of its diff alone.

    ``history`` is the past of its files and author; this model reads none of it. Every file and line
    counts, as in the data behind the coefficients: generated, vendored and inert ones too. No weight
    is negative, so a change never scores lower for a greater measure, all others being equal. A
    change without files scores the intercept alone.
    """
    model = load_model()
    measures = measure(change)
    reasons = [Reason(feature=INTERCEPT, value=1.0, log_odds=model.intercept)]
    for feature, weight in model.weights.items():
        value = measures[feature]
        share = weight.coefficient * math.log1p(min(value, weight.limit))
        reasons.append(Reason(feature=feature, value=value, log_odds=share))
    reasons.sort(key=lambda reason: -abs(reason.log_odds))
    value = 1 / (1 + math.exp(-math.fsum(reason.log_odds for reason in reasons)))
    return RiskScore(value=value, band=_band(value, model), reasons=tuple(reasons), basis=BASIS)


def measure(change: Change) -> dict[str, float]:
    """Return the change's measures of size and diffusion, by name (Kamei et al., TSE 39(6), 2013).

    ``subsystems`` are first components of paths and ``folders`` whole folders, the root counting as
    one; ``files`` and lines are counts. ``entropy`` is Shannon's, in bits, of how the changed lines
    lie over the files: 0 for one file, log2(n) for n files with equally many lines. The paper divides
    by that maximum, the data our coefficients come from does not, and we follow the data.
    """
    folders = {file.path.rpartition("/")[0] for file in change.files}
    lines = [file.added + file.deleted for file in change.files]
    return {
        "subsystems": float(len({folder.partition("/")[0] for folder in folders})),
        "folders": float(len(folders)),
        "files": float(len(change.files)),
        "entropy": entropy(lines),
        "lines added": float(sum(file.added for file in change.files)),
        "lines deleted": float(sum(file.deleted for file in change.files)),
    }


def entropy(counts: list[int]) -> float:
    """Return Shannon's entropy of ``counts`` in bits; 0.0 where all of them, or all but one, are 0."""
    total = sum(counts)
    shares = [count / total for count in counts if count]
    return abs(math.fsum(share * math.log2(share) for share in shares))


@cache
def load_model() -> Model:
    """Return the model that ships with the package; ``size.json`` names its data and its accuracy."""
    text = resources.files("fairlead.risk").joinpath("size.json").read_text(encoding="utf-8")
    fitted = json.loads(text)
    return Model(
        intercept=fitted["intercept"],
        weights={feature: Weight(**weight) for feature, weight in fitted["weights"].items()},
        medium=fitted["bands"]["medium"],
        high=fitted["bands"]["high"],
    )


def _band(value: float, model: Model) -> Band:
    if value >= model.high:
        return Band.HIGH
    return Band.MEDIUM if value >= model.medium else Band.LOW
