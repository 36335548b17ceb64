"""What a document was read as: values, and the places in its text that they came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How a value is written at its place, and so how an edited one has to be."""

    BLOCK = "block"
    LINE = "line"
    CELL = "cell"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A stretch of the document's text, in characters; ``form`` says how a value stands there."""

    start: int
    end: int
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of a story as read: ``label`` is what stands before it, for sections added later."""

    name: str
    text: str
    place: Place
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A title, a definition, a question or a prompt as read."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStory:
    """A story as read; ``principle`` and ``questions`` are the document's own words.

    ``title`` is None where the document has none. The story reaches from ``start`` to ``end``.
    """

    title: Item | None
    principles: tuple[str, ...]
    questions: tuple[str, ...]
    parts: tuple[Part, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPrinciple:
    """A principle as read; ``likely`` when its heading bears a mark that says so."""

    name: Item
    definition: Item | None
    questions: tuple[Item, ...]
    prompts: tuple[Item, ...]
    likely: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBudget:
    """Minutes that the document gives for sections of a story."""

    sections: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Lines (1-based, both counted) that became nothing, and why; ``sample`` is how they start."""

    first: int
    last: int
    reason: str
    sample: str

    @property
    def said(self) -> str:
        """Which lines, why, and how they start, in one line."""
        lines = f"lines {self.first}–{self.last}" if self.first < self.last else f"line {self.first}"
        return f"{lines}: {self.reason}: {self.sample}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as read. ``notes`` are what is odd, each a sentence with its line."""

    text: str
    encoding: str
    title: str
    principles: tuple[ReadPrinciple, ...]
    stories: tuple[ReadStory, ...]
    budgets: tuple[ReadBudget, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
