"""The web application of a platform: its API, its pages, its files."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from fairlead import __version__
from fairlead.app.api import changes
from fairlead.app.api.problems import answer_with_problems
from fairlead.app.platform import Platform
from fairlead.app.web import pages, worksheet
from fairlead.app.web.worksheet.desk import Desk

API = "/api/v1"


def build(platform: Platform) -> FastAPI:
    """Return the application that serves a platform."""
    app = FastAPI(
        title="Fairlead",
        version=__version__,
        summary="Changes, the checks that they need, and what was decided on them.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    answer_with_problems(app)
    app.include_router(changes.routes(platform), prefix=API)
    app.include_router(pages.routes(platform))
    if platform.settings.worksheet:
        app.include_router(worksheet.routes(Desk(folder=platform.settings.worksheet)))
    static = files("fairlead.app.web").joinpath("static")
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    return app
