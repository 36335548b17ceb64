"""Brings a document into the folder: new stories, a pack, budgets; never over what is there."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from fairlead.errors import FairleadError
from fairlead.worksheet.documents.model import Document, LeftOut, Place, ReadStory
from fairlead.worksheet.documents.reading import read_document
from fairlead.worksheet.documents.record import (
    TITLE,
    Record,
    Slot,
    Stretch,
    Target,
    current,
    fingerprint,
    read_records,
    write_record,
)
from fairlead.worksheet.documents.text import decode
from fairlead.worksheet.folder import IMPORTS, MARK, PACKS, STORIES, load
from fairlead.worksheet.front_matter import with_field
from fairlead.worksheet.lint.model import Surroundings
from fairlead.worksheet.lint.prose import prepare
from fairlead.worksheet.lint.shape import cut_off, repeated
from fairlead.worksheet.model import (
    DEFAULT_METHOD,
    STAR,
    Budget,
    Pack,
    Principle,
    Prompt,
    Question,
    Story,
    Worksheet,
)
from fairlead.worksheet.pack_file import slug, write_pack
from fairlead.worksheet.shipped import names_of_principles
from fairlead.worksheet.story_file import heading_of, new_story, read_story
from fairlead.worksheet.writing import read_if_there, write_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import found and did.

    Counts are the document's. ``written`` are paths in the folder, ``kept`` sentences on what was there
    already and stays, ``notes`` what is odd about the document. ``again`` is true when this very
    document had been imported before, and nothing was done.
    """

    principles: int
    questions: int
    prompts: int
    stories: tuple[Story, ...]
    written: tuple[str, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    budgets: int
    again: bool


def bring_in(folder: Path, raw: bytes, *, name: str, known: Collection[str] = ()) -> Imported:
    """Import a document into a worksheet and return what was found, written and left out.

    ``name`` is the document's file name; ``known`` are names of principles, as in ``read_document``.
    A story or pack that the folder has under the same id is never overwritten. Raises FairleadError
    when the bytes are no text, hold neither story nor principle, or the folder can't be written.
    """
    text, encoding = decode(raw, name=name)
    document = read_document(text, encoding, name=PurePath(name).stem, known=known)
    if not document.stories and not document.principles:
        raise FairleadError(
            f"{name} holds no story and no principle that can be told apart",
            fix="mark the parts of a story, as in `## Situation`, `**Task:**` or `S:`",
        )
    sheet = load(folder)
    sha = hashlib.sha256(raw).hexdigest()
    again = any(record.sha256 == sha for record in read_records(folder))
    pack = _pack(document)
    stories = _stories(document, pack)
    files: dict[str, bytes] = {}
    kept: list[str] = []
    if not again:
        _settle_pack(pack, sheet, files, kept)
        for story in stories:
            _settle_story(story, sheet, files, kept)
        for path, data in files.items():
            write_file(folder / path, data)
        files |= _write_budgets(folder, document)
        files |= _write_record(folder, raw, sha, name, _record(folder, document, stories, pack))
    return Imported(
        principles=len(document.principles),
        questions=sum(len(one.questions) for one in document.principles),
        prompts=sum(len(one.prompts) for one in document.principles),
        stories=tuple(stories),
        written=tuple(files),
        kept=tuple(kept),
        notes=(*document.notes, *_without_story(document), *_odd_stories(stories)),
        left_out=document.left_out,
        budgets=len(document.budgets),
        again=again,
    )


def names_known(folder: Path) -> set[str]:
    """Return the names of principles, in lower case, that a document may use without saying so."""
    here = {principle.name.casefold() for principle in load(folder).principles}
    return names_of_principles() | here


def stories_of(document: Document) -> list[Story]:
    """Return the document's stories as they would be in a folder, each section at its line there."""
    line_starts = [0, *(found.end() for found in re.finditer("\n", document.text))]
    stories = []
    for story, read in zip(_stories(document, _pack(document)), document.stories, strict=True):
        lines = {part.name: _line(line_starts, part.place.start) for part in read.parts}
        sections = tuple(replace(one, line=lines.get(one.name, 1)) for one in story.sections)
        stories.append(replace(story, sections=sections, path="", raw=b""))
    return stories


def mark_likely(folder: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Note in the worksheet's settings which principles are likely; returns their ids, in order.

    A name is an id, a name, or how one of them starts. Raises FairleadError for a name that is none of
    the folder's principles, or more than one; then nothing is written.
    """
    sheet = load(folder)
    chosen = dict.fromkeys(_principle_called(name, sheet).id for name in names)
    raw = read_if_there(folder / MARK) or b""
    text = with_field(raw.decode("utf-8"), "likely", list(chosen))
    if text.encode() != raw:
        write_file(folder / MARK, text.encode(), expected=raw)
    return tuple(chosen)


def _principle_called(name: str, sheet: Worksheet) -> Principle:
    wanted = slug(name)
    exact = [one for one in sheet.principles if wanted in {one.id, slug(one.name)}]
    found = exact or [one for one in sheet.principles if slug(one.name).startswith(wanted)]
    if len(found) != 1:
        names = ", ".join(f'"{one.name}"' for one in (found or sheet.principles))
        seen = "is more than one principle" if found else "is no principle here"
        raise FairleadError(f"{name!r} {seen}", fix=f"name one of: {names or 'none is here yet'}")
    return found[0]


def _pack(document: Document) -> Pack | None:
    if not document.principles:
        return None
    principles: dict[str, Principle] = {}
    for read in document.principles:
        one = slug(read.name.text)
        while one in principles:
            one += "-again"
        principles[one] = Principle(
            id=one,
            name=read.name.text,
            summary=read.definition.text if read.definition else "",
            questions=tuple(
                Question(id=f"{one}/{number}", text=item.text)
                for number, item in enumerate(read.questions, 1)
            ),
            prompts=tuple(
                Prompt(id=f"{one}/{number}", text=item.text)
                for number, item in enumerate(read.prompts, 1)
            ),
            likely=read.likely,
        )
    return Pack(
        id=slug(document.title),
        title=document.title,
        note="Imported; the words are the document's own.",
        principles=tuple(principles.values()),
    )


def _stories(document: Document, pack: Pack | None) -> list[Story]:
    stories: list[Story] = []
    taken: set[str] = set()
    ids = {one.name: one.id for one in pack.principles} if pack else {}
    for read in document.stories:
        title = _title(read, document)
        story_id = first = slug(title)[:60].rstrip("-")
        number = 2
        while story_id in taken:
            story_id, number = f"{first}-{number}", number + 1
        taken.add(story_id)
        fields: dict[str, object] = {}
        if read.principles:
            fields["principles"] = [ids.get(name, slug(name)) for name in read.principles]
        if read.questions:
            fields["questions"] = list(read.questions)
        path = f"{STORIES}/{story_id}.md"
        raw = _story_bytes(story_id, title, {part.name: part.text for part in read.parts}, fields)
        story, problems = read_story(raw, path=path)
        if story is None:
            raise FairleadError(
                f"the story {title!r} can't be kept: {problems[0].cause}", fix=problems[0].fix
            )
        stories.append(story)
    return stories


def _title(read: ReadStory, document: Document) -> str:
    if read.title:
        return " ".join(read.title.text.split())
    words = (read.principles or read.questions or (document.title,))[0]
    return " ".join(words.split()[:10])


def _story_bytes(
    story_id: str, title: str, sections: dict[str, str], fields: dict[str, object]
) -> bytes:
    """Return the story's file; text that would read as a heading or fence there is escaped."""
    raw = new_story(story_id=story_id, title=title, sections=sections, fields=fields)
    story, _ = read_story(raw, path="")
    if story and all(story.text(name) == text for name, text in sections.items()):
        return raw
    escaped = {
        name: re.sub(r"^(?= {0,3}(?:##? |`{3}|~{3}))", r"\\", text, flags=re.M)
        for name, text in sections.items()
    }
    return new_story(story_id=story_id, title=title, sections=escaped, fields=fields)


def _settle_pack(pack: Pack | None, sheet: Worksheet, files: dict[str, bytes], kept: list[str]) -> None:
    if pack is None:
        return
    there = next((one for one in sheet.packs if one.id == pack.id), None)
    if there is None:
        files[f"{PACKS}/{pack.id}.yaml"] = write_pack(pack)
    elif there.principles != pack.principles:
        kept.append(f"{there.path} is there with other words and stays as it is")


def _settle_story(story: Story, sheet: Worksheet, files: dict[str, bytes], kept: list[str]) -> None:
    there = sheet.story(story.id)
    if there is None:
        files[story.path] = story.raw
    elif [(one.name, one.text) for one in there.sections] != [
        (one.name, one.text) for one in story.sections
    ]:
        kept.append(f"{there.path} is there with other words and stays as it is")


def _write_budgets(folder: Path, document: Document) -> dict[str, bytes]:
    """Keep the document's budgets where they differ from those that the folder has."""
    read = tuple(Budget(sections=one.sections, low=one.low, high=one.high) for one in document.budgets)
    method = load(folder).method
    have = {one.sections[0]: (one.low, one.high) for one in method.budgets}
    if not read or all(have.get(one.sections[0]) == (one.low, one.high) for one in read):
        return {}
    raw = read_if_there(folder / MARK) or b""
    given = {one.sections[0]: one for one in read}
    merged = [
        replace(one, low=given[one.sections[0]].low, high=given[one.sections[0]].high)
        if one.sections[0] in given
        else one
        for one in (method.budgets or DEFAULT_METHOD.budgets)
    ]
    value = [{"sections": list(one.sections), "minutes": [one.low, one.high]} for one in merged]
    data = with_field(raw.decode("utf-8"), "budgets", value).encode()
    write_file(folder / MARK, data, expected=raw)
    return {MARK: data}


def _write_record(folder: Path, raw: bytes, sha: str, name: str, record: Record) -> dict[str, bytes]:
    stem, ending = slug(PurePath(name).stem), PurePath(name).suffix or ".txt"
    number = 1
    file = f"{stem}{ending}"
    while (folder / IMPORTS / file).exists() or (folder / IMPORTS / f"{stem}.json").exists():
        number += 1
        stem = f"{slug(PurePath(name).stem)}-{number}"
        file = f"{stem}{ending}"
    data = write_record(replace(record, file=file, record=f"{stem}.json", sha256=sha))
    write_file(folder / IMPORTS / file, raw)
    write_file(folder / IMPORTS / f"{stem}.json", data)
    return {f"{IMPORTS}/{file}": raw, f"{IMPORTS}/{stem}.json": data}


def _record(folder: Path, document: Document, stories: list[Story], pack: Pack | None) -> Record:
    """Return the places of all values; each fingerprint is of what the import wrote, read back."""
    slots: list[Slot] = []
    written = Worksheet(folder=folder, stories=tuple(stories), packs=(pack,) if pack else ())

    def add(target: Target, place: Place, label: str = "") -> None:
        value = current(written, target) or ""
        slots.append(Slot(target=target, place=place, was=fingerprint(value), label=label))

    if pack:
        for one, read in zip(pack.principles, document.principles, strict=True):
            add(Target(kind="principle", pack=pack.id, id=one.id, part="name"), read.name.place)
            if read.definition:
                target = Target(kind="principle", pack=pack.id, id=one.id, part="definition")
                add(target, read.definition.place)
            for kind, items in (("questions", read.questions), ("prompts", read.prompts)):
                for number, item in enumerate(items, 1):
                    target = Target(kind="principle", pack=pack.id, id=one.id, part=f"{kind}/{number}")
                    add(target, item.place)
    for story, read in zip(stories, document.stories, strict=True):
        if read.title:
            add(Target(kind="story", id=story.id, part=TITLE), read.title.place)
        for part in read.parts:
            add(Target(kind="story", id=story.id, part=part.name), part.place, part.label)
    return Record(
        file="",
        record="",
        sha256="",
        encoding=document.encoding,
        stories=tuple(
            Stretch(story=story.id, start=read.start, end=read.end)
            for story, read in zip(stories, document.stories, strict=True)
        ),
        slots=tuple(slots),
    )


def _without_story(document: Document) -> list[str]:
    told = {name for story in document.stories for name in story.principles}
    names = [one.name.text for one in document.principles if one.name.text not in told]
    if not names:
        return []
    number = "one principle has" if len(names) == 1 else f"{len(names)} principles have"
    return [f"{number} no story: {', '.join(names)}"]


def _odd_stories(stories: Sequence[Story]) -> Iterator[str]:
    """Yield what is odd about the stories' shape: missing parts, parts cut off, parts said twice."""
    around = Surroundings(questions={}, confidential=())
    for story in stories:
        missing = [heading_of(name) for name in STAR if not story.text(name)]
        if missing:
            yield f"{story.title} has no {' and no '.join(missing)}"
        telling = prepare(story)
        for look in (cut_off, repeated):
            yield from (f"{story.title}: {spot.what}" for spot in look(telling, around))


def _line(line_starts: list[int], offset: int) -> int:
    return bisect_right(line_starts, offset)
