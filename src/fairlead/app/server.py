"""The web application of a platform: its API, its pages, its files, and what every request passes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from importlib.resources import files

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import OperationalError
from starlette.staticfiles import StaticFiles

from fairlead import __version__
from fairlead.app.api import (
    changes,
    events,
    findings,
    measurements,
    policy,
    repositories,
    revisions,
    runs,
    worksheet,
)
from fairlead.app.api.describing import describe
from fairlead.app.api.etags import ETags
from fairlead.app.api.idempotency import IdempotencyKeys
from fairlead.app.clones.copies import Copies
from fairlead.app.clones.registering import copies_of
from fairlead.app.following import Following
from fairlead.app.heads import Heads
from fairlead.app.observing import health
from fairlead.app.observing.metrics import Metrics
from fairlead.app.observing.requests import Observed
from fairlead.app.platform import Platform
from fairlead.app.problems import answer_with_problems
from fairlead.app.security import sign_in
from fairlead.app.security.backoff import Backoff
from fairlead.app.security.bodies import BodyLimit
from fairlead.app.security.callers import Guard, admin
from fairlead.app.security.forms import FormWords
from fairlead.app.security.headers import SecurityHeaders
from fairlead.app.security.hosts import KnownHosts
from fairlead.app.security.sessions import Sessions
from fairlead.app.turns import Turns
from fairlead.app.web import pages
from fairlead.app.web import worksheet as worksheet_pages
from fairlead.app.web.problem_pages import ProblemPages
from fairlead.app.web.worksheet.desk import Desk
from fairlead.measurements.asking import Question, answer
from fairlead.measurements.model import Measurement
from fairlead.store.secrets import shared_secret

API = "/api/v1"

THREADS = 12
"""Threads in which requests are carried out: more than there are turns for those that read, so that
what changes something, or copies a repository, keeps none from them."""


def build(platform: Platform, *, copies: Copies | None = None) -> FastAPI:
    """Return the application that serves a platform.

    ``app.state.end_streams`` has to be called when the server stops, before it waits for requests:
    those that follow events end by that alone.
    """
    following = Following(platform.database)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield
        await to_thread.run_sync(following.end)

    app = FastAPI(
        title="Fairlead",
        version=__version__,
        summary="Changes, the checks that they need, and what was decided on them.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.end_streams = following.end
    metrics = Metrics(platform.database)
    words = FormWords(lambda: shared_secret(platform.database, "forms", at=platform.clock()))
    with contextlib.suppress(OperationalError):  # while the store is away, health is still told
        words.of("")
    sessions, backoff = Sessions(database=platform.database, clock=platform.clock), Backoff()
    answer_with_problems(app)
    describe(app)
    copies = copies or copies_of(platform)
    for router in (
        repositories.routes(platform, copies),
        changes.routes(platform, copies),
        revisions.routes(platform),
        runs.routes(platform),
        findings.routes(platform),
        policy.routes(platform),
        measurements.routes(platform),
        worksheet.routes(platform),
        events.routes(platform, following, metrics),
    ):
        app.include_router(router, prefix=API)
    app.include_router(health.routes(platform, metrics))
    app.include_router(sign_in.routes(platform, sessions, backoff))
    app.include_router(pages.routes(platform, copies, admin=admin))
    app.include_router(_worksheet(platform))
    static = files("fairlead.app.web").joinpath("static")
    app.mount("/static", StaticFiles(directory=str(static)), name="static")
    # What is added last is passed first.
    app.add_middleware(IdempotencyKeys, platform=platform, below=f"{API}/")
    app.add_middleware(ETags)
    app.add_middleware(Guard, platform=platform, sessions=sessions, words=words, backoff=backoff)
    app.add_middleware(Turns, without=("/healthz",))
    app.add_middleware(BodyLimit, larger={worksheet_pages.PLACE: worksheet_pages.MOST_BYTES})
    app.add_middleware(KnownHosts, settings=platform.settings)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observed, metrics=metrics)
    app.add_middleware(ProblemPages)
    app.add_middleware(Heads)
    return app


def _worksheet(platform: Platform) -> APIRouter:
    """Return the worksheet's pages, or the one that says why there are none.

    Stories are one person's: they are shown to whoever sits at this machine and to nobody else.
    """
    settings = platform.settings
    if settings.worksheet is None:
        return worksheet_pages.no_worksheet(
            "This platform shows no worksheet.",
            "make one with fairlead worksheet init, then start again with fairlead up --worksheet DIR",
        )
    if not settings.open_to_this_machine:
        return worksheet_pages.no_worksheet(
            "A worksheet is private, and this platform can be reached from elsewhere.",
            "show it alone, on your own machine: fairlead worksheet open DIR",
        )

    def observed(question: Question) -> Measurement | None:
        with platform.database.read() as connection:
            return answer(connection, question, source=f"fairlead at {settings.address}")

    return worksheet_pages.routes(Desk(folder=settings.worksheet, observed=observed))
