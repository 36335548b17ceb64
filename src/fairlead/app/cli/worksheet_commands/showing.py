"""Writing to the terminal, a pipe or a file: colour only where a person reads it."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from rich.console import Console
from rich.text import Text

from fairlead.errors import FairleadError

_OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Signs that a terminal would obey or cannot show: controls, overrides of direction, lone halves."""


def show(lines: Iterable[Text]) -> None:
    """Print lines that are laid out already."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in map(_readable, lines):
        line.rstrip()
        console.print(line)


def hanging(mark: str, text: str, width: int, *, style: str = "default") -> Text:
    """Return a paragraph whose further lines stand under its first word, behind a mark of its own."""
    lines = textwrap.wrap(text, max(20, width - len(mark)), break_on_hyphens=False) or [""]
    indent = "\n" + " " * len(mark)
    if not mark:
        return Text("\n".join(lines), style=style)
    return Text.assemble((mark, style), indent.join(lines))


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
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o644)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise FairleadError(
            f"{path} could not be written ({error.strerror or error})",
            fix="name a file in a folder that exists and that you may write to",
        ) from error
    print(f"wrote {path}", file=sys.stderr)


def _readable(line: Text) -> Text:
    if _OBEYED.search(line.plain):
        line.plain = _OBEYED.sub("\ufffd", line.plain)
    return line
