"""``fairlead worksheet assess``: answer self-assessment prompts, and see what has changed."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from rich.text import Text

from fairlead.app.cli.printable import printable
from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.app.cli.worksheet_commands.showing import counted, hanging, read_worksheet, show
from fairlead.errors import FairleadError
from fairlead.worksheet.answers_file import ANSWERS, add_answers
from fairlead.worksheet.loop_file import principle_of
from fairlead.worksheet.model import Answer
from fairlead.worksheet.self_assessment import (
    DUE_AFTER,
    Course,
    answer_to,
    courses,
    due,
    read_answer,
    scale_of,
)

_INTERRUPTED = 130


def configure(parser: argparse.ArgumentParser) -> None:
    """Add which prompts, the answers given as arguments, and the view of what was answered."""
    parser.add_argument("principle", nargs="?", help="only this principle's prompts: its name or id")
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="ANSWER",
        help='an answer: "PROMPT SCORE [NOTE]"; may be given again. Lines on standard input are read'
        " alike when it is no terminal",
    )
    parser.add_argument("--all", action="store_true", help="ask those that aren't due, too")
    parser.add_argument(
        "--history", action="store_true", help="show the answers over time; ask nothing"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of --history")
    parser.add_argument(
        "--date", type=_day, metavar="YYYY-MM-DD", help="when the answers were given (default: today)"
    )
    add_folder_option(parser)
    parser.epilog = (
        f"A prompt is due when it was never answered, or not for {DUE_AFTER} days. Each answer is\n"
        f"added to {ANSWERS} at once: stop when you like, and go on by running the command again."
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the history, take the answers that were given, or ask; 130 when it was interrupted."""
    folder = folder_of(arguments)
    worksheet = read_worksheet(folder)
    if any(problem.path == ANSWERS for problem in worksheet.problems):
        return 2  # what is wrong and how to mend it has just been said
    known = courses(worksheet)
    if arguments.principle:
        wanted = principle_of(arguments.principle, worksheet)
        known = tuple(one for one in known if one.principle.id == wanted.id)
    if not known:
        raise FairleadError(
            "there are no self-assessment prompts", fix="fairlead worksheet packs, to see and add some"
        )
    today = arguments.date or datetime.now(UTC).astimezone().date()
    if arguments.history or arguments.format == "json":
        return _show_history(known, today, as_json=arguments.format == "json")
    if arguments.answer:
        return _take(folder, [read_answer(one, known, today=today) for one in arguments.answer])
    asked = known if arguments.all else due(known, today=today)
    if sys.stdin.isatty():
        return _ask(folder, asked, len(known), today)
    return _read_lines(folder, known, asked, today)


def _ask(folder: Path, asked: Sequence[Course], known: int, today: date) -> int:
    if not asked:
        print(f"Nothing is due: all {counted(known, 'prompt')} were answered within {DUE_AFTER} days.")
        print("--all asks them again, --history shows the answers.")
        return 0
    saved = 0
    print(
        f"{counted(len(asked), 'prompt')} to answer. s skips, q stops; a note may follow the number.\n"
    )
    try:
        for number, course in enumerate(asked, 1):
            show(_prompt(course, number, len(asked)))
            answer = _one_answer(course, today)
            if answer is None:
                continue
            add_answers(folder, [answer])
            saved += 1
    except (KeyboardInterrupt, EOFError) as stopped:
        print(f"\nStopped. {_saved(saved, folder)} Run the command again to go on.")
        return _INTERRUPTED if isinstance(stopped, KeyboardInterrupt) else 0
    print(f"{_saved(saved, folder)} fairlead worksheet assess --history shows them over time.")
    return 0


def _prompt(course: Course, number: int, of: int) -> Iterator[Text]:
    width = min(shutil.get_terminal_size().columns, 100)
    yield Text(f"{number} of {of}  {course.principle.name}  ({course.prompt.id})", style="dim")
    yield hanging("", course.prompt.text, width, style="bold")
    for score, anchor in enumerate(scale_of(course.prompt), 1):
        yield hanging(f"  {score}  ", anchor, width)
    if course.last:
        note = f": {course.last.note}" if course.last.note else ""
        yield hanging("  ", f"on {course.last.date} you said {course.last.score}{note}", width)


