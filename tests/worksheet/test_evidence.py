import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.app.cli.main import run
from fairlead.measurements.log import add_to_log
from fairlead.measurements.model import Measurement, Window
from fairlead.worksheet.comparison import compute_change, object_to_pair, say_change
from fairlead.worksheet.evidence import Standing, examine
from fairlead.worksheet.figures import find_figures
from fairlead.worksheet.model import EvidenceKind
from worksheet.making_stories import story, write_folder

MARCH = Window(start="2026-03-01", end="2026-03-07")
MAY = Window(start="2026-05-01", end="2026-05-07")
TEXT = (
    "## Result\nThe mean fell from 8 seconds to\n400 milliseconds, a 95% improvement; 85 % liked it.\n"
)


def measured(**said: Any) -> Measurement:
    one = Measurement(
        metric="search latency",
        statistic="mean",
        value=8.0,
        unit="s",
        n=500,
        window=MARCH,
        condition="peak hours",
    )
    return replace(one, **said)


BIND = ["worksheet", "evidence", "search", "--figure", "95%"]
BEFORE = measured()
AFTER = measured(value=400.0, unit="ms", window=MAY)


def with_evidence(*entries: str) -> str:
    return "---\nevidence:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries) + f"---\n{TEXT}"


def whats(standing: Standing) -> list[str]:
    return [objection.what for objection in standing.objections]


def test_a_figure_without_evidence_is_typed_and_nothing_is_held_against_it() -> None:
    standings = examine(story(TEXT), ())

    assert [(one.figure, one.kind, one.line) for one in standings] == [
        ("8 seconds", EvidenceKind.TYPED, 2),
        ("400 milliseconds", EvidenceKind.TYPED, 3),
        ("95%", EvidenceKind.TYPED, 3),
        ("85 %", EvidenceKind.TYPED, 3),
    ]
    assert all(not one.objections for one in standings)


def test_a_measured_figure_is_computed_again_from_its_bindings_across_a_line_break() -> None:
    entry = (
        f'figure: "8 seconds to 400 milliseconds, a 95% improvement", kind: measured, '
        f"before: {BEFORE.id[:6]}, after: {AFTER.id}, attribution: nothing"
    )

    first, second = examine(story(with_evidence(entry)), (BEFORE, AFTER))

    assert first.change
    assert say_change(first.change) == "8 s to 400 ms: 95 % less, a factor of 20"
    assert first.objections == ()
    assert second.figure == "85 %"


@pytest.mark.parametrize(
    ("changed", "seen"),
    [
        ({"statistic": "max"}, "statistic: mean before, max after"),
        ({"condition": "at night"}, "condition: peak hours before, at night after"),
        ({"condition": ""}, "condition: peak hours before, not said after"),
        ({"metric": "other latency"}, "metric: search latency before, other latency after"),
        ({"unit": "MB"}, "unit: s before, MB after"),
        ({"window": None}, "window: not said for the figure after"),
        ({"window": MARCH}, f"window: {MARCH} before overlaps {MARCH} after"),
        (
            {"window": Window(start="2026-05-01", end="2026-05-30")},
            f"window: {MARCH} before, 2026-05-01 to 2026-05-30 after, more than twice as long",
        ),
        ({"n": None}, "n: not said for the figure after"),
    ],
)
def test_what_a_before_and_an_after_do_not_share_is_named(changed: dict[str, Any], seen: str) -> None:
    after = measured(value=400.0, **({"unit": "ms", "window": MAY} | changed))

    assert [objection.what for objection in object_to_pair(BEFORE, after)] == [seen]


def test_another_host_is_named_and_another_commit_is_not() -> None:
    before = measured(labels=(("commit", "a"), ("host", "web-1")))
    after = measured(window=MAY, labels=(("commit", "b"), ("host", "web-2")))

    assert [one.what for one in object_to_pair(before, after)] == ["host: web-1 before, web-2 after"]


@pytest.mark.parametrize(
    ("wording", "fits"),
    [
        ("95% improvement", True),
        ("1,900 % faster", True),
        ("20x", True),
        ("20 times", True),
        ("8 seconds", True),
        ("0.4 s", True),
        ("400 milliseconds", True),
        ("90%", False),
        ("10x", False),
        ("7 seconds", False),
        ("under 300 ms", False),
        ("3 GB", False),
    ],
)
def test_a_wording_has_to_come_out_as_the_measurements_do(wording: str, fits: bool) -> None:
    text = (
        f'---\nevidence: [{{figure: "{wording}", kind: measured, before: {BEFORE.id}, '
        f"after: {AFTER.id}, attribution: none}}]\n---\n## Result\nIt was {wording} better.\n"
    )

    (standing,) = examine(story(text), (BEFORE, AFTER))

    assert (standing.objections == ()) is fits


def test_measured_is_not_caused_so_what_else_changed_is_asked() -> None:
    entry = f'figure: "95%", kind: measured, before: {BEFORE.id}, after: {AFTER.id}'

    standing = next(
        one for one in examine(story(with_evidence(entry)), (BEFORE, AFTER)) if one.evidence
    )

    assert whats(standing) == ["attribution: not said"]
    assert f"between {MARCH} and {MAY}" in standing.objections[0].fix


