from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from builder import RepositoryBuilder
from fairlead.changes.git import BLOB_LIMIT, Repository
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change
from fairlead.errors import FairleadError
from faults import killed_at_first


def test_a_repository_is_found_from_a_folder_inside_it(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"src/deep/app.py": "x = 1\n"})

    found = opened(repository.folder / "src" / "deep")

    assert (found.folder, found.git_dir, found.bare, found.object_format) == (
        repository.folder.resolve(),
        repository.folder.resolve() / ".git",
        False,
        "sha1",
    )


def test_git_is_asked_again_when_somebody_kills_it(
    repository: RepositoryBuilder, opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"a": "a"})
    monkeypatch.setenv("PATH", killed_at_first("git", tmp_path))

    found = opened(repository.folder)

    assert found.read(repository.tree(), "a") == b"a"
    assert (tmp_path / "killed").exists()


def test_a_linked_work_tree_knows_the_folder_it_shares(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.commit({"a": "a"})
    repository.git("worktree", "add", "-q", str(tmp_path / "linked"))

    found = opened(tmp_path / "linked")

    assert found.folder == (tmp_path / "linked").resolve()
    assert found.common_dir == repository.folder.resolve() / ".git"
    assert found.read(repository.tree(), "a") == b"a"


def test_a_bare_repository_and_one_with_sha256_are_read(tmp_path: Path, opened) -> None:
    built = RepositoryBuilder.create(tmp_path / "built", object_format="sha256")
    built.commit({"a": "a"})
    built.git("clone", "-q", "--bare", str(built.folder), str(tmp_path / "bare.git"))

    found = opened(tmp_path / "bare.git")

    assert (found.bare, found.object_format) == (True, "sha256")
    assert found.read(built.tree(), "a") == b"a"


def test_a_folder_without_repository_is_an_error_with_a_way_out(tmp_path: Path, opened) -> None:
    with pytest.raises(FairleadError, match="not in a git repository") as caught:
        opened(tmp_path)

    assert "git init" in caught.value.fix


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path, opened) -> None:
    with pytest.raises(FairleadError, match="there is no folder"):
        opened(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["a:b", 'quo"te', "back\\slash", "ünï", "#hash"])
def test_objects_are_found_whatever_the_folder_is_called(tmp_path: Path, name: str, opened) -> None:
    built = RepositoryBuilder.create(tmp_path / name)
    built.commit({"a": "a"})

    assert opened(built).read(built.tree(), "a") == b"a"


def test_a_line_break_in_the_folders_name_is_an_error_not_a_guess(tmp_path: Path, opened) -> None:
    built = RepositoryBuilder.create(tmp_path / "new\nline")

    with pytest.raises(FairleadError, match="line break"):
        opened(built)


def test_a_store_borrowed_through_a_relative_path_is_read(tmp_path: Path, opened) -> None:
    lender = RepositoryBuilder.create(tmp_path / "lender")
    lender.commit({"a": "a"})
    borrower = RepositoryBuilder.create(tmp_path / "borrower")
    alternates = borrower.folder / ".git/objects/info/alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text("../../../lender/.git/objects\n")

    assert opened(borrower).read(lender.tree(), "a") == b"a"


def test_configuration_hooks_and_monitors_of_the_owner_take_no_part(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    script = repository.write("hook.sh", f"#!/bin/sh\ntouch {ran}\n", executable=True)
    repository.commit(
        {"a.txt": "two\n"}, over={"a.txt": "one\n", ".gitattributes": "*.txt diff=mine\n"}
    )
    for name in ("core.fsmonitor", "diff.external", "diff.mine.textconv", "core.pager"):
        repository.git("config", name, str(script))
    repository.git("config", "diff.mine.command", str(script))
    repository.git("config", "log.showSignature", "true")
    (repository.folder / "a.txt").write_text("three\n")

    found = opened(repository)
    for change_range in (resolve(found, environ={}), resolve(found, worktree=True, environ={})):
        assert read_change(found, change_range).files

    assert not ran.exists()


def test_reading_leaves_the_repository_as_it_was(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "1"}, over={"a": "0"})
    repository.write("new", "n")
    repository.git("add", "new")
    os.utime(repository.folder / "a")  # the index is now out of date: git status would refresh it
    before = _contents(repository.folder / ".git")

    found = opened(repository)
    resolve(found, environ={})
    resolve(found, staged=True, environ={})
    resolve(found, worktree=True, environ={})
    resolve(found, patch=b"--- /dev/null\n+++ b/p\n@@ -0,0 +1 @@\n+p\n", environ={})

    assert _contents(repository.folder / ".git") == before


def test_a_blob_of_a_partial_clone_that_is_not_here_is_said_and_not_fetched(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.commit({"a.py": "x = 2\n"}, over={"a.py": "x = 1\n"})
    repository.git("config", "uploadpack.allowFilter", "true")
    partial = repository.clone(tmp_path / "partial", "--filter=blob:none")
    before = _contents(partial.folder / ".git" / "objects")

    found = opened(partial)
    with pytest.raises(FairleadError, match="isn't in this clone") as caught:
        read_change(found, resolve(found, environ={}))

    assert "git fetch --refetch --no-filter" in caught.value.fix
    assert _contents(partial.folder / ".git" / "objects") == before


def test_a_blob_beyond_the_limit_is_not_read(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"big": b"0" * BLOB_LIMIT + b"1", "small": "s"})
    found: Repository = opened(repository)
    big, small = (entry.id for entry in found.entries(repository.tree()))

    assert found.blobs([big, small]) == {big: None, small: b"s"}


def test_without_git_the_error_says_to_install_it(
    repository: RepositoryBuilder, opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(FairleadError, match="git could not be started") as caught:
        opened(repository)

    assert "install git" in caught.value.fix


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("fatal: detected dubious ownership in repository at '/x'", "belongs to another user"),
        ("fatal: bad config line 1 in file .git/config", "bad config line 1"),
    ],
)
def test_what_git_says_when_it_fails_becomes_a_cause_and_a_fix(
    repository: RepositoryBuilder,
    opened,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    said: str,
    cause: str,
) -> None:
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\necho "{said}" >&2\nexit 128\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:/bin:/usr/bin")

    with pytest.raises(FairleadError, match=cause) as caught:
        opened(repository)

    assert caught.value.fix


def test_a_full_disk_is_named_as_such(repository: RepositoryBuilder, opened, tmp_path: Path) -> None:
    fails = "#!/bin/sh\necho 'No space left on device' >&2\nexit 1\n"
    script = repository.write("bin/git", fails, executable=True)
    found = opened(repository)
    full = replace(found, environment={**found.environment, "PATH": str(script.parent)})

    with pytest.raises(FairleadError, match="the disk is full") as caught:
        full.entries("HEAD")

    assert "TMPDIR" in caught.value.fix


def _contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        # Of an object that it meets again, git renews the time, wherever it lies.
        str(path): (path.read_bytes(), 0 if "objects" in path.parts else path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
