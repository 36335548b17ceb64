"""Events over HTTP: everything that happens, or what happens to one run, as server-sent events.

``id:`` is an event's number in the outbox, ``event:`` its type, ``data:`` a CloudEvent in JSON. A
client that comes back names the last number it was given and goes on from there, without a gap.
"""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from fairlead.app.api.answers import LARGEST, Number
from fairlead.app.following import Following
from fairlead.app.observing.metrics import Metrics
from fairlead.app.platform import Platform
from fairlead.app.problems import Missing, Refused
from fairlead.errors import FairleadError
from fairlead.records.verdicts import run_of
from fairlead.store.outbox import read_after
from fairlead.workers.event_types import FINISHED
from fairlead.workers.model import LIVE

HEARTBEAT = 15.0
"""Seconds without an event after which a comment shows that the line is up."""

CUT_OFF = 30.0
"""Seconds after which a client that doesn't read is cut off; it goes on by its last number."""

MEDIA_TYPE = "text/event-stream"

_LastSeen = Annotated[
    str,
    Header(
        alias="Last-Event-ID", description="the number of the last event that was seen", max_length=20
    ),
]
_After = Annotated[
    int | None, Query(ge=0, le=LARGEST, description="the same, where a header can't be set")
]


_SEEN = {
    "description": "Events as they happen",
    "content": {
        MEDIA_TYPE: {
            "schema": {"type": "string"},
            "example": "id: 17\nevent: dev.cdevents.change.created.0.4.0\n"
            'data: {"specversion":"1.0","type":"dev.cdevents.change.created.0.4.0"}\n\n',
        }
    },
}
_STREAM: dict[int | str, dict[str, Any]] = {200: _SEEN}
_RUN_STREAM: dict[int | str, dict[str, Any]] = {
    200: _SEEN,
    204: {"description": "The run is over, and all of its events were seen"},
}


def routes(platform: Platform, following: Following, metrics: Metrics) -> APIRouter:
    """Return ``/events`` and ``/runs/{number}/events``."""
    router = APIRouter(tags=["events"])

    @router.get("/events", summary="Follow everything that happens", responses=_STREAM)
    async def follow_all(last_event_id: _LastSeen = "", after: _After = None) -> Response:
        newest = await following.newest()
        start = _start(last_event_id, after, newest)
        return EventStream(following, metrics, after=newest if start is None else start)

    @router.get("/runs/{number}/events", summary="Follow a run", responses=_RUN_STREAM)
    async def follow_run(
        number: Number, last_event_id: _LastSeen = "", after: _After = None
    ) -> Response:
        newest = await following.newest()
        start = _start(last_event_id, after, newest)
        if await run_in_threadpool(_is_over, platform, number, start or 0):
            return Response(status_code=204)  # which tells a browser not to come back
        subject = f"runs/{number}"
        return EventStream(following, metrics, after=start or 0, subject=subject)

    return router


class EventStream(Response):
    """An answer that goes on: events as they happen, until the client or the process ends it."""

    media_type = MEDIA_TYPE

    def __init__(
        self, following: Following, metrics: Metrics, *, after: int, subject: str = ""
    ) -> None:
        super().__init__(
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}, media_type=MEDIA_TYPE
        )
        del self.headers["content-length"]
        self._following, self._metrics = following, metrics
        self._number, self._subject = after, subject
        self._sent = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the client is gone, doesn't read, or the process stops."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        self._metrics.streams.inc()
        telling = asyncio.create_task(self._tell(send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._metrics.streams.dec()
            for task in (telling, leaving):
                task.cancel()
            await asyncio.gather(telling, leaving, return_exceptions=True)
        if not telling.cancelled():
            try:
                telling.result()
            except TimeoutError:  # it is cut off: what it gets is left unfinished
                self._metrics.cut_off.inc()

    async def _tell(self, send: Send) -> None:
        await self._send(send, b"retry: 1000\n\n")
        over = False
        while not (over or self._following.ended):
            quiet = HEARTBEAT - (time.monotonic() - self._sent)
            try:
                found = await self._following.after(
                    self._number, subject=self._subject, seconds=max(0.0, quiet)
                )
            except SQLAlchemyError:
                break  # the client comes back and goes on from its last number
            frames = b"".join(told.frame for told in found)
            if frames or not found:
                await self._send(send, frames or b": still here\n\n")
            if found:
                self._number = found[-1].number
            over = any(told.subject == self._subject and told.type == FINISHED for told in found)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send, content: bytes) -> None:
        async with asyncio.timeout(CUT_OFF):
            await send({"type": "http.response.body", "body": content, "more_body": True})
        self._sent = time.monotonic()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(last_event_id: str, after: int | None, newest: int) -> int | None:
    """Return the number that a client has come to, ``None`` where it says nothing."""
    said = last_event_id.strip()
    if said and not (said.isascii() and said.isdecimal()):
        raise FairleadError(
            f"{said!r} is no event's number", fix="send the last id: that came as Last-Event-ID"
        )
    start = int(said) if said else after
    if start is not None and start > newest:
        raise Refused(
            f"event {start} hasn't happened here; the newest is {newest}: the store is another one, "
            "or was put back to an earlier state",
            fix="read again what is shown, and follow without a Last-Event-ID",
        )
    return start


def _is_over(platform: Platform, number: int, after: int) -> bool:
    """Return whether a run has ended and nothing comes after this event; raises Missing for no run."""
    with platform.database.read() as connection:
        run = run_of(connection, number)
        if run is None:
            raise Missing(f"there is no run {number} here", fix="GET /api/v1/runs lists them")
        subject = f"runs/{number}"
        more = read_after(connection, after, subject=subject, limit=1)
    return run.state not in LIVE and not more