@pytest.mark.parametrize(
    ("entry", "seen"),
    [
        ('figure: "85 %", kind: attested', "'85 %' is attested by nobody"),
        ('figure: "85 %", kind: measured', "it says measured and names no measurement"),
        ('figure: "85 %", kind: measured, after: ffffff', "after: no measurement has an id"),
        ('figure: "12 apples", kind: attested, source: x', "no longer says '12 apples'"),
    ],
)
def test_evidence_that_hangs_in_the_air_is_named(entry: str, seen: str) -> None:
    standings = examine(story(with_evidence(entry)), ())

    assert any(seen in what for standing in standings for what in whats(standing))


def test_a_single_measurement_is_compared_with_the_figure() -> None:
    share = measured(metric="liked it", statistic="share", value=0.85, unit="ratio")
    entry = f'figure: "85 %", kind: measured, after: {share.id}'
    wrong = f'figure: "95%", kind: measured, after: {share.id}'

    right = next(one for one in examine(story(with_evidence(entry)), (share,)) if one.evidence)
    other = next(one for one in examine(story(with_evidence(wrong)), (share,)) if one.evidence)

    assert (right.single, right.objections) == (share, ())
    assert whats(other) == ["the story says 95%, the measurement 0.85 ratio"]


@given(
    st.floats(min_value=0.001, max_value=1e6),
    st.floats(min_value=0.001, max_value=1e6),
    st.sampled_from(["ms", "s", "min"]),
    st.sampled_from(["ms", "s", "min"]),
)
def test_a_change_is_the_same_whatever_units_it_was_measured_in(
    before: float, after: float, one: str, other: str
) -> None:
    factors = {"ms": 0.001, "s": 1.0, "min": 60.0}

    change = compute_change(
        measured(value=before / factors[one], unit=one),
        measured(value=after / factors[other], unit=other),
    )

    assert change.less == pytest.approx((before - after) / before)
    assert change.factor == pytest.approx(max(before, after) / min(before, after))


def test_a_change_from_nought_has_no_share_and_no_factor() -> None:
    change = compute_change(measured(value=0.0), measured(value=3.0))

    assert (change.less, change.factor) == (None, None)
    assert say_change(change) == "0 s to 3 s"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from 8-10 seconds to 400ms", [(8, 10, "seconds"), (400, 400, "ms")]),
        ("700,000 logs, 700K+ files, 1.5M users", [(7e5, 7e5, ""), (7e5, 7e5, ""), (1.5e6, 1.5e6, "")]),
        ("cut by 60 per cent, 10x faster", [(60, 60, "per cent"), (10, 10, "x")]),
        ("In 2024 we used Python 3.11 and HTTP/2 on 10.0.0.1", []),
        ("1. first\n2) second", []),
        ("a 10-minute wait", [(10, 10, "minute")]),
        ("€ no, €9,000 yes", [(9000, 9000, "€")]),
    ],
)
def test_figures_are_told_from_years_versions_and_list_numbers(
    text: str, found: list[tuple[float, float, str]]
) -> None:
    assert [(one.low, one.value, one.unit) for one in find_figures(text)] == found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    add_to_log(tmp_path / "measurements.jsonl", [BEFORE, AFTER])
    return write_folder(tmp_path, {"stories/search.md": f"---\n# kept\ntitle: Search\n---\n{TEXT}"})


def test_binding_a_figure_writes_it_to_the_story_and_keeps_everything_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = ["--before", BEFORE.id[:5], "--after", AFTER.id[:5]]

    code = run([*BIND, *ids, "--attribution", "new servers"])

    out = capsys.readouterr().out
    text = (folder / "stories/search.md").read_text()
    assert code == 0
    assert "8 s to 400 ms: 95 % less, a factor of 20 (mean, n 500 and n 500)" in out
    assert "what else changed: new servers" in out
    assert text.startswith("---\n# kept\ntitle: Search\n")
    assert text.endswith(TEXT)


def test_binding_again_replaces_the_entry_for_the_same_wording(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for source in ("the survey", "the survey of May"):
        run(["worksheet", "evidence", "search", "--figure", "85 %", "--source", source])
    capsys.readouterr()

    run(["worksheet", "evidence", "--format", "json"])

    (document,) = json.loads(capsys.readouterr().out)
    attested = [one for one in document["figures"] if one["kind"] == "attested"]
    assert [one["source"] for one in attested] == ["the survey of May"]


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["search", "--figure", "95%"], "isn't clear what the figure stands on"),
        (["search", "--figure", "7 %", "--source", "x"], "search doesn't say '7 %'"),
        (["search", "--figure", "95%", "--before", "zzz"], "no measurement has an id"),
        (["--figure", "95%", "--source", "x"], "without a story"),
        (["serch"], "there is no story 'serch'"),
    ],
)
def test_a_binding_that_makes_no_sense_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], cause: str
) -> None:
    before = (folder / "stories/search.md").read_bytes()

    code = run(["worksheet", "evidence", *arguments])

    assert code == 2
    assert cause in capsys.readouterr().err
    assert (folder / "stories/search.md").read_bytes() == before


def test_a_weakness_is_said_with_why_and_fix_and_is_an_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        [
            "worksheet",
            "evidence",
            "search",
            "--figure",
            "95%",
            "--before",
            BEFORE.id,
            "--after",
            AFTER.id,
        ]
    )
    out = capsys.readouterr().out

    assert "! attribution: not said" in out
    assert "why  measured is not caused" in out
    assert run(["worksheet", "evidence"]) == 1
