"""A document as Markdown: readable as it is, and shown alike by every renderer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fairlead.worksheet.output.document import (
    Block,
    Card,
    Code,
    Document,
    Heading,
    Items,
    Paragraph,
    Quote,
    Role,
    Span,
    Spans,
    Table,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_AT_START = re.compile(r"(?m)^(\s*)([#+\-=]|\d+[.)])(?=\s|$|-|=)")


def write_markdown(document: Document) -> str:
    """Return the document as CommonMark with tables; text that looks like markup is escaped."""
    parts = [f"# {_escaped(document.title)}"]
    if document.about:
        parts.append(_escaped(document.about))
    parts += _blocks(document.blocks)
    return "\n\n".join(parts) + "\n"


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading():
                aside = f" ({_escaped(block.aside)})" if block.aside else ""
                yield f"{'#' * (block.level + 1)} {_escaped(block.text)}{aside}"
            case Paragraph():
                text = _line(block.spans)
                if text:
                    yield f"*{text}*" if block.role is Role.NOTE and "*" not in text else text
            case Items():
                yield "\n".join(_items(block))
            case Code():
                fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block.text)), default=0))
                yield f"{fence}\n{block.text}\n{fence}"
            case Quote():
                yield "\n".join(
                    f"> {line}".rstrip() for line in "\n\n".join(_blocks(block.blocks)).split("\n")
                )
            case Table():
                yield "\n".join(_table(block))
            case Card():
                aside = f" ({_escaped(block.aside)})" if block.aside else ""
                yield f"## {_escaped(block.title)}{aside}"
                yield from _blocks(block.blocks)


def _items(block: Items) -> Iterator[str]:
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}. " if block.ordered else "- "
        text = "\n\n".join(_blocks(item))
        for at, line in enumerate(text.split("\n")):
            yield f"{mark if not at else ' ' * len(mark)}{line}".rstrip()


def _table(block: Table) -> Iterator[str]:
    yield f"| {' | '.join(_escaped(cell) or ' ' for cell in block.header)} |"
    yield f"|{' --- |' * len(block.header)}"
    for row in block.rows:
        yield f"| {' | '.join(_line(cell).replace(chr(10), ' ') or ' ' for cell in row)} |"


def _line(spans: Spans) -> str:
    return _AT_START.sub(r"\1\\\2", "".join(map(_span, spans)))


def _span(span: Span) -> str:
    bare = span.text.strip()
    if not bare:
        return span.text
    if span.code:
        ticks = "`" * (1 + max(map(len, re.findall("`+", bare)), default=0))
        text = f"{ticks} {bare} {ticks}" if "`" in bare else f"`{bare}`"
    else:
        text = _escaped(bare).replace("\n", "\\\n")
    if span.italic:
        text = f"*{text}*"
    if span.bold:
        text = f"**{text}**"
    if span.link:
        text = f"[{text}](<{span.link.replace('<', '%3C').replace('>', '%3E')}>)"
    lead = span.text[: len(span.text) - len(span.text.lstrip())]
    return f"{lead}{text}{span.text[len(span.text.rstrip()) :]}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
