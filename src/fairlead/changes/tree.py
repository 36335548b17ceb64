"""Writing a tree out as files: exact bytes, no hook, no filter, nothing outside the folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.changes.git import (
    Entry,
    Repository,
    encode_path,
    is_file,
    is_submodule,
    is_symlink,
)

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
"""How a file begins whose content lies in Git LFS (git-lfs, docs/spec.md)."""

_POINTER_SIZE = 1024  # bytes; the specification's limit for a pointer
_WORKERS = 2  # a file system takes several writers well, whatever the number of cores


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTree:
    """A tree on disk: its folder, how many files it has, and what it lacks, each a sentence."""

    folder: Path
    files: int
    notes: tuple[str, ...]


def write_tree(
    repository: Repository,
    tree: str,
    folder: Path,
    *,
    replace: Mapping[str, bytes | None] | None = None,
) -> WrittenTree:
    """Write a tree into ``folder``, which is new or empty, and say what could not be written.

    Every file has the bytes that git stores. Left out, and said: submodules, symbolic links that lead
    out of the tree, paths that name a ``.git`` folder. LFS pointers are written as they are, and said.
    ``replace`` puts other bytes in place of a path's, adds a path, or, with ``None``, removes it.
    Raises FairleadError when an object is missing or the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept, notes = _select(repository.entries(tree))
    _check_out(repository, kept, folder)
    notes += _remove_links_that_lead_out(folder, kept)
    notes += _pointers(folder, kept)
    for path, content in (replace or {}).items():
        _put(folder, path, content)
    return WrittenTree(folder=folder, files=len(kept), notes=tuple(notes))


def _select(entries: tuple[Entry, ...]) -> tuple[list[Entry], list[str]]:
    kept: list[Entry] = []
    notes: list[str] = []
    for entry in entries:
        if is_submodule(entry.mode):
            notes.append(f"{entry.path} is a submodule: its files aren't here")
        elif any(part.lower() == ".git" for part in entry.path.split("/")):
            notes.append(f"{entry.path} names a git folder: not written")
        else:
            kept.append(entry)
    return kept, notes


def _check_out(repository: Repository, entries: list[Entry], folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="index-", dir=repository.private) as own:
        env = {"GIT_INDEX_FILE": f"{own}/index", "GIT_WORK_TREE": str(folder.absolute())}
        listing = b"".join(
            b"%o %s\t%s\0" % (entry.mode, entry.id.encode("ascii"), encode_path(entry.path))
            for entry in entries
        )
        repository.objects("update-index", "-z", "--index-info", stdin=listing, env=env)
        workers = ("-c", f"checkout.workers={_WORKERS}", "-c", "checkout.thresholdForParallelism=200")
        repository.objects(*workers, "checkout-index", "--all", "--force", cwd=folder, env=env)


def _remove_links_that_lead_out(folder: Path, entries: list[Entry]) -> list[str]:
    """Remove links by where they really lead, through others too; nothing has followed them yet."""
    top = folder.resolve()
    links = [entry.path for entry in entries if is_symlink(entry.mode)]
    out = [path for path in links if not (folder / path).resolve().is_relative_to(top)]
    for path in out:
        (folder / path).unlink()
    return [f"{path} is a symbolic link that leads out of the tree: not written" for path in out]


def _pointers(folder: Path, entries: list[Entry]) -> list[str]:
    """Name the files whose content lies in Git LFS; attributes that speak of it say where to look."""
    files = [entry.path for entry in entries if is_file(entry.mode)]
    attributes = [path for path in files if path.rpartition("/")[2] == ".gitattributes"]
    if not any(b"lfs" in (folder / path).read_bytes() for path in attributes):
        return []
    return [
        f"{path} is a Git LFS pointer: its content isn't here"
        for path in files
        if (folder / path).stat().st_size <= _POINTER_SIZE
        and (folder / path).read_bytes().startswith(LFS_POINTER)
    ]


def _put(folder: Path, path: str, content: bytes | None) -> None:
    """Put bytes in place of a path's, with no link of the tree followed on the way."""
    if any(part in {"", ".", ".."} for part in path.split("/")):
        raise ValueError(f"{path!r} is not a path in a tree")
    target = folder / path
    for place in (*reversed(target.relative_to(folder).parents[:-1]), Path(path)):
        if (folder / place).is_symlink() or (place != Path(path) and (folder / place).is_file()):
            (folder / place).unlink()
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    if content is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
