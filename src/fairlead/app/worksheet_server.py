"""The web application of a worksheet alone: its pages and their files, no store and no repository."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from fairlead import __version__
from fairlead.app.web import worksheet
from fairlead.app.web.worksheet.desk import Desk


def build(desk: Desk) -> FastAPI:
    """Return the application that serves one worksheet's pages."""
    app = FastAPI(
        title="Fairlead", version=__version__, openapi_url=None, docs_url=None, redoc_url=None
    )
    app.include_router(worksheet.routes(desk))

    @app.get("/")
    def start() -> RedirectResponse:
        return RedirectResponse(worksheet.PLACE, status_code=307)

    static = files("fairlead.app.web").joinpath("static")
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    return app
