"""Editing stories as text, by whatever editor: no edit is ever written over one that it hasn't seen.

An edit says which bytes it began from, by their fingerprint. When the file holds others by now, nothing
is written, and both texts come back with what they have in common, for a person to choose.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.worksheet.folder import STORIES
from fairlead.worksheet.merging import Merge, merge_texts
from fairlead.worksheet.model import Problem, Story, Worksheet
from fairlead.worksheet.pack_file import slug
from fairlead.worksheet.story_file import MOST_BYTES, new_story, read_story, with_fields
from fairlead.worksheet.text_field import field_text, shown, written
from fairlead.worksheet.writing import read_if_there, write_file

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A story's file as one edits it.

    ``name`` is the file's name inside ``stories/``. ``text`` is what a text field shows of ``raw``.
    ``story`` is None where the text can't be read as one, and ``problems`` says why.
    """

    name: str
    raw: bytes
    text: str
    story: Story | None
    problems: tuple[Problem, ...]

    @property
    def version(self) -> str:
        """The fingerprint of the file's bytes."""
        return fingerprint(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An edit that began from a file which has changed since; nothing was written.

    ``theirs`` is the file as it is now, ``mine`` the text that should have been saved.
    """

    theirs: Draft
    mine: str
    merge: Merge


def fingerprint(raw: bytes) -> str:
    """Return what tells one state of a file from every other."""
    return hashlib.sha256(raw).hexdigest()


def file_names(folder: Path) -> tuple[str, ...]:
    """Return the names of all files of stories, in order, those that can't be read included."""
    found = (folder / STORIES).glob("*.md")
    return tuple(sorted(one.name for one in found if one.is_file() and not one.name.startswith(".")))


def name_of(worksheet: Worksheet, story_id: str) -> str:
    """Return the name of the file that has a story; raises FairleadError where there is none.

    A story is looked up by its id, and else by its file's name, since one that can't be read has no id.
    """
    story = worksheet.story(story_id)
    if story:
        return story.path.removeprefix(f"{STORIES}/")
    name = f"{story_id}.md"
    if name in file_names(worksheet.folder):
        return name
    raise FairleadError(
        f"there is no story {story_id!r}",
        fix="the worksheet's first page lists the stories that there are",
    )


def open_draft(folder: Path, name: str) -> Draft:
    """Return a story's file for editing; raises FairleadError when there is no such file.

    The name is looked up among the files that there are and never used as a path.
    """
    if name not in file_names(folder):
        raise FairleadError(
            f"there is no file {name!r} in {STORIES}/",
            fix="the worksheet's first page lists the stories that there are",
        )
    return draft_of(name, read_if_there(folder / STORIES / name) or b"")


def draft_of(name: str, raw: bytes) -> Draft:
    """Return bytes as the draft that a file of this name would be."""
    story, problems = read_story(raw, path=f"{STORIES}/{name}")
    return Draft(name=name, raw=raw, text=shown(raw), story=story, problems=problems)


def edited(draft: Draft, text: str, fields: Mapping[str, object] | None = None) -> Draft:
    """Return the draft with another text, nothing written; ``fields`` then sets front-matter keys.

    Lines that weren't changed keep their bytes.
    """
    raw = written(draft.raw, text)
    if fields:
        raw = with_fields(raw, fields)
    return draft_of(draft.name, raw)


def save_draft(
    folder: Path,
    name: str,
    *,
    text: str,
    began: str,
    version: str,
    fields: Mapping[str, object] | None = None,
) -> Draft | Conflict:
    """Write an edit of a story's file, and return the file as it is then.

    ``began`` is the text that the edit began from and ``version`` the fingerprint of its file. When the
    file is another by now, nothing is written and the conflict comes back, unless it says the very same
    already. A text that can't be read as a story is written all the same, since it is the user's; what
    is wrong with it is among the draft's problems. Raises FairleadError when the file can't be written.
    """
    now = open_draft(folder, name)
    text = field_text(text)
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise FairleadError(
            f"{name} would be longer than 1 MB, which is too long for a story",
            fix="keep one story a file; nothing was written",
        )
    if now.version != version:
        if now.text == text and not fields:
            return now
        return Conflict(theirs=now, mine=text, merge=merge_texts(field_text(began), text, now.text))
    after = edited(now, text, fields)
    if after.raw != now.raw:
        write_file(folder / STORIES / name, after.raw, expected=now.raw)
    return after


def switch_off(draft: Draft, code: str, reason: str) -> dict[str, object]:
    """Return the front-matter key by which a draft's story switches a rule off, beside others.

    An empty reason switches it on again.
    """
    rules = {one.code: one.reason for one in draft.story.switched_off} if draft.story else {}
    rules.pop(code, None)
    if reason.strip():
        rules[code] = " ".join(reason.split())
    return {"lint": rules or None}


def tag(draft: Draft, *, principle: str, question: str = "") -> dict[str, object]:
    """Return the front-matter keys by which a draft's story stands for a principle, and its question.

    What it stands for already stays, in its order.
    """
    principles = draft.story.principles if draft.story else ()
    questions = draft.story.questions if draft.story else ()
    fields: dict[str, object] = {"principles": list(dict.fromkeys([*principles, principle]))}
    if question:
        fields["questions"] = list(dict.fromkeys([*questions, question]))
    return fields


def start_story(
    worksheet: Worksheet,
    title: str,
    *,
    principles: tuple[str, ...] = (),
    questions: tuple[str, ...] = (),
) -> str:
    """Write a new story with the method's headings and nothing below them; return its file's name.

    Its id is made of the title, and told apart from any that is there. Raises FairleadError when the
    title is empty or the folder can't be written.
    """
    title = " ".join(title.split())
    if not title:
        raise FairleadError("the story has no title", fix="say in a few words what it is about")
    wanted = re.sub(r"-+$", "", slug(title)[:_LONGEST_NAME])
    taken = {story.id for story in worksheet.stories} | {
        name.removesuffix(".md") for name in file_names(worksheet.folder)
    }
    numbers = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    story_id = next(one for one in (wanted, *numbers) if one not in taken)
    fields: dict[str, object] = {}
    if principles:
        fields["principles"] = list(principles)
    if questions:
        fields["questions"] = list(questions)
    raw = new_story(story_id=story_id, title=title, sections={}, fields=fields, empty=True)
    write_file(worksheet.folder / STORIES / f"{story_id}.md", raw)
    return f"{story_id}.md"
