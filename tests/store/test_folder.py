"""Where state lies, and that nothing on the disk can keep a run from going on."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fairlead.store.folder import LAYOUT, StateFolder, open_state, user_cache, write_whole


def open_in(tmp_path: Path) -> StateFolder:
    common = tmp_path / "repository" / ".git"
    common.mkdir(parents=True, exist_ok=True)
    return open_state(common, {"XDG_CACHE_HOME": str(tmp_path / "cache")})


def test_state_lies_in_the_common_git_folder(tmp_path: Path) -> None:
    state = open_in(tmp_path)

    assert state == StateFolder(path=tmp_path / "repository/.git/fairlead" / str(LAYOUT))
    assert state.path
    assert state.path.is_dir()


def test_state_stays_from_one_run_to_the_next(tmp_path: Path) -> None:
    first = open_in(tmp_path).path
    assert first
    (first / "kept").write_text("x")

    second = open_in(tmp_path).path

    assert second == first
    assert (first / "kept").read_text() == "x"


def test_state_lies_in_the_users_cache_where_the_git_folder_takes_none(tmp_path: Path) -> None:
    common = tmp_path / "repository" / ".git"
    common.mkdir(parents=True)
    (common / "fairlead").write_text("a file is in the way")

    state = open_in(tmp_path)

    assert state.path
    assert state.path.is_relative_to(tmp_path / "cache/fairlead/repositories")
    assert "cannot be written" in state.note


def test_two_repositories_share_no_folder_in_the_users_cache(tmp_path: Path) -> None:
    commons = [tmp_path / name for name in ("one", "two")]
    for common in commons:
        common.mkdir()
        (common / "fairlead").write_text("")

    states = [open_state(common, {"XDG_CACHE_HOME": str(tmp_path / "c")}).path for common in commons]

    assert states[0] != states[1]
    assert None not in states


def test_without_any_place_there_is_no_state_and_a_note_says_so(tmp_path: Path) -> None:
    for name in ("repository/.git", "cache"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "fairlead").write_text("")

    state = open_in(tmp_path)

    assert state.path is None
    assert "nothing is kept" in state.note


@pytest.mark.parametrize("mark", [b"", b"\xff\x00garbage", b"fairlead state, layout 99\n", None])
def test_a_folder_of_another_making_is_begun_anew(mark: bytes | None, tmp_path: Path) -> None:
    folder = open_in(tmp_path).path
    assert folder
    (folder / "layout").unlink()
    if mark is not None:
        (folder / "layout").write_bytes(mark)
    (folder / "spoilt").write_text("x")

    again = open_in(tmp_path)

    assert again == StateFolder(path=folder)
    assert [path.name for path in folder.iterdir()] == ["layout"]
    assert [path.name for path in folder.parent.iterdir()] == [str(LAYOUT)]


def test_a_folder_where_the_mark_belongs_is_no_obstacle(tmp_path: Path) -> None:
    folder = open_in(tmp_path).path
    assert folder
    (folder / "layout").unlink()
    (folder / "layout" / "deep").mkdir(parents=True)

    again = open_in(tmp_path)

    assert again == StateFolder(path=folder)
    assert (folder / "layout").is_file()


def test_many_runs_may_open_one_folder_at_once(tmp_path: Path) -> None:
    seen: list[StateFolder] = []
    threads = [threading.Thread(target=lambda: seen.append(open_in(tmp_path))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({state.path for state in seen}) == 1
    assert (tmp_path / "repository/.git/fairlead" / str(LAYOUT) / "layout").is_file()


def test_a_relative_cache_home_is_ignored() -> None:
    assert user_cache({"XDG_CACHE_HOME": "cache", "HOME": "/home/ada"}) == Path(
        "/home/ada/.cache/fairlead"
    )


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from fairlead.store.folder import write_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_whole(Path('file'), b'x' * 5000)\n"
        "except OSError: print('refused')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True
    )

    assert done.stdout == b"refused\n"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"one")
    inode = (tmp_path / "file").stat().st_ino

    write_whole(tmp_path / "file", b"two")

    assert (tmp_path / "file").read_bytes() == b"two"
    assert (tmp_path / "file").stat().st_ino != inode
