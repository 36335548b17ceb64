"""Reading what tools leave behind, strictly: every doubt raises, so that no doubt becomes a pass."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from typing import Any

from fairlead.checks.model import Evaluated, Evaluation, Finding, NotEvaluated, Run, Severity, View
from fairlead.checks.notebooks import line_in_file
from fairlead.errors import FairleadError
from fairlead.processes import Completed

ARGUMENT_BYTES = 96 << 10
"""How many bytes of paths one command line carries; every system allows 128 KiB with room to spare."""

_QUOTED = 400
_UNKNOWN_FLAG = re.compile(rb"(?i)no such option|unexpected argument|unrecognized argument")


def evaluation(evaluate: Callable[[View, Run], Evaluated], view: View, run: Run) -> Evaluation:
    """Return what ``evaluate`` does; an expected failure, of the tool or the disk, is NotEvaluated."""
    try:
        return evaluate(view, run)
    except FairleadError as error:
        return NotEvaluated(cause=error.cause, fix=error.fix)
    except OSError as error:
        return no_room(error)


def no_room(error: OSError) -> NotEvaluated:
    """Return why nothing can be said where a file could not be read or written."""
    return NotEvaluated(
        cause=f"{shown(str(error.filename or 'a file'))}: {error.strerror or error}",
        fix="see that there is room on the disk and that its folder can be written, and run again",
    )


@contextlib.contextmanager
def files(what: str) -> Generator[None]:
    """Turn the disk's errors into ours; ``what`` is what was to be written or read."""
    try:
        yield
    except OSError as error:
        raise FairleadError(
            f"{what}: {error.strerror or error}",
            fix="see that there is room on the disk and that its folder can be written, and run again",
        ) from error


def finished(completed: Completed, *, tool: str, codes: Collection[int], quote: bool = True) -> None:
    """Return when the program ended by itself with one of ``codes``.

    Raises FairleadError otherwise, with the end of what the program wrote on its error stream unless
    ``quote`` is false (for tools that may write a secret there).
    """
    said = _last_words(completed.stderr) if quote else ""
    if completed.code is None:
        raise FairleadError(
            f"{tool} could not be started: {completed.failure or 'no reason given'}",
            fix=f"install {tool}, or run fairlead from the environment that has it",
        )
    if completed.timed_out:
        raise FairleadError(
            f"{tool} was ended after {completed.seconds:.0f} s, its time limit",
            fix=f"raise the check's time limit, or find what makes {tool} slow: "
            f"{' '.join(completed.argv[:6])} …",
        )
    if completed.truncated:
        raise FairleadError(
            f"{tool} wrote more than is read of one program",
            fix="split the change, or exclude generated files in the tool's configuration",
        )
    if completed.code < 0:
        raise FairleadError(
            f"{tool} was ended by signal {-completed.code}{said}",
            fix=f"run it by hand to see why: {' '.join(completed.argv[:6])} …",
        )
    if completed.code not in codes and _UNKNOWN_FLAG.search(completed.stderr):
        raise FairleadError(
            f"this version of {tool} does not know a flag that fairlead needs{said}",
            fix=f"use a newer {tool}, or unpin it so that the one that comes with fairlead is used",
        )
    if completed.code not in codes:
        raise FairleadError(
            f"{tool} ended with exit code {completed.code}{said}",
            fix=f"mend what {tool} complains about, most often its configuration, and run again",
        )


def parsed(raw: bytes, *, tool: str) -> Any:
    """Return the JSON value that a tool printed; raises FairleadError when there is none."""
    with reading(tool):
        return json.loads(raw)


@contextlib.contextmanager
def reading(tool: str) -> Generator[None]:
    """Turn the errors of taking a report apart (a key or a type that is not there) into ours."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise FairleadError(
            f"what {tool} reported could not be read ({type(error).__name__}: {str(error)[:120]})",
            fix=f"use a version of {tool} that fairlead knows, or run it by hand to see its report",
        ) from error


def text(value: object) -> str:
    """Return ``value`` if it is a string; raises TypeError otherwise."""
    if not isinstance(value, str):
        raise TypeError(f"a string was expected, not {type(value).__name__}")
    return value


def whole(value: object) -> int:
    """Return ``value`` if it is a whole number; raises TypeError otherwise."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number was expected, not {type(value).__name__}")
    return value


def batches(paths: Sequence[str], *, limit: int = ARGUMENT_BYTES) -> Iterator[tuple[str, ...]]:
    """Part ``paths``, in order, so that each part fits on a command line; nothing when it is empty."""
    part: list[str] = []
    size = 0
    for path in paths:
        length = len(os.fsencode(path)) + 16  # its terminator, its pointer, and our "./" before it
        if part and size + length > limit:
            yield tuple(part)
            part, size = [], 0
        part.append(path)
        size += length
    if part:
        yield tuple(part)


