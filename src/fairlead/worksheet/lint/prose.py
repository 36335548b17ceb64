"""A story as its listener hears it: sections in sentences, each with its figures and places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from fairlead.worksheet.lint.masking import lowered
from fairlead.worksheet.lint.quantities import Kind, Quantity, quantities_in, stem
from fairlead.worksheet.model import ACTION, EXTRA, LESSON, NOTES, RESULT, SITUATION, TASK, Story
from fairlead.worksheet.timing import spoken_words

_BLOCK = re.compile(r"\n(?=\s*(?:[-*+•]|\d{1,2}[.)])\s)|\n\s*\n|\n(?=\s*#)|\n(?=\|)")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)])\s+|\s*#{1,6}\s+")
_END = re.compile(r"[.!?…][\"'”’)\]*_]*(?=\s+[\"'“‘(\[*_]*[A-Z0-9£$€])|[.!?][\"'”’)\]*_]*\s*$")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|mr|mrs|ms|dr|prof|st|no|inc|ltd|co|fig|ca|resp|incl|est|dept"
    r"|min|max"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)|\b[A-Z]|\b[ap]\.m)\.$",
    re.I,
)
_WINDOW_LED = re.compile(
    r"(?:\b(?:over|for|during|since|throughout|in|within|the|these|those|of|past|last|first|next"
    r"|following|in the|across|every)|^after)\s+(?:a\s+|about\s+|the\s+|only\s+|just\s+|some\s+"
    r"|nearly\s+|almost\s+)*$",
    re.I,
)
_WITHIN = re.compile(r"\b(?:within|under|below|up to|less than|at most)\s+(?:\w+\s+)?$", re.I)
_WINDOW_FOLLOWED = re.compile(
    r"\s*(?:later|since|after|afterwards|ago|from then|(?:on|in)(?=[,.;]|$))\b", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sentence:
    """One sentence of a section: its place in the section's text, and its figures.

    A list's entry is a sentence even when it is none (``item`` is true). ``closed`` says whether it
    ends as sentences do. The figures' places are those of the section's text. ``low`` is the text in
    lower case, every place as it was.
    """

    start: int
    end: int
    text: str
    low: str
    item: bool
    closed: bool
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Passage:
    """A section in sentences; ``line`` is the file's line on which its text begins.

    ``low`` is its text in lower case, every place as it was.
    """

    name: str
    text: str
    low: str
    line: int
    sentences: tuple[Sentence, ...]

    @cached_property
    def words(self) -> int:
        """How many words it has."""
        return len(spoken_words(self.text))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Return every figure of the section, in order."""
        return tuple(one for sentence in self.sentences for one in sentence.quantities)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A story made ready for the rules: the sections that say something, by name."""

    story: Story
    passages: dict[str, Passage] = field(default_factory=dict)

    def passage(self, name: str) -> Passage | None:
        """Return a section, or None where it is missing or empty."""
        return self.passages.get(name)


def prepare(story: Story) -> Telling:
    """Return a story ready for the rules."""
    passages: dict[str, Passage] = {}
    for section in story.sections:
        known = section.name in {SITUATION, TASK, ACTION, RESULT, LESSON, EXTRA, NOTES}
        if known and section.text.strip() and section.name not in passages:
            passages[section.name] = Passage(
                name=section.name,
                text=section.text,
                low=lowered(section.text),
                line=section.line,
                sentences=tuple(_sentences(section.text)),
            )
    return Telling(story=story, passages=passages)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [word.lower().replace("’", "'") for word in spoken_words(text)]


def is_window(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a duration says when or for how long something was seen, and is no result itself.

    "After 6 months, …", "in the last 30 days" and "five weeks later" are windows; "within two days" and
    "was done after ten weeks" are results.
    """
    if quantity.kind is not Kind.DURATION:
        return False
    if quantity.high < 86400:
        return False
    start, end = quantity.start - sentence.start, quantity.end - sentence.start
    before, after = text_before(sentence, start), sentence.text[end:]
    if _WITHIN.search(before):
        return False
    return bool(_WINDOW_LED.search(before) or _WINDOW_FOLLOWED.match(after))


