"""How large a change is: five steps over the lines that a person would have to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fairlead.changes.model import FileChange, LeftOut, Nature, Size

LIMITS = ((10, Size.XS), (30, Size.S), (100, Size.M), (500, Size.L))
"""Fewer lines than the number give the step; from 500 lines on it is XL. Prow's, without its XXL."""


def size_of(lines: int) -> Size:
    """Return the step for a number of added and deleted lines."""
    return next((size for limit, size in LIMITS if lines < limit), Size.XL)


def measure(files: Iterable[FileChange]) -> tuple[Size, int, tuple[LeftOut, ...]]:
    """Return the size, the lines it counts, and what it leaves out, by reason, most lines first."""
    counted = 0
    files_of: dict[str, int] = {}
    lines_of: dict[str, int] = {}
    for file in files:
        reason = reason_left_out(file)
        lines = file.added + file.deleted
        if not reason:
            counted += lines
            continue
        files_of[reason] = files_of.get(reason, 0) + 1
        lines_of[reason] = lines_of.get(reason, 0) + lines
    left_out = tuple(
        LeftOut(reason=reason, files=files_of[reason], lines=lines_of[reason])
        for reason in sorted(files_of, key=lambda each: (-lines_of[each], each))
    )
    return size_of(counted), counted, left_out


def reason_left_out(file: FileChange) -> str:
    """Return why a file's lines don't count, ``""`` when they do."""
    if file.binary:
        return "binary"
    if file.old_path is not None and file.added == file.deleted == 0:
        return "moved"
    if file.inert is not None:
        return file.inert.value
    return file.uncounted


def natures_of(files: Sequence[FileChange]) -> tuple[Nature, ...]:
    """Return the natures of a change, those with most lines first, then those with most files."""
    weights: dict[Nature, tuple[int, int]] = {}
    for file in files:
        lines, number = weights.get(file.nature, (0, 0))
        weights[file.nature] = (lines + file.added + file.deleted, number + 1)
    order = list(Nature)
    return tuple(
        sorted(weights, key=lambda each: (-weights[each][0], -weights[each][1], order.index(each)))
    )
