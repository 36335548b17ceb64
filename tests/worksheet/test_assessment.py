"""Answers to prompts: added with their date, and every byte of the file kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.errors import FairleadError
from fairlead.worksheet.assessment import history_of, last_assessed, prompt_of, record_answers
from fairlead.worksheet.folder import load
from fairlead.worksheet.making import make_folder
from fairlead.worksheet.model import Answer
from fairlead.worksheet.shipped import add_pack


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    make_folder(tmp_path)
    add_pack(tmp_path, "engineering-competencies")
    return tmp_path


def answer(sheet: Path, score: int, *, date: str = "2026-11-30", note: str = "") -> Answer:
    return Answer(date=date, prompt=first(sheet), score=score, note=note)


def first(sheet: Path) -> str:
    return load(sheet).principles[0].prompts[0].id


def test_answers_pile_up_and_the_latest_counts(sheet: Path) -> None:
    record_answers(sheet, [answer(sheet, 2, date="2026-10-01")])
    record_answers(sheet, [answer(sheet, 3, note="- it: held\n")])

    worksheet = load(sheet)
    assert not worksheet.problems
    assert [one.score for one in history_of(worksheet, prompt_of(worksheet, first(sheet)))] == [2, 3]
    assert last_assessed(worksheet, worksheet.principles[0]) == "2026-11-30"


@pytest.mark.parametrize(
    "before",
    [
        "# comments alone",
        "- date: 2026-01-02\n  prompt: x/1\n  score: 2 # a comment",
        "- {date: 2026-01-02, prompt: x/1, score: 2}\r\n",
        "---\n- date: 2026-01-02\n  prompt: x/1\n  score: 2\n",
    ],
)
def test_what_the_file_had_stays_byte_for_byte(sheet: Path, before: str) -> None:
    (sheet / "answers.yaml").write_bytes(before.encode())

    record_answers(sheet, [answer(sheet, 3)])

    assert (sheet / "answers.yaml").read_bytes().startswith(before.encode())
    assert load(sheet).answers[-1] == answer(sheet, 3)


@pytest.mark.parametrize(
    "before", ["[]\n", "[{date: 2026-01-02, prompt: a, score: 2}]", "  - a: 1\n", "x: 1", "- ["]
)
def test_a_file_that_can_t_be_added_to_is_left_alone(sheet: Path, before: str) -> None:
    (sheet / "answers.yaml").write_text(before)

    with pytest.raises(FairleadError, match=r"answers\.yaml"):
        record_answers(sheet, [answer(sheet, 3)])

    assert (sheet / "answers.yaml").read_text() == before


@pytest.mark.parametrize(
    "wrong",
    [
        Answer(date="2026-11-30", prompt="nobody/1", score=3),
        Answer(date="30.11.2026", prompt="", score=3),
        Answer(date="2026-11-30", prompt="", score=0),
        Answer(date="2026-11-30", prompt="", score=9),
    ],
)
def test_an_answer_that_means_nothing_is_refused(sheet: Path, wrong: Answer) -> None:
    one = Answer(date=wrong.date, prompt=wrong.prompt or first(sheet), score=wrong.score)

    with pytest.raises(FairleadError):
        record_answers(sheet, [answer(sheet, 3), one])

    assert not (sheet / "answers.yaml").exists()
