"""Listening on an address, and a server that says when it answers."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Generator, Sequence

import uvicorn
from fastapi import FastAPI

from fairlead.errors import FairleadError

GRACE = 10
"""Seconds that requests get to end when the platform stops."""

_THIS_MACHINE = ("127.0.0.1", "::1")


@contextlib.contextmanager
def bound_socket(host: str, port: int) -> Generator[socket.socket]:
    """Give a socket that listens on an address; raises FairleadError when it can't be had.

    It is bound before anything else starts, so that a port that is taken costs nothing. What it accepts
    sends at once (``TCP_NODELAY``).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP is named: asyncio turns off Nagle's algorithm only on sockets that say so, and what follows
    # the head of an answer would wait 40 ms for the client to acknowledge the head.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except (OSError, OverflowError) as error:
            raise FairleadError(
                f"{host}:{port} can't be listened on: {getattr(error, 'strerror', None) or error}",
                fix="choose another with --port (0 for any that is free), or another --host",
            ) from error
        yield listening


class Server(uvicorn.Server):
    """A uvicorn that says when it answers, and ends event streams before it waits for requests.

    What ``X-Forwarded-For`` and ``-Proto`` say is believed from this machine and from ``proxies``,
    which are addresses and networks.
    """

    def __init__(self, app: FastAPI, ready: Callable[[], None], *, proxies: Sequence[str] = ()) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,  # every request has a line of ours, with its id
                log_config=None,
                timeout_graceful_shutdown=GRACE,
                server_header=False,
                forwarded_allow_ips=[*_THIS_MACHINE, *proxies],
            )
        )
        self._end_streams: Callable[[], None] = getattr(app.state, "end_streams", _nothing)
        self._ready = ready

    def end(self) -> None:
        """Have it stop: requests that are being answered get ``GRACE`` seconds."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to ``ended_in_order``: what runs beside has to end, too."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, take no more requests, wait for those that are being answered."""
        self._end_streams()
        await super().shutdown(sockets)


def _nothing() -> None:
    """Stand for what a server without streams has to end."""
