"""``fairlead worksheet coverage``: stories, principles and questions at a glance, gaps first."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len
from rich.text import Text

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.app.cli.worksheet_commands.showing import (
    add_page_options,
    counted,
    cut,
    hanging,
    in_a_row,
    padded,
    read_worksheet,
    show,
)
from fairlead.worksheet.coverage import (
    Cell,
    Column,
    Coverage,
    Row,
    Strength,
    abbreviate,
    cover,
    next_steps,
    say_coverage,
    stories_for,
)
from fairlead.worksheet.loop_file import principle_of
from fairlead.worksheet.output.json_document import coverage_document
from fairlead.worksheet.self_assessment import scale_of

SIGNS = {
    Strength.ANSWERS: ("●", "bold green"),
    Strength.TAGGED: ("●", "green"),
    Strength.SUGGESTED: ("○", "yellow"),
    Strength.NONE: ("·", "dim"),
}
"""A cell's sign and colour; the sign alone says enough."""

_AGE, _MOST_TITLE, _LEAST_TITLE = 5, 36, 18
_MOST_STORIES = 4


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the questions' view, the formats and the folder."""
    parser.add_argument(
        "--questions", action="store_true", help="list every question with the stories that answer it"
    )
    parser.add_argument("--principle", metavar="NAME", help="only this principle, with its questions")
    parser.add_argument("--format", choices=("text", "json", "html"), default="text")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write a page: .html, .md or .pdf")
    add_page_options(parser)
    add_folder_option(parser)
    parser.epilog = (
        "A story stands for a principle when its front matter says so (principles:, questions:). What\n"
        "the search finds in its text is a suggestion, shown as ○; it closes no gap."
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the coverage; 0 whether or not there are gaps."""
    worksheet = read_worksheet(folder_of(arguments))
    coverage = cover(worksheet, today=datetime.now(UTC).date())
    if arguments.page:
        from fairlead.app.cli.worksheet_commands.print_stories import write_page
        from fairlead.worksheet.output.pages import coverage_page

        document = coverage_page(coverage)
        write_page(
            document, arguments.page, worksheet, keep=arguments.keep_names, fonts=arguments.fonts
        )
    if arguments.format == "html":
        from fairlead.app.cli.worksheet_commands.print_stories import page
        from fairlead.worksheet.output.pages import coverage_page

        document = coverage_page(coverage)
        sys.stdout.buffer.write(page(document, ".html", worksheet, keep=arguments.keep_names))
    elif arguments.format == "json":
        print(json.dumps(coverage_document(coverage), ensure_ascii=False, indent=2))
    else:
        columns = coverage.columns
        if arguments.principle:
            wanted = principle_of(arguments.principle, worksheet)
            columns = tuple(column for column in columns if column.principle.id == wanted.id)
        if arguments.principle or arguments.questions:
            show(_questions(coverage, columns))
        else:
            width = shutil.get_terminal_size().columns
            show(_overview(coverage, width))
    return 0


def _overview(coverage: Coverage, width: int) -> Iterator[Text]:
    yield hanging("", say_coverage(coverage), width, style="bold")
    yield Text()
    yield from _gaps(coverage, width)
    if coverage.rows:
        matrix = _matrix(coverage, width)
        yield from matrix if matrix else _list(coverage, width)
        yield Text()
    yield from _assessed(coverage, width)
    for name, story in coverage.unknown:
        yield Text(f"! {story} names the principle {name!r}, which no pack has")
    steps = [step.sentence for step in next_steps(coverage)]
    if coverage.asked and not coverage.answered:
        steps.append("Name the questions that a story answers in its front matter: questions: [ID, …].")
    if not coverage.rows:
        steps = ["fairlead worksheet import FILE, or write stories/NAME.md"]
    if not coverage.columns:
        steps = ["fairlead worksheet packs, to see and add principles"]
    for number, step in enumerate(steps[:5]):
        yield hanging("next: " if not number else "      ", step, width)
    if len(steps) > 5:
        yield Text(f"      … and {len(steps) - 5} more: --format json has them all")


def _assessed(coverage: Coverage, width: int) -> Iterator[Text]:
    """Yield what the user says of themselves, apart from the stories: it closes no gap."""
    answered = [column for column in coverage.columns if column.assessed.weakest]
    if not answered:
        return
    number = sum(column.assessed.answered for column in answered)
    prompts = sum(column.assessed.prompts for column in coverage.columns)
    said = f"{number} of {counted(prompts, 'prompt')} answered"
    lowest = [
        f"{course.principle.name} ({course.last.score} of {len(scale_of(course.prompt))})"
        for column in answered
        if (course := column.assessed.weakest)
        and course.last
        and 2 * course.last.score <= len(scale_of(course.prompt))
    ]
    low = f"; in the lower half: {', '.join(lowest)}" if lowest else ""
    yield hanging("self-assessment: ", f"{said}{low}", width)
    yield Text()


def _gaps(coverage: Coverage, width: int) -> Iterator[Text]:
    gaps = [column for column in coverage.columns if column.is_gap]
    if not gaps or not coverage.rows:
        return
    names = max(cell_len(column.principle.name) for column in gaps)
    for column in gaps:
        line = Text("  gap  ", style="red")
        line.append(padded(column.principle.name, names), style="bold")
        rest = f"  {counted(len(column.open_questions), 'question')}"
        if column.principle.likely:
            rest += ", likely"
        if column.closest:
            rest += f"; closest: {column.closest.id}"
        line.append(rest, style="default")
        yield cut(line, width)
    yield Text()


def _matrix(coverage: Coverage, width: int) -> list[Text] | None:
    """Lay out stories by principles, ``None`` when they don't fit beside each other."""
    count = len(coverage.columns)
    longest = max(cell_len(row.story.id) for row in coverage.rows)
    for cell in (4, 3):
        title = width - 2 - cell * count - 8 - _AGE
        if title >= min(longest, _LEAST_TITLE):
            title = min(title, longest, _MOST_TITLE)
            break
    else:
        return None
    codes = abbreviate([column.principle.name for column in coverage.columns])
    lines = [Text(" " * (2 + title + 1), style="dim")]
    for code, column in zip(codes, coverage.columns, strict=True):
        lines[0].append(f"{code:<{cell}}", style="bold red" if column.is_gap else "bold")
    lines[0].append("  for  age", style="dim")
    for row in coverage.rows:
        line = Text(f"  {padded(row.story.id, title)} ")
        for one in row.cells:
            line.append(f"{_sign(one):<{cell}}", style=SIGNS[one.strength][1])
        line.append(f"  {row.carries}{'!' if row.overused else ' '}   {_age(row)}")
        lines.append(line)
    for name, numbers in (
        ("stories", [str(len(column.stories)) for column in coverage.columns]),
        ("questions open", [str(len(column.open_questions)) for column in coverage.columns]),
    ):
        line = Text(f"  {padded(name, title)} ", style="dim")
        for number, column in zip(numbers, coverage.columns, strict=True):
            line.append(f"{number:<{cell}}", style="red" if column.is_gap else "dim")
        lines.append(line)
    lines.append(Text())
    lines += _legend(width)
    lines += in_a_row(
        [
            f"{code} {column.principle.name}{' (likely)' if column.principle.likely else ''}"
            for code, column in zip(codes, coverage.columns, strict=True)
        ],
        width,
    )
    return lines


def _list(coverage: Coverage, width: int) -> Iterator[Text]:
    """Lay out principles with their stories below each other, for narrow terminals."""
    for at, column in enumerate(coverage.columns):
        if column.is_gap:
            continue
        asked = len(column.principle.questions)
        yield cut(
            Text.assemble(
                ("  ● ", "green"),
                (column.principle.name, "bold"),
                f"  {asked - len(column.open_questions)}/{asked} questions",
                ", likely" if column.principle.likely else "",
            ),
            width,
        )
        for row in coverage.rows:
            if row.cells[at].strength in {Strength.ANSWERS, Strength.TAGGED}:
                marks = f"{'!' if row.overused else ''}  {_age(row)}"
                yield cut(
                    Text(f"      {row.story.id}{marks if row.age is not None else marks[:-3]}"), width
                )
    yield Text()
    yield from _legend(width)


def _questions(coverage: Coverage, columns: Sequence[Column]) -> Iterator[Text]:
    width = shutil.get_terminal_size().columns
    asked = sum(len(column.principle.questions) for column in columns)
    answered = asked - sum(len(column.open_questions) for column in columns)
    said = f"{answered} of {asked} questions have a story named for them."
    yield hanging("", said, width, style="bold")
    for column in columns:
        yield Text()
        stories = counted(len(column.stories), "story", "stories") if column.stories else "no story yet"
        yield Text.assemble((column.principle.name, "bold"), f"  {stories}")
        for question in column.principle.questions:
            found = stories_for(coverage, column.principle.id, question.id)[:_MOST_STORIES]
            sign, style = SIGNS[Strength.ANSWERS if any(one.named for one in found) else Strength.NONE]
            yield hanging(f"  {sign} ", question.text, width, style=style)
            for named, group in groupby(found, key=lambda one: one.named):
                names = ", ".join(
                    f"{one.story.id}{f' ({one.fit.value})' if one.fit else ''}" for one in group
                )
                yield hanging("      " if named else "    ○ ", names, width)
            if not found:
                yield Text("      open: no story fits", style="red")


def _legend(width: int) -> list[Text]:
    return in_a_row(
        [
            "● tagged",
            "●2 names 2 questions",
            "○ suggested by its text",
            "! overused",
            "for: principles",
        ],
        width,
    )


def _sign(cell: Cell) -> str:
    number = len(cell.answered)
    return f"{SIGNS[cell.strength][0]}{number if number else ''}"


def _age(row: Row) -> str:
    if row.age is None:
        return "—"
    return f"{row.age} y, old" if row.old else f"{row.age} y"
