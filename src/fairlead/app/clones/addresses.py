"""Which addresses a repository may be added by, so that none leads into this machine or its network.

Whoever may add a repository by its address can have this server ask that address. It isn't to be a way
to reach what only this server reaches: files, loopback, the private network, a cloud's metadata.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from fairlead.errors import FairleadError

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the addresses that a name has; raises OSError where it has none."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?", re.ASCII)
_PATH = re.compile(r"/[A-Za-z0-9._~/+@%-]{1,1000}", re.ASCII)
_PORTS = {"https": 443, "ssh": 22}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """An address that may be asked: ``url`` as it is stored and shown, without anything secret.

    ``pinned`` are the addresses that its host's name had when they were looked at; git is to connect to
    one of those, not to what the name says a moment later.
    """

    url: str
    scheme: str
    host: str
    port: int
    pinned: tuple[str, ...]

    @property
    def name(self) -> str:
        """What to call the repository."""
        return self.url.rstrip("/").rpartition("/")[2].removesuffix(".git") or self.host


def is_remote(source: str) -> bool:
    """Return whether this is meant as an address rather than as a path."""
    return "://" in source or "::" in source or bool(re.match(r"[\w.-]+@[\w.-]+:", source))


def resolve_name(host: str, port: int) -> Sequence[str]:
    """Return the addresses that the system's resolver has for a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def read_remote(
    source: str, *, private: Collection[str] = (), resolve: Resolve = resolve_name
) -> Remote:
    """Return the address to clone from; raises FairleadError for one that isn't asked.

    ``private`` names the hosts that may be asked although they lie in a private network, and by ssh.
    """
    try:
        parts = urlsplit(source)
        host, port = (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise _refused(source, "it is no address") from error
    if not source.isascii() or not source.isprintable() or parts.query or parts.fragment:
        raise _refused(source, "it holds signs that such an address has no use for")
    if parts.scheme not in _PORTS:
        raise _refused(source, "only https is asked, and ssh of hosts that were named")
    if parts.password is not None or (parts.username is not None and parts.scheme != "ssh"):
        raise FairleadError(
            f"the address at {host} holds a name or a password, which would be stored and shown",
            fix="leave out what stands before the @; only what can be read without it can be added",
        )
    if not _PATH.fullmatch(parts.path) or "/.." in parts.path:
        raise _refused(source, "its path is missing, or no plain one")
    named = host in {name.lower() for name in private}
    if parts.scheme == "ssh" and (
        not named or not re.fullmatch(r"[a-z0-9_-]+", parts.username or "git")
    ):
        raise _refused(source, f"{host} isn't among the hosts that are asked by ssh")
    addresses = _addresses(source, host, port, resolve)
    inside = [address for address in addresses if not is_public(address)]
    if inside and not named:
        raise _refused(source, f"{host} is {inside[0]}, inside of this machine or its network")
    return Remote(url=source, scheme=parts.scheme, host=host, port=port, pinned=tuple(addresses))


def is_public(address: str) -> bool:
    """Return whether an address lies on the internet: not loopback, private, link-local or the like."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        carried = found.ipv4_mapped or found.sixtofour
        if found.teredo:
            return False
        if found in _NAT64:
            carried = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if carried is not None:
            return is_public(str(carried))
    return found.is_global and not found.is_multicast


def _addresses(source: str, host: str, port: int, resolve: Resolve) -> Sequence[str]:
    literal = host if ":" in host else ""
    if not literal and not _HOST.fullmatch(host):
        raise _refused(source, "it names no host")
    try:
        addresses = resolve(host, port)
    except OSError as error:
        raise FairleadError(
            f"no address of {host} can be found: {error.strerror or error}",
            fix="see that the name is right and that this machine can look up names",
        ) from error
    if not addresses:
        raise FairleadError(f"{host} has no address", fix="see that the name is right")
    return addresses


def _refused(source: str, because: str) -> FairleadError:
    shown = re.sub(r"//[^/@]*@", "//", source)[:200]
    return FairleadError(
        f"{shown!r} isn't asked: {because}",
        fix="give https://HOST/PATH; a host of your own network has to be named when the platform is "
        "started: fairlead up --git-host HOST",
    )
