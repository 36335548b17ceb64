"""HEAD: what GET answers, without the body, at every address that takes GET."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASKED = "fairlead.method"
"""Where a request's scope has the method that was asked with, if what is inside is told another."""


class Heads:
    """Has a HEAD carried out as the GET that it stands for, and sends no more than its head.

    Status and headers are GET's, ``Content-Length`` and ``ETag`` among them. A stream, such as events,
    is told that its client is gone once its head was sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; of the answer to a HEAD, leave out the body."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        sent = False

        async def head_alone(message: Message) -> None:
            nonlocal sent
            if message["type"] != "http.response.start":
                return
            sent = True
            await send(message)
            await send({"type": "http.response.body", "body": b""})

        async def until_sent() -> Message:
            return {"type": "http.disconnect"} if sent else await receive()

        await self._app({**scope, "method": "GET", ASKED: "HEAD"}, until_sent, head_alone)


def asked_method(scope: Scope) -> str:
    """Return the method that a client asked with."""
    return scope.get(ASKED, scope["method"])
