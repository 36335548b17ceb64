"""Whether a platform lives and can do its work, for load balancers and whoever watches it."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from fairlead.app.observing.metrics import Metrics
from fairlead.app.platform import Platform
from fairlead.app.problems import Refused
from fairlead.errors import FairleadError
from fairlead.store.migrations import newest_version, version_of


def routes(platform: Platform, metrics: Metrics) -> APIRouter:
    """Return ``/healthz``, ``/readyz`` and ``/metrics``."""
    router = APIRouter(include_in_schema=False)

    # On the event loop, and nothing but that: it answers while every thread is busy.
    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    def readyz() -> dict[str, str]:
        return {"status": "ok", "schema": _schema(platform), "engine": _engine(platform)}

    @router.get("/metrics")
    def read_metrics() -> Response:
        return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)

    return router


def _schema(platform: Platform) -> str:
    try:
        found, needed = version_of(platform.database), newest_version()
    except FairleadError as error:
        structlog.stdlib.get_logger("fairlead.health").warning(error.cause)
        raise _not_ready(
            "the store can't be reached", "the server's log and fairlead doctor say why"
        ) from error  # where it is is nobody's business who shows no token
    if found != needed:
        raise _not_ready(
            f"the store's tables are at version {found}, and this Fairlead needs {needed}",
            "start fairlead once more: it brings them to date",
        )
    return str(found)


def _engine(platform: Platform) -> str:
    if platform.keeper is None:
        return "elsewhere"
    health = platform.keeper.health()
    if not health.ok:
        raise _not_ready(health.words, health.fix)
    return health.words


def _not_ready(cause: str, fix: str) -> Refused:
    return Refused(cause, fix=fix, status=503, headers={"Retry-After": "5"})
