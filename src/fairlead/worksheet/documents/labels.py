"""The words by which people mark the parts of a story, and the headings around them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairlead.worksheet.model import ACTION, EXTRA, FOLLOW_UPS, LESSON, NOTES, RESULT, SITUATION, TASK

CANONICAL = {
    "situation": SITUATION,
    "situation / task": SITUATION,
    "task": TASK,
    "tasks": TASK,
    "action": ACTION,
    "actions": ACTION,
    "result": RESULT,
    "results": RESULT,
    "lesson": LESSON,
    "lessons": LESSON,
    "lesson learned": LESSON,
    "lessons learned": LESSON,
    "follow-ups": FOLLOW_UPS,
    "follow-up": FOLLOW_UPS,
    "follow ups": FOLLOW_UPS,
    "follow-up questions": FOLLOW_UPS,
    "extra details": EXTRA,
    "extra": EXTRA,
    "extras": EXTRA,
    "notes": NOTES,
}
"""The method's own words for its sections."""

ALIASES = {
    "context": SITUATION,
    "background": SITUATION,
    "scenario": SITUATION,
    "task / goal": TASK,
    "goal": TASK,
    "challenge": TASK,
    "problem": TASK,
    "objective": TASK,
    "obstacle": TASK,
    "actions taken": ACTION,
    "action taken": ACTION,
    "approach": ACTION,
    "what i did": ACTION,
    "outcome": RESULT,
    "outcomes": RESULT,
    "impact": RESULT,
    "learning": LESSON,
    "learnings": LESSON,
    "reflection": LESSON,
    "takeaway": LESSON,
    "takeaways": LESSON,
    "what i learned": LESSON,
    "what i would do differently": LESSON,
    "what i'd do differently": LESSON,
    "additional details": EXTRA,
}
"""What else people call them; counts only in a document that doesn't use the method's own word."""

LETTERS = {"s": SITUATION, "t": TASK, "a": ACTION, "r": RESULT, "l": LESSON}
"""``S:``, ``T:``, ``A:``, ``R:``, ``L:``; counts only where three of them stand in one document."""

TITLE_WORDS = {"story", "title", "name", "example", "project", "headline"}
PRINCIPLE_WORDS = {
    "principle", "principles", "lp", "lps", "leadership principle", "leadership principles",
    "competency", "competencies", "value", "values",
}  # fmt: skip
QUESTION_WORDS = {"question", "questions", "prompt", "asked"}

_NAMES = "|".join(
    re.escape(name).replace(r"\ ", r"[ \t]+")
    for name in sorted(
        [*CANONICAL, *ALIASES, "situation & task", "situation and task", "s/t"], key=len
    )[::-1]
)
_MARKER = r"[ \t]{0,3}(?:>[ \t]?)?(?:(?:[-*+•]|\d{1,2}[.)])[ \t]+)?"
_LABEL = re.compile(
    rf"{_MARKER}(?P<open>\*\*\*|\*\*|__|\*|_)?(?P<name>{_NAMES})"
    r"(?:[ \t]*/[ \t]*(?P<second>task|tasks))?"
    r"(?P<aside>[ \t]*\([^()\n]{1,60}\))?"
    r"(?:(?P<colon>[ \t]*:)?(?P<close>\*\*\*|\*\*|__|\*|_)(?P<after>[ \t]*(?::|[-–—](?=[ \t])))?"
    r"|[ \t]*:|[ \t]+[-–—](?=[ \t])|(?=[ \t]*$))[ \t]*",
    re.I | re.M,
)
_LETTER = re.compile(
    rf"{_MARKER}(?P<open>\*\*|__|\[|\()?(?P<name>[STARL])(?:(?P<tail>ituation|ask|ction|esult|esson))?"
    r"(?:(?P<colon>:)?(?:\*\*|__|\]|\))[ \t]*(?::|[-–—](?=[ \t]))?"
    r"|:|[ \t]+[-–—](?=[ \t])|\)|\.(?=[ \t]))[ \t]*"
)
_STRIP = re.compile(r"^[\s*_#>]+|[\s*_#:]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label at the start of a line: the section it opens, and where the section's text begins.

    ``word`` is the label in lower case, as found in ``CANONICAL``, ``ALIASES`` or ``LETTERS``.
    """

    section: str
    word: str
    end: int
    combined: bool = False


def label_at(text: str, start: int, end: int) -> Label | None:
    """Return the label with which the line from ``start`` to ``end`` opens, or None."""
    found = _LABEL.match(text, start, end)
    if found and bool(found["open"]) == bool(found["close"]):
        word = _word(found["name"])
        combined = bool(found["second"]) or word == "situation / task"
        section = CANONICAL.get(word) or ALIASES[word]
        return Label(section=section, word=word, end=found.end(), combined=combined)
    letter = _LETTER.match(text, start, end)
    if letter and not letter["tail"]:
        word = letter["name"].lower()
        return Label(section=LETTERS[word], word=word, end=letter.end())
    return None


def section_named(heading: str) -> str | None:
    """Return the section that a heading or a table's cell names, or None."""
    word = _word(re.sub(r"\([^()]*\)\s*$", "", plain(heading)))
    return CANONICAL.get(word) or ALIASES.get(word)


def plain(heading: str) -> str:
    """Return a heading without its marks, its number and its emphasis."""
    bare = _STRIP.sub("", heading)
    return _STRIP.sub("", re.sub(r"^\(?\d{1,2}[.):]\s+", "", bare))


def _word(name: str) -> str:
    word = " ".join(name.casefold().replace("’", "'").split())
    word = re.sub(r"\s*(?:/|&|\band\b)\s*", " / ", word)
    return "situation / task" if word in {"s / t", "situation / tasks"} else word
