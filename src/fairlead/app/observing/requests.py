"""Every request: an id, a line in the log, a place in the metrics, and an answer even to a defect."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from sqlalchemy.exc import OperationalError
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairlead.app.heads import asked_method
from fairlead.app.observing.metrics import Metrics
from fairlead.app.problems import problem_response

_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_CLOSED = 499

BELOW = "/api/v1"
"""What the addresses of the API begin with; their routes leave it out."""


class Observed:
    """Outermost of all: what it sees is what the client sees."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and keep what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = request_id_of(headers)
        said: dict[str, object] = {"request_id": request_id}
        if trace := _TRACE.fullmatch(headers.get("traceparent", "")):
            said["trace_id"] = trace[1]
        method, status, started = asked_method(scope), 0, time.perf_counter()

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        log = structlog.stdlib.get_logger("fairlead.requests")
        with structlog.contextvars.bound_contextvars(**said), self._metrics.going_on():
            try:
                await self._app(scope, receive, with_id)
            except OperationalError as error:
                log.warning(f"the store can't be used: {error.orig}")
                if status:
                    raise
                await _NO_STORE(scope, receive, with_id)
            except Exception as error:  # the one place where a defect becomes an answer
                log.error("a request failed by a defect of Fairlead", exc_info=error)
                if status:
                    raise
                response = problem_response(
                    500,
                    "a defect of Fairlead kept it from answering",
                    f"look in the server's log for {request_id}, and report what it says",
                    request_id=request_id,
                )
                await response(scope, receive, with_id)
            finally:
                seconds = time.perf_counter() - started
                route = _route(scope)
                self._metrics.answered(method, route, status or _CLOSED, seconds)
                if scope["path"] not in _QUIET:
                    log.info(
                        f"{method} {scope['path']}",
                        method=method,
                        path=scope["path"],
                        route=route,
                        status=status or _CLOSED,
                        client=(scope.get("client") or ("",))[0],
                        caller=_caller(scope),
                        seconds=seconds,
                    )


_NO_STORE = problem_response(
    503,
    "the store can't be reached, or is busy for longer than a request waits",
    "try again in a few seconds; fairlead doctor says what is wrong with it",
    headers={"Retry-After": "5"},
)


def request_id_of(headers: Headers) -> str:
    """Return the id that a caller gave, if it is harmless, or one of our own."""
    given = headers.get("x-request-id", "")
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def _route(scope: Scope) -> str:
    """Return the template of the address, of which there are few; never the address itself."""
    path = getattr(scope.get("route"), "path", "")
    if not isinstance(path, str) or not path:
        return "(none)"
    return path if path.startswith(BELOW) or not scope["path"].startswith(BELOW) else BELOW + path


def _caller(scope: Scope) -> str:
    caller = scope.get("state", {}).get("caller")
    return getattr(caller, "name", "")
