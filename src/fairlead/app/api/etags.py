"""Answers that a client has already aren't sent again: ETag, If-None-Match, 304."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_DROPPED = ("content-length", "content-type")


class ETags:
    """Marks whole JSON and HTML answers to GET by what is in them, and leaves out those that are known.

    What comes piece by piece, such as events, goes through as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer 304 where its answer is one that the client names."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def marked(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _suits(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            first, start = start, None
            if message.get("more_body"):
                await send(first)
                await send(message)
                return
            mark = f'"{hashlib.sha256(message.get("body", b"")).hexdigest()[:32]}"'
            headers = MutableHeaders(scope=first)
            headers["ETag"] = mark
            if _names(Headers(scope=scope).get("if-none-match", ""), mark):
                for name in _DROPPED:
                    del headers[name]
                first["status"], message = 304, {"type": "http.response.body", "body": b""}
            await send(first)
            await send(message)

        await self._app(scope, receive, marked)


def _suits(message: Message) -> bool:
    headers = Headers(raw=message["headers"])
    kind = headers.get("content-type", "").partition(";")[0]
    return message["status"] == 200 and "etag" not in headers and kind in _WHOLE


_WHOLE = frozenset({"application/json", "text/html", "application/sarif+json"})


def _names(given: str, mark: str) -> bool:
    marks = {one.strip().removeprefix("W/") for one in given.split(",")}
    return mark in marks or "*" in marks
