"""Files that git ignores and that a project needs to be built or tested: taken from the work tree."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

MOST_FILES = 10_000
"""How many files are brought at most; patterns that match more are a mistake."""


def ignored_files(
    work_tree: Path, patterns: Iterable[str], tracked: Collection[str]
) -> tuple[str, ...]:
    """Return the paths of regular files that match and that no tree holds, sorted.

    A link is not followed. Folders count with all that is in them.
    """
    found: set[str] = set()
    for pattern in patterns:
        for place in work_tree.glob(pattern.rstrip("/")):
            for file in _files(place):
                path = str(file.relative_to(work_tree))
                if path not in tracked and len(found) < MOST_FILES:
                    found.add(path)
    return tuple(sorted(found))


def stamp_of(work_tree: Path, paths: Iterable[str]) -> str:
    """Return what changes whenever one of the files does."""
    parts = []
    for path in paths:
        status = (work_tree / path).lstat()
        parts.append((path, status.st_size, status.st_mtime_ns))
    return repr(parts) if parts else ""


def bring(work_tree: Path, paths: Iterable[str], folder: Path) -> None:
    """Copy the files to where they belong in a tree; raises OSError."""
    for path in paths:
        target = folder / path
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            continue  # the tree has a link there, which could lead anywhere
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() and not target.is_symlink():
            shutil.copy2(work_tree / path, target, follow_symlinks=False)


def _files(place: Path) -> Iterator[Path]:
    if place.is_symlink():
        return
    if place.is_dir():
        for file in place.rglob("*"):
            if file.is_file() and not file.is_symlink():
                yield file
    elif place.is_file():
        yield place
