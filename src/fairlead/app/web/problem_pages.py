"""Problems as pages, for people: what the API answers in JSON, a browser is shown in the same words."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairlead.app.problems import DESCRIPTION, MEDIA_TYPE
from fairlead.app.web.rendering import environment

API = "/api/"

_ELSEWHERE = "see whether the address was copied whole, or start from the board"


class ProblemPages:
    """Turns every problem into a page where a browser asked for one, wherever inside it came from."""

    def __init__(self, app: ASGIApp, *, layout: Mapping[str, object] | None = None) -> None:
        """Show problems in the pages' layout; ``layout`` has what differs in it from a platform's."""
        self._app = app
        self._layout = layout or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and look at what comes back."""
        if scope["type"] != "http" or not _wants_page(scope):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = bytearray()

        async def shown(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_page(start, bytes(body), send, self._layout)

        await self._app(scope, receive, shown)


def _wants_page(scope: Scope) -> bool:
    accepted = Headers(scope=scope).get("accept", "")
    return "text/html" in accepted and not scope["path"].startswith(API)


def _is_problem(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith(MEDIA_TYPE)


async def _send_page(start: Message, body: bytes, send: Send, layout: Mapping[str, object]) -> None:
    problem = json.loads(body)
    page = (
        environment()
        .get_template("problem.html")
        .render(
            here="",
            title=problem["title"],
            status=problem["status"],
            cause=problem["detail"],
            fix=_ELSEWHERE if problem["fix"] == DESCRIPTION else problem["fix"],
            request_id=problem.get("request_id", ""),
            **layout,
        )
    )
    content = page.encode("utf-8")
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-type"] = "text/html; charset=utf-8"
    headers["content-length"] = str(len(content))
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": content})