def _one_answer(course: Course, today: date) -> Answer | None:
    """Return what was typed, or None for a skip; asks again until it is on the scale."""
    while True:
        typed = input(f"1–{len(scale_of(course.prompt))}> ").strip()
        if typed.casefold() in {"q", "quit"}:
            raise EOFError
        if typed.casefold() in {"", "s", "skip"}:
            print()
            return None
        score, _, note = typed.partition(" ")
        try:
            answer = answer_to(course.prompt, score, note, today=today)
        except FairleadError as error:
            print(f"{printable(error.cause)}: {error.fix}, s to skip, q to stop")
            continue
        print()
        return answer


def _read_lines(folder: Path, known: Sequence[Course], asked: Sequence[Course], today: date) -> int:
    """Take one answer a line from standard input; all of them, or none where one is wrong."""
    answers = []
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            answers.append(read_answer(line, known, today=today))
        except FairleadError as error:
            raise FairleadError(
                f"line {number} of standard input: {error.cause}; nothing was saved", fix=error.fix
            ) from error
    if answers:
        return _take(folder, answers)
    print(f"No answer was given. {counted(len(asked), 'prompt is', 'prompts are')} due:")
    for course in asked:
        print(
            printable(f"  {course.prompt.id}  1–{len(scale_of(course.prompt))}  {course.prompt.text}")
        )
    return 0


def _take(folder: Path, answers: Sequence[Answer]) -> int:
    add_answers(folder, answers)
    print(_saved(len(answers), folder))
    return 0


def _saved(number: int, folder: Path) -> str:
    are = "is" if number == 1 else "are"
    return f"{counted(number, 'answer')} {are} saved in {folder / ANSWERS}."


def _show_history(known: Sequence[Course], today: date, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(_document(known, today), ensure_ascii=False, indent=2))
    else:
        show(_history(known, today))
    return 0


def _history(known: Sequence[Course], today: date) -> Iterator[Text]:
    width = min(shutil.get_terminal_size().columns, 100)
    answered = [one for one in known if one.last]
    moved = [one.change for one in answered if one.change]
    changes = f"; since the answer before, {sum(one > 0 for one in moved)} up and" if moved else ""
    down = f" {sum(one < 0 for one in moved)} down" if moved else ""
    first = f"{len(answered)} of {counted(len(known), 'prompt')} answered{changes}{down}"
    yield hanging("", f"{first}. {len(due(known, today=today))} due.", width, style="bold")
    for principle, group in groupby(known, key=lambda one: one.principle):
        yield Text()
        yield Text(principle.name, style="bold")
        for course in group:
            yield from _one_history(course, width)


def _one_history(course: Course, width: int) -> Iterator[Text]:
    scale = scale_of(course.prompt)
    if course.last is None:
        yield hanging("  · not yet ", f"{course.prompt.text} ({course.prompt.id})", width)
        return
    change = course.change
    sign = " " if change is None else "▲" if change > 0 else "▼" if change < 0 else "="
    mark = f"  {sign} {course.last.score} of {len(scale)}"
    yield hanging(f"{mark:<12}", course.prompt.text, width)
    indent = " " * 12
    if 1 <= course.last.score <= len(scale):
        yield hanging(indent, scale[course.last.score - 1], width)
    if course.last.note:
        yield hanging(indent, f"note: {course.last.note}", width)
    said = " → ".join(f"{one.score} ({one.date})" for one in course.answers)
    yield hanging(indent, f"{said}  {course.prompt.id}", width, style="dim")


def _document(known: Sequence[Course], today: date) -> dict[str, object]:
    waiting = {one.prompt.id for one in due(known, today=today)}
    return {
        "version": 1,
        "prompts": [
            {
                "id": one.prompt.id,
                "principle": one.principle.id,
                "text": one.prompt.text,
                "scale": list(scale_of(one.prompt)),
                "due": one.prompt.id in waiting,
                "change": one.change,
                "answers": [
                    {"date": answer.date, "score": answer.score, "note": answer.note}
                    for answer in one.answers
                ],
            }
            for one in known
        ],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-05-17") from error
