"""What a document's lines look like: roles of headings, titles, lists, minutes, templates."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from fairlead.worksheet.documents.labels import plain
from fairlead.worksheet.documents.model import (
    Form,
    Item,
    LeftOut,
    Part,
    Place,
    ReadBudget,
    ReadPrinciple,
    ReadStory,
)
from fairlead.worksheet.documents.text import Line
from fairlead.worksheet.model import ACTION, EXTRA, RESULT, SITUATION, TASK

DEFINITION, QUESTIONS, PROMPTS, STORIES = "definition", "questions", "prompts", "stories"

ROLES = (
    (DEFINITION, re.compile(r"definition|what it means|description|summary", re.I)),
    (
        QUESTIONS,
        re.compile(r"(?:(?:sample|interview|example|typical|common|possible) )*questions?", re.I),
    ),
    (
        PROMPTS,
        re.compile(
            r"self[- ]assessment(?: questions?| prompts?)?|prompts?|ask yourself|do you(?:…|\.\.\.)?",
            re.I,
        ),
    ),
    (STORIES, re.compile(r"(?:(?:example|my|sample|star) )*(?:stor(?:y|ies)|examples?)", re.I)),
)
METHOD = re.compile(
    r"\b(?:method|framework|guidelines?|breakdown|template|how to|instructions?)\b", re.I
)
NUMBERED = re.compile(r"^(?:story|example|star)\b\s*#?\d*\s*(?:[:.)–—-]\s*)?", re.I)
QUESTION = re.compile(
    r".*\?$|(?:tell me|describe|give (?:me|us) an? example|share an?|walk me)\b", re.I | re.S
)
ITEM = re.compile(r"[ \t]*(?:\d{1,3}[.)]|[-*+•–])[ \t]+(?=\S)")
META = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__|\*|_)?(?P<key>[A-Za-z ]{2,24}?)(?:\*\*|__|\*|_)?[ \t]*:"
    r"(?:\*\*|__|\*|_)?[ \t]*(?P<value>\S.*)$"
)
BUDGET = re.compile(r"(\d{1,2}(?:\.\d)?)\s*(?:-|–|to)\s*(\d{1,2}(?:\.\d)?)\s*min", re.I)
GREEN = re.compile(r"\bgreen\b.{0,60}\b(?:probab|likel)", re.I)
GREEN_MARK = re.compile("[\U0001f7e2\U0001f7e9\u2705]|\\(green\\)|color:\\s*green|\\[green\\]", re.I)
BOLD_LINE = re.compile(r"[ \t]*(?:\*\*|__)(?P<title>[^*_].*?)(?:\*\*|__)[ \t]*:?[ \t]*$")
YOU = re.compile(r"\b(?:you|your)\b", re.I)
TELLER = re.compile(r"\b(?:I|me|my|we|our|us)\b")


@dataclass(slots=True)
class HeadingSeen:
    """A heading on the way down; ``used`` once it has given a story its title."""

    level: int
    title: str
    line: int
    role: str = ""
    used: bool = False


@dataclass(slots=True)
class PrincipleSeen:
    """A principle while its parts are being found."""

    heading: HeadingSeen
    name: Item
    likely: bool
    definition: Item | None = None
    questions: list[Item] = field(default_factory=list)
    prompts: list[Item] = field(default_factory=list)

    def read(self) -> ReadPrinciple:
        """Return the principle as found."""
        return ReadPrinciple(
            name=self.name,
            definition=self.definition,
            questions=tuple(self.questions),
            prompts=tuple(self.prompts),
            likely=self.likely,
        )


@dataclass(slots=True)
class StorySeen:
    """A story while its parts are being found."""

    start: int
    title: Item | None
    principles: list[str]
    questions: list[str]
    parts: list[Part] = field(default_factory=list)
    end: int = 0

    def read(self) -> ReadStory:
        """Return the story as found."""
        return ReadStory(
            title=self.title,
            principles=tuple(dict.fromkeys(self.principles)),
            questions=tuple(self.questions),
            parts=tuple(self.parts),
            start=self.start,
            end=self.end,
        )


@dataclass(slots=True)
class OpenPart:
    """The section, or the principle's region, that lines now belong to."""

    name: str
    first: int
    start: int
    level: int
    label: str


