"""Who asks, and whether they may: every request passes here, so that no address can forget to.

Reading needs the scope ``read``, everything else ``submit``; the few things that need ``admin`` say so
where they are. On a loopback address, with no name given to the platform, whoever asks is at this
machine and may do everything; beyond that a token is shown, or a session that was begun with one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Annotated
from urllib.parse import quote, urlsplit

from anyio import to_thread
from fastapi import Depends
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Asked

from fairlead.app.platform import Platform
from fairlead.app.problems import Refused, problem_response
from fairlead.app.security import tokens
from fairlead.app.security.backoff import Backoff
from fairlead.app.security.forms import (
    NO_FORM_TOKEN,
    OTHER_SITE,
    SAFE,
    FormWords,
    has_form_token,
    is_form,
    same_origin,
)
from fairlead.app.security.sessions import Sessions
from fairlead.app.security.tokens import Scope, Token
from fairlead.app.web.forms import csrf_token, signed_in
from fairlead.errors import FairleadError

COOKIE = "fairlead_session"
LOGIN, LOGOUT = "/login", "/logout"

_OPEN = ("/healthz", "/readyz", LOGIN)
_OPEN_BELOW = ("/static/",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: by the name of a token, or somebody at this machine.

    ``form_token`` is what a form on a page for this caller has to hold. ``id`` is the same as long as
    the token is.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    form_token: str

    def may(self, scope: Scope) -> bool:
        """Whether they have a scope."""
        return scope in self.scopes


class Guard:
    """Finds out who asks and refuses what they may not do."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        platform: Platform,
        sessions: Sessions,
        words: FormWords,
        backoff: Backoff,
    ) -> None:
        self._app = app
        self._platform = platform
        self._sessions = sessions
        self._words = words
        self._backoff = backoff

    async def __call__(self, scope: Asked, receive: Receive, send: Send) -> None:
        """Let a request through with its ``Caller`` in ``request.state.caller``, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        found = await self._find(scope, headers)
        if isinstance(found, Response):
            await found(scope, receive, send)
            return
        caller, ambient, word = found
        scope.setdefault("state", {})["caller"] = caller
        csrf_token.set(caller.form_token)
        signed_in.set(caller.name if word else "")
        if scope["method"] not in SAFE and ambient:
            if not same_origin(scope, headers):
                await OTHER_SITE(scope, receive, send)
                return
            if is_form(headers):
                fits, receive = await has_form_token(scope, receive, self._words, word)
                if not fits:
                    await NO_FORM_TOKEN(scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _find(self, scope: Asked, headers: Headers) -> Response | tuple[Caller, bool, str]:
        """Return who asks, whether their browser says so by itself, and their session's word."""
        if is_open(scope["path"]):
            word = self._words.of("") if scope["path"] == LOGIN else ""  # no other has forms
            return Caller(id="nobody", name="nobody", scopes=frozenset(), form_token=word), True, ""
        shown = headers.get("authorization", "")
        if shown:
            return await self._by_token(scope, shown)
        if self._platform.settings.open_to_this_machine:
            return self._caller("local", "this machine", Scope.ADMIN.included, ""), True, ""
        word = session_word(headers)
        token = await to_thread.run_sync(self._sessions.token_of, word) if word else None
        if token is None:
            return _unknown(scope, headers)
        caller = self._caller(f"token {token.id}", token.name, token.scopes, word)
        return _allowed(scope, caller) or (caller, True, word)

    async def _by_token(self, scope: Asked, shown: str) -> Response | tuple[Caller, bool, str]:
        kind, _, word = shown.partition(" ")
        client = (scope.get("client") or ("", 0))[0]
        tried = Tried()
        if kind.lower() == "bearer":
            tried = await to_thread.run_sync(
                try_token, self._platform, self._backoff, client, word.strip()
            )
        if tried.wait > 0:
            return problem_response(
                429,
                f"too many wrong tokens came from {client}",
                f"wait {tried.wait:.0f} s, then show a right one",
                headers={"Retry-After": str(int(tried.wait) + 1)},
            )
        token = tried.token
        if token is None:
            return problem_response(
                401,
                "the token that was shown opens nothing here",
                "Authorization: Bearer TOKEN, with one that fairlead token create has shown",
                headers={"WWW-Authenticate": 'Bearer realm="fairlead", error="invalid_token"'},
            )
        caller = self._caller(f"token {token.id}", token.name, token.scopes, "")
        return _allowed(scope, caller) or (caller, False, "")

    def _caller(self, id_: str, name: str, scopes: Iterable[Scope], word: str) -> Caller:
        return Caller(id=id_, name=name, scopes=frozenset(scopes), form_token=self._words.of(word))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A token that was shown, ``None`` for a wrong one; or how long to wait before showing it."""

    token: Token | None = None
    wait: float = 0.0


def try_token(platform: Platform, backoff: Backoff, client: str, word: str) -> Tried:
    """Look at a token that a client shows; while it has to wait, the token isn't looked at."""
    now, shown = platform.clock(), tokens.digest(word)
    if (wait := backoff.wait(client, shown, now)) > 0:
        return Tried(wait=wait)
    token = tokens.identify(platform.database, word, now)
    if token is None:
        backoff.failed(client, now)
    else:
        backoff.succeeded(client, shown)
    return Tried(token=token)


