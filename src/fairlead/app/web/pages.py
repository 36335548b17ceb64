"""The addresses of the platform's pages."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from fairlead.app.platform import Platform
from fairlead.app.web import board_pages, change_pages
from fairlead.app.web.rendering import page


def routes(platform: Platform) -> APIRouter:
    """Return the routes of the pages; none is part of the API's description."""
    router = APIRouter(include_in_schema=False)
    for part in (board_pages, change_pages):
        router.include_router(part.routes(platform))

    @router.get("/design")
    def design() -> HTMLResponse:
        return page("design.html", here="design")

    return router
