"""Requests beyond a size are refused before they are read."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairlead.app.problems import problem_response

LIMIT = 1 << 20
"""Bytes that a request's body may have."""


class BodyLimit:
    """Refuses by the length that a request announces, and one that announces none while it comes in."""

    def __init__(
        self, app: ASGIApp, *, limit: int = LIMIT, larger: Mapping[str, int] | None = None
    ) -> None:
        """Keep to ``limit``; ``larger`` has the starts of addresses that may take more."""
        self._app = app
        self._limit = limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through as long as it keeps to the limit, else answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not announced.isdigit() or len(announced) > 18 or int(announced) > limit:
            await _refuse(limit, scope, receive, send)
            return
        taken, started = 0, False

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLarge
            return message

        async def unless_refused(message: Message) -> None:
            nonlocal started
            if taken > limit and not started:
                return  # whatever the application makes of being cut off
            started = True
            await send(message)

        with contextlib.suppress(TooLarge):
            await self._app(scope, bounded, unless_refused)
        if not started and taken > limit:
            await _refuse(limit, scope, receive, send)

    def _limit_of(self, path: str) -> int:
        return next(
            (most for start, most in self._larger.items() if path.startswith(start)), self._limit
        )


class TooLarge(Exception):
    """More came in than may; it never leaves this module's middleware."""


async def _refuse(limit: int, scope: Scope, receive: Receive, send: Send) -> None:
    response = problem_response(
        413,
        f"the request is larger than {limit} bytes",
        "send less at once; a document as a whole has to stay below that",
        headers={"Connection": "close"},
    )
    await response(scope, receive, send)
