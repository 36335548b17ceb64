"""Turns: few requests that read compute at once, so that the loop that answers is heard among them."""

from __future__ import annotations

from collections.abc import Collection

from anyio import CapacityLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 3
"""Requests whose answers are computed at once. Python computes one at a time: more of them answer no
sooner, and each takes the interpreter from the loop in its turn."""


class Turns:
    """Lets GETs wait, in the order in which they came, until one of few turns is free.

    A turn ends when the answer begins, so that an event stream, or a client that reads slowly, holds
    none. What changes something takes none either: it may wait for git or another's transaction.
    """

    def __init__(self, app: ASGIApp, *, at_once: int = AT_ONCE, without: Collection[str] = ()) -> None:
        """Give ``at_once`` turns; the addresses in ``without`` need none."""
        self._app = app
        self._without = frozenset(without)
        self._turns = CapacityLimiter(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when it is its turn."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] in self._without:
            await self._app(scope, receive, send)
            return
        mine, held = object(), True
        await self._turns.acquire_on_behalf_of(mine)

        def end() -> None:
            nonlocal held
            if held:
                held = False
                self._turns.release_on_behalf_of(mine)

        async def begun(message: Message) -> None:
            end()
            await send(message)

        try:
            await self._app(scope, receive, begun)
        finally:
            end()
