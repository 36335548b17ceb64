"""What every form of the pages carries, so that only a page of ours can have sent it."""

from __future__ import annotations

from contextvars import ContextVar

from markupsafe import Markup

FIELD = "csrf_token"
"""The name of the hidden field."""

csrf_token: ContextVar[str] = ContextVar("csrf_token", default="")
"""The token of the request that is being answered; whoever guards posts sets it."""


def csrf_field() -> Markup:
    """Return the hidden field of a form that posts, nothing while nobody guards posts."""
    token = csrf_token.get()
    if not token:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)
