"""Self-assessment over time: which prompts are due, what was answered, and what has changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fairlead.errors import FairleadError
from fairlead.worksheet.model import Answer, Principle, Prompt, Worksheet

DUE_AFTER = 90
"""Days after which a prompt is asked again; behaviour doesn't change within a week."""

UNANCHORED = ("hardly ever", "seldom", "about half of the time", "mostly", "always")
"""What 1 to 5 mean where a prompt has no scale of its own ("Do you ask for help in time?")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One prompt's answers, the oldest first; of several on one day the last one counts."""

    principle: Principle
    prompt: Prompt
    answers: tuple[Answer, ...]

    @property
    def last(self) -> Answer | None:
        """Return the newest answer, or None."""
        return self.answers[-1] if self.answers else None

    @property
    def change(self) -> int | None:
        """Return how many steps the newest answer is above the one before it, None without one."""
        return self.answers[-1].score - self.answers[-2].score if len(self.answers) > 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a principle has been assessed: prompts answered of all, and the weakest answer.

    The weakest is the one lowest on its own scale, earlier prompts first; None before any answer.
    There is no average: the steps of a scale are in order, not at equal distances.
    """

    answered: int
    prompts: int
    weakest: Course | None


def scale_of(prompt: Prompt) -> tuple[str, ...]:
    """Return what each score from 1 on means, the weakest first."""
    return prompt.anchors or UNANCHORED


def courses(worksheet: Worksheet) -> tuple[Course, ...]:
    """Return every prompt of the worksheet with its answers, in the packs' order."""
    by_prompt: defaultdict[str, dict[str, Answer]] = defaultdict(dict)
    for answer in worksheet.answers:
        by_prompt[answer.prompt][answer.date] = answer
    return tuple(
        Course(
            principle=principle,
            prompt=prompt,
            answers=tuple(sorted(by_prompt.get(prompt.id, {}).values(), key=lambda one: one.date)),
        )
        for principle in worksheet.principles
        for prompt in principle.prompts
    )


def due(known: Sequence[Course], *, today: date, after: int = DUE_AFTER) -> tuple[Course, ...]:
    """Return the prompts that were never answered, or last ``after`` days ago or more, in order."""
    edge = (today - timedelta(days=after)).isoformat()
    return tuple(one for one in known if one.last is None or one.last.date <= edge)


def standing(known: Sequence[Course]) -> Standing:
    """Return how far these prompts, one principle's, have been answered."""
    answered = [one for one in known if one.last]
    return Standing(
        answered=len(answered), prompts=len(known), weakest=min(answered, key=_height, default=None)
    )


def read_answer(text: str, known: Sequence[Course], *, today: date) -> Answer:
    """Return the answer in ``PROMPT SCORE [NOTE]``; raises FairleadError with what would be right."""
    prompt_id, _, rest = text.strip().partition(" ")
    course = next((one for one in known if one.prompt.id == prompt_id), None)
    if course is None:
        raise FairleadError(
            f"there is no prompt {prompt_id!r}",
            fix="fairlead worksheet assess --history lists the prompts with their ids",
        )
    score, _, note = rest.strip().partition(" ")
    return answer_to(course.prompt, score, note, today=today)


def answer_to(prompt: Prompt, score: str, note: str, *, today: date) -> Answer:
    """Return an answer to a prompt; raises FairleadError where the score isn't on its scale."""
    top = len(scale_of(prompt))
    if not (score.isascii() and score.isdigit() and 1 <= int(score) <= top):
        raise FairleadError(
            f"{score!r} is not on the scale of {prompt.id}", fix=f"a number from 1 to {top}"
        )
    return Answer(date=today.isoformat(), prompt=prompt.id, score=int(score), note=note.strip())


def _height(course: Course) -> float:
    return course.last.score / len(scale_of(course.prompt)) if course.last else 0.0
