"""A run's own folder: private, gone afterwards, and swept when its run was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fairlead.store.scratch import remove, scratch_folder

HOLD = (
    "import os, sys, time\n"
    "from fairlead.store.scratch import scratch_folder\n"
    "with scratch_folder({'TMPDIR': sys.argv[1]}) as folder:\n"
    "    (folder / 'left').write_text('x')\n"
    "    print(folder, flush=True)\n"
    "    time.sleep(60)\n"
)


def hold(tmp_path: Path) -> tuple[subprocess.Popen[str], Path]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    return holder, Path(holder.stdout.readline().strip())


def end(holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.communicate()


def test_the_folder_is_empty_and_private(tmp_path: Path) -> None:
    with scratch_folder({"TMPDIR": str(tmp_path)}) as folder:
        assert list(folder.iterdir()) == []
        assert folder.is_relative_to(tmp_path)
        assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_it_is_gone_after_an_error(tmp_path: Path) -> None:
    def fill_and_fail() -> None:
        with scratch_folder({"TMPDIR": str(tmp_path)}) as folder:
            (folder / "file").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_and_fail()

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_swept_by_the_next(tmp_path: Path) -> None:
    holder, left = hold(tmp_path)
    end(holder)
    assert left.is_dir()

    with scratch_folder({"TMPDIR": str(tmp_path)}):
        assert not left.exists()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    holder, used = hold(tmp_path)

    with scratch_folder({"TMPDIR": str(tmp_path)}):
        pass

    assert (used / "left").read_text() == "x"
    holder.send_signal(signal.SIGINT)
    holder.communicate()
    assert list(tmp_path.iterdir()) == []


def test_a_link_of_such_a_name_is_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / ".lock").write_text("")
    (tmp_path / "fairlead-run-x").symlink_to(kept)

    with scratch_folder({"TMPDIR": str(tmp_path)}):
        pass

    assert (kept / ".lock").exists()


def test_a_read_only_tree_is_removed(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "inner").mkdir(parents=True)
    (tree / "inner" / "file").write_text("x")
    for place in (tree / "inner" / "file", tree / "inner", tree):
        place.chmod(0o555)

    remove(tree)

    assert not tree.exists()
