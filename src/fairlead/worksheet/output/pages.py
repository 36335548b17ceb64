"""What goes on the pages: whole stories, a brief of all, cue cards, a plan, the coverage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from fairlead.measurements.model import Measurement
from fairlead.worksheet.comparison import say_change
from fairlead.worksheet.coverage import Cell, Coverage, Strength, next_steps, stands_for
from fairlead.worksheet.evidence import Standing, examine
from fairlead.worksheet.figures import find_figures
from fairlead.worksheet.model import (
    ACTION,
    FOLLOW_UPS,
    LESSON,
    NOTES,
    RESULT,
    SECTIONS,
    SITUATION,
    TASK,
    EvidenceKind,
    Story,
    Worksheet,
)
from fairlead.worksheet.output.document import (
    Block,
    Card,
    Document,
    Heading,
    Items,
    Layout,
    Mark,
    Paragraph,
    Role,
    Span,
    Spans,
    Table,
    bullets,
    paragraph,
    spans,
)
from fairlead.worksheet.output.prose import read_prose
from fairlead.worksheet.planner import Plan, Slot
from fairlead.worksheet.story_file import heading_of

_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])|(?<=[。！？])|\n+")
_MARKS = {
    Strength.ANSWERS: Mark.FULL,
    Strength.TAGGED: Mark.FULL,
    Strength.SUGGESTED: Mark.HALF,
    Strength.NONE: Mark.NONE,
}
_CUES, _CUE_WORDS = 6, 11

KINDS = ("stories", "brief", "cards")
"""What can be made of stories: all of their words, a line for each, a cue card for each."""
_LONG = frozenset({"day", "week", "month", "year"})


def page_of(
    kind: str, worksheet: Worksheet, stories: Sequence[Story], measurements: Sequence[Measurement]
) -> Document:
    """Return the page of these stories that a kind, one of ``KINDS``, names."""
    if kind == "brief":
        return brief_page(worksheet, stories)
    if kind == "cards":
        return cards_page(worksheet, stories)
    standings = {story.id: examine(story, measurements) for story in stories}
    return stories_page(worksheet, stories, standings)


def stories_page(
    worksheet: Worksheet, stories: Sequence[Story], standings: Mapping[str, Sequence[Standing]]
) -> Document:
    """Return the stories in full, each with what its figures stand on; notes are left out."""
    blocks: list[Block] = []
    number = len(stories)
    level = 1 if number == 1 else 2  # the title of a single story is the document's
    for story in stories:
        if number > 1:
            blocks.append(Heading(level=1, text=story.title, aside=about_story(worksheet, story)))
        for section in story.sections:
            if section.text and section.name != NOTES:
                name = heading_of(section.name) if section.name in SECTIONS else section.name.title()
                blocks += [Heading(level=level, text=name), *read_prose(section.text)]
        blocks += _evidence(standings.get(story.id, ()), level)
    return Document(
        title=stories[0].title if number == 1 else "Stories",
        about=about_story(worksheet, stories[0]) if number == 1 else f"{number} stories",
        blocks=tuple(blocks),
    )


def brief_page(worksheet: Worksheet, stories: Sequence[Story]) -> Document:
    """Return one page with a line for each story: what for, how it opens, its figures, how long."""
    rows = tuple(
        (
            spans(story.title, bold=True),
            spans(", ".join(_principles(worksheet, story)) or "no principle yet"),
            spans(first_words(story.text(SITUATION), 14)),
            spans(", ".join(figures_of(story)) or "none"),
            spans(f"{minutes(worksheet, story):.1f}"),
        )
        for story in stories
    )
    table = Table(
        header=("Story", "Stands for", "Opens with", "Figures", "Minutes"),
        rows=rows,
        weights=(4, 3, 6, 3, 0),
    )
    without = [one.name for one in worksheet.principles if not any(stands_for(s, one) for s in stories)]
    blocks: list[Block] = [table]
    if without:
        blocks.append(paragraph(f"No story for {', '.join(without)}.", role=Role.NOTE))
    return Document(
        title="Brief",
        about=f"{len(stories)} stories on one page",
        blocks=tuple(blocks),
        layout=Layout.ONE_PAGE,
    )


def cards_page(worksheet: Worksheet, stories: Sequence[Story]) -> Document:
    """Return a cue card for each story: first words to set off from, not text to read out."""
    return Document(
        title="Cue cards",
        about=f"{len(stories)} stories" if len(stories) != 1 else stories[0].title,
        blocks=tuple(
            Card(
                title=story.title,
                aside=about_story(worksheet, story),
                blocks=tuple(_cues(story)),
            )
            for story in stories
        ),
        layout=Layout.CARDS,
    )


def plan_page(plan: Plan) -> Document:
    """Return one page to take along: for each interviewer the stories, their openings and figures."""
    blocks: list[Block] = []
    for name, slots in groupby(plan.slots, key=lambda slot: slot.interviewer):
        rows = tuple(_slot_row(slot) for slot in slots)
        blocks += [
            Heading(level=1, text=name),
            Table(
                header=("Asked for", "Tell", "Open with", "Figures"),
                rows=rows,
                weights=(3, 4, 6, 3),
            ),
        ]
    if plan.unused:
        names = ", ".join(story.title for story in plan.unused)
        blocks += [Heading(level=1, text="In reserve"), paragraph(names)]
    filled = len(plan.slots) - len(plan.missing)
    about = f"{filled} of {len(plan.slots)} questions have a story, none told twice"
    return Document(title=plan.loop.title, about=about, blocks=tuple(blocks), layout=Layout.ONE_PAGE)


def coverage_page(coverage: Coverage) -> Document:
    """Return the matrix of stories and principles, gaps first, with the questions that are open."""
    gaps = sum(column.is_gap for column in coverage.columns)
    blocks: list[Block] = []
    steps = [step.sentence for step in next_steps(coverage)]
    if steps:
        blocks += [Heading(level=1, text="What to do next"), bullets(steps[:8])]
    if coverage.rows and coverage.columns:
        blocks += [
            Heading(level=1, text="Which story stands for which principle?"),
            paragraph("● tagged, with how many questions are named · ○ suggested", role=Role.NOTE),
            _matrix(coverage),
        ]
    open_columns = [column for column in coverage.columns if column.open_questions]
    if open_columns:
        blocks.append(Heading(level=1, text="Which questions have no story named for them?"))
    for column in open_columns:
        likely = "likely; " if column.principle.likely else ""
        number = len(column.principle.questions)
        aside = f"{likely}{len(column.open_questions)} of {number} open"
        blocks += [
            Heading(level=2, text=column.principle.name, aside=aside),
            bullets([question.text for question in column.open_questions]),
        ]
    return Document(
        title="Coverage",
        about=(
            f"{gaps} of {len(coverage.columns)} principles without a story; "
            f"{coverage.answered} of {coverage.asked} questions have one named"
        ),
        blocks=tuple(blocks),
        layout=Layout.WIDE,
    )


def about_story(worksheet: Worksheet, story: Story) -> str:
    """Return one line about a story: its principles, when, and how long it takes to tell."""
    parts = [", ".join(_principles(worksheet, story)), story.when]
    parts.append(f"{minutes(worksheet, story):.1f} min told")
    return " · ".join(part for part in parts if part)


def minutes(worksheet: Worksheet, story: Story) -> float:
    """Return how long the story takes to tell, in minutes at the middle of the user's pace."""
    pace = sum(worksheet.method.pace) / 2
    return len(story.spoken.split()) / pace


