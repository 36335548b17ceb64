"""How much of what was not seen there may be: bounds on a share, from a count in a sample."""

from __future__ import annotations

import math

CONFIDENCE = 0.95


def most_likely_share(hits: int, tried: int, confidence: float = CONFIDENCE) -> float:
    """Return the greatest share that ``hits`` in ``tried`` still agree with, in [0, 1].

    The upper one-sided bound of Clopper and Pearson (Biometrika 26, 1934): the share at which so few
    hits or fewer have a probability of 1 − ``confidence``. Without hits in n it is
    1 − (1 − ``confidence``)^(1/n), which the rule of three puts at 3/n. It is 1.0 when nothing was
    tried. Raises ValueError for more hits than tries.
    """
    if not 0 <= hits <= tried:
        raise ValueError(f"{hits} of {tried} is no count")
    if hits == tried:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(hits, tried, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(hits: int, tried: int, share: float) -> float:
    """Return the probability of ``hits`` or fewer in ``tried``."""
    return math.fsum(
        math.comb(tried, count) * share**count * (1 - share) ** (tried - count)
        for count in range(hits + 1)
    )
