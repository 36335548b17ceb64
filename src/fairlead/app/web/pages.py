"""The addresses of the platform's pages."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from fairlead.app.clones.copies import Copies
from fairlead.app.platform import Platform
from fairlead.app.web import board_pages, change_pages, repository_pages, throughput_pages
from fairlead.app.web.charts import Bar, bars
from fairlead.app.web.rendering import page


def routes(platform: Platform, copies: Copies, *, admin: Callable[..., object]) -> APIRouter:
    """Return the routes of the pages; none is part of the API's description.

    ``admin`` is a dependency that refuses whoever may not change what is watched.
    """
    router = APIRouter(include_in_schema=False)
    for part in (board_pages, change_pages, throughput_pages):
        router.include_router(part.routes(platform))
    router.include_router(repository_pages.routes(platform, copies, admin=admin))

    @router.get("/design")
    def design() -> HTMLResponse:
        return page("design.html", here="design", chart=_example())

    return router


def _example() -> Markup:
    return bars(
        "How long did changes wait for a verdict?",
        "The bar is the median, the stroke is what nine in ten stay within; open bars: inert.",
        [
            Bar(
                label="source", value=41, words="41 s", note="nine in ten within 95 s, n = 318", mark=95
            ),
            Bar(label="source, inert", value=6, words="6.0 s", note="n = 9", other=True),
        ],
        columns=("Nature", "Half within", "Also"),
        window="An example.",
    )
