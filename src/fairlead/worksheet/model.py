"""What a worksheet holds: stories, packs of principles with their questions and prompts, answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

SITUATION = "situation"
TASK = "task"
ACTION = "action"
RESULT = "result"
LESSON = "lesson"
FOLLOW_UPS = "follow-ups"
EXTRA = "extra details"
NOTES = "notes"

STAR = (SITUATION, TASK, ACTION, RESULT)
"""The four sections that the method asks of every story, in the order in which they are told."""

SECTIONS = (*STAR, LESSON, FOLLOW_UPS, EXTRA, NOTES)
"""Every section that a story file can have, in the order in which a new file lists them."""

SPOKEN = (*STAR, LESSON, EXTRA)
"""The sections that are told aloud; follow-ups are the other side's, notes are never spoken."""


class EvidenceKind(StrEnum):
    """How well a figure stands: bound to a measurement, vouched for, or only written down."""

    MEASURED = "measured"
    ATTESTED = "attested"
    TYPED = "typed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What stands behind one figure of a story.

    ``figure`` repeats the story's own words ("400 milliseconds"). ``before`` and ``after`` are ids of
    measurements when the kind is measured; ``source`` is a document, link or name when it is attested.
    ``attribution`` says what else changed in that time: measured is not caused.
    """

    figure: str
    kind: EvidenceKind
    before: str = ""
    after: str = ""
    source: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedOff:
    """A lint rule that one story's author has switched off, by its code, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    r"""One part of a story.

    ``name`` is one of ``SECTIONS``, or the heading in lower case where we don't know it. ``text`` has
    no blank lines around it and ``\n`` line ends; its lines are those of the file from ``line`` on
    (1-based), so that an offset in the text can be shown as a place in the file.
    """

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story, as read from its file.

    ``principles`` are ids of principles; ``questions`` are ids of questions, or a question's own words
    where no pack has it. ``when`` is the year, month or day in which it happened (``2024``,
    ``2024-05``, ``2024-05-17``), ``""`` when unsaid. ``confidentiality`` is the user's own word.
    ``path`` is relative to the folder, with ``/``. ``raw`` are the file's bytes: whatever edits a story
    starts from these, so that what we don't understand stays. ``extra`` holds front-matter keys that
    are not ours. Text is UTF-8 with ``surrogateescape``.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    principles: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    when: str = ""
    confidentiality: str = ""
    evidence: tuple[Evidence, ...] = ()
    switched_off: tuple[SwitchedOff, ...] = ()
    path: str = ""
    raw: bytes = b""
    extra: Mapping[str, object] = field(default_factory=dict)

    def section(self, name: str) -> Section | None:
        """Return the first section of that name that says something, or None."""
        return next((part for part in self.sections if part.name == name and part.text), None)

    def text(self, name: str) -> str:
        """Return the text of a section, ``""`` where there is none."""
        part = self.section(name)
        return part.text if part else ""

    @property
    def spoken(self) -> str:
        """Everything that is told aloud, in the method's order, a blank line between sections."""
        return "\n\n".join(text for name in SPOKEN if (text := self.text(name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that an interviewer may ask; ``id`` is ``<principle>/<name>``."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Something to ask oneself; ``id`` is ``<principle>/<name>``.

    ``anchors`` describe behaviour from the weakest to the strongest, so that an answer is a number
    from 1 to ``len(anchors)``; empty where the source gave none (then 1 to 5, unanchored).
    """

    id: str
    text: str
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Principle:
    """A principle or competency; ``follow_ups`` are patterns of what is asked after any answer.

    ``likely`` marks what the user expects to be asked (the worksheet's green).
    """

    id: str
    name: str
    summary: str
    questions: tuple[Question, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    follow_ups: tuple[str, ...] = ()
    likely: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Principles that belong together; ``path`` is relative to the folder, ``""`` as shipped."""

    id: str
    title: str
    principles: tuple[Principle, ...]
    note: str = ""
    path: str = ""
    raw: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A dated answer to a prompt: ``date`` is an ISO date, ``score`` counts the anchors from 1."""

    date: str
    prompt: str
    score: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long the sections named should take together, in minutes."""

    sections: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """The budgets that stories are told by, and the user's pace in words a minute."""

    budgets: tuple[Budget, ...]
    pace: tuple[int, int]


DEFAULT_METHOD = Method(
    budgets=(
        Budget(sections=(SITUATION, TASK), low=1, high=2),
        Budget(sections=(ACTION,), low=5, high=6),
        Budget(sections=(RESULT, LESSON), low=1, high=2),
        Budget(sections=(EXTRA,), low=2, high=3),
    ),
    pace=(120, 150),
)
"""The worksheet's own budgets; extras are told only if time allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A file that could not be read in whole or in part, and what would mend it; ``line`` 0 is all."""

    path: str
    line: int
    cause: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """A folder as read: stories and packs in the order of their paths, and what could not be read.

    Ids of stories are unique: a second file with the same id is a problem and not among the stories.
    ``confidential`` are the user's names that must not leave, in the order of the file. ``likely`` are
    the ids of principles that the settings mark, beside those that a pack marks.
    """

    folder: Path
    method: Method = DEFAULT_METHOD
    stories: tuple[Story, ...] = ()
    packs: tuple[Pack, ...] = ()
    answers: tuple[Answer, ...] = ()
    confidential: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def principles(self) -> tuple[Principle, ...]:
        """Return each principle once, in the packs' order.

        Packs that share a principle's id add to it: the first gives name and summary, all give their
        questions, prompts and follow-ups, each wording once. An id that a later pack uses for another
        wording gets that pack's id behind it.
        """
        merged: dict[str, Principle] = {}
        for pack in self.packs:
            for principle in pack.principles:
                known = merged.get(principle.id)
                merged[principle.id] = _joined(known, principle, pack.id) if known else principle
        return tuple(
            replace(one, likely=True) if one.id in self.likely else one for one in merged.values()
        )

    def questions(self) -> Iterator[tuple[Principle, Question]]:
        """Yield every question with its principle, in the packs' order."""
        for principle in self.principles:
            for question in principle.questions:
                yield principle, question

    def story(self, story_id: str) -> Story | None:
        """Return the story with that id, or None."""
        return next((story for story in self.stories if story.id == story_id), None)


Item = TypeVar("Item", Question, Prompt)


def _joined(first: Principle, second: Principle, pack_id: str) -> Principle:
    return Principle(
        id=first.id,
        name=first.name,
        summary=first.summary or second.summary,
        questions=_each_once(first.questions, second.questions, pack_id),
        prompts=_each_once(first.prompts, second.prompts, pack_id),
        follow_ups=tuple(dict.fromkeys(first.follow_ups + second.follow_ups)),
        likely=first.likely or second.likely,
    )


def _each_once(first: tuple[Item, ...], second: tuple[Item, ...], pack_id: str) -> tuple[Item, ...]:
    ids = {item.id for item in first}
    texts = {" ".join(item.text.casefold().split()) for item in first}
    return first + tuple(
        replace(item, id=f"{item.id}-{pack_id}") if item.id in ids else item
        for item in second
        if " ".join(item.text.casefold().split()) not in texts
    )
