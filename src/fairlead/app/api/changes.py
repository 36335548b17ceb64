"""Changes over HTTP: the board as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from fairlead.app.api.problems import Missing
from fairlead.app.platform import Platform
from fairlead.records.board import Sought, board_line, read_board


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/changes``."""
    router = APIRouter(prefix="/changes", tags=["changes"])

    @router.get("", summary="List changes, the last updated first")
    def list_changes(
        repository: str = "",
        standing: str = "",
        nature: str = "",
        band: str = "",
        words: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: str = "",
    ) -> dict[str, object]:
        sought = Sought(repository=repository, standing=standing, nature=nature, band=band, words=words)
        with platform.database.read() as connection:
            page = read_board(connection, sought, limit=limit, after=after)
        return {"changes": [asdict(line) for line in page.lines], "next": page.next}

    @router.get("/{number}", summary="Show where a change stands")
    def show_change(number: int) -> dict[str, object]:
        with platform.database.read() as connection:
            line = board_line(connection, number)
        if line is None:
            raise Missing(f"there is no change {number} here", fix="GET /api/v1/changes lists them")
        return asdict(line)

    return router
