"""What a replay comes to, check by check, and what skipping missed of what everything found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from fairlead.replay.bounds import CONFIDENCE, most_likely_share
from fairlead.replay.model import Measured, Missed, Step, Timing

NOT_EVALUATED = "not_evaluated"
"""The outcome of a check that could not look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Medians of ``n`` runs of a check, in seconds."""

    n: int
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTally:
    """One check: in how many changes it would have run and been skipped, and its sampled times.

    ``planned`` are its runs on what a change needed, ``everything`` those over whole trees, ``None``
    without a run. ``not_evaluated`` counts those of the latter that came to no answer.
    """

    check: str
    run: int
    skipped: int
    planned: Times | None
    everything: Times | None
    not_evaluated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Misses:
    """What the planned checks missed.

    ``tried`` sampled changes were spared a check that everything evaluated; in ``hits`` of them
    everything found a new problem that the planned checks had not. ``at_most`` is the share of such
    changes that this still agrees with, at ``confidence``. ``found`` is by the change's head.
    ``unknown`` says by check in how many sampled changes, and why, it is not known what skipping it
    missed.
    """

    tried: int
    hits: int
    at_most: float
    confidence: float
    found: tuple[tuple[str, Missed], ...]
    unknown: Mapping[str, tuple[int, str]]


def tally_checks(steps: Sequence[Step], measured: Mapping[str, Measured]) -> tuple[CheckTally, ...]:
    """Return a tally for every check that the policy has, in the catalogue's order."""
    names = dict.fromkeys(name for step in steps[:1] for name in (*step.run, *step.skipped))
    for step in steps:
        names |= dict.fromkeys((*step.run, *step.skipped))
    tallies = []
    for name in names:
        planned = [one.planned.checks[name] for one in measured.values() if name in one.planned.checks]
        whole = [
            one.everything.checks[name] for one in measured.values() if name in one.everything.checks
        ]
        tallies.append(
            CheckTally(
                check=name,
                run=sum(name in step.run for step in steps),
                skipped=sum(name in step.skipped for step in steps),
                planned=_times(planned),
                everything=_times(whole),
                not_evaluated=sum(timing.outcome == NOT_EVALUATED for timing in whole),
            )
        )
    return tuple(tallies)


def tally_misses(steps: Sequence[Step], measured: Mapping[str, Measured]) -> Misses:
    """Return what was missed in the sampled changes, and how much there may be in others like them."""
    tried = hits = 0
    found: list[tuple[str, Missed]] = []
    unknown = Counter[str]()
    why: dict[str, str] = {}
    for step in steps:
        one = measured.get(step.head)
        if one is None:
            continue
        evaluated = {name for name in step.skipped if name in one.everything.checks} - set(one.open)
        tried += bool(evaluated or one.missed)
        hits += bool(one.missed)
        found += [(step.head, missed) for missed in one.missed]
        for name in step.skipped:
            if name in one.open:
                unknown[name] += 1
                why.setdefault(name, one.open[name])
    return Misses(
        tried=tried,
        hits=hits,
        at_most=most_likely_share(hits, tried),
        confidence=CONFIDENCE,
        found=tuple(found),
        unknown={name: (number, why[name]) for name, number in unknown.items()},
    )


def _times(runs: Sequence[Timing]) -> Times | None:
    if not runs:
        return None
    return Times(
        n=len(runs),
        seconds=median(timing.seconds for timing in runs),
        cpu_seconds=median(timing.cpu_seconds for timing in runs),
    )
