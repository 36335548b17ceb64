"""Signing in with a token, and out: what gives a browser its session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from fairlead.app.platform import Platform
from fairlead.app.security.backoff import Backoff
from fairlead.app.security.callers import (
    COOKIE,
    LOGIN,
    LOGOUT,
    local_address,
    session_word,
    try_token,
)
from fairlead.app.security.sessions import LASTS, Sessions
from fairlead.app.web.rendering import page

_WRONG = "this token opens nothing here"
_WRONG_FIX = "see that all of it was pasted; fairlead token create NAME shows a new one"


def routes(platform: Platform, sessions: Sessions, backoff: Backoff) -> APIRouter:
    """Return the addresses of signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get(LOGIN)
    def show(then: str = "/") -> Response:
        return _form(then, needed=not platform.settings.open_to_this_machine)

    @router.post(LOGIN)
    def sign_in(
        request: Request,
        token: Annotated[str, Form(max_length=500)] = "",
        then: Annotated[str, Form(max_length=2000)] = "/",
    ) -> Response:
        client = request.client.host if request.client else ""
        tried = try_token(platform, backoff, client, token.strip())
        if tried.wait > 0:
            cause = f"too many wrong tokens came from {client}"
            response = _form(then, cause, f"wait {tried.wait:.0f} s and try again", status=429)
            response.headers["Retry-After"] = str(int(tried.wait) + 1)
            return response
        if tried.token is None:
            return _form(then, _WRONG, _WRONG_FIX, status=401)
        answer = RedirectResponse(local_address(then), status_code=303)
        answer.set_cookie(
            COOKIE,
            sessions.begin(tried.token.id),
            max_age=LASTS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    @router.post(LOGOUT)
    def sign_out(request: Request) -> Response:
        sessions.end(session_word(request.headers))
        answer = RedirectResponse(LOGIN, status_code=303)
        answer.delete_cookie(
            COOKIE, httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )
        return answer

    return router


def _form(
    then: str, cause: str = "", fix: str = "", *, status: int = 200, needed: bool = True
) -> HTMLResponse:
    return page(
        "login.html",
        status=status,
        here="login",
        then=local_address(then),
        cause=cause,
        fix=fix,
        needed=needed,
    )
