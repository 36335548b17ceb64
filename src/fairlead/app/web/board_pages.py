"""The board: every change in one line, found by a form and followed live."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from fairlead.app.platform import Platform
from fairlead.app.web.rendering import SIGNS, environment, page
from fairlead.changes.model import Nature
from fairlead.records.board import (
    Sought,
    Standings,
    checks_of,
    read_board,
)
from fairlead.records.model import BoardLine, CheckLine
from fairlead.records.repositories import list_repositories
from fairlead.risk.model import Band
from fairlead.store.outbox import last_number

STANDINGS = (
    "queued",
    "running",
    "blocked",
    "not_evaluated",
    "passed",
    "failed",
    "lost",
    "cancelled",
    "superseded",
    "none",
)
"""The states that a board is counted and searched by, those that need someone first."""

Words = Annotated[str, Query(max_length=200)]


def routes(platform: Platform) -> APIRouter:
    """Return the routes of the board."""
    router = APIRouter(include_in_schema=False)
    counted = Standings()

    @router.get("/")
    def board(
        repository: Words = "",
        standing: Words = "",
        nature: Words = "",
        band: Words = "",
        words: Words = "",
        after: Words = "",
    ) -> HTMLResponse:
        sought = Sought(repository=repository, standing=standing, nature=nature, band=band, words=words)
        with platform.database.read() as connection:
            seen = last_number(connection)  # first, so that nothing falls between this and the rest
            lines = read_board(connection, sought, after=after)
            running = [line.run_id for line in lines.lines if line.run_state == "running"]
            checks = checks_of(connection, [run_id for run_id in running if run_id is not None])
            standings = counted.at(connection, seen)
            repositories = [one.name for one in list_repositories(connection)]
        several = len(repositories) > 1
        return page(
            "board.html",
            here="board",
            seen=seen,
            sought=sought,
            after=after,
            rows=[_row(line, several, checks) for line in lines.lines],
            following=_address(sought, after=lines.next) if lines.next else "",
            first=_address(sought),
            standings=[
                (name, SIGNS[name][1], standings[name], _address(Sought(standing=name)))
                for name in STANDINGS
                if standings.get(name)
            ],
            total=sum(standings.values()),
            repositories=repositories,
            natures=[str(nature) for nature in Nature],
            bands_known=[str(band) for band in Band],
            states=[(name, SIGNS[name][1]) for name in STANDINGS],
        )

    return router


def _row(line: BoardLine, several: bool, checks: Mapping[int, Sequence[CheckLine]]) -> Markup:
    if line.run_state not in ("queued", "running"):
        return _settled_row(line, several)
    macros: Any = environment().get_template("parts/line.html").module
    return macros.row(line, several, checks.get(line.run_id or 0, ()), time.time())


@lru_cache(maxsize=2000)
def _settled_row(line: BoardLine, several: bool) -> Markup:
    """Return the row of a change of which nothing goes on: the same until something is."""
    macros: Any = environment().get_template("parts/line.html").module
    return macros.row(line, several)


def _address(sought: Sought, *, after: str = "") -> str:
    """Return the address of a board: what doesn't narrow isn't in it."""
    asked: Mapping[str, str] = {
        "repository": sought.repository,
        "standing": sought.standing,
        "nature": sought.nature,
        "band": sought.band,
        "words": sought.words,
        "after": after,
    }
    given = urlencode({name: value for name, value in asked.items() if value})
    return f"/?{given}" if given else "/"
