"""What a change is, and what was measured of one as it is kept between replays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.changes.model import FileChange, Nature, Proof
from fairlead.gate.policy import DEFAULT_POLICY, amend
from fairlead.replay import keeping
from fairlead.replay.model import Gating, Kind, Measured, Missed, Timing, kind_of
from fairlead.replay.tally import tally_checks, tally_misses
from gate.samples import change, file_change
from replay.making import CHECKS, gating, measured, miss, step

INERT = file_change("src/a.py", inert=Proof.SAME_SYNTAX_TREE)
SOURCE = file_change("src/b.py")
TEXT = file_change("README.md", nature=Nature.DOCUMENTATION)
TESTS = file_change("tests/test_a.py", nature=Nature.TESTS)
DATA = file_change("a.csv", nature=Nature.DATA)


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ((), Kind.EMPTY),
        ((TEXT,), Kind.DOCUMENTATION),
        ((INERT,), Kind.INERT),
        ((TEXT, INERT), Kind.INERT),
        ((TEXT, SOURCE), Kind.SOURCE),
        ((INERT, TESTS), Kind.TESTS),
        ((SOURCE, TESTS, TEXT), Kind.SOURCE_AND_TESTS),
        ((SOURCE, TESTS, DATA), Kind.SOURCE_AND_MORE),
        ((TESTS, DATA), Kind.MIXED),
    ],
)
def test_text_and_inert_files_are_put_aside_and_the_rest_names_a_change(
    files: tuple[FileChange, ...], kind: Kind
) -> None:
    assert kind_of(change(*files)) is kind


@pytest.mark.parametrize("nature", sorted(set(Nature) - {Nature.DOCUMENTATION}))
def test_a_change_of_one_nature_is_of_that_kind(nature: Nature) -> None:
    assert kind_of(change(file_change("x", nature=nature))) == str(nature)


SECONDS = st.floats(min_value=0, max_value=1e6)
TIMINGS = st.builds(Timing, seconds=SECONDS, cpu_seconds=SECONDS, outcome=st.text())
GATINGS = st.builds(
    Gating,
    checks=st.dictionaries(st.text(), TIMINGS),
    seconds=SECONDS,
    cpu_seconds=SECONDS,
)
TEXTS = st.text()
MISSED = st.builds(
    Missed,
    check=TEXTS,
    rule=TEXTS,
    path=st.just("odd\udcff.py"),
    line=st.integers(min_value=0),
    what=TEXTS,
    because=TEXTS,
)
MEASURED = st.builds(
    Measured,
    head=TEXTS,
    planned=GATINGS,
    everything=GATINGS,
    missed=st.lists(MISSED).map(tuple),
    open=st.dictionaries(TEXTS, TEXTS),
    at=TEXTS,
)


@given(MEASURED)
def test_what_was_measured_comes_back_as_it_was_kept(one: Measured) -> None:
    assert keeping.decode(keeping.encode(one)) == one


@pytest.mark.parametrize("kept", [b"", b"{}", b"[1]", b'{"head": 1, "planned": 2}', b"\xff"])
def test_what_cannot_be_read_was_not_measured(kept: bytes) -> None:
    assert keeping.decode(kept) is None


def key(**changes: object) -> str:
    return keeping.key(
        step("1" * 40, "lint"), amend(DEFAULT_POLICY, "lint", **changes), cores=2, ground="here"
    )


def test_another_policy_is_measured_anew_and_another_line_of_it_is_not() -> None:
    assert key() == key(line=7)
    assert key() != key(timeout=7.0)
    assert key() != key(on=frozenset({Nature.SOURCE}))


def test_other_checks_or_cores_or_another_machine_are_measured_anew() -> None:
    one = step("1" * 40, "lint")
    keys = {
        keeping.key(one, DEFAULT_POLICY, cores=2, ground="here"),
        keeping.key(replace(one, run=("lint", "types")), DEFAULT_POLICY, cores=2, ground="here"),
        keeping.key(one, DEFAULT_POLICY, cores=4, ground="here"),
        keeping.key(one, DEFAULT_POLICY, cores=2, ground="there"),
    }

    assert len(keys) == 4


def test_misses_are_counted_by_change_and_bounded() -> None:
    steps = [step(f"{number:040}", "lint") for number in range(3)]
    everything = gating(dict.fromkeys(CHECKS, 1.0))
    known = {one.head: measured(one.head, gating({}), everything) for one in steps[:2]}
    known[steps[0].head] = replace(known[steps[0].head], missed=(miss(), miss("types")))

    misses = tally_misses(steps, known)

    assert (misses.tried, misses.hits) == (2, 1)
    assert [head for head, _ in misses.found] == [steps[0].head] * 2
    assert misses.at_most == pytest.approx(0.9747, abs=1e-4)


def test_what_everything_could_not_evaluate_shows_nothing_of_what_skipping_misses() -> None:
    one = step("1" * 40, "lint", "tests")
    blind = measured(one.head, gating({}), gating({"lint": 1.0}), open={"types": "no environment"})

    misses = tally_misses([one], {one.head: blind})

    assert (misses.tried, misses.at_most) == (0, 1.0)
    assert misses.unknown == {"types": (1, "no environment")}


def test_each_check_is_counted_over_all_changes_and_timed_over_the_sampled() -> None:
    steps = [step("1" * 40, "lint"), step("2" * 40, *CHECKS)]
    known = {steps[1].head: measured(steps[1].head, gating({"lint": 2.0}), gating({"types": 3.0}))}

    lint, types, tests = tally_checks(steps, known)

    assert (lint.run, lint.skipped, types.run, types.skipped) == (2, 0, 1, 1)
    assert lint.planned
    assert lint.planned.seconds == 2.0
    assert types.everything
    assert types.everything.n == 1
    assert tests.planned is None
