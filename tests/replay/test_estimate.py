"""What planning saves: exact where all was measured, and never beyond what the sample allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.changes.model import Size
from fairlead.replay.estimate import Group, critical_path, estimate, model_error
from fairlead.replay.model import Kind, Measured, Step
from replay.making import CHECKS, gating, measured, step

SECONDS = st.lists(st.floats(min_value=0.0, max_value=100.0), max_size=12)
TIMES = {"lint": 0.5, "types": 4.0, "tests": 10.0}


def world(*runs: tuple[str, ...], sampled: int) -> tuple[list[Step], dict[str, Measured]]:
    """Return changes in a world where every check always takes the same, the first few measured."""
    steps = [step(f"{number:040}", *run) for number, run in enumerate(runs)]
    known = {
        one.head: measured(
            one.head,
            gating({name: TIMES[name] / 2 for name in one.run}, beside=0.3),
            gating(TIMES, beside=0.2),
        )
        for one in steps[:sampled]
    }
    return steps, known


def whole(groups: tuple[Group, ...]) -> Group:
    assert groups[0].by == "all"
    return groups[0]


@given(SECONDS, st.integers(min_value=1, max_value=8))
def test_a_critical_path_lies_between_what_no_cores_can_beat_and_one_after_another(
    seconds: list[float], cores: int
) -> None:
    path = critical_path(seconds, cores)

    assert path >= max(seconds, default=0.0)
    assert path >= sum(seconds) / cores - 1e-9
    assert path <= sum(seconds) + 1e-9


@given(SECONDS)
def test_on_one_core_checks_follow_each_other(seconds: list[float]) -> None:
    assert critical_path(seconds, 1) == pytest.approx(sum(seconds))


def test_where_all_was_measured_nothing_is_estimated() -> None:
    steps, known = world(("lint",), CHECKS, sampled=2)

    saving = whole(estimate(steps, known, cores=2)).delay

    assert saving
    assert saving.everything == pytest.approx(10.2)
    assert saving.planned == pytest.approx((0.55 + 5.3) / 2)
    assert saving.low is None


def test_where_every_check_takes_the_same_the_rest_is_estimated_exactly() -> None:
    runs = [("lint",), CHECKS, ("lint", "types"), ()] * 5
    steps, known = world(*runs, sampled=8)
    _, all_known = world(*runs, sampled=20)

    some, complete = (whole(estimate(steps, one, cores=2)) for one in (known, all_known))

    assert some.delay
    assert complete.delay
    assert some.cpu
    assert complete.cpu
    assert some.delay.planned == pytest.approx(complete.delay.planned)
    assert some.cpu.planned == pytest.approx(complete.cpu.planned)
    assert some.delay.by_skipping == pytest.approx(complete.delay.by_skipping)
    assert model_error(steps, known, cores=2) == pytest.approx(0.0)


def test_skipping_alone_saves_what_the_skipped_checks_take_over_the_whole_tree() -> None:
    steps, known = world(("lint", "types"), sampled=1)

    group = whole(estimate(steps, known, cores=1))

    assert group.cpu
    assert group.cpu.by_skipping == pytest.approx(10.0 / 14.5)


def test_a_check_that_was_never_planned_in_the_sample_counts_as_over_the_whole_tree() -> None:
    steps, known = world(("lint",), ("tests",), sampled=1)

    group = whole(estimate(steps, known, cores=2))

    assert group.delay
    assert group.delay.planned == pytest.approx((0.55 + 0.3 + 10.0) / 2)


@given(
    st.lists(st.lists(st.sampled_from(CHECKS), unique=True), min_size=3, max_size=20),
    st.integers(min_value=2, max_value=20),
    st.lists(st.floats(min_value=0.1, max_value=3.0), min_size=20, max_size=20),
)
def test_an_interval_holds_together_and_nothing_is_saved_beyond_all(
    runs: list[list[str]], sampled: int, speeds: list[float]
) -> None:
    steps = [step(f"{number:040}", *sorted(run)) for number, run in enumerate(runs)]
    known = {
        one.head: measured(
            one.head,
            gating({name: TIMES[name] * speed for name in one.run}, beside=0.1),
            gating({name: each * speed for name, each in TIMES.items()}),
        )
        for one, speed in zip(steps[:sampled], speeds, strict=False)
    }

    for group in estimate(steps, known, cores=2, resamples=20):
        for saving in (group.delay, group.cpu):
            assert saving
            assert saving.less <= 1.0
            assert saving.low is None or saving.high is None or saving.low <= saving.high <= 1.0


def test_one_sampled_change_gives_no_interval() -> None:
    steps, known = world(("lint",), ("lint",), sampled=1)

    group = whole(estimate(steps, known, cores=2))

    assert group.delay
    assert group.delay.low is None
    assert model_error(steps, known, cores=2) is None


def test_without_a_sample_there_are_shares_and_no_times() -> None:
    steps, _ = world(("lint",), CHECKS, sampled=0)

    groups = estimate(steps, {}, cores=2)

    assert whole(groups).skipped == 1.0
    assert whole(groups).enabled == 3
    assert all(group.delay is None and group.measured_delay is None for group in groups)


def test_groups_come_by_kind_and_by_size_and_their_shares_add_up() -> None:
    steps = [
        step("1" * 40, kind=Kind.DOCUMENTATION, size=Size.M),
        step("2" * 40, "lint", kind=Kind.INERT, size=Size.XS),
        step("3" * 40, "lint", size=Size.M),
    ]

    groups = estimate(steps, {}, cores=2)

    assert [group.name for group in groups if group.by == "size"] == ["XS", "M"]
    assert [group.changes for group in groups if group.by == "low risk"] == [2]
    for by in ("kind", "size", "risk"):
        assert sum(group.share for group in groups if group.by == by) == pytest.approx(1.0)
