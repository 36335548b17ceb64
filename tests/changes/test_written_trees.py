from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from builder import RepositoryBuilder
from fairlead.changes.tree import LFS_POINTER, write_tree
from fairlead.errors import FairleadError


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def test_every_file_is_written_with_the_bytes_that_git_stores(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    conversions = b"*.txt text eol=crlf ident export-ignore\n*.u16 working-tree-encoding=UTF-16\n"
    stored = {
        ".gitattributes": conversions,
        "a.txt": b"one\ntwo $Id$\n",
        "sub/\udcff": b"\0\xff",
        "b.u16": b"text\n",
        "crlf": b"one\r\ntwo\r\n",
    }
    repository.git("config", "core.autocrlf", "false")
    for path, content in stored.items():
        blob = repository.git("hash-object", "-w", "--stdin", stdin=content)
        repository.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    tree = repository.git("write-tree")

    written = write_tree(opened(repository), tree, tmp_path / "tree")

    assert files_in(written.folder) == stored
    assert (written.files, written.notes) == (5, ())


def test_neither_hooks_nor_filters_run(repository: RepositoryBuilder, opened, tmp_path: Path) -> None:
    repository.commit({"a.bin": "raw\n", ".gitattributes": "*.bin filter=loud\n"})
    ran = tmp_path / "ran"
    for kind in ("clean", "smudge", "process"):
        repository.git("config", f"filter.loud.{kind}", f"touch {ran}; cat")
    repository.git("config", "filter.loud.required", "true")
    hook = f"#!/bin/sh\ntouch {ran}\n"
    for name in ("post-checkout", "post-index-change", "post-merge", "reference-transaction"):
        repository.write(f".git/hooks/{name}", hook, executable=True)

    written = write_tree(opened(repository), repository.tree(), tmp_path / "tree")

    assert (written.folder / "a.bin").read_bytes() == b"raw\n"
    assert not ran.exists()


def test_modes_and_links_inside_the_tree_are_kept(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.write("run.sh", "x", executable=True)
    repository.write("plain", "x")
    repository.symlink("sub/inside", "../plain")
    repository.commit()

    written = write_tree(opened(repository), repository.tree(), tmp_path / "tree")

    assert (written.folder / "run.sh").stat().st_mode & 0o111
    assert not (written.folder / "plain").stat().st_mode & 0o111
    assert (written.folder / "sub" / "inside").readlink() == Path("../plain")


def test_links_that_lead_out_are_not_written_and_said(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.write("deep/er/file", "x")
    repository.symlink("absolute", "/etc/passwd")
    repository.symlink("above", "../secret")
    repository.symlink("deep/er/top", "../..")
    repository.symlink("roundabout", "deep/er/top/../secret")
    repository.commit()

    written = write_tree(opened(repository), repository.tree(), tmp_path / "tree")

    left = {path.name for path in written.folder.rglob("*") if path.is_symlink()}
    assert left == {"top"}
    assert [note.split()[0] for note in written.notes] == ["above", "absolute", "roundabout"]


def test_submodules_and_lfs_pointers_are_said(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    pointer = LFS_POINTER + b"oid sha256:" + b"a" * 64 + b"\nsize 12\n"
    repository.submodule("lib")
    repository.commit({"big.bin": pointer, ".gitattributes": "*.bin filter=lfs -text\n"})

    written = write_tree(opened(repository), repository.tree(), tmp_path / "tree")

    assert (written.folder / "big.bin").read_bytes() == pointer
    assert written.notes == (
        "lib is a submodule: its files aren't here",
        "big.bin is a Git LFS pointer: its content isn't here",
    )


@pytest.mark.parametrize("name", [".git", ".GIT", ".Git"])
def test_a_path_that_names_a_git_folder_is_not_written(
    repository: RepositoryBuilder, opened, tmp_path: Path, name: str
) -> None:
    repository.commit({"a": "a"})
    blob = repository.git("rev-parse", "HEAD:a")
    inner = repository.git("mktree", stdin=f"100755 blob {blob}\tpost-checkout\n".encode())
    tree = repository.git(
        "mktree", stdin=f"040000 tree {inner}\t{name}\n100644 blob {blob}\ta\n".encode()
    )

    written = write_tree(opened(repository), tree, tmp_path / "tree")

    assert files_in(written.folder) == {"a": b"a"}
    assert written.notes == (f"{name}/post-checkout names a git folder: not written",)


def test_other_bytes_take_the_place_of_what_the_tree_holds(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.symlink("link.toml", "pyproject.toml")
    repository.symlink("folder", "sub")
    repository.commit({"pyproject.toml": "head\n", "gone.ini": "x\n", "sub/kept": "k", "was/dir": "d"})
    other = {
        "link.toml": b"base\n",
        "gone.ini": None,
        "never.ini": None,
        "new/deep.ini": b"n",
        "folder/x": b"x",
        "was": b"file",
    }

    written = write_tree(opened(repository), repository.tree(), tmp_path / "tree", replace=other)

    assert files_in(written.folder) == {
        "pyproject.toml": b"head\n",
        "link.toml": b"base\n",
        "sub/kept": b"k",
        "new/deep.ini": b"n",
        "folder/x": b"x",
        "was": b"file",
    }


@pytest.mark.parametrize("path", ["../out", "/etc/x", "a/../../x", "a//b", ""])
def test_a_replacement_outside_the_tree_is_refused(
    repository: RepositoryBuilder, opened, tmp_path: Path, path: str
) -> None:
    repository.commit({"a": "a"})

    with pytest.raises(ValueError, match="is not a path in a tree"):
        write_tree(opened(repository), repository.tree(), tmp_path / "tree", replace={path: b""})


def test_a_bare_sha256_repository_is_written_out(opened, tmp_path: Path) -> None:
    built = RepositoryBuilder.create(tmp_path / "built", object_format="sha256")
    built.commit({"a": "a", "sub/b": "b"})
    built.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))

    written = write_tree(opened(tmp_path / "bare.git"), built.tree(), tmp_path / "tree")

    assert files_in(written.folder) == {"a": b"a", "sub/b": b"b"}


def test_the_empty_tree_is_an_empty_folder(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    found = opened(repository)

    assert write_tree(found, found.empty_tree, tmp_path / "tree").files == 0
    assert list((tmp_path / "tree").iterdir()) == []


def test_a_missing_object_is_an_error(repository: RepositoryBuilder, opened, tmp_path: Path) -> None:
    repository.commit({"a": "a"})
    repository.git("config", "uploadpack.allowFilter", "true")
    partial = repository.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout")

    with pytest.raises(FairleadError, match="isn't in this clone"):
        write_tree(opened(partial), repository.tree(), tmp_path / "tree")


def test_what_is_pushed_is_read_and_written_out_inside_the_quarantine(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    server = RepositoryBuilder.create(tmp_path / "server.git", bare=True)
    script = f"""\
        #!{sys.executable}
        import json, os, sys
        from pathlib import Path
        sys.path[:0] = {sys.path!r}
        from fairlead.changes.git import Repository
        from fairlead.changes.ranges import resolve
        from fairlead.changes.read import read_change
        from fairlead.changes.tree import write_tree

        old, new, ref = sys.stdin.read().split()
        out = Path({str(tmp_path)!r}) / "out"
        found = Repository.open(Path.cwd(), scratch=out / "scratch")
        asked = resolve(found, revisions=old + ".." + new, environ={{}})
        change = read_change(found, asked)
        write_tree(found, asked.head_tree, out / "tree")
        said = [os.environ.get("GIT_QUARANTINE_PATH", ""), [file.path for file in change.files]]
        (out / "said").write_text(json.dumps(said))
        """
    server.write("hooks/pre-receive", textwrap.dedent(script), executable=True)
    repository.commit({"a": "a", "b": "b"})

    done = subprocess.run(
        ["git", "push", str(server.folder), "main"],
        cwd=repository.folder,
        env=repository.environment(),
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = (tmp_path / "out" / "said").read_text()
    assert "server.git/" in said
    assert said.endswith('["a", "b"]]')
    assert files_in(tmp_path / "out" / "tree") == {"a": b"a", "b": b"b"}