def figures_of(story: Story, *, most: int = 4) -> list[str]:
    """Return the figures of the story's Result, each wording once; how long it took comes last."""
    found = dict.fromkeys(
        (one.unit.rstrip("s") in _LONG, one.text) for one in find_figures(story.text(RESULT))
    )
    return [text for _, text in sorted(found, key=lambda one: one[0])][:most]


def first_words(markdown: str, most: int) -> str:
    """Return the first sentence of a section without its markup, cut after ``most`` words."""
    sentences = _sentences(markdown)
    return _cut(sentences[0], most) if sentences else ""


def _cues(story: Story) -> Iterator[Block]:
    for heading, name, most in (("Open with", SITUATION, 26), ("The goal", TASK, 22)):
        if text := first_words(story.text(name), most):
            yield Heading(level=2, text=heading)
            yield paragraph(text)
    steps = [_cut(step, _CUE_WORDS) for step in _steps(story.text(ACTION))]
    if steps:
        yield Heading(level=2, text="What I did")
        yield bullets(steps[:_CUES])
    if text := first_words(story.text(RESULT), 22):
        yield Heading(level=2, text="How it ended")
        if figures := figures_of(story):
            yield Paragraph(spans=spans(" · ".join(figures), bold=True))
        yield paragraph(text)
    if text := first_words(story.text(LESSON), 22):
        yield Heading(level=2, text="What I learned")
        yield paragraph(text)
    questions = _steps(story.text(FOLLOW_UPS))
    if questions:
        yield Heading(level=2, text="If they ask")
        yield bullets(questions[:3])


