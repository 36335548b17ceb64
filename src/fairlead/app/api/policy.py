"""Policies over HTTP: what one would have done to the changes of the past."""

from __future__ import annotations

import threading
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from fairlead.app.api.answers import After, Said, Text, answer, below, link_next
from fairlead.app.api.seats import seat
from fairlead.app.platform import Platform
from fairlead.app.previewing import preview, read_text

AT_ONCE = 2


class PolicyAsked(Said):
    """The policy to try, as a fairlead.toml holds it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"policy": '[checks.sast]\nfrom_size = "S"\n'}]},
    )

    policy: str = Field(max_length=200_000)


class DifferenceSaid(Said):
    """A check that would be planned otherwise; ``ran`` is null where it wasn't in the plan."""

    check: str = Field(examples=["sast"])
    ran: bool | None
    because: str = Field(examples=["1 source file"])
    would_run: bool
    would_because: str = Field(examples=["the change is XS and the policy has it run from S"])


class PreviewedSaid(Said):
    """A change, what would be different, and why it can't be planned if it can't."""

    change_id: int = Field(examples=[412])
    revision_id: int = Field(examples=[977])
    repository: str = Field(examples=["payments"])
    title: str = Field(examples=["Move retries into the client"])
    differences: list[DifferenceSaid]
    trouble: str = Field(examples=[""])


class CountSaid(Said):
    """Of how many changes a check ran and would run; over those of this page."""

    check: str = Field(examples=["sast"])
    ran: int = Field(examples=[61])
    would_run: int = Field(examples=[44])
    of: int = Field(examples=[100])


class PreviewSaid(Said):
    """The changes of this page, newest first, with sums over them; ``next`` as in lists.

    ``left`` is how many older changes come after this page.
    """

    changes: list[PreviewedSaid]
    counts: list[CountSaid]
    next: str | None = Field(default=None, examples=[None])
    left: int = Field(examples=[58])


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/policy``."""
    router = APIRouter(prefix="/policy", tags=["policy"])
    seats = threading.BoundedSemaphore(AT_ONCE)

    @router.post(
        "/preview",
        summary="Plan the latest changes again under another policy",
        description="Nothing is run. A page ends after some seconds; `next` names what follows, and "
        "`left` says how much that is.",
        response_model=PreviewSaid,
    )
    def show(
        request: Request,
        asked: PolicyAsked,
        repository: Annotated[Text, Query(description="by its name")] = "",
        limit: Annotated[int, Query(ge=1, le=100, description="how many changes at most")] = 20,
        after: After = "",
    ) -> Response:
        policy, start = read_text(asked.policy), below(after)
        with seat(seats):
            found = preview(
                platform,
                policy,
                repository=repository,
                below=start,
                limit=limit,
                seconds=platform.settings.preview_seconds,
            )
        following = None if found.next is None else str(found.next)
        said = PreviewSaid(
            changes=[PreviewedSaid.model_validate(one) for one in found.changes],
            counts=[CountSaid.model_validate(one) for one in found.counts],
            next=following,
            left=found.left,
        )
        return link_next(request, answer(said), following)

    return router
