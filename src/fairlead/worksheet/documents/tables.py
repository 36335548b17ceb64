"""Stories in tables: one row a section, one row a story, or a spreadsheet saved as CSV."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fairlead.worksheet.documents.labels import (
    PRINCIPLE_WORDS,
    QUESTION_WORDS,
    TITLE_WORDS,
    plain,
    section_named,
)
from fairlead.worksheet.documents.model import Form, Item, Part, Place, ReadStory
from fairlead.worksheet.documents.text import Line
from fairlead.worksheet.model import STAR

_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_BREAK = re.compile(r"[ \t]*<br[ \t]*/?>[ \t]*", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table's cell: its place in the document and its text as people read it."""

    place: Place
    text: str


def is_row(line: Line) -> bool:
    """Whether a line is a row of a table: it starts with a bar, or two bars part three cells."""
    text = line.text.strip()
    return not line.inside and ((text.startswith("|") and text.count("|") > 1) or text.count(" | ") > 1)


def stories_in_table(rows: Sequence[Line]) -> list[ReadStory]:
    """Return the stories of a Markdown table; none when it holds no STAR sections.

    A table whose head names three sections or more has one story a row; one whose first column names
    sections has one story, in its second column.
    """
    table = [_cells(row) for row in rows if not _DELIMITER.match(row.text)]
    if table and _columns([cell.text for cell in table[0]]):
        return stories_in_rows(table, rows[0].start)
    named = [row for row in table if len(row) > 1 and section_named(row[0].text) in STAR]
    if len(named) < 2:
        return []
    return [_story_of_rows(table, rows)]


def stories_in_rows(table: Sequence[Sequence[Cell]], start: int) -> list[ReadStory]:
    """Return one story a row, by what the first row says of the columns; empty rows are none."""
    columns = _columns([cell.text for cell in table[0]])
    stories = []
    for row in table[1:]:
        title: Item | None = None
        principles: list[str] = []
        questions: list[str] = []
        parts = []
        for (kind, label), cell in zip(columns, row, strict=False):
            if kind == "title" and cell.text:
                title = Item(text=cell.text, place=cell.place)
            elif kind == "principles":
                principles += [name for one in re.split(r"[,;\n]", cell.text) if (name := one.strip())]
            elif kind == "questions" and cell.text:
                questions.append(cell.text)
            elif kind:
                parts.append(Part(name=kind, text=cell.text, place=cell.place, label=label))
        if any(part.text for part in parts):
            stories.append(
                ReadStory(
                    title=title,
                    principles=tuple(principles),
                    questions=tuple(questions),
                    parts=tuple(parts),
                    start=row[0].place.start if row else start,
                    end=row[-1].place.end if row else start,
                )
            )
    return stories


def has_columns(head: Sequence[str]) -> bool:
    """Whether these column heads name a table with one story a row."""
    return bool(_columns(head))


def csv_rows(text: str) -> list[list[Cell]]:
    """Return the rows of comma- or semicolon-separated text; a cell's place has its quotes inside."""
    first = text.split("\n", 1)[0]
    comma = max(",;\t", key=first.count)
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at = 1 if text.startswith("\ufeff") else 0
    size = len(text)
    while at < size:
        start = at
        if text.startswith('"', at):
            at += 1
            while at < size:
                quote = text.find('"', at)
                at = size if quote < 0 else quote + 1
                if at < size and text[at] == '"':
                    at += 1
                    continue
                break
            at = _until(text, at, comma)
            value = text[start + 1 : at].removesuffix('"').replace('""', '"')
        else:
            at = _until(text, at, comma)
            value = text[start:at]
        row.append(
            Cell(
                place=Place(start=start, end=at, form=Form.CSV),
                text=value.replace("\r\n", "\n").strip(),
            )
        )
        if at < size and text[at] == comma:
            at += 1
            if at < size and text[at] not in "\r\n":
                continue
            row.append(Cell(place=Place(start=at, end=at, form=Form.CSV), text=""))
        at += 2 if text.startswith("\r\n", at) else 1
        rows.append(row)
        row = []
    if row:
        rows.append(row)
    return [row for row in rows if any(cell.text for cell in row)]


def _until(text: str, at: int, comma: str) -> int:
    """Return where a bare cell ends: at the next comma or line end."""
    while at < len(text) and text[at] != comma and text[at] not in "\r\n":
        at += 1
    return at


def cell_text(text: str) -> str:
    """Return what a Markdown cell says: breaks as lines, escaped bars as bars."""
    return _BREAK.sub("\n", text).replace("\\|", "|").strip()


def _columns(head: Sequence[str]) -> list[tuple[str, str]]:
    """Return what each column holds and is called; empty unless three sections are among them."""
    columns: list[tuple[str, str]] = []
    for text in head:
        word = plain(text).casefold()
        section = section_named(text)
        if section and section not in {name for name, _ in columns}:
            columns.append((section, text))
        elif word in TITLE_WORDS:
            columns.append(("title", text))
        elif word in PRINCIPLE_WORDS:
            columns.append(("principles", text))
        elif word in QUESTION_WORDS:
            columns.append(("questions", text))
        else:
            columns.append(("", text))
    return columns if len({name for name, _ in columns} & set(STAR)) >= 3 else []


def _story_of_rows(table: Sequence[Sequence[Cell]], rows: Sequence[Line]) -> ReadStory:
    title: Item | None = None
    principles: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    parts: list[Part] = []
    for row in table:
        if len(row) < 2:
            continue
        word = plain(row[0].text).casefold()
        section = section_named(row[0].text)
        if section and section not in {part.name for part in parts}:
            label = f"| {row[0].text} | "
            parts.append(Part(name=section, text=row[1].text, place=row[1].place, label=label))
        elif word in TITLE_WORDS and title is None:
            title = Item(text=row[1].text, place=row[1].place)
        elif word in PRINCIPLE_WORDS:
            principles = tuple(one.strip() for one in row[1].text.split(",") if one.strip())
        elif word in QUESTION_WORDS:
            questions = (row[1].text,)
    return ReadStory(
        title=title,
        principles=principles,
        questions=questions,
        parts=tuple(parts),
        start=rows[0].start,
        end=rows[-1].end,
    )


def _cells(line: Line) -> list[Cell]:
    bars = [found.start() for found in re.finditer(r"(?<!\\)\|", line.text)]
    edges = [-1, *bars, len(line.text)]
    if bars and not line.text[: bars[0]].strip():
        edges = edges[1:]
    if len(edges) > 2 and bars and not line.text[bars[-1] + 1 :].strip():
        edges = edges[:-1]
    cells = []
    for left, right in pairwise(edges):
        inner = line.text[left + 1 : right]
        lead = len(inner) - len(inner.lstrip())
        start = line.start + left + 1 + (lead if inner.strip() else min(1, len(inner)))
        end = start + len(inner.strip())
        cells.append(Cell(place=Place(start=start, end=end, form=Form.CELL), text=cell_text(inner)))
    return cells
