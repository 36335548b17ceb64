"""What pages know of who asks: their name, and what shows that a form is one of ours."""

from __future__ import annotations

from contextvars import ContextVar

from markupsafe import Markup

FIELD = "csrf_token"
"""The name of the hidden field."""

csrf_token: ContextVar[str] = ContextVar("csrf_token", default="")
"""The token of the request that is being answered; whoever guards posts sets it."""


signed_in: ContextVar[str] = ContextVar("signed_in", default="")
"""The name of who began the session that the request belongs to, ``""`` where there is none to end."""


def csrf_field() -> Markup:
    """Return the hidden field of a form that posts, nothing while nobody guards posts."""
    token = csrf_token.get()
    if not token:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)
