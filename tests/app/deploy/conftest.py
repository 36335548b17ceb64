"""The guide's platform, once for all tests: nginx before two servers on one PostgreSQL, one worker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from app.deploy.deployed import NAME, Nginx, Process, started, unit
from builder import RepositoryBuilder
from services import Redis
from stores import Stores

_OF_A_RUN = ("CI", "GITHUB_", "GIT_", "FAIRLEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What runs, and the token of somebody who may do everything."""

    nginx: Nginx
    servers: tuple[Process, Process]
    worker: Process
    token: str
    environ: dict[str, str]
    repository: RepositoryBuilder

    def client(self, *, address: str | None = None) -> httpx2.Client:
        """Return a program's client, which shows the token; it may come from another address."""
        client = self.nginx.client(address=address)
        client.headers["Authorization"] = f"Bearer {self.token}"
        return client

    def direct(self, which: int) -> httpx2.Client:
        """Return a client that says to one server what nginx would."""
        said = {"Host": NAME, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        return httpx2.Client(
            base_url=f"http://127.0.0.1:{self.servers[which].port}", headers=said, timeout=30
        )


@pytest.fixture(scope="session")
def deployed(
    tmp_path_factory: pytest.TempPathFactory, stores: Stores, redis: Redis
) -> Generator[Deployed]:
    """Return the guide's platform: the commands of its units, its site, an empty database at first."""
    folder = tmp_path_factory.mktemp("deployed")
    repository = RepositoryBuilder.create(folder / "srv" / "lab")
    repository.commit({"README.md": "# Lab\n"}, message="Begin")
    environ = _environment(folder, stores.empty("postgresql"), redis.address)
    state = [folder / "first", folder / "second"]
    token = _token(state[0], environ)
    server, worker = unit("fairlead.service"), unit("fairlead-worker@.service")
    more = (("--port", "0"), ("--port", "0", "--no-watch"))
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                started(server.words(one, *words), folder / f"{one.name}.log", environ, folder)
            )
            for one, words in zip(state, more, strict=True)
        ]
        working = stack.enter_context(
            started(worker.words(state[0]), folder / "worker.log", environ, folder)
        )
        nginx = Nginx([one.port for one in servers])
        stack.callback(nginx.stop)
        nginx.start()
        yield Deployed(
            nginx=nginx,
            servers=(servers[0], servers[1]),
            worker=working,
            token=token,
            environ=environ,
            repository=repository,
        )


def _environment(folder: Path, store: str, broker: str) -> dict[str, str]:
    """Return what a service is given: what the guide's /etc/fairlead/environment names, a home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_A_RUN)}
    return {
        **kept,
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "FAIRLEAD_STORE": store,
        "FAIRLEAD_BROKER": broker,
    }


def _token(state: Path, environ: dict[str, str]) -> str:
    words = ("token", "create", "maria", "--scope", "admin", "--state", str(state))
    done = subprocess.run(
        [sys.executable, "-m", "fairlead", *words],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return next(word for word in done.stdout.split() if word.startswith("fairlead_"))
