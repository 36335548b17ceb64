"""Requests beyond a size are refused before they are read."""

from __future__ import annotations

import contextlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairlead.app.problems import problem_response

LIMIT = 1 << 20
"""Bytes that a request's body may have."""


class BodyLimit:
    """Refuses by the length that a request announces, and one that announces none while it comes in."""

    def __init__(self, app: ASGIApp, *, limit: int = LIMIT) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through as long as it keeps to the limit, else answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not announced.isdigit() or len(announced) > 18 or int(announced) > self._limit:
            await self._refuse(scope, receive, send)
            return
        taken, started = 0, False

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise TooLarge
            return message

        async def unless_refused(message: Message) -> None:
            nonlocal started
            if taken > self._limit and not started:
                return  # whatever the application makes of being cut off
            started = True
            await send(message)

        with contextlib.suppress(TooLarge):
            await self._app(scope, bounded, unless_refused)
        if not started and taken > self._limit:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = problem_response(
            413,
            f"the request is larger than {self._limit} bytes",
            "send less at once; a document as a whole has to stay below that",
            headers={"Connection": "close"},
        )
        await response(scope, receive, send)


class TooLarge(Exception):
    """More came in than may; it never leaves this module's middleware."""