def require_files(view: View) -> None:
    """Raise FairleadError when one of the view's paths is no regular file that can be read.

    Tools differ in what they do with a missing file, and some say nothing at all.
    """
    for path in view.paths:
        place = view.folder / path
        try:
            mode = place.lstat().st_mode
        except OSError as error:
            raise FairleadError(
                f"{shown(path)} could not be looked at: {error.strerror}",
                fix="run again; if it stays so, the tree was not written out whole",
            ) from error
        if not stat.S_ISREG(mode) or not os.access(place, os.R_OK):
            raise FairleadError(
                f"{shown(path)} is not a file that can be read",
                fix="leave it out of this check by the policy, or make it a readable file",
            )


def require_utf8(paths: Sequence[str], *, tool: str) -> None:
    """Raise FairleadError when a path is not UTF-8, for tools that can't open such a file."""
    for path in paths:
        try:
            path.encode()
        except UnicodeEncodeError as error:
            raise FairleadError(
                f"{tool} cannot open {shown(path)}: the name is not UTF-8",
                fix="rename the file (git mv), or exclude it in the policy",
            ) from error


def lossy(path: str) -> str:
    """Return ``path`` as programs print it that replace every byte which is not UTF-8 by U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def by_printed_name(paths: Sequence[str], *, tool: str) -> dict[str, str]:
    """Map the name under which ``tool`` prints a path to the path.

    Raises FairleadError when two paths are printed alike, since no finding could be placed then.
    """
    names = {lossy(path): path for path in paths}
    if len(names) < len(set(paths)):
        raise FairleadError(
            f"{tool} prints two of the changed paths alike, since they are not UTF-8",
            fix="rename one of them (git mv)",
        )
    return names


def shown(path: str) -> str:
    """Return ``path`` for a sentence: as it is if it can be printed on one line, else quoted."""
    return path if path.isprintable() else ascii(path)


class Sources:
    """The lines of a tree's files, read when first asked for."""

    def __init__(self, view: View) -> None:
        self._folder = view.folder
        self._lines: dict[str, list[bytes]] = {}

    def line(self, path: str, number: int) -> str:
        """Return line ``number`` (1-based) without surrounding white space, ``""`` if there is none."""
        lines = self._of(path)
        return lines[number - 1].decode("utf-8", "replace").strip() if 0 < number <= len(lines) else ""

    def place(self, path: str, row: int, cell: object) -> tuple[int, str]:
        """Return the file's line of what a tool found, and words for the place within a notebook.

        ``cell`` is the notebook's, as the tool counts it; ``None`` in files that are no notebooks.
        """
        if not isinstance(cell, int):
            return row, ""
        return line_in_file(self._of(path), cell, row), f" (cell {cell}, line {row})"

    def _of(self, path: str) -> list[bytes]:
        if path not in self._lines:
            self._lines[path] = (self._folder / path).read_bytes().splitlines()
        return self._lines[path]

    def secret_line(self, path: str, number: int) -> str:
        """Return what identifies the line without telling it, for lines that may hold a secret."""
        return hashlib.sha256(self.line(path, number).encode()).hexdigest()[:16]

    def digest(self, path: str) -> str:
        """Return what identifies the file's content."""
        return hashlib.sha256((self._folder / path).read_bytes()).hexdigest()[:16]


def ordered(findings: Iterable[Finding], view: View, *, tool: str) -> tuple[Finding, ...]:
    """Return the findings by the order of the view's paths, then by line and rule.

    Raises FairleadError when one is about a path that was not asked for: dropping it would be a pass.
    """
    places = {path: number for number, path in enumerate(view.paths)}
    known = list(findings)
    for finding in known:
        if finding.path not in places:
            raise FairleadError(
                f"{tool} reports about {shown(finding.path)}, which it was not given",
                fix=f"use a version of {tool} that fairlead knows, or run it by hand to see its report",
            )
    return tuple(sorted(known, key=lambda one: (places[one.path], one.line, one.rule)))


def unread(
    path: str, *, rule: str, line: int, what: str, why: str, fix: str, sources: Sources, url: str = ""
) -> Finding:
    """Return the finding for a file that a tool could not read, and so looked at nothing in it.

    Its context is the content of the whole file: the finding is old while the file stays as it is, and
    new as soon as the change touches it, because then unseen lines have changed.
    """
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        path=path,
        line=line,
        what=what,
        why=why,
        fix=fix,
        context=sources.digest(path),
        url=url,
    )


def _last_words(stderr: bytes) -> str:
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    said = " / ".join(lines[-6:])
    return f": {said[-_QUOTED:]}" if said else ""
