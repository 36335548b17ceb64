"""What a server asks of requests that nobody but the person at this machine can send."""

from __future__ import annotations

import secrets
from functools import partial

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from fairlead.app.security.forms import (
    NO_FORM_TOKEN,
    OTHER_SITE,
    SAFE,
    FormWords,
    has_form_token,
    is_form,
    same_origin,
)
from fairlead.app.web.forms import csrf_token


class ThisMachine:
    """Lets everything through but what another site's page sends; there are no tokens and no sign-in.

    Forms hold a word that is new with every start, since nothing is kept between two.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._words = FormWords(partial(secrets.token_bytes, 32))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        csrf_token.set(self._words.of(""))
        if scope["method"] not in SAFE:
            headers = Headers(scope=scope)
            if not same_origin(scope, headers):
                await OTHER_SITE(scope, receive, send)
                return
            if is_form(headers):
                fits, receive = await has_form_token(scope, receive, self._words, "")
                if not fits:
                    await NO_FORM_TOKEN(scope, receive, send)
                    return
        await self._app(scope, receive, send)
