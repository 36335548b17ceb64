"""A file's bytes as a text field shows them, and the bytes of what was written in the field.

A field knows one kind of line end and no byte that isn't UTF-8. What it can't show stands there as
U+FFFD, and comes back as the bytes that it stood for: a line that nobody touched keeps its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

UNSHOWN = "\ufffd"
"""What stands for a byte that a field can't show."""

_MARKS = re.compile(rb"(?:\xef\xbb\xbf)*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def shown(raw: bytes) -> str:
    r"""Return a file's text as a field shows it: ``\n`` line ends, U+FFFD for what it can't show."""
    return "".join(_as_shown(line) for line in _lines(_decoded(raw)))


def field_text(text: str) -> str:
    r"""Return what a browser sent as the field had it: ``\n`` line ends, nothing it can't show."""
    return "".join(_as_shown(line) for line in _lines(text.lstrip("\ufeff")))


def written(raw: bytes, text: str) -> bytes:
    """Return the bytes of a file that held ``raw`` and whose field now says ``text``.

    Lines that are the same keep their bytes, line ends and all; a new line ends as the file's first
    does. A U+FFFD in a changed passage is the byte that stood there, as far as there were as many.
    ``written(raw, shown(raw)) == raw``, and ``shown(written(raw, text)) == field_text(text)``.
    """
    marks = _MARKS.match(raw)
    old = list(_lines(_decoded(raw)))
    was = [_as_shown(line) for line in old]
    now = list(_lines(field_text(text)))
    end = _LINE_END.search(old[0]) if old else None
    parts: list[str] = []
    for tag, i1, i2, j1, j2 in matched(was, now):
        if tag == "equal":
            parts += old[i1:i2]
        else:
            parts += _restored(old[i1:i2], now[j1:j2], end[0] if end else "\n")
    for at in range(1, len(parts)):
        if parts[at] == "\n" and parts[at - 1].endswith("\r"):
            parts[at] = "\r\n"  # else the two line ends would be one
    data = "".join(parts).encode("utf-8", "surrogateescape")
    return (marks[0] if marks else b"") + data


def matched(was: Sequence[str], now: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """Return which lines of two texts are the same, as difflib's opcodes.

    Equal lines at both ends are set aside first, so that an edit in a long text is found at once.
    """
    most = min(len(was), len(now))
    head = next((at for at in range(most) if was[at] != now[at]), most)
    tail = next((at for at in range(most - head) if was[-1 - at] != now[-1 - at]), most - head)
    middle = SequenceMatcher(None, was[head : len(was) - tail], now[head : len(now) - tail])
    found = [("equal", 0, head, 0, head)] if head else []
    found += [
        (tag, i1 + head, i2 + head, j1 + head, j2 + head)
        for tag, i1, i2, j1, j2 in middle.get_opcodes()
    ]
    if tail:
        found.append(("equal", len(was) - tail, len(was), len(now) - tail, len(now)))
    return found


def _decoded(raw: bytes) -> str:
    return _MARKS.sub(b"", raw, count=1).decode("utf-8", "surrogateescape")


def _lines(text: str) -> Iterator[str]:
    """Yield the lines with their ends; only the three line ends part lines, not U+2028 and its kind."""
    at = 0
    for end in _LINE_END.finditer(text):
        yield text[at : end.end()]
        at = end.end()
    if at < len(text):
        yield text[at:]


def _as_shown(line: str) -> str:
    return _HIDDEN.sub(UNSHOWN, _LINE_END.sub("\n", line))


def _restored(old: Sequence[str], now: Sequence[str], ends: str) -> Iterator[str]:
    """Yield the new lines, each U+FFFD as what it stood for in the old ones, in order."""
    hidden = iter([sign for line in old for sign in line if _HIDDEN.match(sign) or sign == UNSHOWN])
    for line in now:
        kept = "".join(next(hidden, sign) if sign == UNSHOWN else sign for sign in line)
        yield kept[:-1] + ends if kept.endswith("\n") else kept
