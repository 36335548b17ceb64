"""``fairlead up``: start the platform."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from fairlead.app import intake
from fairlead.app.platform import Platform
from fairlead.app.platform_wiring import open_platform, platform_settings
from fairlead.errors import FairleadError
from fairlead.records.model import Repository


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `up` takes."""
    parser.description = (
        "Start the platform here: a store, background runs, an API and pages, in one process.\n"
        "The repository that this is started in is registered and its recent changes are read."
    )
    parser.epilog = "examples:\n  fairlead up\n  fairlead up --port 8080 --no-open"
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback)")
    parser.add_argument("--port", type=int, default=7433, help="port to listen on (default: 7433)")
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="where all is kept (default: the user's data folder)"
    )
    parser.add_argument("--store", default="", metavar="ADDRESS", help="a database, if not in --state")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    settings = platform_settings(
        os.environ,
        state=arguments.state,
        store=arguments.store,
        host=arguments.host,
        port=arguments.port,
    )
    platform = open_platform(settings, environ=os.environ)
    _register(platform)
    import uvicorn

    from fairlead.app.server import build

    print(f"Fairlead is up at {settings.address}", file=sys.stderr)
    uvicorn.run(build(platform), host=settings.host, port=settings.port, log_level="warning")
    platform.database.close()
    return 0


def _register(platform: Platform) -> Repository | None:
    """Register the repository of the folder that this was started in, if it is one."""
    try:
        repository = intake.add_folder(
            platform.database, Path.cwd(), at=time.time(), environ=platform.environ
        )
    except FairleadError as error:
        print(f"no repository was registered: {error.cause}", file=sys.stderr)
        return None
    fresh = intake.take_in(platform.database, repository, environ=platform.environ)
    for revision in reversed(fresh):
        intake.plan_revision(platform.database, repository, revision, environ=platform.environ)
    return repository
