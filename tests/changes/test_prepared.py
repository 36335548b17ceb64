from __future__ import annotations

import os
from pathlib import Path

import pytest

from builder import RepositoryBuilder
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change
from fairlead.errors import FairleadError


def files_of(opened, repository: RepositoryBuilder, **asked) -> dict[str, str]:
    found = opened(repository, asked.pop("variables", {}))
    change = read_change(found, resolve(found, environ={}, **asked))
    return {file.path: file.status.value for file in change.files}


def test_staged_is_what_a_commit_would_hold(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "1\n", "b": "b\n", "c": "1\n"})
    repository.stage({"a": "2\n", "b": None, "new": "n\n"})
    repository.write("c", "not staged\n")

    assert files_of(opened, repository, staged=True) == {
        "a": "modified",
        "b": "deleted",
        "new": "added",
    }


def test_the_work_tree_has_untracked_files_but_not_ignored_ones(
    repository: RepositoryBuilder, opened
) -> None:
    repository.commit({"a": "1\n", ".gitignore": "*.log\n", "kept.log.txt": "1\n"})
    repository.stage({"a": "2\n"})
    for path, content in {"a": "3\n", "sub/new": "1\n", "x.log": "1\n"}.items():
        repository.write(path, content)

    assert files_of(opened, repository, worktree=True) == {"a": "modified", "sub/new": "added"}


def test_a_file_written_in_the_same_instant_as_the_index_is_seen(
    repository: RepositoryBuilder, opened
) -> None:
    repository.commit({"a": "1\n"})
    index = repository.folder / ".git" / "index"
    stamp = (repository.folder / "a").stat().st_mtime_ns
    repository.write("a", "2\n")
    os.utime(repository.folder / "a", ns=(stamp, stamp))
    os.utime(index, ns=(stamp, stamp))

    assert files_of(opened, repository, worktree=True) == {"a": "modified"}


def test_before_the_first_commit_all_that_is_staged_is_new(
    repository: RepositoryBuilder, opened
) -> None:
    repository.stage({"a": "1\n"})

    assert files_of(opened, repository, staged=True) == {"a": "added"}
    assert files_of(opened, repository, worktree=True) == {"a": "added"}


def test_no_clean_filter_runs_on_the_work_tree(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.commit({"a.bin": "1\n", ".gitattributes": "*.bin filter=loud\n"})
    ran = tmp_path / "ran"
    for kind in ("clean", "process", "smudge"):
        repository.git("config", f"filter.loud.{kind}", f"touch {ran}; cat")
    repository.git("config", "filter.loud.required", "true")
    repository.write("a.bin", "2\n")

    assert files_of(opened, repository, worktree=True) == {"a.bin": "modified"}
    assert not ran.exists()


def test_a_hooks_own_index_is_the_one_that_counts(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.commit({"a": "1\n", "b": "1\n"})
    repository.stage({"a": "2\n"})
    partial = repository.folder / ".git" / "next-index-1.lock"
    repository.git("read-tree", "HEAD", env={"GIT_INDEX_FILE": str(partial)})
    repository.write("b", "2\n")
    repository.git("add", "b", env={"GIT_INDEX_FILE": str(partial)})
    hook = {"GIT_INDEX_FILE": str(partial)}

    assert files_of(opened, repository, staged=True, variables=hook) == {"b": "modified"}


def test_another_repositorys_index_is_not_believed(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    other = RepositoryBuilder.create(tmp_path / "other")
    other.stage({"x": "1\n"})
    repository.commit({"a": "1\n"})
    repository.stage({"a": "2\n"})
    hook = {
        "GIT_DIR": str(other.folder / ".git"),
        "GIT_INDEX_FILE": str(other.folder / ".git" / "index"),
    }

    assert files_of(opened, repository, staged=True, variables=hook) == {"a": "modified"}


def test_a_patch_is_applied_to_head_whatever_the_work_tree_holds(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.commit({"a": "1\n", "image": b"\0\1"})
    repository.apply({"a": "2\n", "image": b"\0\2", "new": "1\n"})
    repository.git("add", "-N", "new")
    patch = tmp_path / "change.patch"
    patch.write_bytes(os.fsencode(repository.git("diff", "--binary")) + b"\n")
    repository.apply({"a": "something else\n"})

    assert files_of(opened, repository, patch=patch) == {
        "a": "modified",
        "image": "modified",
        "new": "added",
    }


def test_a_patch_works_in_a_bare_repository(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.commit({"a": "1\n"})
    repository.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    patch = b"--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n"

    found = opened(tmp_path / "bare.git")
    change = read_change(found, resolve(found, patch=patch, environ={}))

    assert [file.path for file in change.files] == ["a"]


def test_an_empty_patch_is_an_empty_change(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "1\n"})

    assert files_of(opened, repository, patch=b"\n") == {}


@pytest.mark.parametrize(
    "patch",
    [
        b"--- a/a\n+++ b/a\n@@ -1 +1 @@\n-not what is there\n+2\n",
        b"no patch at all",
        b"--- /dev/null\n+++ b/../outside\n@@ -0,0 +1 @@\n+1\n",
        b"--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+1\n",
    ],
)
def test_a_patch_that_does_not_fit_is_an_error(
    repository: RepositoryBuilder, opened, patch: bytes
) -> None:
    repository.commit({"a": "1\n"})

    with pytest.raises(FairleadError, match="the patch doesn't apply to HEAD") as caught:
        resolve(opened(repository), patch=patch, environ={})

    assert "git diff --binary" in caught.value.fix


def test_a_patch_file_that_is_not_there_is_an_error(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.commit({"a": "1\n"})

    with pytest.raises(FairleadError, match="cannot be read: No such file"):
        resolve(opened(repository), patch=tmp_path / "none.patch", environ={})


def test_a_merge_with_conflicts_is_an_error(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "1\n"})
    repository.branch("topic")
    repository.commit({"a": "2\n"})
    repository.checkout("main")
    repository.commit({"a": "3\n"})
    with pytest.raises(AssertionError):
        repository.git("merge", "topic")

    with pytest.raises(FairleadError, match="conflicts") as caught:
        resolve(opened(repository), staged=True, environ={})

    assert "git status" in caught.value.fix


@pytest.mark.parametrize("asked", ["staged", "worktree"])
def test_without_a_work_tree_there_is_nothing_prepared(
    repository: RepositoryBuilder, opened, tmp_path: Path, asked: str
) -> None:
    repository.commit({"a": "1\n"})
    repository.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))

    with pytest.raises(FairleadError, match="needs a work tree"):
        resolve(
            opened(tmp_path / "bare.git"),
            environ={},
            staged=asked == "staged",
            worktree=asked == "worktree",
        )
