"""What the platform observed, as evidence behind a figure of a story."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fairlead.app.cli.main import run
from fairlead.app.cli.observed import METRICS
from fairlead.measurements.observations import Metric, Observation, record
from fairlead.store.database import open_database, sqlite_address
from fairlead.store.migrations import bring_up
from worksheet.making_stories import write_folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a platform's folder, with waits of October and November in its store."""
    monkeypatch.delenv("FAIRLEAD_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    database = open_database(sqlite_address(tmp_path / "state" / "fairlead.sqlite"))
    bring_up(database)
    with database.write() as unit:
        record(
            unit,
            [
                Observation(
                    metric=Metric.WAIT,
                    value=value,
                    at=datetime(2026, month, 15, tzinfo=UTC).timestamp(),
                    inert=True,
                )
                for month, values in ((10, (60.0, 66.0, 70.0)), (11, (8.0, 8.0)))
                for value in values
            ],
        )
    database.close()
    return tmp_path / "state"


def test_the_metrics_of_the_command_are_those_that_are_observed() -> None:
    assert list(METRICS) == [str(metric) for metric in Metric]


def test_two_windows_are_answered_and_kept_for_a_story_to_be_bound_to(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["measurements", "observed", "wait", "--inert", "--state", str(state)]
    windows = ["--window", "2026-10", "--window", "2026-11"]

    code = run([*words, *windows, "--keep", "--format", "json"])
    answers = json.loads(capsys.readouterr().out)
    run(["measurements", "list", "--format", "json"])
    kept = json.loads(capsys.readouterr().out)

    assert code == 0
    assert [(one["value"], one["n"], one["condition"]) for one in answers] == [
        (66.0, 3, "inert changes"),
        (8.0, 2, "inert changes"),
    ]
    assert kept == answers


def test_a_story_s_figure_stands_on_what_the_platform_observed(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "# Shorter waits\n\n## Result\n\nInert changes wait 88 % less.\n"
    monkeypatch.chdir(write_folder(tmp_path / "stories", {"stories/waits.md": text}))
    asked = ["--window", "2026-10", "--window", "2026-11", "--state", str(state)]
    run(["measurements", "observed", "wait", "--inert", *asked, "--keep", "--format", "json"])
    before, after = (one["id"] for one in json.loads(capsys.readouterr().out))

    bind = ["--before", before, "--after", after, "--attribution", "nothing else"]
    code = run(["worksheet", "evidence", "waits", "--figure", "88 % less", *bind])

    said = capsys.readouterr().out
    assert code == 0
    assert "66 s to 8 s: 87.9 % less" in said
    assert "n 3 and n 2" in said


def test_asking_twice_keeps_one(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["measurements", "observed", "wait", "--keep", "--state", str(state), "--format", "json"]
    run(words)
    run(words)
    capsys.readouterr()

    run(["measurements", "list", "--format", "json"])

    assert len(json.loads(capsys.readouterr().out)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["wait", "--window", "2026-13"], "cannot be read"),
        (["wait", "--window", "2024-01"], "nothing of that kind was observed"),
        (["wait", "--statistic", "mode"], "no statistic"),
        (["wait", "--state", "elsewhere"], "no platform has kept anything"),
    ],
)
def test_a_question_without_an_answer_says_why_and_what_to_do(
    state: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code = run(["measurements", "observed", "--state", str(state), *words])

    heard = capsys.readouterr().err
    assert code == 2
    assert said in heard
    assert "fix:" in heard
