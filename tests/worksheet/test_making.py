import subprocess
from pathlib import Path

import pytest

from fairlead.errors import FairleadError
from fairlead.worksheet.folder import load
from fairlead.worksheet.making import make_folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def test_a_new_folder_is_a_worksheet_and_a_repository_of_its_own(tmp_path: Path) -> None:
    make_folder(tmp_path / "sheet")

    assert load(tmp_path / "sheet").problems == ()
    assert git(tmp_path / "sheet", "rev-parse", "--show-toplevel").strip() == str(tmp_path / "sheet")


def test_making_it_twice_changes_nothing(tmp_path: Path) -> None:
    make_folder(tmp_path)
    (tmp_path / "worksheet.yaml").write_text("format: 1\npace: [90, 100]\n")

    made = make_folder(tmp_path)

    assert made.files == ()
    assert load(tmp_path).method.pace == (90, 100)


def test_a_repository_around_it_does_not_see_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")

    made = make_folder(tmp_path / "docs" / "my [sheet]")

    assert git(tmp_path, "status", "--porcelain", "--untracked-files=all") == ""
    assert not (tmp_path / ".gitignore").exists()
    assert any("leaves it out" in note for note in made.notes)


def test_a_file_in_its_place_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "sheet").write_text("mine")

    with pytest.raises(FairleadError, match="sheet is a file"):
        make_folder(tmp_path / "sheet")
