"""Comments that silence checks: which ones a change adds, alters or removes."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from dataclasses import dataclass

from fairlead.changes.directives import checks_of, silencing_comments
from fairlead.changes.model import Suppression

PYTHON = (".py", ".pyi", ".pyw")


@dataclass(frozen=True, slots=True)
class Steering:
    """A comment that silences a check: its line (1-based), its text, and the code it stands by."""

    line: int
    text: str
    code: str


def compare(path: str, old: bytes | None, new: bytes | None) -> tuple[Suppression, ...]:
    """Return the comments that silence a check and differ between a file's sides: head's first.

    A comment is the same when its text and the code it stands by are, wherever they are now. One whose
    code changed counts as added: it silences something new. Where a side is missing, all of the other's
    count. A comment that silences several checks is returned for each.
    """
    before, after = _candidates(path, old), _candidates(path, new)
    if Counter((each.text, each.code) for each in before) == Counter(
        (each.text, each.code) for each in after
    ):
        return ()
    before, after = _real(path, old, before), _real(path, new, after)
    added = _without(after, before)
    removed = _without_texts(_without(before, after), added)
    return tuple(
        Suppression(check=check, path=path, line=each.line, text=each.text, added=is_added)
        for found, is_added in ((added, True), (removed, False))
        for each in found
        for check in checks_of(each.text)
    )


def python_comments(content: bytes) -> dict[int, str] | None:
    """Return the comments of a Python file by line, ``None`` when it can't be read as Python."""
    try:
        return {
            token.start[0]: token.string
            for token in tokenize.tokenize(io.BytesIO(content).readline)
            if token.type == tokenize.COMMENT
        }
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None


def _candidates(path: str, content: bytes | None) -> list[Steering]:
    if content is None:
        return []
    text = content.decode("utf-8", "replace")
    return [Steering(*found) for found in silencing_comments(path, text)]


def _real(path: str, content: bytes | None, candidates: list[Steering]) -> list[Steering]:
    """Leave out what lies in a Python string, but for words that are looked for in strings too."""
    if content is None or not candidates or not path.endswith(PYTHON):
        return candidates
    comments = python_comments(content)
    if comments is None:
        return candidates
    real = []
    for each in candidates:
        comment = comments.get(each.line)
        if comment and checks_of(comment):
            real.append(Steering(each.line, comment.strip(), each.code))
        elif {"secrets", "coverage"}.intersection(checks_of(each.text)):
            real.append(each)
    return real


def _without(these: list[Steering], those: list[Steering]) -> list[Steering]:
    left = Counter((each.text, each.code) for each in those)
    kept = []
    for each in these:
        if left[each.text, each.code] > 0:
            left[each.text, each.code] -= 1
        else:
            kept.append(each)
    return kept


def _without_texts(removed: list[Steering], added: list[Steering]) -> list[Steering]:
    """Leave out what only went to another line: it is named there."""
    left = Counter(each.text for each in added)
    kept = []
    for each in removed:
        if left[each.text] > 0:
            left[each.text] -= 1
        else:
            kept.append(each)
    return kept
