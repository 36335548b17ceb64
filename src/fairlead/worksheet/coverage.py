"""Which stories stand for which principles and questions, and where there is none.

What the user has said (tags, questions named in the front matter) is coverage. What a search of the
texts adds is a suggestion: it is shown apart and closes no gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fairlead.worksheet.model import Principle, Question, Story, Worksheet
from fairlead.worksheet.retrieval import Fit, fit_of, match_question, open_library, stand_out
from fairlead.worksheet.self_assessment import Standing, courses, standing

FRESH_YEARS = 3
"""How old a story may be before it is called old; interviewers ask for recent work."""

CARRIES_MANY = 4
"""How many principles one story may stand for before it is called overused."""


class Strength(StrEnum):
    """How well a story stands for a principle, from most to least."""

    ANSWERS = "answers"
    TAGGED = "tagged"
    SUGGESTED = "suggested"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One story and one principle.

    ``answered`` are ids of the principle's questions that the story is said to answer; ``suggested``
    those that its text seems to answer, with how far.
    """

    story: str
    principle: str
    strength: Strength
    answered: tuple[str, ...] = ()
    suggested: tuple[tuple[str, Fit], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One story across all principles: how many it stands for, and its age.

    ``age`` is in whole years, ``None`` when the story doesn't say when it happened. ``alone_for`` are
    names of the principles for which there is no other story.
    """

    story: Story
    cells: tuple[Cell, ...]
    carries: int
    age: int | None
    alone_for: tuple[str, ...]

    @property
    def overused(self) -> bool:
        """Whether too much hangs on this one story, which can be told only once in a loop."""
        return self.carries >= CARRIES_MANY or len(self.alone_for) >= 2

    @property
    def old(self) -> bool:
        """Whether it happened more than ``FRESH_YEARS`` years ago."""
        return self.age is not None and self.age > FRESH_YEARS


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One principle across all stories: its stories by title, its questions, and those open.

    ``closest`` is the story that its text suggests most, where none is tagged. ``assessed`` is how far
    the user has answered the principle's prompts: one's own view, which closes no gap.
    """

    principle: Principle
    stories: tuple[str, ...]
    open_questions: tuple[Question, ...]
    assessed: Standing
    closest: Story | None = None

    @property
    def is_gap(self) -> bool:
        """Whether no story stands for the principle."""
        return not self.stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The whole matrix: rows in the stories' order, columns with gaps first, likely ones before others.

    ``answered`` and ``asked`` count questions. ``unknown`` are principles that stories name and no pack
    has, each with the story's id.
    """

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    answered: int
    asked: int
    unknown: tuple[tuple[str, str], ...]


def cover(worksheet: Worksheet, *, today: date) -> Coverage:
    """Return the matrix of stories, principles and questions as it stands ``today``."""
    principles = worksheet.principles
    suggestions = _suggest(worksheet)
    cells = {
        (story.id, principle.id): _cell(story, principle, suggestions)
        for story in worksheet.stories
        for principle in principles
    }
    known = courses(worksheet)
    columns = [
        _column(
            principle,
            worksheet.stories,
            cells,
            suggestions,
            standing([one for one in known if one.principle.id == principle.id]),
        )
        for principle in principles
    ]
    place = {principle.id: at for at, principle in enumerate(principles)}
    columns.sort(key=lambda one: (not one.is_gap, not one.principle.likely, place[one.principle.id]))
    order = [column.principle.id for column in columns]
    ids = set(place)
    return Coverage(
        rows=tuple(
            _row(story, [cells[story.id, one] for one in order], columns, today)
            for story in worksheet.stories
        ),
        columns=tuple(columns),
        answered=sum(len(one.principle.questions) - len(one.open_questions) for one in columns),
        asked=sum(len(one.principle.questions) for one in columns),
        unknown=tuple(
            (name, story.id)
            for story in worksheet.stories
            for name in story.principles
            if name not in ids
        ),
    )


def stands_for(story: Story, principle: Principle) -> bool:
    """Say whether the story's author has tagged it with the principle, by its id or its name."""
    return any(_same(tag, principle) for tag in story.principles)


def answers(story: Story, question: Question) -> bool:
    """Say whether the story's author has named the question, by its id or its own words."""
    wording = _plain(question.text)
    return any(said == question.id or _plain(said) == wording for said in story.questions)


def _suggest(worksheet: Worksheet) -> Mapping[tuple[str, str], float]:
    """Return for each story and question how far the story stands out by its text alone."""
    library = open_library(worksheet)
    found = {}
    for _, question in worksheet.questions():
        matches = match_question(library, question.text, principles={})
        for story, stands_out in zip(worksheet.stories, stand_out(matches), strict=True):
            found[story.id, question.id] = stands_out
    return found


def _cell(story: Story, principle: Principle, suggestions: Mapping[tuple[str, str], float]) -> Cell:
    answered = tuple(one.id for one in principle.questions if answers(story, one))
    tagged = stands_for(story, principle) or bool(answered)
    suggested = tuple(
        (one.id, fit)
        for one in principle.questions
        if one.id not in answered and (fit := fit_of(suggestions[story.id, one.id])) is not Fit.WEAK
    )
    surely = len(suggested) > 1 or any(fit is Fit.STRONG for _, fit in suggested)
    strength = Strength.SUGGESTED if surely else Strength.NONE
    if tagged:
        strength = Strength.ANSWERS if answered else Strength.TAGGED
    return Cell(
        story=story.id,
        principle=principle.id,
        strength=strength,
        answered=answered,
        suggested=suggested,
    )


def _column(
    principle: Principle,
    stories: Sequence[Story],
    cells: Mapping[tuple[str, str], Cell],
    suggestions: Mapping[tuple[str, str], float],
    assessed: Standing,
) -> Column:
    own = [cells[story.id, principle.id] for story in stories]
    tagged = tuple(story.id for story, cell in zip(stories, own, strict=True) if _is_declared(cell))
    closest = None
    if not tagged and principle.questions and stories:
        best = max(stories, key=lambda story: _reach(story, principle, suggestions))
        if fit_of(_reach(best, principle, suggestions)) is not Fit.WEAK:
            closest = best
    done = {question for cell in own for question in cell.answered}
    return Column(
        principle=principle,
        stories=tagged,
        open_questions=tuple(one for one in principle.questions if one.id not in done),
        assessed=assessed,
        closest=closest,
    )


def _row(story: Story, cells: Sequence[Cell], columns: Sequence[Column], today: date) -> Row:
    return Row(
        story=story,
        cells=tuple(cells),
        carries=sum(map(_is_declared, cells)),
        age=_age(story.when, today),
        alone_for=tuple(one.principle.name for one in columns if one.stories == (story.id,)),
    )


def _is_declared(cell: Cell) -> bool:
    return cell.strength in {Strength.ANSWERS, Strength.TAGGED}


def _reach(story: Story, principle: Principle, suggestions: Mapping[tuple[str, str], float]) -> float:
    return max(suggestions[story.id, question.id] for question in principle.questions)


def _age(when: str, today: date) -> int | None:
    """Return whole years since ``when`` (a year, month or day), counted from its last possible day."""
    parts = when.split("-")
    if not parts[0].isdigit():
        return None
    year = int(parts[0])
    month = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 12
    return max(0, today.year - year - (today.month < month))


def _same(tag: str, principle: Principle) -> bool:
    return tag == principle.id or _plain(tag) == _plain(principle.name)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).rstrip("?.! ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to do next, one sentence that may name a story in the middle of it.

    ``principle`` is the id of the one that it is about, ``""`` for none; ``story`` is None where the
    sentence ends with ``before``.
    """

    before: str
    story: Story | None = None
    after: str = ""
    principle: str = ""

    @property
    def sentence(self) -> str:
        """The whole sentence, the story by its id."""
        return f"{self.before}{self.story.id if self.story else ''}{self.after}"


def next_steps(coverage: Coverage) -> Iterator[Step]:
    """Yield what to do next, most useful first."""
    for column in coverage.columns:
        if column.is_gap:
            likely = ", which you expect to be asked" if column.principle.likely else ""
            step = f"Write or tag a story for {column.principle.name}{likely}"
            yield Step(
                before=f"{step}; " if column.closest else f"{step}.",
                story=column.closest,
                after=" comes closest." if column.closest else "",
                principle=column.principle.id,
            )
    for row in coverage.rows:
        if len(row.alone_for) >= 2:
            names = " or ".join(row.alone_for[:3])
            yield Step(
                before=f"Find a second story for {names}: there is only ", story=row.story, after="."
            )
        elif row.overused:
            told = f" stands for {row.carries} principles but is told once: find others."
            yield Step(before="", story=row.story, after=told)


def say_coverage(coverage: Coverage) -> str:
    """Return where the worksheet stands in one sentence: principles without a story, open questions."""
    principles, gaps = len(coverage.columns), sum(column.is_gap for column in coverage.columns)
    if not principles:
        return "No principles yet: there is nothing to cover."
    if gaps == principles:
        first = f"No story stands for any of the {principles} principles"
    elif gaps:
        first = f"{gaps} of {principles} principles {'has' if gaps == 1 else 'have'} no story"
    else:
        first = f"Every one of the {principles} principles has a story"
    return f"{first}; {coverage.answered} of {coverage.asked} questions have one named."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A story for one question: named for it by its author (``fit`` None), or suggested by its text."""

    story: Story
    fit: Fit | None

    @property
    def named(self) -> bool:
        """Whether the story's author says that it answers the question."""
        return self.fit is None


def stories_for(coverage: Coverage, principle: str, question: str) -> tuple[Answering, ...]:
    """Return the stories for a question of a principle, those named for it first, strong fits next."""
    found = []
    for row in coverage.rows:
        cell = next(one for one in row.cells if one.principle == principle)
        fit = dict(cell.suggested).get(question)
        if question in cell.answered:
            found.append(Answering(story=row.story, fit=None))
        elif fit:
            found.append(Answering(story=row.story, fit=fit))
    return tuple(sorted(found, key=lambda one: (not one.named, one.fit is not Fit.STRONG)))


_SMALL_WORDS = frozenset(
    ("a", "an", "and", "are", "at", "be", "bring", "by", "for", "in", "of", "on", "the")
)


def abbreviate(names: Sequence[str]) -> list[str]:
    """Return two or three letters for each name, all different: initials, else the first letters."""
    given: list[str] = []
    for name in names:
        words = [word for word in name.replace("-", " ").split() if word.lower() not in _SMALL_WORDS]
        letters = [word[0].upper() for word in words if word[0].isalnum()]
        plain = "".join(sign for sign in name if sign.isalnum()) or "?"
        tries = ["".join(letters[:2])] if len(letters) > 1 else [plain[:2].capitalize()]
        tries += ["".join(letters[:3]), plain[:3].capitalize()]
        tries += [f"{plain[:1].upper()}{number}" for number in range(1, len(names) + 1)]
        given.append(next(one for one in tries if one and one not in given))
    return given
