"""What an address names: found, or said not to be here."""

from __future__ import annotations

from fairlead.app.problems import Missing
from fairlead.app.web.worksheet.desk import Desk
from fairlead.errors import FairleadError
from fairlead.worksheet.editing import Draft, name_of, open_draft
from fairlead.worksheet.model import Principle, Story, Worksheet

_LISTED = "the worksheet's first page lists the stories that there are"


def find_principle(worksheet: Worksheet, principle_id: str) -> Principle:
    """Return a principle by its id; raises Missing."""
    for one in worksheet.principles:
        if one.id == principle_id:
            return one
    raise Missing(
        f"there is no principle {principle_id!r}",
        fix="the worksheet's first page lists those that there are, and packs to add",
    )


def find_story(worksheet: Worksheet, story_id: str) -> Story:
    """Return a story by its id; raises Missing."""
    story = worksheet.story(story_id)
    if story is None:
        raise Missing(f"there is no story {story_id!r}", fix=_LISTED)
    return story


def find_draft(desk: Desk, name: str) -> Draft:
    """Return a story's file by its name; raises Missing."""
    try:
        return open_draft(desk.folder, name)
    except FairleadError as error:
        raise Missing(error.cause, fix=error.fix) from error


def find_draft_of(desk: Desk, worksheet: Worksheet, story_id: str) -> Draft:
    """Return the file of a story by its id, or by the file's name where it has none; raises Missing."""
    try:
        return open_draft(desk.folder, name_of(worksheet, story_id))
    except FairleadError as error:
        raise Missing(error.cause, fix=error.fix) from error
