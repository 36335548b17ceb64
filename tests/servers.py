"""Platforms for tests: in this process behind a client, or served on a port by the real server."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from fairlead.app.listening import Server, bound_socket
from fairlead.app.platform import Platform
from fairlead.app.platform_wiring import open_platform, platform_settings
from fairlead.app.security.tokens import Scope, create
from fairlead.app.server import build
from services import wait_until

TOKENS = {scope: f"{scope}-of-tests" for scope in Scope}


@contextlib.contextmanager
def opened(state: Path, store: str = "", **settings: Any) -> Generator[Platform]:
    """Give a platform on a store; ``settings`` are those of ``Settings``."""
    given = replace(platform_settings(os.environ, state=state, store=store), **settings)
    platform = open_platform(given, environ={**os.environ, "XDG_CACHE_HOME": str(state / "cache")})
    try:
        yield platform
    finally:
        platform.database.close()


@contextlib.contextmanager
def client_of(platform: Platform, **more: Any) -> Generator[TestClient]:
    """Give a client of a platform in this process, at this machine."""
    with TestClient(build(platform), base_url="http://localhost", **more) as client:
        yield client


def token(platform: Platform, scope: Scope = Scope.ADMIN, *, name: str = "") -> str:
    """Make a token and return it."""
    with platform.database.write() as unit:
        _, word = create(unit, name=name or TOKENS[scope], scope=scope, at=platform.clock())
    return word


def bearer(word: str) -> dict[str, str]:
    """Return the headers that show a token."""
    return {"Authorization": f"Bearer {word}"}


class Running:
    """A platform that the real server serves on a port of loopback."""

    def __init__(self, platform: Platform, prepare: Callable[[Any], None] = lambda app: None) -> None:
        self._bound = bound_socket("127.0.0.1", 0)
        self._socket = self._bound.__enter__()
        self.port = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        ready = threading.Event()
        app = build(replace(platform, settings=replace(platform.settings, port=self.port)))
        prepare(app)
        self.server = Server(app, ready.set, proxies=platform.settings.proxies)
        self._thread = threading.Thread(target=self.server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise AssertionError("the server didn't start")

    def client(self, **more: Any) -> httpx2.Client:
        """Return a client that talks to it over the network."""
        return httpx2.Client(base_url=self.address, timeout=30, **more)

    def stop(self) -> None:
        """Ask it to stop, as a signal does, and wait until it has."""
        self.server.should_exit = True
        wait_until(lambda: not self._thread.is_alive(), "the server didn't stop")
        self._bound.__exit__(None, None, None)


@contextlib.contextmanager
def running(platform: Platform, **more: Any) -> Generator[Running]:
    """Serve a platform on a port while inside."""
    server = Running(platform, **more)
    try:
        yield server
    finally:
        server.stop()
