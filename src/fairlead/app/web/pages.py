"""The addresses of the platform's pages."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from fairlead.app.platform import Platform
from fairlead.app.web.rendering import page
from fairlead.records.board import Sought, read_board


def routes(platform: Platform) -> APIRouter:
    """Return the routes of the pages; none is part of the API's description."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def board(
        repository: str = "", standing: str = "", nature: str = "", words: str = "", after: str = ""
    ) -> HTMLResponse:
        sought = Sought(repository=repository, standing=standing, nature=nature, words=words)
        with platform.database.read() as connection:
            lines = read_board(connection, sought, after=after)
        return page("board.html", here="board", sought=sought, page=lines)

    @router.get("/design")
    def design() -> HTMLResponse:
        return page("design.html", here="design")

    return router
