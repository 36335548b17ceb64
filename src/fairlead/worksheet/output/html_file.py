"""A document as one HTML file that stands by itself: no script, no font or image from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from fairlead.worksheet.output.document import (
    Block,
    Card,
    Code,
    Document,
    Heading,
    Items,
    Layout,
    Mark,
    Paragraph,
    Quote,
    Role,
    Span,
    Spans,
    Table,
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MARKS = {
    Mark.FULL: ("full", "tagged"),
    Mark.HALF: ("half", "suggested"),
    Mark.NONE: ("none", "none"),
    Mark.GAP: ("gap", "missing"),
}


_NARROW = 10
"""How many columns a table has whose names stand upright."""


def write_html(document: Document) -> str:
    """Return the document as HTML 5, in light and dark, for screens and paper.

    All text is escaped, and the page's own policy forbids scripts and requests besides.
    """
    style = (files(__package__ or __name__) / "page.css").read_text(encoding="utf-8")
    title = escape(document.title)
    body = "\n".join(_blocks(document.blocks))
    about = f'<p class="about">{escape(document.about)}</p>\n' if document.about else ""
    contents = _contents(document)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body class="{document.layout}">
<header>
<h1 dir="auto">{title}</h1>
{about}</header>
{contents}<main>
{body}
</main>
</body>
</html>
"""


def write_body(document: Document) -> str:
    """Return what stands below a document's title as HTML for a page of ours; all text is escaped."""
    return "\n".join(_blocks(document.blocks))


def _contents(document: Document) -> str:
    """Return links to the stories of a long document, nothing for any other."""
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    heads = [heading for heading in headings if heading.level == 1]
    if document.layout is not Layout.ARTICLE or not 2 < len(heads) < len(headings):
        return ""
    links = "\n".join(
        f'<li><a href="#s{number}" dir="auto">{escape(head.text)}</a></li>'
        for number, head in enumerate(heads, start=1)
    )
    return f'<nav aria-label="Contents"><ol>\n{links}\n</ol></nav>\n'


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    number = 0
    for block in blocks:
        match block:
            case Heading():
                number += block.level == 1
                name = f' id="s{number}"' if block.level == 1 else ""
                aside = f' <span class="aside">{escape(block.aside)}</span>' if block.aside else ""
                level = block.level + 1
                yield f'<h{level}{name} dir="auto">{escape(block.text)}{aside}</h{level}>'
            case Paragraph():
                kind = "" if block.role is Role.TEXT else f' class="{block.role}"'
                yield f'<p{kind} dir="auto">{_line(block.spans)}</p>'
            case Items():
                tag = "ol" if block.ordered else "ul"
                items = "\n".join(f'<li dir="auto">{_item(item)}</li>' for item in block.items)
                yield f"<{tag}>\n{items}\n</{tag}>"
            case Code():
                yield f"<pre><code>{escape(block.text)}</code></pre>"
            case Quote():
                yield f"<blockquote>{''.join(_blocks(block.blocks))}</blockquote>"
            case Table():
                yield _table(block)
            case Card():
                aside = f'<p class="aside">{escape(block.aside)}</p>' if block.aside else ""
                inside = "\n".join(_blocks(block.blocks))
                title = f'<h2 dir="auto">{escape(block.title)}</h2>'
                yield f"<article>\n{title}\n{aside}\n{inside}\n</article>"


def _item(blocks: tuple[Block, ...]) -> str:
    """Return an item's blocks; a single paragraph without its own space around it."""
    if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
        return _line(blocks[0].spans)
    return "".join(_blocks(blocks))


def _table(block: Table) -> str:
    head = "".join(
        f'<th scope="col" dir="auto"><span>{escape(cell)}</span></th>' for cell in block.header
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            f'<td dir="auto" data-label="{escape(name)}">{_line(cell)}</td>'
            for name, cell in zip(block.header, row, strict=False)
        )
        + "</tr>"
        for row in block.rows
    )
    many = ' class="many"' if len(block.header) > _NARROW else ""
    return (
        f'<div class="table"><table{many}>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _line(spans: Spans) -> str:
    return "".join(map(_span, spans))


def _span(span: Span) -> str:
    text = escape(span.text).replace("\n", "<br>\n")
    if span.mark:
        kind, word = _MARKS[span.mark]
        text = f'<span class="mark {kind}" title="{word}">{text}</span>'
    if span.code:
        text = f"<code>{text}</code>"
    if span.italic:
        text = f"<em>{text}</em>"
    if span.bold:
        text = f"<strong>{text}</strong>"
    if span.link:
        text = f'<a href="{escape(span.link)}" rel="noreferrer">{text}</a>'
    return text
