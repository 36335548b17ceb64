"""What the lint says: rules with their codes, and findings with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from fairlead.worksheet.lint.prose import Passage, Telling
from fairlead.worksheet.model import Principle, Question, Story


class Weight(StrEnum):
    """How much a finding matters, in SARIF's words: wrong, weak, or worth a thought."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a story's rules may look at beside the story."""

    questions: dict[str, str]
    confidential: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """What a rule saw: the section, the place in its text, and the sentence that says so.

    ``passage`` is None when it is about the story as a whole. ``how`` mends this very place where the
    rule's own advice can be made more exact.
    """

    passage: Passage | None
    start: int
    end: int
    what: str
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: its code, its name, what it looks at, why that matters, how to mend it.

    ``source`` names the method or the research that ``why`` rests on. ``silent`` says what it leaves
    alone on purpose.
    """

    code: str
    name: str
    weight: Weight
    title: str
    why: str
    how: str
    source: str
    silent: str
    look: Callable[[Telling, Surroundings], Iterable[Spotted]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing in one story: which rule, where, what was seen, why it matters, how to mend it.

    ``line`` and ``column`` are 1-based in the story's file, the first section's when it is about the
    whole story; ``excerpt`` are the words in question. ``section`` is ``""`` for the whole story.
    """

    code: str
    name: str
    weight: Weight
    story: str
    path: str
    section: str
    line: int
    column: int
    end_line: int
    end_column: int
    excerpt: str
    what: str
    why: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """A finding that the story's author has switched off, and the reason given."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the lint says of one story: findings in the order of the text, and what was switched off."""

    story: Story
    findings: tuple[Finding, ...]
    silenced: tuple[Silenced, ...]


def surroundings(
    questions: Iterable[tuple[Principle, Question]], confidential: Iterable[str]
) -> Surroundings:
    """Return what rules may look at, from a worksheet's questions and its confidential names."""
    return Surroundings(
        questions={question.id: question.text for _, question in questions},
        confidential=tuple(confidential),
    )
