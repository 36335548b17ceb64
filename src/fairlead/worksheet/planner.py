"""A loop of interviews: which story for which interviewer and principle, none of them told twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fairlead.worksheet.assignment import assign
from fairlead.worksheet.coverage import Coverage, Row, Strength
from fairlead.worksheet.model import Principle, Question, Story
from fairlead.worksheet.retrieval import Fit

WORTH = {
    Strength.ANSWERS: 10.0,
    Strength.TAGGED: 8.0,
    Strength.SUGGESTED: 3.0,
    Strength.NONE: 0.0,
}
"""What a story is worth in a slot, by how well it stands for the slot's principle."""

PER_QUESTION, AT_MOST = 0.5, 3
"""What each question adds that the story is said to answer, and how many of them count."""

OLD, LIKELY = 0.85, 1.5
"""What the worth is multiplied by for an old story, and for a principle marked as likely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interviewer:
    """Someone who will ask: after which principles, how many stories each, and what they know already.

    ``principles`` holds a principle twice when they are expected to want two stories for it.
    """

    name: str
    principles: tuple[Principle, ...]
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """All interviews of one application; ``never`` are ids of stories to leave out altogether."""

    title: str
    interviewers: tuple[Interviewer, ...]
    never: frozenset[str] = frozenset()
    likely: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """Another story for a slot; ``taken_by`` names who gets it in this plan, ``""`` for nobody."""

    story: Story
    taken_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One story for one interviewer and principle.

    ``story`` is ``None`` when nothing fits; ``because`` says why this one or why none.
    ``questions`` are those of the principle's that it is said, or seems, to answer.
    """

    interviewer: str
    principle: Principle
    likely: bool
    story: Story | None
    strength: Strength
    because: str
    questions: tuple[Question, ...]
    alternates: tuple[Alternate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The best whole: its slots in the interviewers' order, and the stories that it leaves free."""

    loop: Loop
    slots: tuple[Slot, ...]
    unused: tuple[Story, ...]

    @property
    def missing(self) -> tuple[Slot, ...]:
        """The slots without a story, likely principles first."""
        return tuple(
            sorted((one for one in self.slots if not one.story), key=lambda one: not one.likely)
        )


def plan_loop(loop: Loop, coverage: Coverage) -> Plan:
    """Return the assignment with the highest worth in all; equal ones are decided by order.

    Every story is told at most once, never to someone who knows it. Worth is ``WORTH`` by strength,
    more for questions answered and for likely principles, less for old stories.
    """
    wanted = [
        (interviewer, principle)
        for interviewer in loop.interviewers
        for principle in interviewer.principles
    ]
    place = {column.principle.id: at for at, column in enumerate(coverage.columns)}
    values = [
        [_worth(row, place[principle.id], interviewer, loop, principle) for row in coverage.rows]
        for interviewer, principle in wanted
    ]
    given = assign(values)
    holder = {item: wanted[slot] for slot, item in enumerate(given) if item is not None}
    slots = tuple(
        _slot(wanted[at], given[at], values[at], coverage, place, holder, loop)
        for at in range(len(wanted))
    )
    unused = (row.story for at, row in enumerate(coverage.rows) if at not in holder)
    return Plan(
        loop=loop, slots=slots, unused=tuple(story for story in unused if story.id not in loop.never)
    )


def is_likely(loop: Loop, principle: Principle) -> bool:
    """Say whether a principle is marked as likely, in the loop or in its pack."""
    return principle.likely or principle.id in loop.likely


def _worth(row: Row, column: int, interviewer: Interviewer, loop: Loop, principle: Principle) -> float:
    if row.story.id in loop.never or row.story.id in interviewer.known:
        return 0.0
    cell = row.cells[column]
    worth = WORTH[cell.strength]
    if not worth:
        return 0.0
    seems = sum(0.5 if fit is Fit.STRONG else 0.25 for _, fit in cell.suggested)
    worth += PER_QUESTION * min(AT_MOST, len(cell.answered) + seems)
    return worth * (OLD if row.old else 1.0) * (LIKELY if is_likely(loop, principle) else 1.0)


def _slot(
    wanted: tuple[Interviewer, Principle],
    item: int | None,
    values: Sequence[float],
    coverage: Coverage,
    place: Mapping[str, int],
    holder: Mapping[int, tuple[Interviewer, Principle]],
    loop: Loop,
) -> Slot:
    interviewer, principle = wanted
    column = place[principle.id]
    ranked = sorted((at for at, value in enumerate(values) if value > 0), key=lambda at: -values[at])
    others = sorted((at for at in ranked if at != item), key=lambda at: at in holder)
    alternates = tuple(
        Alternate(
            story=coverage.rows[at].story,
            taken_by=_whose(holder[at], interviewer) if at in holder else "",
        )
        for at in others[:2]
    )
    if item is None:
        return Slot(
            interviewer=interviewer.name,
            principle=principle,
            likely=is_likely(loop, principle),
            story=None,
            strength=Strength.NONE,
            because=_why_none(ranked, holder, coverage, column, interviewer, loop),
            questions=(),
            alternates=alternates,
        )
    row = coverage.rows[item]
    cell = row.cells[column]
    fitting = {*cell.answered, *(question for question, _ in cell.suggested)}
    reasons = [
        *_why(row, column),
        *_why_not_the_best(ranked, item, values, holder, coverage, interviewer),
    ]
    return Slot(
        interviewer=interviewer.name,
        principle=principle,
        likely=is_likely(loop, principle),
        story=row.story,
        strength=cell.strength,
        because="; ".join(reasons),
        questions=tuple(one for one in principle.questions if one.id in fitting),
        alternates=alternates,
    )


def _why(row: Row, column: int) -> Iterator[str]:
    cell = row.cells[column]
    if cell.strength is Strength.SUGGESTED:
        yield "not tagged, its text suggests it"
    elif cell.answered:
        number = len(cell.answered)
        yield f"answers {number} of its questions" if number > 1 else "answers one of its questions"
    else:
        yield "tagged with it"
    if row.old:
        yield f"{row.age} years old"


def _why_not_the_best(
    ranked: Sequence[int],
    item: int,
    values: Sequence[float],
    holder: Mapping[int, tuple[Interviewer, Principle]],
    coverage: Coverage,
    interviewer: Interviewer,
) -> Iterator[str]:
    best = ranked[0]
    if values[best] > values[item] and best in holder:
        where = _whose(holder[best], interviewer)
        yield f"{coverage.rows[best].story.id} fits better and is needed for {where}"


def _why_none(
    ranked: Sequence[int],
    holder: Mapping[int, tuple[Interviewer, Principle]],
    coverage: Coverage,
    column: int,
    interviewer: Interviewer,
    loop: Loop,
) -> str:
    if ranked:
        names = ", ".join(
            f"{coverage.rows[at].story.id} (for {_whose(holder[at], interviewer)})" for at in ranked[:2]
        )
        return f"every story that fits is told elsewhere: {names}"
    fitting = [row.story.id for row in coverage.rows if WORTH[row.cells[column].strength]]
    known = [story for story in fitting if story in interviewer.known]
    if known:
        return f"{interviewer.name} knows {', '.join(known[:2])} already"
    if fitting:
        return f"you never want to tell {', '.join(fitting[:2])}"
    closest = coverage.columns[column].closest
    return f"no story stands for it{f'; {closest.id} comes closest' if closest else ''}"


def _whose(slot: tuple[Interviewer, Principle], asking: Interviewer) -> str:
    """Name another slot as someone who looks at this interviewer's slots would."""
    interviewer, principle = slot
    return principle.name if interviewer is asking else interviewer.name
