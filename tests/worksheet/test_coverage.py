import json
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from fairlead.app.cli.main import run
from fairlead.worksheet.coverage import Strength, abbreviate, cover, next_steps
from worksheet.making_stories import small_pack, story, worksheet, write_folder

TODAY = date(2026, 11, 23)
QUESTIONS = small_pack(
    ownership=("Tell me about a problem outside your job.",),
    dive_deep=("Tell me about the root cause of an outage.", "Tell me about an audit."),
    frugality=("Tell me about saving money.",),
)
TAGGED = "---\nprinciples: [dive-deep]\nquestions: [dive-deep/cause]\n---\n"
OUTAGE = "## Situation\nAn outage: nobody on call knew the cause, so I traced the logs.\n"


def test_gaps_come_first_and_likely_ones_before_others() -> None:
    sheet = worksheet(story(f"---\nprinciples: [ownership]\n---\n{OUTAGE}"), pack=QUESTIONS)

    coverage = cover(sheet, today=TODAY)

    assert [(column.principle.id, column.is_gap) for column in coverage.columns] == [
        ("dive_deep", True),
        ("frugality", True),
        ("ownership", False),
    ]


def test_a_suggestion_is_shown_and_closes_no_gap() -> None:
    others = [story("## Task\nA choir.\n", name=name) for name in "bcd"]

    coverage = cover(worksheet(story(OUTAGE), *others, pack=QUESTIONS), today=TODAY)

    dive = next(column for column in coverage.columns if column.principle.id == "dive_deep")
    cell = next(cell for cell in coverage.rows[0].cells if cell.principle == "dive_deep")
    assert cell.strength is Strength.SUGGESTED
    assert dive.is_gap
    assert dive.closest
    assert coverage.answered == 0


@pytest.mark.parametrize("said", ["dive_deep/1", '"tell me about the root cause of an outage"'])
def test_a_question_is_answered_when_it_is_named_by_id_or_in_its_own_words(said: str) -> None:
    coverage = cover(
        worksheet(story(f"---\nquestions: [{said}]\n---\n{OUTAGE}"), pack=QUESTIONS), today=TODAY
    )

    cell = next(cell for cell in coverage.rows[0].cells if cell.principle == "dive_deep")
    assert (cell.strength, cell.answered) == (Strength.ANSWERS, ("dive_deep/1",))
    assert (coverage.answered, coverage.asked) == (1, 4)


@pytest.mark.parametrize("tag", ["Dive_Deep", "Dive Deep", "dive  deep"])
def test_a_principle_may_be_tagged_by_its_name(tag: str) -> None:
    sheet = worksheet(story(f"---\nprinciples: ['{tag}']\n---\n{OUTAGE}"), pack=QUESTIONS)

    coverage = cover(sheet, today=TODAY)

    found = {column.principle.id: column.stories for column in coverage.columns}
    assert (found["dive_deep"] == ("a",)) is (tag != "Dive_Deep")


def test_a_tag_that_no_pack_has_is_named() -> None:
    sheet = worksheet(story(f"---\nprinciples: [bravery]\n---\n{OUTAGE}"), pack=QUESTIONS)

    assert cover(sheet, today=TODAY).unknown == (("bravery", "a"),)


def test_one_story_for_everything_is_overused() -> None:
    every = f"---\nprinciples: [ownership, dive_deep, frugality]\n---\n{OUTAGE}"
    coverage = cover(worksheet(story(every), pack=QUESTIONS), today=TODAY)

    assert coverage.rows[0].overused
    assert [step.sentence for step in next_steps(coverage)] == [
        "Find a second story for Ownership or Dive Deep or Frugality: there is only a."
    ]


@pytest.mark.parametrize(
    ("when", "age", "old"),
    [
        ("", None, False),
        ("2026", 0, False),
        ("2023-11", 3, False),
        ("2022-11-30", 4, True),
        ("2022", 3, False),
        ("last spring", None, False),
        ("2030", 0, False),
    ],
)
def test_a_story_is_old_after_three_years_counted_from_its_last_possible_day(
    when: str, age: int | None, old: bool
) -> None:
    sheet = worksheet(story(f"---\nwhen: '{when}'\n---\n{OUTAGE}"), pack=QUESTIONS)

    (row,) = cover(sheet, today=TODAY).rows

    assert (row.age, row.old) == (age, old)


