"""The bound on what was not seen, against its definition and against drawn samples."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.replay.bounds import most_likely_share

COUNTS = st.integers(min_value=1, max_value=200).flatmap(
    lambda tried: st.tuples(st.integers(min_value=0, max_value=tried - 1), st.just(tried))
)


@given(st.integers(min_value=1, max_value=500))
def test_without_a_hit_the_bound_is_the_root_that_the_rule_of_three_stands_for(tried: int) -> None:
    assert most_likely_share(0, tried) == pytest.approx(1 - 0.05 ** (1 / tried))
    assert most_likely_share(0, tried) <= 3 / tried


@given(COUNTS)
def test_at_the_bound_so_few_hits_have_one_chance_in_twenty(counts: tuple[int, int]) -> None:
    hits, tried = counts

    share = most_likely_share(hits, tried)

    chance = sum(
        math.comb(tried, number) * share**number * (1 - share) ** (tried - number)
        for number in range(hits + 1)
    )
    assert chance == pytest.approx(0.05, abs=1e-6)


@given(COUNTS)
def test_the_bound_is_above_what_was_seen_and_rises_with_it(counts: tuple[int, int]) -> None:
    hits, tried = counts

    assert hits / tried < most_likely_share(hits, tried) < most_likely_share(hits + 1, tried + 1) + 1e-9


@pytest.mark.parametrize("share", [0.02, 0.2, 0.6])
def test_of_drawn_samples_nineteen_in_twenty_lie_below_their_bound(share: float) -> None:
    chance = random.Random(1)

    covered = sum(
        most_likely_share(sum(chance.random() < share for _ in range(30)), 30) >= share
        for _ in range(1000)
    )

    assert covered >= 940


def test_nothing_tried_bounds_nothing() -> None:
    assert most_likely_share(0, 0) == 1.0
    assert most_likely_share(7, 7) == 1.0


@pytest.mark.parametrize(("hits", "tried"), [(2, 1), (-1, 3)])
def test_what_is_no_count_is_refused(hits: int, tried: int) -> None:
    with pytest.raises(ValueError, match="is no count"):
        most_likely_share(hits, tried)
