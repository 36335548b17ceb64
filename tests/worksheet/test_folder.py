import errno
import os
from pathlib import Path

import pytest

from fairlead.errors import FairleadError
from fairlead.worksheet.folder import find_folder, load, save_story
from fairlead.worksheet.story_file import with_section


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in {"worksheet.yaml": "format: 1\n", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_is_found_from_inside_and_from_beside(tmp_path: Path) -> None:
    folder = write(tmp_path / "worksheet", {"stories/a.md": "## Task\n"})

    found = [find_folder(folder / "stories"), find_folder(tmp_path)]

    assert found == [folder, folder]


def test_where_there_is_no_worksheet_the_error_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(FairleadError) as caught:
        find_folder(tmp_path)

    assert "fairlead worksheet init" in caught.value.fix


def test_everything_in_the_folder_is_read(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "worksheet.yaml": "format: 1\npace: [100, 110]\n",
            "stories/a.md": "## Task\n\nDo it.\n",
            "packs/p.yaml": "principles:\n- name: Dig Deep\n  questions: [Why?, How?]\n",
            "answers.yaml": "- {date: 2026-01-02, prompt: dig-deep/1, score: 3, note: better}\n",
            "confidential.txt": "# names\nAcme C#\n\nAcme C#\nJane\n",
        },
    )

    sheet = load(folder)

    assert sheet.problems == ()
    assert sheet.method.pace == (100, 110)
    assert sheet.stories[0].text("task") == "Do it."
    assert [question.id for _, question in sheet.questions()] == ["dig-deep/1", "dig-deep/2"]
    assert (sheet.answers[0].date, sheet.answers[0].score) == ("2026-01-02", 3)
    assert sheet.confidential == ("Acme C#", "Jane")


def test_two_stories_with_one_id_are_a_problem_that_names_both(tmp_path: Path) -> None:
    folder = write(tmp_path, {"stories/a.md": "---\nid: x\n---\n", "stories/b.md": "---\nid: x\n---\n"})

    sheet = load(folder)

    assert [story.path for story in sheet.stories] == ["stories/a.md"]
    assert [(problem.path, "stories/a.md" in problem.cause) for problem in sheet.problems] == [
        ("stories/b.md", True)
    ]


def test_one_broken_story_does_not_hide_the_others(tmp_path: Path) -> None:
    folder = write(tmp_path, {"stories/a.md": "---\nid: [\n---\n", "stories/b.md": "## Task\n\nx\n"})

    sheet = load(folder)

    assert [story.id for story in sheet.stories] == ["b"]
    assert [problem.path for problem in sheet.problems] == ["stories/a.md"]


def test_two_packs_with_one_principle_are_told_as_one_and_every_id_is_unique(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "packs/a.yaml": "principles:\n- {id: p, name: P, summary: S, questions: [One?]}\n",
            "packs/b.yaml": "principles:\n- {id: p, name: Q, likely: true, questions: [Two?]}\n",
        },
    )

    principles = load(folder).principles

    assert [(one.name, one.summary, one.likely) for one in principles] == [("P", "S", True)]
    assert [(one.id, one.text) for one in principles[0].questions] == [
        ("p/1", "One?"),
        ("p/1-b", "Two?"),
    ]


def test_a_story_that_changed_between_read_and_write_is_not_written(tmp_path: Path) -> None:
    folder = write(tmp_path, {"stories/a.md": "## Task\n\nmine\n"})
    story = load(folder).stories[0]
    (folder / "stories/a.md").write_text("## Task\n\nedited elsewhere\n")

    with pytest.raises(FairleadError, match="changed while"):
        save_story(folder, story, with_section(story.raw, "task", "ours"))

    assert (folder / "stories/a.md").read_text() == "## Task\n\nedited elsewhere\n"


def test_a_full_disk_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, {"stories/a.md": "## Task\n\nmine\n"})
    story = load(folder).stories[0]

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FairleadError) as caught:
        save_story(folder, story, with_section(story.raw, "task", "ours"))

    assert "no space" in caught.value.cause
    assert [path.name for path in (folder / "stories").iterdir()] == ["a.md"]
    assert (folder / "stories/a.md").read_text() == "## Task\n\nmine\n"


def test_a_folder_that_cannot_be_written_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, {"stories/a.md": "## Task\n\nmine\n"})
    story = load(folder).stories[0]

    def refuse(*_: object, **__: object) -> tuple[int, str]:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("fairlead.store.writing.tempfile.mkstemp", refuse)
    with pytest.raises(FairleadError) as caught:
        save_story(folder, story, with_section(story.raw, "task", "ours"))

    assert "writable" in caught.value.fix
