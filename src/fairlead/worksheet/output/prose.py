"""From the Markdown that people write in a section to blocks; HTML in it is text like any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from fairlead.worksheet.output.document import (
    Block,
    Code,
    Items,
    Paragraph,
    Quote,
    Span,
    Spans,
    Table,
)

DEEPEST = 20
"""How deeply blocks may be nested; what is deeper is read as plain text."""


def read_prose(text: str) -> tuple[Block, ...]:
    """Return a section's Markdown (CommonMark and tables) as blocks; headings become bold paragraphs.

    Nothing in it is executed or fetched: HTML is text, and a link whose address isn't http, https or
    mailto, or an image, is its words alone.
    """
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable("table")
    tokens = parser.parse(text.encode("utf-8", "replace").decode("utf-8").replace("\x00", ""))
    return tuple(_blocks(tokens))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _end_of(tokens, at)
        inside = tokens[at + 1 : end]
        if token.type == "paragraph_open":
            yield Paragraph(spans=_spans(inside))
        elif token.type == "heading_open":
            yield Paragraph(spans=tuple(_bold(span) for span in _spans(inside)))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield Items(items=tuple(_items(inside)), ordered=token.type.startswith("ordered"))
        elif token.type == "blockquote_open":
            yield Quote(blocks=tuple(_blocks(inside)))
        elif token.type == "table_open":
            yield _table(inside)
        elif token.type in {"fence", "code_block"}:
            yield Code(text=token.content.rstrip("\n"))
        elif token.type == "inline":
            yield Paragraph(spans=_spans([token]))
        at = end + 1


def _items(tokens: Sequence[Token]) -> Iterator[tuple[Block, ...]]:
    at = 0
    while at < len(tokens):
        end = _end_of(tokens, at)
        yield tuple(_blocks(tokens[at + 1 : end]))
        at = end + 1


def _table(tokens: Sequence[Token]) -> Table:
    rows: list[list[Spans]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_spans([token]))
    header = tuple("".join(span.text for span in cell) for cell in rows[0])
    return Table(header=header, rows=tuple(map(tuple, rows[1:])), weights=(1,) * len(header))


def _spans(tokens: Sequence[Token]) -> Spans:
    found: list[Span] = []
    bold = italic = 0
    link = ""
    for token in (child for one in tokens for child in one.children or ()):
        if token.type in {"strong_open", "strong_close"}:
            bold += token.nesting
        elif token.type in {"em_open", "em_close"}:
            italic += token.nesting
        elif token.type == "link_open":
            link = _safe(str(token.attrGet("href") or ""))
        elif token.type == "link_close":
            link = ""
        else:
            text = (
                "\n"
                if token.type == "hardbreak"
                else " "
                if token.type == "softbreak"
                else token.content
            )
            code = token.type == "code_inline"
            if text:
                found.append(Span(text=text, bold=bold > 0, italic=italic > 0, code=code, link=link))
    return tuple(found)


def _bold(span: Span) -> Span:
    return Span(text=span.text, bold=True, italic=span.italic, code=span.code, link=span.link)


def _safe(address: str) -> str:
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    return address if scheme in {"http", "https", "mailto"} else ""


def _end_of(tokens: Sequence[Token], at: int) -> int:
    """Return where the token closes that opens at ``at``; a token without content closes itself."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth == 0:
            return place
    return len(tokens) - 1
