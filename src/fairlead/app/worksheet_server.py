"""The web application of a worksheet alone: its pages and their files, no store and no repository."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from fairlead import __version__
from fairlead.app.heads import Heads
from fairlead.app.problems import answer_with_problems
from fairlead.app.security.bodies import BodyLimit
from fairlead.app.security.headers import SecurityHeaders
from fairlead.app.security.hosts import KnownHosts
from fairlead.app.security.this_machine import ThisMachine
from fairlead.app.web import worksheet
from fairlead.app.web.problem_pages import ProblemPages
from fairlead.app.web.worksheet.desk import Desk
from fairlead.settings import Settings


def build(desk: Desk, settings: Settings) -> FastAPI:
    """Return the application that serves one worksheet's pages to the person at this machine."""
    app = FastAPI(
        title="Fairlead", version=__version__, openapi_url=None, docs_url=None, redoc_url=None
    )
    answer_with_problems(app)
    app.include_router(worksheet.routes(desk))

    @app.get("/")
    def start() -> RedirectResponse:
        return RedirectResponse(worksheet.PLACE, status_code=307)

    static = files("fairlead.app.web").joinpath("static")
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    # What is added last is passed first.
    app.add_middleware(ThisMachine)
    app.add_middleware(BodyLimit, limit=worksheet.MOST_BYTES)
    app.add_middleware(KnownHosts, settings=settings)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ProblemPages, layout={"navigation": ()})
    app.add_middleware(Heads)
    return app
