"""The lines that differ between two commits, as a reader is shown them: with some around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fairlead.changes.diff import Difference, differences
from fairlead.changes.git import Repository, is_file

_HUNK = re.compile(rb"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)", re.DOTALL)
_INDEX = re.compile(rb"^index ([0-9a-f]+)\.\.([0-9a-f]+)")

LINES = 3000
"""How many lines of a patch are read: files beyond are named, not shown."""

LONGEST = 2000
"""Bytes of a line that are shown; minified code has lines of a megabyte."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a patch: its sign (``+``, ``-`` or a blank), its 1-based numbers, its text.

    ``old`` is ``None`` for one that came, ``new`` for one that went. Odd bytes are surrogates.
    """

    sign: str
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Lines that stand together; ``heading`` is the line that git takes for the start of their part."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePatch:
    """One file's part of a patch; ``unshown`` says why it has no hunks, ``""`` where it needn't."""

    file: Difference
    hunks: tuple[Hunk, ...] = ()
    unshown: str = ""


def read_patch(
    repository: Repository,
    base: str,
    head: str,
    *,
    wanted: Callable[[Difference], bool] = lambda file: True,
    lines: int = LINES,
) -> tuple[FilePatch, ...]:
    """Return what differs between two commits or trees, file by file in git's order.

    Files that aren't ``wanted`` are left out. Each line is shown with three around it. Files are shown
    as long as they fit into ``lines``; those that don't, and those without lines, say why. Raises
    FairleadError when objects are missing.
    """
    files = tuple(filter(wanted, differences(repository, base, head)))
    shown: list[Difference] = []
    why: dict[str, str] = {}
    left = lines
    for file in files:
        reason = _unshown(file, left)
        if reason:
            why[file.path] = reason
        else:
            shown.append(file)
            left -= file.added + file.deleted
    hunks = _hunks(repository, base, head, shown)
    return tuple(
        FilePatch(
            file=file,
            hunks=hunks.get((file.old_blob or "", file.blob or ""), ()),
            unshown=why.get(file.path, ""),
        )
        for file in files
    )


def _unshown(file: Difference, left: int) -> str:
    modes = [mode for mode in (file.old_mode, file.mode) if mode]
    if not all(map(is_file, modes)):
        return "it is a link or a submodule"
    if file.binary:
        return "it is binary"
    if not file.added + file.deleted:
        return "no line of it differs"
    if file.added + file.deleted > left:
        return f"its {file.added + file.deleted} lines are more than fit here"
    return ""


def _hunks(
    repository: Repository, base: str, head: str, files: Sequence[Difference]
) -> dict[tuple[str, str], tuple[Hunk, ...]]:
    """Return the hunks of files by the blobs that they compare, so that no path has to be parsed."""
    if not files:
        return {}
    named = [path for file in files for path in (file.path, file.old_path) if path]
    output = repository.objects(
        "diff-tree",
        *("-r", "-p", "-U3", "-M50%", "-l1000", "--full-index", "--no-color"),
        *("--no-ext-diff", "--no-textconv", base, head, "--"),
        *(named if len(named) <= 1000 else ()),  # an argument list has its limits
    )
    wanted = {(file.old_blob or "", file.blob or "") for file in files}
    found: dict[tuple[str, str], tuple[Hunk, ...]] = {}
    for key, body in _sections(output.split(b"\n")):
        if key in wanted:
            found[key] = tuple(_read_hunks(body))
    return found


def _sections(lines: Sequence[bytes]) -> Iterator[tuple[tuple[str, str], Sequence[bytes]]]:
    starts = [index for index, line in enumerate(lines) if line.startswith(b"diff --git ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        part = lines[start:end]
        found = next(filter(None, map(_INDEX.match, part)), None)
        if found:
            yield (_blob(found[1]), _blob(found[2])), part


def _blob(name: bytes) -> str:
    return name.decode("ascii") if name.strip(b"0") else ""


def _read_hunks(lines: Sequence[bytes]) -> Iterator[Hunk]:
    old = new = 0
    heading, body = "", []
    for line in lines:
        if found := _HUNK.match(line):
            if body:
                yield Hunk(heading=heading, lines=tuple(body))
            old, new = int(found[1]), int(found[2])
            heading, body = _text(found[3]), []
        elif not old and not new:
            continue  # still among the headers
        elif line.startswith(b"+"):
            body.append(Line("+", None, new, _text(line[1:])))
            new += 1
        elif line.startswith(b"-"):
            body.append(Line("-", old, None, _text(line[1:])))
            old += 1
        elif line.startswith(b" "):
            body.append(Line(" ", old, new, _text(line[1:])))
            old, new = old + 1, new + 1
    if body:
        yield Hunk(heading=heading, lines=tuple(body))


def _text(line: bytes) -> str:
    cut = line[:LONGEST].decode("utf-8", "surrogateescape")
    return f"{cut}… ({len(line)} bytes)" if len(line) > LONGEST else cut
