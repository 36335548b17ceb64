import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.app.cli.main import run
from fairlead.errors import FairleadError
from fairlead.worksheet.answers_file import read_answers, with_answers
from fairlead.worksheet.folder import load
from fairlead.worksheet.model import Answer
from fairlead.worksheet.self_assessment import courses, due, standing

PACK = """\
title: Ours
principles:
- name: Candour
  prompts:
  - id: early
    text: How early do I say no?
    anchors: [when asked, when it hurts, when I know, before it is planned]
  - Do I say what I got wrong?
"""


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "worksheet.yaml").write_text("format: 1\n")
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "ours.yaml").write_text(PACK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def assess(*words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fairlead", "worksheet", "assess", *words]
    return subprocess.run(command, input=given or "", capture_output=True, text=True, timeout=60)


def test_an_answer_given_as_an_argument_is_added_with_its_date_and_note(sheet: Path) -> None:
    (sheet / "answers.yaml").write_text("# mine\n- {date: 2026-01-05, prompt: candour/early, score: 2}")

    done = assess("--date", "2026-05-17", "--answer", "candour/early 3 said so on Monday")

    assert done.returncode == 0
    assert (sheet / "answers.yaml").read_text().startswith("# mine\n- {date: 2026-01-05, ")
    assert load(sheet).answers[1] == Answer(
        date="2026-05-17", prompt="candour/early", score=3, note="said so on Monday"
    )


def test_a_pipe_of_answers_is_saved_whole_or_not_at_all(sheet: Path) -> None:
    wrong = assess(given="candour/early 3\n# a comment\n\ncandour/2 9\n")
    right = assess(given="candour/early 3\n# a comment\n\ncandour/2 5 in public\n")

    assert wrong.returncode == 2
    assert "line 4 of standard input: '9' is not on the scale of candour/2" in wrong.stderr
    assert "a number from 1 to 5" in wrong.stderr
    assert right.returncode == 0
    assert [one.score for one in load(sheet).answers] == [3, 5]


def test_without_any_answer_the_prompts_that_are_due_are_listed(sheet: Path) -> None:
    assess("--answer", "candour/early 3")

    done = assess()

    assert done.stdout.splitlines() == [
        "No answer was given. 1 prompt is due:",
        "  candour/2  1–5  Do I say what I got wrong?",
    ]


@pytest.mark.usefixtures("sheet")
def test_a_prompt_that_does_not_exist_is_named_with_the_way_to_find_it() -> None:
    done = assess("--answer", "candour/late 3")

    assert done.returncode == 2
    assert "there is no prompt 'candour/late'" in done.stderr
    assert "--history lists the prompts" in done.stderr


@pytest.mark.usefixtures("sheet")
def test_the_history_shows_each_answer_and_which_way_it_went(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for day, score in (("2026-01-05", 3), ("2026-05-17", 1)):
        assert run(["worksheet", "assess", "--date", day, "--answer", f"candour/early {score}"]) == 0
    capsys.readouterr()

    assert run(["worksheet", "assess", "--history", "--date", "2026-05-20"]) == 0
    told = capsys.readouterr().out
    assert run(["worksheet", "assess", "Candour", "--format", "json", "--date", "2026-05-20"]) == 0
    early = json.loads(capsys.readouterr().out)["prompts"][0]

    assert told.startswith("1 of 2 prompts answered; since the answer before, 0 up and 1 down. 1 due.")
    assert "▼ 1 of 4" in told
    assert "3 (2026-01-05) → 1 (2026-05-17)" in told
    assert (early["change"], early["due"]) == (-2, False)
    assert [one["score"] for one in early["answers"]] == [3, 1]


def test_coverage_tells_what_was_assessed_and_closes_no_gap_with_it(
    sheet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sheet / "answers.yaml").write_text("- {date: 2026-01-05, prompt: candour/early, score: 2}\n")

    run(["worksheet", "coverage"])
    told = capsys.readouterr().out
    run(["worksheet", "coverage", "--format", "json"])
    principle = json.loads(capsys.readouterr().out)["principles"][0]

    assert "self-assessment: 1 of 2 prompts answered; in the lower half: Candour (2 of 4)" in told
    assert principle["gap"] is True
    assert principle["self_assessment"] == {"answered": 1, "prompts": 2, "weakest": "candour/early"}


def test_a_broken_answers_file_is_named_and_never_written_over(sheet: Path) -> None:
    (sheet / "answers.yaml").write_text("- date: [\n")

    done = assess("--answer", "candour/early 3")

    assert done.returncode == 2
    assert "answers.yaml" in done.stderr
    assert (sheet / "answers.yaml").read_text() == "- date: [\n"


def test_a_list_on_one_line_is_not_broken_by_adding_to_it(sheet: Path) -> None:
    flat = "[{date: 2026-01-05, prompt: candour/early, score: 2}]\n"
    (sheet / "answers.yaml").write_text(flat)

    done = assess("--answer", "candour/early 3")

    assert done.returncode == 2
    assert "can't be added to" in done.stderr
    assert (sheet / "answers.yaml").read_text() == flat


class Terminal:
    """The command on a terminal of its own, as a person has it."""

    def __init__(self, *words: str) -> None:
        self._main, child = pty.openpty()
        command = [sys.executable, "-m", "fairlead", "worksheet", "assess", *words]
        environment = {**os.environ, "TERM": "dumb", "COLUMNS": "80"}
        self.process = subprocess.Popen(
            command, stdin=child, stdout=child, stderr=child, env=environment, start_new_session=True
        )
        os.close(child)
        self.seen = ""

    def until(self, pattern: str) -> None:
        while not (found := re.search(pattern, self.seen)):
            self.seen += self._read()
        self.seen = self.seen[found.end() :]

    def type(self, line: str) -> None:
        os.write(self._main, f"{line}\n".encode())

    def end(self) -> int:
        code = self.process.wait(timeout=30)
        os.close(self._main)
        return code

    def _read(self) -> str:
        ready, _, _ = select.select([self._main], [], [], 60)
        assert ready, f"nothing more came after {self.seen!r}"
        try:
            return os.read(self._main, 4096).decode()
        except OSError as error:
            raise AssertionError(f"the command ended early, after {self.seen!r}") from error


def test_on_a_terminal_each_prompt_is_asked_with_its_scale_and_saved_at_once(sheet: Path) -> None:
    terminal = Terminal()

    terminal.until(r"4  before it is planned")
    terminal.until(r"1–4> ")
    terminal.type("7")
    terminal.until(r"not on the scale.*\n.*1–4> ")
    terminal.type("4 asked for an earlier review")
    terminal.until(r"5  always")
    terminal.until(r"1–5> ")
    saved = load(sheet).answers
    terminal.type("s")
    terminal.until(r"1 answer is saved")

    assert terminal.end() == 0
    assert [(one.score, one.note) for one in saved] == [(4, "asked for an earlier review")]


def test_ctrl_c_keeps_what_was_answered_and_the_next_run_goes_on(sheet: Path) -> None:
    first = Terminal()
    first.until(r"1–4> ")
    first.type("2")
    first.until(r"1–5> ")
    time.sleep(0.2)
    first.process.send_signal(signal.SIGINT)
    first.until(r"Stopped\. 1 answer is saved")
    code = first.end()

    second = Terminal()
    second.until(r"1 prompt to answer")
    second.until(r"Do I say what I got wrong\?")
    second.type("q")
    second.until(r"Stopped\.")

    assert code == 130
    assert second.end() == 0
    assert [one.prompt for one in load(sheet).answers] == ["candour/early"]


def test_a_prompt_is_due_again_after_ninety_days(sheet: Path) -> None:
    (sheet / "answers.yaml").write_text("- {date: 2026-01-05, prompt: candour/early, score: 2}\n")
    known = courses(load(sheet))
    day = date(2026, 1, 5)

    before = due(known, today=day + timedelta(days=89))
    after = due(known, today=day + timedelta(days=90))

    assert [one.prompt.id for one in before] == ["candour/2"]
    assert [one.prompt.id for one in after] == ["candour/early", "candour/2"]


def test_the_weakest_answer_is_the_lowest_on_its_own_scale(sheet: Path) -> None:
    (sheet / "answers.yaml").write_text(
        "- {date: 2026-01-05, prompt: candour/early, score: 3}\n"
        "- {date: 2026-01-05, prompt: candour/2, score: 3}\n"
    )

    stands = standing(courses(load(sheet)))

    assert stands.weakest is not None
    assert stands.weakest.prompt.id == "candour/2"


answers = st.builds(
    Answer,
    date=st.dates().map(date.isoformat),
    prompt=st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs", "Cc"])),
    score=st.integers(1, 9),
    note=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])),
)


@given(st.lists(answers, max_size=4), st.lists(answers, min_size=1, max_size=4))
def test_adding_answers_keeps_every_byte_and_reads_back_as_it_was_given(
    old: list[Answer], new: list[Answer]
) -> None:
    before = with_answers(b"# mine\n", old) if old else b"# mine\n"

    after = with_answers(before, new)

    assert after.startswith(before)
    assert read_answers(after) == (*old, *new)


def test_a_day_that_is_none_is_named() -> None:
    with pytest.raises(FairleadError, match="can't be added to"):
        with_answers(b"- {date: 2026-13-05, prompt: a, score: 1}\n", [])
