"""A POST that comes twice is done once: what was answered to an Idempotency-Key is answered again.

A key is taken in the store before the request is carried out, so that of several at once, at several
servers, one is. It is let go of when the request was refused, for then nothing was done. When the
server dies in between, the key stays taken: nobody knows whether it was done, and doing it again could
do it twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from anyio import to_thread
from sqlalchemy.exc import IntegrityError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairlead.app.platform import Platform
from fairlead.app.problems import problem_response
from fairlead.store.tables import answer as table

HEADER = "Idempotency-Key"
KEPT_FOR = 24 * 3600.0
"""Seconds that a key is remembered."""

LONGEST = 200
_ANSWERED_AGAIN = ("content-type", "location", "link")
_UNFINISHED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    request: str
    status: int
    headers: dict[str, str]
    body: bytes


class IdempotencyKeys:
    """Gives the answer that was given before to a POST that comes again with the same key."""

    def __init__(self, app: ASGIApp, *, platform: Platform, below: str) -> None:
        self._app = app
        self._platform = platform
        self._below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry a request out, or answer what was answered before."""
        given = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        if given is None or scope["method"] != "POST" or not scope["path"].startswith(self._below):
            await self._app(scope, receive, send)
            return
        if not given or len(given) > LONGEST or not given.isprintable():
            await _NO_KEY(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        key = f"{scope['state']['caller'].id} {given}"
        request = _fingerprint(scope, body)
        kept = await to_thread.run_sync(self._take, key, request)
        if kept is not None:
            await _again(kept, request)(scope, receive, send)
            return
        await self._carry_out(scope, _given(body, receive), send, key)

    async def _carry_out(self, scope: Scope, receive: Receive, send: Send, key: str) -> None:
        start: Message = {}
        content = bytearray()

        async def keeping(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            content.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            if 200 <= start["status"] < 300:
                headers = Headers(raw=start["headers"])
                told = {name: headers[name] for name in _ANSWERED_AGAIN if name in headers}
                keep = partial(self._keep, key, start["status"], told, bytes(content))
                await to_thread.run_sync(keep)
            else:
                await to_thread.run_sync(self._let_go, key)
            await send(start)
            await send({"type": "http.response.body", "body": bytes(content)})

        try:
            await self._app(scope, receive, keeping)
        except Exception:
            await to_thread.run_sync(self._let_go, key)
            raise

    def _take(self, key: str, request: str) -> _Kept | None:
        """Take a key and return ``None``, or return what it was taken with."""
        now = self._platform.clock()
        try:
            with self._platform.database.write() as unit:
                unit.connection.execute(table.delete().where(table.c.at < now - KEPT_FOR))
                unit.connection.execute(
                    table.insert(),
                    {
                        "key": key,
                        "request": request,
                        "status": _UNFINISHED,
                        "headers": {},
                        "body": b"",
                        "at": now,
                    },
                )
        except IntegrityError:
            with self._platform.database.read() as connection:
                row = connection.execute(sa.select(table).where(table.c.key == key)).one_or_none()
            if row is None:  # let go of in this very moment
                return _Kept(request=request, status=_UNFINISHED, headers={}, body=b"")
            return _Kept(request=row.request, status=row.status, headers=row.headers, body=row.body)
        return None

    def _keep(self, key: str, status: int, headers: dict[str, str], body: bytes) -> None:
        with self._platform.database.write() as unit:
            unit.connection.execute(
                table.update()
                .where(table.c.key == key)
                .values(status=status, headers=headers, body=body)
            )

    def _let_go(self, key: str) -> None:
        with self._platform.database.write() as unit:
            unit.connection.execute(
                table.delete().where(table.c.key == key, table.c.status == _UNFINISHED)
            )


def _again(kept: _Kept, request: str) -> Response:
    if kept.request != request:
        return problem_response(
            422,
            f"this {HEADER} came with another request before",
            "take a new key for each thing that is to be done, and the same only to repeat a request",
        )
    if kept.status == _UNFINISHED:
        return problem_response(
            409,
            f"a request with this {HEADER} is being carried out, or was when the server stopped",
            "ask again in a few seconds; if this stays, look whether it was done, then take a new key",
            headers={"Retry-After": "2"},
        )
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(kept.body, status_code=kept.status, headers=headers)


def _fingerprint(scope: Scope, body: bytes) -> str:
    """Return what tells one request from another: method, address and content."""
    head = f"{scope['method']} {scope['path']}?".encode() + scope["query_string"] + b"\n"
    return hashlib.sha256(head + body).hexdigest()


def _given(body: bytes, receive: Receive) -> Receive:
    taken = False

    async def once() -> Message:
        nonlocal taken
        if taken:
            return await receive()
        taken = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


_NO_KEY = problem_response(
    422,
    f"the {HEADER} is empty, not printable or longer than {LONGEST} characters",
    "send a random one for each thing that is to be done, a UUID for example",
)