def role_of(title: str) -> str:
    """Return what a heading introduces inside a principle, ``""`` when it is none of these."""
    words = plain(title)
    return next((role for role, pattern in ROLES if pattern.fullmatch(words)), "")


def place(start: int, end: int, form: Form) -> Place:
    """Return a place."""
    return Place(start=start, end=end, form=form)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without the white space around it; nothing but white space is empty."""
    inner = text[start:end]
    if not inner.strip():
        return start, start
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def items_in(text: str, lines: Sequence[Line]) -> list[Item]:
    """Return a list's entries, lines that continue one included; without marks, each line is one."""
    marked = any(ITEM.match(line.text) for line in lines)
    spans: list[tuple[int, int]] = []
    for line in lines:
        if not line.text.strip() or line.rule:
            continue
        found = ITEM.match(line.text)
        if found:
            spans.append((line.start + found.end(), line.end))
        elif marked and spans:
            spans[-1] = (spans[-1][0], line.end)
        elif not marked:
            spans.append((line.start, line.end))
    items = []
    for span in spans:
        start, end = trimmed(text, *span)
        words = " ".join(text[start:end].split())
        items.append(Item(text=words, place=place(start, end, Form.LINE)))
    return items


def is_template(parts: Sequence[Part]) -> bool:
    """Whether the parts speak to the teller ("describe what you did") and nobody tells."""
    texts = [part.text for part in parts if part.text]
    asking = [text for text in texts if YOU.search(text) and not TELLER.search(text)]
    return len(asking) >= 2 and not any(TELLER.search(text) for text in texts)


def heading_title(text: str, lines: Sequence[Line], heading: HeadingSeen) -> Item | None:
    """Return the title that a heading gives a story: its words without "Story 2:", if any are left."""
    words = NUMBERED.sub("", heading.title) if NUMBERED.match(heading.title) else heading.title
    line = lines[heading.line]
    start = text.rfind(words, line.start, line.end)
    if not words or start < 0:
        return None
    return Item(text=words, place=place(start, start + len(words), Form.LINE))


def title_line(text: str, lines: Sequence[Line], at: int) -> Item | None:
    """Return the title that a line gives the story below it: bold, numbered, or short and alone."""
    line = lines[at]
    bold = BOLD_LINE.match(line.text)
    words = plain(bold["title"]) if bold else plain(line.text)
    named = re.match(r"(?:story|title|example)\b", words, re.I)
    alone = at == 0 or not lines[at - 1].text.strip() or lines[at - 1].rule
    if len(words) > 100 or not words:
        return None
    if not (bold or named or (alone and not words.endswith((".", ",", ";")))):
        return None
    words = re.sub(r"^title\s*:\s*", "", NUMBERED.sub("", words), flags=re.I) or words
    start = text.rfind(words, line.start, line.end)
    return Item(text=words, place=place(start, start + len(words), Form.LINE)) if start >= 0 else None


def budget_in(line: Line) -> tuple[ReadBudget, ...]:
    """Return the minutes that a line gives for sections it names; none when it names none."""
    found = BUDGET.search(line.text)
    if not found:
        return ()
    before = line.text[: found.start()].casefold()
    names = [name for name in (SITUATION, TASK, ACTION, RESULT) if name in before]
    if not names and "extra" in before:
        names = [EXTRA]
    if not names:
        return ()
    return (ReadBudget(sections=tuple(names), low=float(found[1]), high=float(found[2])),)


def left_out(
    lines: Sequence[Line], covered: Collection[int], guidance: Collection[int]
) -> tuple[LeftOut, ...]:
    """Return the lines that nothing covers, neighbours with one reason together."""
    left: list[LeftOut] = []
    for at, line in enumerate(lines):
        if at in covered or not line.text.strip() or line.rule:
            continue
        reason = "guidance on the method" if at in guidance else "no label says what it is"
        between = range(left[-1].last, at) if left else range(0)
        together = all(not lines[one].text.strip() or one in guidance for one in between)
        if left and left[-1].reason == reason and together:
            left[-1] = replace(left[-1], last=at + 1)
        else:
            sample = line.text.strip()[:60]
            left.append(LeftOut(first=at + 1, last=at + 1, reason=reason, sample=sample))
    return tuple(left)
