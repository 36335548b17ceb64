"""What the subcommands share that show something: reading, laid-out lines, pages in files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from fairlead.app.cli.printable import printable
from fairlead.errors import FairleadError
from fairlead.store.writing import write_lasting
from fairlead.worksheet.folder import load
from fairlead.worksheet.model import Worksheet


def show(lines: Iterable[Text]) -> None:
    """Print lines that are laid out already."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in lines:
        line.plain = printable(line.plain)
        line.rstrip()
        console.print(line)


def read_worksheet(folder: Path) -> Worksheet:
    """Return the worksheet, and say on standard error which of its files could not be read."""
    worksheet = load(folder)
    for problem in worksheet.problems:
        place = f"{problem.path}:{problem.line}" if problem.line else problem.path
        for label, said in (("not read  ", f"{place}: {problem.cause}"), ("     fix  ", problem.fix)):
            print(label + printable(said), file=sys.stderr)
    return worksheet


def add_page_options(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes that writes a page."""
    parser.add_argument("--keep-names", action="store_true", help="leave confidential names in")
    parser.add_argument(
        "--fonts", type=Path, action="append", default=[], metavar="FOLDER", help="more fonts for .pdf"
    )


def hanging(mark: str, text: str, width: int, *, style: str = "default") -> Text:
    """Return a paragraph whose further lines stand under its first word, behind a mark of its own."""
    wrapped = Text(printable(text)).wrap(_ruler(), max(20, width - cell_len(mark)))
    lines = [line.plain.rstrip() for line in wrapped] or [""]
    indent = "\n" + " " * len(mark)
    if not mark:
        return Text("\n".join(lines), style=style)
    return Text.assemble((mark, style), indent.join(lines))


def padded(text: str, width: int) -> str:
    """Return a text as wide as told, with spaces or an ellipsis; East Asian signs count as two."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"


@cache
def _ruler() -> Console:
    return Console(color_system=None)


def cut(line: Text, width: int) -> Text:
    """Return the line, shortened with an ellipsis where it is too wide."""
    line.truncate(width, overflow="ellipsis")
    return line


def in_a_row(parts: Sequence[str], width: int) -> list[Text]:
    """Return short notes beside each other, on as many dim lines as the width asks for."""
    lines, line = [], ""
    for part in parts:
        if line and len(line) + 3 + len(part) + 2 > width:
            lines.append(line)
            line = ""
        line = f"{line} · {part}" if line else part
    return [Text(f"  {one}", style="dim") for one in [*lines, line]]


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 story``, ``2 stories``."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def save(path: Path, data: bytes) -> None:
    """Write a file that the user named, whole or not at all, in place of any before it."""
    try:
        write_lasting(path, data)
    except OSError as error:
        raise FairleadError(
            f"{path} could not be written ({error.strerror or error})",
            fix="name a file in a folder that exists and that you may write to",
        ) from error
    print(f"wrote {path}", file=sys.stderr)
