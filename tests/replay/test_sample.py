"""Which changes are gated: some of every kind, and the same ones whenever the question is the same."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from fairlead.replay.model import Kind
from fairlead.replay.sample import choose
from replay.making import step

KINDS = st.lists(st.sampled_from(Kind), max_size=60)
SIZES = st.integers(min_value=0, max_value=70)


def steps_of(kinds: list[Kind]) -> list:
    return [step(f"{number:040}", "lint", kind=kind) for number, kind in enumerate(kinds)]


@given(KINDS, SIZES)
def test_as_many_are_chosen_as_were_asked_for_or_as_there_are(kinds: list[Kind], size: int) -> None:
    chosen = choose(steps_of(kinds), size)

    assert len(chosen) == min(size, len(kinds))
    assert len({one.head for one in chosen}) == len(chosen)


@given(KINDS, SIZES)
def test_every_kind_is_in_a_sample_that_has_a_place_for_each(kinds: list[Kind], size: int) -> None:
    chosen = choose(steps_of(kinds), size)

    if size >= len(set(kinds)):
        assert {one.kind for one in chosen} == set(kinds)


@given(KINDS, SIZES, st.randoms())
def test_the_order_of_the_changes_chooses_nothing(
    kinds: list[Kind], size: int, chance: random.Random
) -> None:
    steps = steps_of(kinds)
    shuffled = chance.sample(steps, len(steps))

    assert {one.head for one in choose(steps, size)} == {one.head for one in choose(shuffled, size)}


@given(KINDS, SIZES)
def test_a_larger_sample_holds_the_smaller_one(kinds: list[Kind], size: int) -> None:
    steps = steps_of(kinds)

    smaller, larger = choose(steps, size), choose(steps, size + 1)

    assert {one.head for one in smaller} <= {one.head for one in larger}


def test_the_rest_of_the_places_goes_by_share() -> None:
    steps = steps_of([Kind.SOURCE] * 30 + [Kind.DOCUMENTATION] * 10)

    chosen = choose(steps, 20)

    assert sum(one.kind is Kind.SOURCE for one in chosen) == 15
