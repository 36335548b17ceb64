"""Editing stories as text: nothing is written over an edit that wasn't seen."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.errors import FairleadError
from fairlead.worksheet import editing, writing
from fairlead.worksheet.editing import Conflict, Draft, open_draft, save_draft, start_story
from fairlead.worksheet.folder import load
from fairlead.worksheet.making import make_folder
from fairlead.worksheet.text_field import shown

TEXT = "---\nid: a\n---\n\n## Situation\n\nIt was slow.\n\n## Task\n\nMake it fast.\n"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    make_folder(tmp_path)
    (tmp_path / "stories/a.md").write_text(TEXT)
    return tmp_path


def save(sheet: Path, draft: Draft, text: str) -> Draft | Conflict:
    return save_draft(sheet, draft.name, text=text, began=draft.text, version=draft.version)


def test_an_edit_is_saved_where_the_file_is_as_it_was(sheet: Path) -> None:
    saved = save(sheet, open_draft(sheet, "a.md"), TEXT.replace("slow", "8 s"))

    assert isinstance(saved, Draft)
    assert (sheet / "stories/a.md").read_text() == TEXT.replace("slow", "8 s") == saved.text


def test_an_edit_that_began_from_another_file_is_not_saved_and_comes_back_merged(sheet: Path) -> None:
    draft = open_draft(sheet, "a.md")
    (sheet / "stories/a.md").write_text(TEXT.replace("fast", "quick"))

    result = save(sheet, draft, TEXT.replace("slow", "8 s"))

    assert isinstance(result, Conflict)
    assert (sheet / "stories/a.md").read_text() == TEXT.replace("fast", "quick")
    assert result.merge.text == TEXT.replace("fast", "quick").replace("slow", "8 s")


def test_the_same_edit_made_twice_is_no_conflict(sheet: Path) -> None:
    draft = open_draft(sheet, "a.md")
    save(sheet, draft, TEXT.replace("slow", "8 s"))

    again = save(sheet, draft, TEXT.replace("slow", "8 s"))

    assert isinstance(again, Draft)


def test_saving_what_is_there_doesn_t_touch_the_file(sheet: Path) -> None:
    before = (sheet / "stories/a.md").stat()

    save(sheet, open_draft(sheet, "a.md"), TEXT)

    after = (sheet / "stories/a.md").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_of_many_saves_at_once_from_one_beginning_exactly_one_is_written(sheet: Path) -> None:
    draft = open_draft(sheet, "a.md")
    start = threading.Barrier(8)
    outcomes: list[object] = []

    def edit(number: int) -> None:
        start.wait()
        try:
            outcomes.append(save(sheet, draft, TEXT.replace("slow", f"{number} s")))
        except FairleadError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    written = [one for one in outcomes if isinstance(one, Draft)]
    assert len(outcomes) == 8
    assert [one.text for one in written] == [(sheet / "stories/a.md").read_text()]


def test_an_edit_made_between_looking_and_writing_is_not_written_over(
    sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = open_draft(sheet, "a.md")
    write = editing.write_file

    def slowly(path: Path, data: bytes, *, expected: bytes | None = None) -> None:
        path.write_text("## Situation\n\nAnother editor's.\n")
        write(path, data, expected=expected)

    monkeypatch.setattr(editing, "write_file", slowly)

    with pytest.raises(FairleadError, match="was changed while"):
        save(sheet, draft, TEXT.replace("slow", "8 s"))
    assert (sheet / "stories/a.md").read_text() == "## Situation\n\nAnother editor's.\n"


def test_a_full_disk_leaves_the_file_as_it_was(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_lasting", full)

    with pytest.raises(FairleadError, match="no space is left"):
        save(sheet, open_draft(sheet, "a.md"), TEXT.replace("slow", "8 s"))
    assert (sheet / "stories/a.md").read_text() == TEXT


@given(
    st.lists(st.sampled_from([b"a\n", b"b\r\n", b"\xff\n", b"## Task\n", b"\r", b"---\n"])).map(
        b"".join
    )
)
def test_whatever_the_bytes_were_saving_the_shown_text_changes_none(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    sheet = tmp_path_factory.mktemp("sheet")
    (sheet / "stories").mkdir()
    (sheet / "stories/a.md").write_bytes(raw)
    draft = open_draft(sheet, "a.md")

    saved = save(sheet, draft, shown(raw))

    assert isinstance(saved, Draft)
    assert (sheet / "stories/a.md").read_bytes() == raw


@pytest.mark.parametrize(
    "name", ["../a.md", "b.md", "", ".", "a", "a.md/", "/etc/passwd", ".hidden.md"]
)
def test_only_files_of_stories_can_be_opened(sheet: Path, name: str) -> None:
    (sheet / "stories/.hidden.md").write_text(TEXT)
    (sheet / "a.md").write_text(TEXT)

    with pytest.raises(FairleadError, match="there is no file"):
        open_draft(sheet, name)


def test_new_stories_get_ids_of_their_own(sheet: Path) -> None:
    names = [start_story(load(sheet), "A", principles=("ownership",)) for _ in range(3)]

    assert names == ["a-2.md", "a-3.md", "a-4.md"]
    assert {story.id for story in load(sheet).stories} == {"a", "a-2", "a-3", "a-4"}
    with pytest.raises(FairleadError, match="has no title"):
        start_story(load(sheet), "  ")
