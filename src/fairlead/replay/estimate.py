"""What planning saves: measured where a change was gated, estimated from those times elsewhere."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from fairlead.replay.model import LOW_RISK, Gating, Kind, Measured, Step

RESAMPLES = 1000
"""How many samples an interval is made of."""

OF_ITS_OWN = 3
"""From so many runs on, a check's time in changes of a kind is that of the runs in such changes."""

Cost = tuple[float, float]
"""Seconds of waiting, seconds of processor time."""

Sums = tuple[float, float, float]
"""One quantity over many changes: everything, as planned, and the planned checks on the whole tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One quantity with everything run and as planned, in seconds per change, and how much less it is.

    ``less`` is a share of ``everything``, negative for more; ``low`` and ``high`` are the ends of its
    95 % interval, ``None`` where the sample doesn't give one. ``by_skipping`` is the share that would
    be saved if every check that runs still looked at the whole tree: what is beyond it comes of looking
    at the changed files alone, and of what is kept from the base.
    """

    everything: float
    planned: float
    less: float
    by_skipping: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Medians over sampled changes of one quantity, in seconds, and how much less the second is."""

    everything: float
    planned: float
    less: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Changes that have something in common, and what planning does for them.

    ``by`` is what they are grouped by. ``share`` is of all changes. ``sampled`` of them were gated.
    ``skipped`` is the mean number of checks that one of them is spared, of ``enabled``. ``delay`` and
    ``cpu`` are over all of them: what was measured of the sampled ones, and estimates of the rest.
    ``measured_delay`` and ``measured_cpu`` are medians of the sampled ones alone. They are ``None``
    where nothing was measured.
    """

    by: str
    name: str
    changes: int
    share: float
    sampled: int
    enabled: int
    skipped: float
    delay: Saving | None
    cpu: Saving | None
    measured_delay: Measurement | None
    measured_cpu: Measurement | None


def critical_path(seconds: Iterable[float], cores: int) -> float:
    """Return how long tasks take side by side, the longest begun first, one at a time on each core."""
    free = [0.0] * cores
    for each in sorted(seconds, reverse=True):
        heapq.heapreplace(free, free[0] + each)
    return max(free)


class Durations:
    """What the sampled runs say of every other change: medians of each check's runs.

    What a run takes beside its checks (reading the change, writing trees) is added as a median too. A
    check that no sampled run had planned is taken to last as long as over the whole tree.
    """

    def __init__(self, sample: Sequence[tuple[Step, Measured]], cores: int) -> None:
        self._sample, self._cores = sample, cores
        self._known: dict[tuple[Kind, tuple[str, ...]], Cost] = {}
        self._left: dict[tuple[str, ...], Cost] = {}

    @cached_property
    def everything(self) -> Cost:
        """Everything over the whole tree."""
        return _median_cost([one.everything for _, one in self._sample])

    def planned(self, kind: Kind, run: tuple[str, ...]) -> Cost:
        """Return what a change of this kind takes with these checks planned."""
        if (kind, run) not in self._known:
            times = [self._of(check, kind) for check in run]
            self._known[kind, run] = (
                self._beside[0] + critical_path((seconds for seconds, _ in times), self._cores),
                self._beside[1] + sum(cpu for _, cpu in times),
            )
        return self._known[kind, run]

    def skipping(self, run: tuple[str, ...]) -> Cost:
        """Return what is left of everything when these checks alone run over the whole tree."""
        if run not in self._left:
            left = _left_by_skipping(self._whole, run, self._cores)
            self._left[run] = (left[0] * self.everything[0], left[1] * self.everything[1])
        return self._left[run]

    def _of(self, check: str, kind: Kind) -> Cost:
        runs = self._planned_runs.get(check, [])
        own = [cost for owner, cost in runs if owner is kind]
        if len(own) >= OF_ITS_OWN:
            return _medians(own)
        return _medians([cost for _, cost in runs]) if runs else self._whole.get(check, (0.0, 0.0))

    @cached_property
    def _planned_runs(self) -> Mapping[str, list[tuple[Kind, Cost]]]:
        runs: defaultdict[str, list[tuple[Kind, Cost]]] = defaultdict(list)
        for step, one in self._sample:
            for check, cost in _costs(one.planned).items():
                runs[check].append((step.kind, cost))
        return runs

    @cached_property
    def _whole(self) -> Mapping[str, Cost]:
        runs: defaultdict[str, list[Cost]] = defaultdict(list)
        for _, one in self._sample:
            for check, cost in _costs(one.everything).items():
                runs[check].append(cost)
        return {check: _medians(costs) for check, costs in runs.items()}

    @cached_property
    def _beside(self) -> Cost:
        return _medians(
            [
                (
                    max(0.0, gating.seconds - self._path(gating)),
                    max(0.0, gating.cpu_seconds - sum(t.cpu_seconds for t in gating.checks.values())),
                )
                for gating in (one.planned for _, one in self._sample)
            ]
        )

    def _path(self, gating: Gating) -> float:
        return critical_path((timing.seconds for timing in gating.checks.values()), self._cores)