def test_letters_for_principles_are_all_different() -> None:
    names = ["Dive Deep", "Deliver Demos", "Ownership", "Own Up", "!", "Dive Deeper", "Dive Deepest"]

    codes = abbreviate(names)

    assert len(set(codes)) == len(names)
    assert (codes[0], codes[2]) == ("DD", "Ow")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_folder(
        tmp_path,
        {
            "stories/outage.md": f"{TAGGED}{OUTAGE}",
            "stories/a-very-long-name-that-no-narrow-terminal-can-show.md": OUTAGE,
        },
    )


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("option", [[], ["--questions"]])
def test_the_matrix_fits_every_width_and_needs_no_colour(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    option: list[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    code = run(["worksheet", "coverage", *option])

    out = capsys.readouterr().out
    assert code == 0
    assert max(map(len, out.splitlines())) <= width
    assert "\x1b" not in out
    assert "●" in out


def test_the_headline_says_what_is_missing_and_gaps_come_before_the_matrix(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["worksheet", "coverage"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2 of 3 principles have no story; 1 of 4 questions have one named."
    assert [line.split()[:2] for line in lines[2:4]] == [["gap", "Ownership"], ["gap", "Frugality"]]


def test_one_principle_shows_its_questions_with_their_stories(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["worksheet", "coverage", "--principle", "dive deep"])

    out = capsys.readouterr().out
    assert out.startswith("1 of 1 questions have a story named for them.")
    assert "Ownership" not in out


def test_json_holds_all_of_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["worksheet", "coverage", "--format", "json"])

    document = json.loads(capsys.readouterr().out)
    assert document["questions"] == {"answered": 1, "asked": 4}
    assert [one["id"] for one in document["principles"] if one["gap"]] == ["ownership", "frugality"]
    outage = next(one for one in document["stories"] if one["id"] == "outage")
    assert outage["cells"][0] | {"suggested": []} == {
        "principle": "dive-deep",
        "strength": "answers",
        "answers": ["dive-deep/cause"],
        "suggested": [],
    }


@pytest.mark.parametrize("missing", ["stories", "packs"])
def test_an_empty_folder_says_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    folder = write_folder(tmp_path, {"stories/a.md": OUTAGE})
    for file in (folder / missing).iterdir():
        file.unlink()

    code = run(["worksheet", "coverage", "--folder", str(folder)])

    assert code == 0
    assert "next: fairlead worksheet" in capsys.readouterr().out


def test_what_a_terminal_would_obey_is_not_sent_to_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "stories/evil.md").write_text(
        f'---\nid: "evil\\e]0;title\\a\\e[2J"\nprinciples: ["x\\e[31m"]\n---\n{OUTAGE}'
    )

    run(["worksheet", "coverage"])

    out = capsys.readouterr().out
    assert "evil" in out
    assert not any(sign in out for sign in "\x1b\x07")


def test_a_file_that_could_not_be_read_is_said_as_loudly_as_what_was(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "stories/broken.md").write_text("---\ntitle: [\n---\n")

    run(["worksheet", "coverage"])

    error = capsys.readouterr().err
    assert error.startswith("not read  stories/broken.md")
    assert "     fix  " in error


def test_east_asian_names_keep_the_columns_in_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "stories/障害の原因.md").write_text(f"{TAGGED}{OUTAGE}", encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "70")

    run(["worksheet", "coverage"])

    rows = [line for line in capsys.readouterr().out.splitlines() if "●1" in line]
    assert len({cell_len(line.split("●1")[0]) for line in rows}) == 1
    assert len(rows) == 2


def test_the_matrix_goes_to_standard_output_as_a_page_of_its_own(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    hostile = "---\ntitle: <script>alert(1)</script> at Acme\n---\n## Task\nOne.\n"
    write_folder(tmp_path, {"stories/one.md": hostile, "confidential.txt": "Acme\n"})

    assert run(["worksheet", "coverage", "--format", "html", "--folder", str(tmp_path)]) == 0
    page = capfdbinary.readouterr().out.decode()

    assert page.startswith("<!doctype html>")
    assert "Which story stands for which principle?" in page
    assert "<script" not in page
    assert "Acme" not in page
