"""Which names a platform answers to: what keeps other sites from reaching it by a name of their own.

A page of a stranger's can have its own name lead to a loopback address (DNS rebinding); the browser
then takes the platform's answers for that page's own. The request still says which name was meant.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from fairlead.app.problems import problem_response
from fairlead.settings import Settings

OPEN_TO_ALL_NAMES = frozenset({"/healthz", "/readyz"})
"""What load balancers ask by whatever address they know; nothing is told there."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104, read here, not bound


class KnownHosts:
    """Refuses requests whose Host names something else than this platform."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._names = names_of(settings)
        self._addresses_too = settings.host in _ANY_ADDRESS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 421."""
        if scope["type"] != "http" or scope["path"] in OPEN_TO_ALL_NAMES:
            await self._app(scope, receive, send)
            return
        asked = next((value for name, value in scope["headers"] if name == b"host"), b"")
        name = host_name(asked.decode("latin-1"))
        if name in self._names or (self._addresses_too and is_address(name)):
            await self._app(scope, receive, send)
            return
        response = problem_response(
            421,
            f"this platform doesn't answer to the name {name[:100]!r}",
            "use one that it has, or start it with that name: fairlead up --name NAME",
        )
        await response(scope, receive, send)


def names_of(settings: Settings) -> Collection[str]:
    """Return the names and addresses that a platform answers to, in lower case."""
    names = {name.lower() for name in settings.names} | _LOOPBACK
    if settings.host in _ANY_ADDRESS:
        names |= {socket.gethostname().lower()}
    else:
        names.add(settings.host.lower())
    return frozenset(names)


def host_name(value: str) -> str:
    """Return a Host header's name in lower case, without port and brackets; ``""`` for nonsense."""
    try:
        parts = urlsplit(f"//{value}")
        found = parts.hostname or ""
    except ValueError:
        return ""
    return "" if parts.username or parts.path or parts.query else found.rstrip(".").lower()


def is_address(name: str) -> bool:
    """Return whether this is a plain address, which no name server can turn elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
