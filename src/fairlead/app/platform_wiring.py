"""Where a platform is put together: its settings, its store, the engine of its background runs.

It stands apart from the gate's wiring so that ``fairlead check`` loads no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fairlead.app.background_wiring import keeper_of
from fairlead.app.platform import Platform
from fairlead.errors import FairleadError
from fairlead.settings import Settings
from fairlead.store.database import open_database
from fairlead.store.folder import user_data
from fairlead.store.migrations import bring_up

STORE_FILE = "fairlead.sqlite"
"""The embedded store's file in the state folder."""


def platform_settings(
    environ: Mapping[str, str],
    *,
    state: Path | None = None,
    store: str = "",
    host: str = "127.0.0.1",
    port: int = 7433,
    broker: str = "",
    workers: int = 1,
    worksheet: Path | None = None,
    names: tuple[str, ...] = (),
    proxies: tuple[str, ...] = (),
    git_hosts: tuple[str, ...] = (),
) -> Settings:
    """Return how a platform runs, with the embedded engines where nothing else is said."""
    folder = state or user_data(environ)
    return Settings(
        state=folder,
        store=store or environ.get("FAIRLEAD_STORE") or f"sqlite:///{folder / STORE_FILE}",
        host=host,
        port=port,
        broker=broker or environ.get("FAIRLEAD_BROKER", ""),
        workers=workers,
        worksheet=worksheet,
        names=names,
        proxies=proxies,
        git_hosts=git_hosts or tuple(environ.get("FAIRLEAD_GIT_HOSTS", "").split()),
    )


def open_platform(settings: Settings, *, environ: Mapping[str, str], serving: bool = False) -> Platform:
    """Open a platform's store and bring its tables to date; raises FairleadError when that fails.

    One that is to be served gets an engine for its background runs, which isn't started yet.
    """
    if serving and not settings.workers and not settings.broker:
        raise FairleadError(
            "with no worker and no broker nobody would carry out runs",
            fix="fairlead up --workers 1, or name the broker that `fairlead worker` processes use",
        )
    database = open_database(settings.store)
    bring_up(database)
    keeper = None
    if serving:
        keeper = keeper_of(settings, database, environ=environ, workers_here=settings.workers > 0)
    return Platform(settings=settings, database=database, environ=environ, keeper=keeper)