def estimate(
    steps: Sequence[Step], measured: Mapping[str, Measured], *, cores: int, resamples: int = RESAMPLES
) -> tuple[Group, ...]:
    """Return the groups of all changes, then by kind, nature, proof, size and risk; largest first.

    ``measured`` is by the head's id. Sizes and bands are in their own order. Intervals are percentiles
    of a bootstrap over the sampled changes; they speak of the changes that were not sampled, and there
    are none from fewer than two sampled ones.
    """
    sample = [(step, measured[step.head]) for step in steps if step.head in measured]
    tables = [_Table(by, name, own, measured, cores) for by, name, own in _grouped(steps)]
    middle = Durations(sample, cores) if sample else None
    spread: list[list[tuple[float, float]]] = [[] for _ in tables]
    if len(sample) > 1:
        chance = random.Random(0)  # noqa: S311 - the same question gets the same answer
        for _ in range(resamples):
            drawn = Durations([chance.choice(sample) for _ in sample], cores)
            for table, shares in zip(tables, spread, strict=True):
                delay, cpu = table.costs(drawn)
                shares.append((_less(*delay[:2]), _less(*cpu[:2])))
    return tuple(
        table.group(len(steps), middle, shares) for table, shares in zip(tables, spread, strict=True)
    )


def model_error(steps: Sequence[Step], measured: Mapping[str, Measured], *, cores: int) -> float | None:
    """Return the median error of an estimated delay against the measured one, as a share of that.

    Each sampled change is estimated from the others. ``None`` below three sampled changes.
    """
    sample = [(step, measured[step.head]) for step in steps if step.head in measured]
    if len(sample) < 3:
        return None
    errors = []
    for index, (step, one) in enumerate(sample):
        others = Durations([*sample[:index], *sample[index + 1 :]], cores)
        guess, _ = others.planned(step.kind, step.run)
        errors.append(abs(guess - one.planned.seconds) / one.planned.seconds)
    return median(errors)