def require_token(platform: Platform) -> None:
    """Raise FairleadError where a platform would be reached from elsewhere and nobody has a token."""
    if platform.settings.open_to_this_machine:
        return
    with platform.database.read() as connection:
        if not tokens.any_valid(connection, platform.clock()):
            raise FairleadError(
                "reached from beyond this machine, the platform starts only when there is a token",
                fix="fairlead token create NAME --scope admin, with the same --state and --store",
            )


def caller_of(request: Request) -> Caller:
    """Return who asks."""
    return request.state.caller


def admin(request: Request) -> Caller:
    """Return who asks; raises Refused for whoever isn't an admin."""
    caller = caller_of(request)
    if not caller.may(Scope.ADMIN):
        raise Refused(
            f"the token {caller.name!r} may not do this",
            fix="show one with the scope admin: fairlead token create NAME --scope admin",
            status=403,
        )
    return caller


Admin = Annotated[Caller, Depends(admin)]
"""A parameter of what only an admin may do."""


def is_open(path: str) -> bool:
    """Return whether everybody may read this: health, the sign-in page, the pages' own files."""
    return path in _OPEN or path.startswith(_OPEN_BELOW)


def _allowed(scope: Asked, caller: Caller) -> Response | None:
    needed = Scope.READ if scope["method"] in SAFE else Scope.SUBMIT
    if scope["path"] == LOGOUT or caller.may(needed):
        return None
    return problem_response(
        403,
        f"the token {caller.name!r} may only {' and '.join(sorted(caller.scopes))}",
        f"show one with the scope {needed}: fairlead token create NAME --scope {needed}",
    )


def _unknown(scope: Asked, headers: Headers) -> Response:
    page = scope["method"] == "GET" and not scope["path"].startswith("/api/")
    if page and "text/html" in headers.get("accept", ""):
        query = scope["query_string"].decode("latin-1")
        then = quote(scope["path"] + (f"?{query}" if query else ""), safe="")
        return RedirectResponse(f"{LOGIN}?then={then}", status_code=303)
    return problem_response(
        401,
        "nobody said who is asking",
        "Authorization: Bearer TOKEN, with one that fairlead token create has shown; "
        f"in a browser, sign in at {LOGIN}",
        headers={"WWW-Authenticate": 'Bearer realm="fairlead"'},
    )


def local_address(then: str) -> str:
    """Return where to go after signing in: an address of this platform, ``/`` for any other."""
    parts = urlsplit(then)
    plain = then.startswith("/") and not then.startswith(("//", "/\\"))
    safe = plain and not parts.netloc and not parts.scheme and then.isprintable() and "\\" not in then
    return then if safe else "/"


def session_word(headers: Headers) -> str:
    """Return what a browser's cookie holds, ``""`` where there is none."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