def _steps(markdown: str) -> list[str]:
    """Return the steps of a section: its list's items where it has a list, else its sentences."""
    for block in read_prose(markdown):
        if isinstance(block, Items):
            return [_item(item) for item in block.items]
    return _sentences(markdown)


def _item(blocks: Iterable[Block]) -> str:
    """Return an item's text, or only what it sets in bold at its start."""
    first = next((block for block in blocks if isinstance(block, Paragraph)), None)
    if first and first.spans and first.spans[0].bold:
        return first.spans[0].text.rstrip(": ")
    return "".join(span.text for span in first.spans) if first else ""


def _sentences(markdown: str) -> list[str]:
    text = "\n".join(_plain(read_prose(markdown)))
    return [" ".join(part.split()) for part in _SENTENCE.split(text) if part and part.strip()]


def _plain(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield "".join(span.text for span in block.spans).replace("\n", " ")
        elif isinstance(block, Items):
            for item in block.items:
                yield from _plain(item)


def _cut(sentence: str, most: int) -> str:
    words = sentence.split()
    return sentence if len(words) <= most else f"{' '.join(words[:most]).rstrip(',;:')}\u00a0…"


def _principles(worksheet: Worksheet, story: Story) -> list[str]:
    names = [one.name for one in worksheet.principles if stands_for(story, one)]
    return names or list(story.principles)


def _evidence(standings: Sequence[Standing], level: int) -> Iterator[Block]:
    rows = [
        (spans(one.figure), spans(one.kind.value), spans(_stands_on(one)))
        for one in standings
        if one.kind is not EvidenceKind.TYPED
    ]
    if rows:
        yield Heading(level=level, text="What the figures stand on")
        yield Table(header=("Figure", "Is", "By"), rows=tuple(rows), weights=(3, 0, 6))


def _stands_on(standing: Standing) -> str:
    said = say_change(standing.change) if standing.change else ""
    if standing.evidence and not said:
        said = standing.evidence.source
    if standing.evidence and standing.evidence.attribution:
        said += f"; what else changed: {standing.evidence.attribution}"
    objections = "; ".join(one.what for one in standing.objections)
    return f"{said} ({objections})" if objections else said


def _slot_row(slot: Slot) -> tuple[Spans, ...]:
    asked = slot.principle.name + (" (likely)" if slot.likely else "")
    if not slot.story:
        missing = (Span(text="✗ nothing yet", bold=True, mark=Mark.GAP),)
        return (spans(asked), missing, spans(slot.because), ())
    or_else = [one.story.title for one in slot.alternates if not one.taken_by]
    tell = spans(slot.story.title, bold=True)
    if or_else:
        tell += spans(f" or {or_else[0]}")
    return (
        spans(asked),
        tell,
        spans(first_words(slot.story.text(SITUATION), 30)),
        spans(", ".join(figures_of(slot.story, most=3))),
    )


def _matrix(coverage: Coverage) -> Table:
    names = [
        f"{column.principle.name}{' (likely)' if column.principle.likely else ''}"
        for column in coverage.columns
    ]
    rows = [
        (spans(row.story.title), *(_mark(cell) for cell in row.cells), spans(str(row.carries)))
        for row in coverage.rows
    ]
    totals = tuple(
        (Span(text="✗ 0", mark=Mark.GAP),) if one.is_gap else spans(str(len(one.stories)))
        for one in coverage.columns
    )
    return Table(
        header=("Story", *names, "In all"),
        rows=(*rows, (spans("Stories", bold=True), *totals, ())),
        weights=(4, *(1 for _ in names), 0),
    )


def _mark(cell: Cell) -> Spans:
    mark = _MARKS[cell.strength]
    number = len(cell.answered)
    return (Span(text=f"{mark.value}{number if number else ''}", mark=mark),)