class _Table:
    """The changes of a group, counted by what their cost is worked out from."""

    def __init__(
        self,
        by: str,
        name: str,
        steps: Sequence[Step],
        measured: Mapping[str, Measured],
        cores: int,
    ) -> None:
        self._by, self._name, self._steps = by, name, steps
        self._sampled = [
            (one, _left_by_skipping(_costs(one.everything), step.run, cores))
            for step in steps
            if (one := measured.get(step.head))
        ]
        self._rest = Counter((step.kind, step.run) for step in steps if step.head not in measured)

    def costs(self, durations: Durations) -> tuple[Sums, Sums]:
        """Return the sums of waiting, and those of processor time."""
        delay, cpu = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
        for (kind, run), number in self._rest.items():
            each = (durations.everything, durations.planned(kind, run), durations.skipping(run))
            for at, (seconds, processor) in enumerate(each):
                delay[at] += number * seconds
                cpu[at] += number * processor
        for one, left in self._sampled:
            whole = one.everything
            for at, gating in enumerate((whole, one.planned)):
                delay[at] += gating.seconds
                cpu[at] += gating.cpu_seconds
            delay[2] += left[0] * whole.seconds
            cpu[2] += left[1] * whole.cpu_seconds
        return (delay[0], delay[1], delay[2]), (cpu[0], cpu[1], cpu[2])

    def group(
        self, total: int, middle: Durations | None, shares: Sequence[tuple[float, float]]
    ) -> Group:
        """Return the group with its savings; ``shares`` are those of the resamples."""
        number = len(self._steps)
        delay = cpu = None
        if middle:
            waits, work = self.costs(middle)
            spread = shares if self._rest else ()  # nothing is estimated where all was measured
            delay = _saving(waits, number, [one for one, _ in spread])
            cpu = _saving(work, number, [other for _, other in spread])
        return Group(
            by=self._by,
            name=self._name,
            changes=number,
            share=number / total,
            sampled=len(self._sampled),
            enabled=max(len(step.run) + len(step.skipped) for step in self._steps),
            skipped=sum(len(step.skipped) for step in self._steps) / number,
            delay=delay,
            cpu=cpu,
            measured_delay=self._measured(lambda gating: gating.seconds),
            measured_cpu=self._measured(lambda gating: gating.cpu_seconds),
        )

    def _measured(self, quantity: Callable[[Gating], float]) -> Measurement | None:
        if not self._sampled:
            return None
        everything = median(quantity(one.everything) for one, _ in self._sampled)
        planned = median(quantity(one.planned) for one, _ in self._sampled)
        return Measurement(everything=everything, planned=planned, less=_less(everything, planned))


def _grouped(steps: Sequence[Step]) -> list[tuple[str, str, list[Step]]]:
    """Return the groups that have a change: what they are grouped by, their name, their changes."""
    grouped: list[tuple[str, str, list[Step]]] = [("all", "all changes", list(steps))]
    low = [step for step in steps if step.kind in LOW_RISK]
    if low:
        grouped.append(("low risk", "documentation and inert", low))
    aspects: Mapping[str, Callable[[Step], Iterable[str]]] = {
        "kind": lambda step: (step.kind,),
        "nature": lambda step: step.natures,
        "proof": lambda step: step.proofs,
        "size": lambda step: (step.size,),
        "risk": lambda step: (step.band,),
    }
    ordered = {"size": ("XS", "S", "M", "L", "XL"), "risk": ("low", "medium", "high")}
    for by, names in aspects.items():
        own: defaultdict[str, list[Step]] = defaultdict(list)
        for step in steps:
            for name in names(step):
                own[str(name)].append(step)
        order = [name for name in ordered.get(by, ()) if name in own]
        order = order or sorted(own, key=lambda name: (-len(own[name]), name))
        grouped += [(by, name, own[name]) for name in order]
    return grouped


def _saving(sums: Sums, number: int, shares: Sequence[float]) -> Saving:
    everything, planned, run_alone = sums
    low = high = None
    if shares:
        ranked = sorted(shares)
        low = ranked[round(0.025 * (len(ranked) - 1))]
        high = ranked[round(0.975 * (len(ranked) - 1))]
    return Saving(
        everything=everything / number,
        planned=planned / number,
        less=_less(everything, planned),
        by_skipping=_less(everything, run_alone),
        low=low,
        high=high,
    )


def _left_by_skipping(whole: Mapping[str, Cost], run: Iterable[str], cores: int) -> Cost:
    """Return the shares of waiting and of processor time that are left when only ``run`` runs."""
    mine = [whole[check] for check in run if check in whole]
    waits = [
        critical_path((seconds for seconds, _ in costs), cores) for costs in (mine, whole.values())
    ]
    work = [sum(cpu for _, cpu in costs) for costs in (mine, whole.values())]
    return 1 - _less(waits[1], waits[0]), 1 - _less(work[1], work[0])


def _costs(gating: Gating) -> dict[str, Cost]:
    return {check: (timing.seconds, timing.cpu_seconds) for check, timing in gating.checks.items()}


def _less(everything: float, planned: float) -> float:
    return 1 - planned / everything if everything else 0.0


def _median_cost(gatings: Sequence[Gating]) -> Cost:
    return _medians([(one.seconds, one.cpu_seconds) for one in gatings])


def _medians(costs: Sequence[Cost]) -> Cost:
    return median(one for one, _ in costs), median(other for _, other in costs)