def text_before(sentence: Sentence, at: int) -> str:
    """Return the last words before a place in a sentence, in lower case; all where there are few."""
    return sentence.low[:at] if at <= 60 else "." + sentence.low[at - 60 : at]


def around(sentence: Sentence, one: Quantity) -> str:
    """Return the figure with a few words on each side, as the reader will find it."""
    start, end = one.start - sentence.start, one.end - sentence.start
    before = " ".join(sentence.text[:start].split()[-2:])
    after = " ".join(sentence.text[end:].split()[:3]).rstrip(".,;:")
    return " ".join(f"{before} {sentence.text[start:end]} {after}".split())


@lru_cache(maxsize=512)
def stems_of(text: str) -> frozenset[str]:
    """Return the stems of a text's content words."""
    words = (word for word in words_of(text) if len(word) > 2 and word not in _FUNCTION_WORDS)
    return frozenset(stem(word) for word in words) - _TIMES


def _sentences(text: str) -> list[Sentence]:
    quantities = quantities_in(text)
    sentences: list[Sentence] = []
    at = 0
    for edge in [*(found.start() for found in _BLOCK.finditer(text)), len(text)]:
        sentences += _in_block(text, at, edge, quantities)
        at = edge
    return sentences


def _in_block(text: str, start: int, end: int, quantities: list[Quantity]) -> list[Sentence]:
    block = text[start:end]
    marked = _ITEM.match(block)
    begin = start + (marked.end() if marked else len(block) - len(block.lstrip()))
    sentences = []
    for found in _END.finditer(text, begin, end):
        if _ABBREVIATION.search(text, max(begin, found.start() - 8), found.start() + 1):
            continue
        sentences.append(
            _sentence(text, begin, found.end(), quantities, item=bool(marked), closed=True)
        )
        begin = found.end() + len(text[found.end() : end]) - len(text[found.end() : end].lstrip())
    if text[begin:end].strip():
        stop = begin + len(text[begin:end].rstrip())
        sentences.append(_sentence(text, begin, stop, quantities, item=bool(marked), closed=False))
    return sentences


def _sentence(
    text: str, start: int, end: int, quantities: list[Quantity], *, item: bool, closed: bool
) -> Sentence:
    return Sentence(
        start=start,
        end=end,
        text=text[start:end],
        low=lowered(text[start:end]),
        item=item,
        closed=closed,
        quantities=tuple(one for one in quantities if start <= one.start < end),
    )


_TIMES = frozenset(
    stem(word)
    for word in ["second", "minute", "hour", "day", "week", "month", "quarter", "year", "today", "want"]
)
_FUNCTION_WORDS = frozenset(
    [
        "the",
        "and",
        "for",
        "that",
        "this",
        "with",
        "from",
        "into",
        "onto",
        "over",
        "under",
        "was",
        "were",
        "are",
        "had",
        "has",
        "have",
        "been",
        "its",
        "his",
        "her",
        "their",
        "our",
        "your",
        "you",
        "they",
        "them",
        "she",
        "who",
        "whom",
        "which",
        "what",
        "when",
        "where",
        "why",
        "how",
        "not",
        "but",
        "all",
        "any",
        "each",
        "every",
        "both",
        "few",
        "more",
        "most",
        "other",
        "some",
        "such",
        "than",
        "too",
        "very",
        "can",
        "could",
        "would",
        "should",
        "will",
        "shall",
        "may",
        "might",
        "must",
        "did",
        "does",
        "done",
        "about",
        "above",
        "after",
        "again",
        "against",
        "before",
        "below",
        "between",
        "down",
        "during",
        "here",
        "there",
        "then",
        "once",
        "out",
        "off",
        "own",
        "same",
        "until",
        "upon",
        "while",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "per",
        "cent",
        "percent",
        "also",
        "only",
        "just",
        "so",
        "as",
        "at",
        "by",
        "in",
        "of",
        "on",
        "or",
        "to",
        "up",
        "we",
        "my",
        "me",
        "it",
        "is",
        "be",
        "an",
        "am",
        "if",
        "no",
        "nor",
        "i",
    ]
)
