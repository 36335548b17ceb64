"""What routes answer with: models as bytes, pages of lists with the address of the next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Generic, Protocol, TypeVar

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fairlead.errors import FairleadError

Shape = TypeVar("Shape", bound="Said")


class _HasNumber(Protocol):
    """What has a row's number."""

    @property
    def id(self) -> int:
        """The number."""
        ...


Numbered = TypeVar("Numbered", bound=_HasNumber)

LARGEST = 2**63 - 1
"""The largest number that a row has."""

Number = Annotated[int, Path(ge=1, le=LARGEST, examples=[1])]
"""The number of something, in an address."""

Text = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
"""Words that a caller gives; no database takes a NUL in them."""

Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
After = Annotated[
    Text, Query(description="the cursor that the page before gave as `next`; empty for the first page")
]

Moment = datetime
"""A time in RFC 3339, in UTC; made of seconds since 1970."""


class Said(BaseModel):
    """What the API says of something; made of the record that has the same fields."""

    model_config = ConfigDict(from_attributes=True)


class Listed(Said, Generic[Shape]):
    """Some lines of a list, newest first; ``next`` is the cursor of what follows, if anything does."""

    items: list[Shape]
    next: str | None = Field(default=None, examples=[None])


def answer(said: BaseModel, *, status: int = 200, location: str = "") -> Response:
    """Return a model as JSON; in ASCII, so that what it tells of can't act on a terminal."""
    headers = {"Location": location} if location else None
    content = said_as_json(said)
    return Response(content, status_code=status, media_type="application/json", headers=headers)


def said_as_json(said: BaseModel) -> str:
    """Return a model as JSON in ASCII."""
    return said.model_dump_json(ensure_ascii=True)


def page(request: Request, said: Listed[Shape]) -> Response:
    """Return a page of a list, with the address of the next in ``Link`` too."""
    return link_next(request, answer(said), said.next)


def page_of(request: Request, lines: Sequence[str], cursor: str | None) -> Response:
    """Return the page of a list whose lines are JSON already: what ``Listed`` of them would say."""
    content = f'{{"items":[{",".join(lines)}],"next":{json.dumps(cursor)}}}'
    return link_next(request, Response(content, media_type="application/json"), cursor)


def link_next(request: Request, response: Response, cursor: str | None) -> Response:
    """Have an answer name the address of the page that follows, if one does."""
    if cursor is not None:
        following = request.url.include_query_params(after=cursor)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return response


def below(cursor: str) -> int:
    """Return which number a list goes on below; raises FairleadError for a cursor that nobody gave."""
    if not cursor:
        return LARGEST
    if cursor.isascii() and cursor.isdecimal() and 0 < len(cursor) < 19:
        return int(cursor)
    raise FairleadError(
        f"{cursor!r} is no cursor", fix="take the next page's address from the page before it"
    )


def cut(lines: Sequence[Numbered], limit: int, cursor: str) -> tuple[Sequence[Numbered], str | None]:
    """Return the page of a short list that a cursor stands for, newest first, and the next's cursor."""
    start = below(cursor)
    left = sorted((one for one in lines if one.id < start), key=lambda one: -one.id)
    shown = left[:limit]
    return shown, str(shown[-1].id) if len(left) > limit else None
