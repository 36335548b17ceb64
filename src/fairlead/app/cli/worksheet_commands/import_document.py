"""``fairlead worksheet import``: read a worksheet that somebody already has."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.errors import FairleadError
from fairlead.worksheet.documents.bringing_in import Imported, bring_in, mark_likely, names_known


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the document, and the marks that it lacks."""
    parser.add_argument("file", type=Path, help="Markdown, plain text or CSV; - reads standard input")
    parser.add_argument(
        "--likely",
        nargs="+",
        metavar="NAME",
        default=[],
        help="principles that are likely to be asked for",
    )
    add_folder_option(parser)
    parser.epilog = (
        "Reads headings, bold labels, S:/T:/A:/R:, tables and numbered lists. Nothing that the folder\n"
        "has is overwritten; the document is kept under imports/, and export gives it back."
    )


def run(arguments: argparse.Namespace) -> int:
    """Import the document and say what came in, what is odd and what was left out."""
    folder = folder_of(arguments)
    raw, name = _read(arguments.file)
    imported = bring_in(folder, raw, name=name, known=names_known(folder))
    print("\n".join(_told(imported, name, marked=bool(arguments.likely))))
    if arguments.likely:
        print(f"likely: {', '.join(mark_likely(folder, arguments.likely))}")
    return 0


def _read(file: Path) -> tuple[bytes, str]:
    if str(file) == "-":
        return sys.stdin.buffer.read(), "standard-input.md"
    try:
        return file.read_bytes(), file.name
    except OSError as error:
        raise FairleadError(
            f"{file} can't be read: {error.strerror}", fix="name a file to read"
        ) from error


def _told(imported: Imported, name: str, *, marked: bool) -> list[str]:
    head = "Imported before" if imported.again else "Imported"
    lines = [
        f"{head} {name}: {_count(imported.principles, 'principle')},"
        f" {_count(imported.questions, 'question')}, {_count(imported.prompts, 'prompt')},"
        f" {_count(len(imported.stories), 'story', 'stories')}."
    ]
    if imported.again:
        lines.append("Nothing was changed.")
    if imported.budgets:
        lines.append(f"the method's budgets: {imported.budgets} read")
    notes = [note for note in imported.notes if not (marked and "--likely" in note)]
    lines += _list("odd in the document, for you to decide", notes)
    lines += _list("kept as they are", imported.kept)
    left = [one.said for one in imported.left_out]
    lines += _list("left out (the kept document still has it)", left)
    lines.append("next: fairlead worksheet lint")
    return lines


def _list(head: str, items: list[str] | tuple[str, ...]) -> list[str]:
    return [f"{head}:", *(f"  {item}" for item in items)] if items else []


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
