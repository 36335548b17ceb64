"""Whether a request that changes something comes from a page of this platform, not from another site's.

A browser sends cookies, and reaches loopback addresses, for whatever page asks it to. What can't show a
token in a header has to come from here: browsers say where a request comes from, and a form holds a
word that other sites can't read.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from fairlead.app.problems import problem_response
from fairlead.app.web.forms import FIELD

FORM_HEADER = "x-csrf-token"
"""The header that holds a form's token where the form doesn't."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing."""

OTHER_SITE = problem_response(
    403,
    "another site's page sent this request",
    "do it on a page of this platform; a program shows a token: Authorization: Bearer TOKEN",
)
NO_FORM_TOKEN = problem_response(
    403,
    "the form doesn't hold what this platform's own forms hold, or was left open over a sign-in",
    "load the page again and send the form once more; a program sends application/json",
)

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_PORTS = {"http": 80, "https": 443}


class FormWords:
    """The words that forms hold: one for each session, one for whoever has none.

    They are made from a key and the session's own word, which other sites know neither of. The key is
    asked for when a word is first wanted; whatever that raises, it is asked for again the next time.
    """

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._key = cache(key)

    def of(self, session: str) -> str:
        """Return what a form has to hold in the session with this word, ``""`` without a session."""
        return hmac.new(self._key(), b"form " + session.encode(), hashlib.sha256).hexdigest()

    def fits(self, shown: str, session: str) -> bool:
        """Return whether a form held what it has to, in the same time for every answer."""
        return hmac.compare_digest(shown.encode("utf-8", "replace"), self.of(session).encode())


def same_origin(scope: Scope, headers: Headers) -> bool:
    """Return whether nothing that a browser says of a request names another site as its sender.

    A program says nothing; every browser of these years sends ``Origin`` with what changes something.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or _place(origin) == _place(f"{scope['scheme']}://{headers.get('host', '')}")


def is_form(headers: Headers) -> bool:
    """Return whether any page could have sent a body of this kind without asking first."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() in _FORMS


async def has_form_token(
    scope: Scope, receive: Receive, words: FormWords, session: str
) -> tuple[bool, Receive]:
    """Return whether a form holds its session's word, and what gives its body once more.

    JavaScript may show the word in a header instead, which no form of another site can set.
    """
    headers = Headers(scope=scope)
    if FORM_HEADER in headers:
        return words.fits(headers[FORM_HEADER], session), receive
    body = await Request(scope, receive).body()
    try:
        form = Request(scope, _again(body, receive)).form(max_part_size=len(body))
        async with form as fields:
            shown = fields.get(FIELD, "")
    except HTTPException:  # it is no form, whatever it says of itself
        shown = ""
    fits = isinstance(shown, str) and words.fits(shown, session)
    return fits, _again(body, receive)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once_more() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once_more


def _place(address: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", "", None
