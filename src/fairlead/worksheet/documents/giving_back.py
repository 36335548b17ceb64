"""Gives an imported document back: its own bytes, and the folder's words where those were edited."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.worksheet.documents.model import Form
from fairlead.worksheet.documents.record import (
    Record,
    Slot,
    current,
    fingerprint,
    read_records,
    told_aloud,
)
from fairlead.worksheet.folder import IMPORTS, load
from fairlead.worksheet.model import SECTIONS, Story, Worksheet
from fairlead.worksheet.story_file import heading_of
from fairlead.worksheet.writing import read_if_there


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenBack:
    """A document's bytes as they are now; ``notes`` say what changed and what has no place in it."""

    name: str
    data: bytes
    notes: tuple[str, ...]


def give_back(folder: Path, name: str = "") -> GivenBack:
    """Return an imported document with the folder's edits; without edits, the bytes that came.

    ``name`` is the document's name under ``imports/``, needed when there are several. Raises
    FairleadError when there is none of that name, or its kept bytes aren't those that were imported.
    """
    record = _chosen(folder, name)
    raw = read_if_there(folder / IMPORTS / record.file)
    if raw is None:
        raise FairleadError(f"{IMPORTS}/{record.file} is missing", fix="import the document again")
    if hashlib.sha256(raw).hexdigest() != record.sha256:
        raise FairleadError(
            f"{IMPORTS}/{record.file} was edited, so that its places are no longer known",
            fix="edit the stories instead, or import the edited document under another name",
        )
    sheet = load(folder)
    text = raw.decode(record.encoding)
    edits, notes = _edits(text, record, sheet)
    if not edits:
        return GivenBack(name=record.file, data=raw, notes=tuple(notes))
    newline = "\r\n" if "\r\n" in text else "\n"
    for start, end, words in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        text = text[:start] + words.replace("\n", newline) + text[end:]
    try:
        data = text.encode(record.encoding)
    except UnicodeEncodeError:
        data = text.encode("utf-8")
        notes.append(f"the edits have signs that {record.encoding} lacks; it is UTF-8 now")
    return GivenBack(name=record.file, data=data, notes=tuple(notes))


def _chosen(folder: Path, name: str) -> Record:
    records = read_records(folder)
    if not records:
        raise FairleadError("no document has been imported", fix="fairlead worksheet import FILE")
    found = [one for one in records if name in {"", one.file, one.file.rsplit(".", 1)[0]}]
    if len(found) != 1:
        names = ", ".join(one.file for one in records)
        seen = f"there is no import {name!r}" if name and not found else "several were imported"
        raise FairleadError(seen, fix=f"name one of: {names}")
    return found[0]


def _edits(text: str, record: Record, sheet: Worksheet) -> tuple[list[tuple[int, int, str]], list[str]]:
    edits: list[tuple[int, int, str]] = []
    notes: list[str] = []
    gone = [stretch for stretch in record.stories if sheet.story(stretch.story) is None]
    for stretch in gone:
        start, end = _whole(text, stretch.start, stretch.end)
        edits.append((start, end, ""))
        notes.append(f"the story {stretch.story} is gone from the folder, so from here")
    missing = {stretch.story for stretch in gone}
    for slot in record.slots:
        if slot.target.kind == "story" and slot.target.id in missing:
            continue
        value = current(sheet, slot.target)
        if value is None:
            notes.append(f"{slot.target.id}: {slot.target.part} is gone from its pack; it stays here")
        elif fingerprint(value) != slot.was:
            words = _written(value, slot, text)
            edits.append((slot.place.start, slot.place.end, words))
            notes.append(f"{slot.target.id}: {slot.target.part} has the folder's words")
    for stretch in record.stories:
        story = sheet.story(stretch.story)
        if story:
            edits += _added(text, record, story, notes)
    new = [story.id for story in sheet.stories if story.id not in {one.story for one in record.stories}]
    if new:
        notes.append(
            f"{len(new)} stories of the folder are not from this document: {', '.join(new[:5])}"
        )
    return edits, notes


def _added(text: str, record: Record, story: Story, notes: list[str]) -> list[tuple[int, int, str]]:
    """Return the sections that a story got since, each after the one that the method puts before."""
    slots = [one for one in record.slots if (one.target.kind, one.target.id) == ("story", story.id)]
    slots = [one for one in slots if one.target.part in SECTIONS]
    have = {one.target.part for one in slots}
    edits = []
    for name in SECTIONS:
        words = story.text(name)
        if not words or name in have or not told_aloud(name) or not slots:
            continue
        rank = SECTIONS.index(name)
        before = [one for one in slots if SECTIONS.index(one.target.part) < rank]
        near = before[-1] if before else slots[0]
        if near.place.form is Form.CSV or (
            near.place.form is Form.CELL and not near.label.startswith("|")
        ):
            notes.append(f"{story.id}: {name} has no column here, so it was left out")
            continue
        label = _label(near, name)
        row = near.place.form is Form.CELL
        written = label + (_cell(words) + " |" if row else words)
        gap = "\n" if row else "\n\n"
        at = _line_end(text, near.place.end) if row else near.place.end
        if before:
            edits.append((at, at, gap + written))
        else:
            start = text.rfind("\n", 0, near.place.start - len(near.label) + 1) + 1
            edits.append((start, start, written + gap))
        notes.append(f"{story.id}: {name} is new")
    return edits


def _label(near: Slot, name: str) -> str:
    """Return a label for a section in the style of its neighbour's."""
    if not near.label:
        return f"**{heading_of(name)}:** "
    old = re.search(r"[^\W\d_]+(?:[- ][^\W\d_]+)*", near.label)
    if not old:
        return f"**{heading_of(name)}:** "
    word = heading_of(name)
    if len(old[0]) == 1:
        word = name[0].upper()
    elif old[0].isupper():
        word = name.upper()
    elif old[0].islower():
        word = name
    label = near.label[: old.start()] + word + near.label[old.end() :]
    return label + "\n\n" if label.lstrip().startswith("#") else label


def _written(value: str, slot: Slot, text: str) -> str:
    if slot.place.form is Form.CELL:
        return _cell(value)
    if slot.place.form is Form.LINE:
        return " ".join(value.split())
    if slot.place.form is Form.CSV:
        return '"' + value.replace('"', '""') + '"'
    if slot.place.start == slot.place.end and slot.label.lstrip().startswith("#"):
        return f"\n\n{value}"
    return value


def _cell(value: str) -> str:
    return value.replace("|", "\\|").replace("\n", "<br>")


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a story's lines from the first to the last, and the blank ones after them."""
    begin = text.rfind("\n", 0, start) + 1
    found = re.compile(r"[^\n]*(?:\n[ \t]*\r?(?=\n|\Z))*\n?").match(text, end)
    return begin, found.end() if found else end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end - (text[end - 1] == "\r")
