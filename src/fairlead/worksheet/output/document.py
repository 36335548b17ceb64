"""A document as every writer understands it: blocks of spans, with no format's own marks in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Layout(StrEnum):
    """How a document is set: as long as it gets, wider, on exactly one page, or in cards."""

    ARTICLE = "article"
    WIDE = "wide"
    ONE_PAGE = "one-page"
    CARDS = "cards"


class Role(StrEnum):
    """What a paragraph is for."""

    TEXT = "text"
    LEAD = "lead"
    NOTE = "note"


class Mark(StrEnum):
    """A state's sign in a table of coverage; the writers give it shape and colour."""

    FULL = "●"
    HALF = "○"
    NONE = "·"
    GAP = "✗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of text of one kind; ``link`` is an http, https or mailto address, or ``""``."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""
    mark: Mark | None = None


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 1 is below the document's own title. ``aside`` stands beside it, smaller."""

    level: int
    text: str
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    spans: Spans
    role: Role = Role.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list; each item holds blocks."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Text whose line breaks and spaces stay."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Blocks that someone else said."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; ``weights`` share out the width, one a column, 0 for as narrow as its content."""

    header: tuple[str, ...]
    rows: tuple[tuple[Spans, ...], ...]
    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Blocks that stay together, with a title and a line below it."""

    title: str
    aside: str
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Items | Code | Quote | Table | Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole document: its title, one line about it, and its blocks."""

    title: str
    about: str
    blocks: tuple[Block, ...]
    layout: Layout = Layout.ARTICLE


def spans(text: str, *, bold: bool = False) -> Spans:
    """Return plain text as spans."""
    return (Span(text=text, bold=bold),) if text else ()


def paragraph(text: str, *, role: Role = Role.TEXT) -> Paragraph:
    """Return plain text as a paragraph."""
    return Paragraph(spans=spans(text), role=role)


def bullets(texts: tuple[str, ...] | list[str]) -> Items:
    """Return plain texts as a list."""
    return Items(items=tuple((paragraph(text),) for text in texts))
