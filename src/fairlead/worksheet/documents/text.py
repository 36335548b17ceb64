"""A document's bytes as text, its lines and headings with their places."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from fairlead.errors import FairleadError

MOST_BYTES = 16 << 20
"""A document beyond this is not read."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(={3,}|-{3,})[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line without its end: where it is, and what heading it is (level 0 when it is none).

    ``title`` is a heading's text as written; ``inside`` is true within a code fence.
    """

    start: int
    end: int
    text: str
    level: int = 0
    title: str = ""
    rule: bool = False
    inside: bool = False


def decode(raw: bytes, *, name: str) -> tuple[str, str]:
    """Return a document's text and its encoding, such that encoding the text gives the bytes back.

    Raises FairleadError for what is no text (a word processor's file, a PDF) and for what is too long.
    """
    if len(raw) > MOST_BYTES:
        raise FairleadError(
            f"{name} is {len(raw) >> 20} MB; documents over {MOST_BYTES >> 20} MB are not read",
            fix="split it, or take out what is no story",
        )
    if raw.startswith(b"PK\x03\x04"):
        raise FairleadError(
            f"{name} is a word processor's file (or another zip archive)",
            fix="save it as Markdown, plain text or CSV and import that",
        )
    if raw.startswith(b"%PDF"):
        raise FairleadError(f"{name} is a PDF", fix="copy its text into a .txt file and import that")
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if raw.startswith(mark):
            text = _decoded(raw, encoding)
            if text is not None:
                return text, encoding
    for encoding in ("utf-8", "cp1252", "latin-1"):
        text = _decoded(raw, encoding)
        if text is not None:
            if "\x00" in text:
                raise FairleadError(f"{name} is not text", fix="save it as Markdown or plain text")
            return text, encoding
    raise FairleadError(f"{name} is not text", fix="save it as Markdown or plain text")


def lines_of(text: str) -> list[Line]:
    """Return every line; headings are those with ``#`` and those that are underlined."""
    lines: list[Line] = []
    fence = ""
    at = 0
    for piece in text.split("\n"):
        bare = piece.removesuffix("\r")
        if at == 0:
            bare = bare.removeprefix("\ufeff")
        start = at + (1 if at == 0 and piece.startswith("\ufeff") else 0)
        end = start + len(bare)
        opened = _FENCE.match(bare)
        if fence:
            if opened and opened[1].startswith(fence):
                fence = ""
            lines.append(Line(start=start, end=end, text=bare, inside=True))
        elif opened:
            fence = opened[1]
            lines.append(Line(start=start, end=end, text=bare, inside=True))
        elif heading := _HEADING.match(bare):
            lines.append(Line(start=start, end=end, text=bare, level=len(heading[1]), title=heading[2]))
        elif (under := _UNDERLINE.match(bare)) and _is_title(lines):
            above = lines.pop()
            level = 1 if under[1][0] == "=" else 2
            lines.append(
                Line(start=above.start, end=end, text=above.text, level=level, title=above.text.strip())
            )
        else:
            lines.append(Line(start=start, end=end, text=bare, rule=bool(_RULE.match(bare))))
        at += len(piece) + 1
    return lines


def _is_title(lines: list[Line]) -> bool:
    """Whether the line above an underline is a title: a short line of its own."""
    if not lines or lines[-1].level or lines[-1].inside or lines[-1].rule or not lines[-1].text.strip():
        return False
    alone = len(lines) < 2 or not lines[-2].text.strip() or lines[-2].level > 0 or lines[-2].rule
    text = lines[-1].text
    return (
        alone and len(text) <= 120 and "|" not in text and not text.rstrip().endswith((".", ":", ","))
    )


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if text.encode(encoding) == raw else None
