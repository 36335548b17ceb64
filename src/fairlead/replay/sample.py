"""Which changes are really gated: some of every kind, the same ones for the same question."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from fairlead.replay.model import Kind, Step

LEAST = 2
"""How many of each kind are taken, as far as there are so many and the sample is large enough."""


def choose(steps: Sequence[Step], size: int) -> tuple[Step, ...]:
    """Return at most ``size`` changes, in the order of ``steps``.

    Every kind gets one, those of which there are most first, then a second; the rest is given to kinds
    by their share of all changes. Within a kind the order is that of a digest of the commit's id, which
    is as good as chance and the same every time: a larger sample holds the smaller one's changes of a
    kind, so that what was measured once serves again.
    """
    by_kind: defaultdict[Kind, list[Step]] = defaultdict(list)
    for step in steps:
        by_kind[step.kind].append(step)
    for own in by_kind.values():
        own.sort(key=lambda step: hashlib.sha256(step.head.encode()).digest())
    places = _places({kind: len(own) for kind, own in by_kind.items()}, size)
    chosen = {step.head for kind, number in places.items() for step in by_kind[kind][:number]}
    return tuple(step for step in steps if step.head in chosen)


def _places(counts: dict[Kind, int], size: int) -> dict[Kind, int]:
    """Return how many places each kind gets: ``size`` together, or as many as there are changes."""
    order = sorted(counts, key=lambda kind: (-counts[kind], kind))
    places = dict.fromkeys(order, 0)
    left = min(size, sum(counts.values()))
    for _ in range(LEAST):
        for kind in order:
            if left and places[kind] < counts[kind]:
                places[kind] += 1
                left -= 1
    while left:  # to the kind that is furthest below its share
        kind = min(
            (kind for kind in order if places[kind] < counts[kind]),
            key=lambda kind: places[kind] / counts[kind],
        )
        places[kind] += 1
        left -= 1
    return places
