"""A platform at work: its server and what runs beside it, started and ended together."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Generator

import uvicorn
from fastapi import FastAPI

from fairlead.app.clones.registering import copies_of
from fairlead.app.following import Following
from fairlead.app.platform import Platform
from fairlead.app.server import build
from fairlead.app.watching import Watcher
from fairlead.errors import FairleadError

GRACE = 10
"""Seconds that requests get to end when the platform stops."""


@contextlib.contextmanager
def bound_socket(host: str, port: int) -> Generator[socket.socket]:
    """Give a socket that listens on an address; raises FairleadError when it can't be had.

    It is bound before anything else starts, so that a port that is taken costs nothing.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except (OSError, OverflowError) as error:
            raise FairleadError(
                f"{host}:{port} can't be listened on: {getattr(error, 'strerror', None) or error}",
                fix="choose another with --port (0 for any that is free), or another --host",
            ) from error
        yield listening


def serve(
    platform: Platform,
    listening: socket.socket,
    *,
    watch: bool,
    ready: Callable[[], None],
) -> None:
    """Serve until a signal ends it, then let requests end, hand back what runs and stop all threads.

    ``ready`` is called once requests are answered.
    """
    copies = copies_of(platform)
    watcher = Watcher(platform=platform, fetch=lambda one: copies.bring_up(one.source))
    server = Server(build(platform, copies=copies), ready)
    try:
        if platform.keeper:
            platform.keeper.start()
        if watch:
            watcher.start()
        with contextlib.suppress(KeyboardInterrupt):  # raised again once it has ended for it
            server.run(sockets=[listening])
    finally:
        watcher.stop()
        if platform.keeper:
            platform.keeper.stop(patience=GRACE)


class Server(uvicorn.Server):
    """A uvicorn that says when it answers, and ends event streams before it waits for requests."""

    def __init__(self, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,  # every request has a line of ours, with its id
                log_config=None,
                timeout_graceful_shutdown=GRACE,
                server_header=False,
            )
        )
        self._following: Following = app.state.following
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, take no more requests, wait for those that are being answered."""
        self._following.end()
        await super().shutdown(sockets)
