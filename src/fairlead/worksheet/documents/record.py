"""What an import left behind: the document itself, and which of its places became what."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.worksheet.documents.model import Form, Place
from fairlead.worksheet.folder import IMPORTS
from fairlead.worksheet.model import NOTES, Worksheet

TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a value lives in the folder.

    ``kind`` is ``story`` (``part`` is ``title`` or a section) or ``principle`` (``part`` is
    ``name``, ``definition``, ``questions/<id>`` or ``prompts/<id>``, looked up in pack ``pack``).
    """

    kind: str
    id: str
    part: str
    pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place of the document, what it became, and the fingerprint of the value as it was then.

    ``label`` is what stands before a section there, for sections that are added.
    """

    target: Target
    place: Place
    was: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The whole of a story in the document, in characters."""

    story: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One imported document: ``file`` and ``record`` are its names under ``imports/``."""

    file: str
    record: str
    sha256: str
    encoding: str
    stories: tuple[Stretch, ...]
    slots: tuple[Slot, ...]


def fingerprint(value: str) -> str:
    """Return what tells one value from another, sixteen hexadecimal digits."""
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def current(sheet: Worksheet, target: Target) -> str | None:
    """Return the value that the folder holds now; None when its story, pack or entry is gone."""
    if target.kind == "story":
        story = sheet.story(target.id)
        if story is None:
            return None
        return story.title if target.part == TITLE else story.text(target.part)
    pack = next((one for one in sheet.packs if one.id == target.pack), None)
    principle = next((one for one in pack.principles if one.id == target.id), None) if pack else None
    if principle is None:
        return None
    if target.part in {"name", "definition"}:
        return principle.name if target.part == "name" else principle.summary
    kind, _, key = target.part.partition("/")
    items = principle.questions if kind == "questions" else principle.prompts
    return next((one.text for one in items if one.id == f"{principle.id}/{key}"), None)


def read_records(folder: Path) -> tuple[Record, ...]:
    """Return every import's record, by name; raises FairleadError for one that can't be read."""
    return tuple(_read(path) for path in sorted((folder / IMPORTS).glob("*.json")))


def write_record(record: Record) -> bytes:
    """Return a record as its file, one place a line."""
    head = {
        "file": record.file,
        "sha256": record.sha256,
        "encoding": record.encoding,
    }
    lines = [f' "{key}": {json.dumps(value)},' for key, value in head.items()]
    stories = [json.dumps([one.story, one.start, one.end]) for one in record.stories]
    slots = [
        json.dumps(
            [
                *(slot.target.kind, slot.target.pack, slot.target.id, slot.target.part),
                *(slot.place.start, slot.place.end, slot.place.form, slot.was, slot.label),
            ]
        )
        for slot in record.slots
    ]
    lines.append(' "stories": [\n  ' + ",\n  ".join(stories) + "\n ],")
    lines.append(' "slots": [\n  ' + ",\n  ".join(slots) + "\n ]")
    return ("{\n" + "\n".join(lines) + "\n}\n").encode()


def told_aloud(part: str) -> bool:
    """Whether a section may go into a document that it wasn't in: notes never do."""
    return part != NOTES


def _read(path: Path) -> Record:
    try:
        data = json.loads(path.read_bytes())
        return Record(
            file=data["file"],
            record=path.name,
            sha256=data["sha256"],
            encoding=data["encoding"],
            stories=tuple(
                Stretch(story=story, start=start, end=end) for story, start, end in data["stories"]
            ),
            slots=tuple(
                Slot(
                    target=Target(kind=kind, pack=pack, id=one, part=part),
                    place=Place(start=start, end=end, form=Form(form)),
                    was=was,
                    label=label,
                )
                for kind, pack, one, part, start, end, form, was, label in data["slots"]
            ),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FairleadError(
            f"{path} is not the record of an import: {error}",
            fix=f"remove {path} and import the document again; stories are not touched by that",
        ) from error
