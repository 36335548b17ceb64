"""A journal of tests may end anywhere, and only a whole one is a session that came to its end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.checks.testing.sessions import Ended, read_session
from fairlead.errors import FairleadError

OUTCOMES = ("passed", "failed", "skipped")


def phase(test: str, when: str, outcome: str) -> dict[str, object]:
    return {
        **{"event": "phase", "id": test, "when": when, "outcome": outcome, "expected": False},
        **{
            "seconds": 0.5,
            "path": "test_a.py",
            "line": 3,
            "message": "assert 0",
            "text": "E  assert 0",
        },
    }


def journal(outcomes: list[str], *, collected: int | None = None) -> list[dict[str, object]]:
    """Return the events of a session in which tests ended like this."""
    events: list[dict[str, object]] = [
        {"event": "configured", "pytest": "9", "python": "3", "root": ".", "configuration": ""},
        {
            "event": "collected",
            "tests": len(outcomes) if collected is None else collected,
            "deselected": 0,
        },
    ]
    for number, outcome in enumerate(outcomes):
        test = f"test_a.py::test_{number}"
        events.append({"event": "began", "id": test})
        events += [
            phase(test, "setup", "passed"),
            phase(test, "call", outcome),
            phase(test, "teardown", "passed"),
        ]
    status = int("failed" in outcomes)
    events += [
        {"event": "finished", "status": status, "stopped": ""},
        {"event": "ended", "status": status},
    ]
    return events


def written(folder: Path, events: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


@given(outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=4), data=st.data())
def test_a_journal_that_is_cut_anywhere_is_never_a_whole_session(
    tmp_path_factory: pytest.TempPathFactory, outcomes: list[str], data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("journal") / "journal"
    raw = written(place, journal(outcomes))
    end = data.draw(st.integers(0, len(raw) - 1))
    place.write_bytes(raw[:end])

    cut = read_session(place)
    place.write_bytes(raw)
    whole = read_session(place)

    assert not cut.whole
    assert whole.whole
    assert [test.ended.value for test in whole.tests] == outcomes
    assert cut.tests == whole.tests[: len(cut.tests)]


def test_a_session_that_ran_less_than_it_collected_is_not_whole(tmp_path: Path) -> None:
    place = tmp_path / "journal"
    place.write_bytes(written(place, journal(["passed"], collected=2)))

    assert not read_session(place).whole


def test_a_test_that_a_plugin_repeated_counts_as_it_ended_last(tmp_path: Path) -> None:
    place = tmp_path / "journal"
    events = journal(["passed"])
    events[3:3] = [
        phase("test_a.py::test_0", "setup", "passed"),
        phase("test_a.py::test_0", "call", "rerun"),
    ]
    place.write_bytes(written(place, events))

    (test,) = read_session(place).tests

    assert (test.ended, test.repeated) == (Ended.PASSED, True)


def test_a_journal_of_something_else_is_an_error(tmp_path: Path) -> None:
    place = tmp_path / "journal"
    place.write_bytes(b"[1, 2]\n")

    with pytest.raises(FairleadError, match="journal"):
        read_session(place)
