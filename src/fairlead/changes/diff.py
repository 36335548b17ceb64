"""What differs between two trees: git's raw difference, read exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fairlead.changes.git import Repository, decode_path, is_file
from fairlead.changes.model import FileChange, Range, Status

_STATUSES = {
    b"A": Status.ADDED,
    b"D": Status.DELETED,
    b"M": Status.MODIFIED,
    b"R": Status.RENAMED,
    b"T": Status.RETYPED,
}
_HUNK = re.compile(rb"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_INDEX = re.compile(rb"^index ([0-9a-f]+)\.\.([0-9a-f]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One file as git's raw difference has it; fields as in ``FileChange``.

    ``similarity`` is the percentage of a rename, ``None`` for the rest.
    """

    path: str
    old_path: str | None
    status: Status
    similarity: int | None
    old_mode: int
    mode: int
    old_blob: str | None
    blob: str | None
    added: int
    deleted: int
    binary: bool


def differences(repository: Repository, base_tree: str, head_tree: str) -> tuple[Difference, ...]:
    """Return every file that differs, in git's order; renames from 50 % similarity on."""
    if base_tree == head_tree:
        return ()
    words = ("--raw", "--numstat", "--no-abbrev", "-r", "-z", "-M50%", "-l1000")
    return parse_differences(
        repository.objects("diff-tree", *words, "--no-ext-diff", "--no-textconv", base_tree, head_tree)
    )


def parse_differences(output: bytes) -> tuple[Difference, ...]:
    """Read ``git diff-tree -r -z -M --raw --numstat``: all raw records, then all counts, one order.

    Lines of symlinks and submodules are not counted. Raises ValueError for anything else than that.
    """
    fields = iter(output.split(b"\0"))
    records: list[tuple[list[bytes], list[bytes]]] = []
    counts = b""
    for field in fields:
        if not field.startswith(b":"):
            counts = field
            break
        words = field[1:].split(b" ")
        if len(words) != 5 or not words[4]:
            raise ValueError(f"git lists a file in words that are not known here: {field!r}")
        paths = [next(fields, b"") for _ in range(2 if words[4][:1] in b"RC" else 1)]
        records.append((words, paths))
    read = []
    for words, paths in records:
        added, deleted, path = counts.split(b"\t", 2)
        if not path:  # a rename: its two paths follow
            path = [next(fields, b""), next(fields, b"")][1]
        if path != paths[-1]:
            raise ValueError(f"git counted {path!r} where it had listed {paths[-1]!r}")
        read.append(_difference(words, paths, added, deleted))
        counts = next(fields, b"")
    if counts:
        raise ValueError(f"git wrote more than its differences: {counts[:40]!r}")
    return tuple(read)


def changed_lines(
    repository: Repository, change_range: Range, files: Sequence[FileChange]
) -> dict[str, tuple[range, ...]]:
    """Return, for each file that the head has, the lines that the change added or altered.

    Ranges are of 1-based line numbers of the head's file, ascending; a file without such lines has
    none. Sections of the patch are told apart by the blobs they compare, never by their paths.
    """
    wanted = [file for file in files if file.blob and is_file(file.mode) and not file.binary]
    if not any(file.added for file in wanted):
        return {file.path: () for file in wanted}
    output = repository.objects(
        "diff-tree",
        *("-r", "-p", "-U0", "-M50%", "-l1000", "--full-index", "--no-color"),
        *("--no-ext-diff", "--no-textconv", change_range.base_tree, change_range.head_tree),
        *("--", *_paths(wanted)),
    )
    sections = _sections(output.split(b"\n"))
    return {file.path: sections.get((_old_blob(file), file.blob or ""), ()) for file in wanted}


def _difference(words: list[bytes], paths: list[bytes], added: bytes, deleted: bytes) -> Difference:
    old_mode, mode, old_blob, blob, letter = words
    status = _STATUSES.get(letter[:1])
    if status is None:
        raise ValueError(f"git names a status that is not known here: {letter!r}")
    binary = added == b"-"
    lines = not binary and all(number in {0} or is_file(number) for number in _modes(words))
    return Difference(
        path=decode_path(paths[-1]),
        old_path=decode_path(paths[0]) if len(paths) == 2 else None,
        status=status,
        similarity=int(letter[1:]) if status is Status.RENAMED else None,
        old_mode=int(old_mode, 8),
        mode=int(mode, 8),
        old_blob=_blob(old_blob),
        blob=_blob(blob),
        added=int(added) if lines else 0,
        deleted=int(deleted) if lines else 0,
        binary=binary,
    )


def _modes(words: list[bytes]) -> tuple[int, int]:
    return int(words[0], 8), int(words[1], 8)


def _blob(name: bytes) -> str | None:
    return name.decode("ascii") if name.strip(b"0") else None


def _paths(files: Sequence[FileChange]) -> Iterable[str]:
    """Name the files on a command line, both paths of a rename; all of the trees when too many."""
    if len(files) > 1000:
        return ()
    return [path for file in files for path in (file.path, file.old_path) if path]


def _old_blob(file: FileChange) -> str:
    """Return what a patch's index line has on the left; a retyped file is removed, then added."""
    return "" if file.status is Status.RETYPED or file.old_blob is None else file.old_blob


def _sections(lines: Iterable[bytes]) -> dict[tuple[str, str], tuple[range, ...]]:
    sections: dict[tuple[str, str], tuple[range, ...]] = {}
    hunks: list[range] = []
    key: tuple[str, str] | None = None
    for line in lines:
        if line.startswith(b"diff --git "):
            key, hunks = None, []
        elif found := _INDEX.match(line):
            key = (_blob(found[1]) or "", _blob(found[2]) or "")
            hunks = []
        elif key and (found := _HUNK.match(line)):
            start, count = int(found[1]), int(found[2] or 1)
            if count:
                hunks.append(range(start, start + count))
            sections[key] = tuple(hunks)
    return sections
