"""Slowing those who guess: after a few wrong tries a client waits, each time twice as long."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

FREE_TRIES = 5
"""Wrong tries before a client has to wait."""

LONGEST_WAIT = 300.0
"""Seconds that a client waits at most before it may try again."""

FORGOTTEN_AFTER = 3600.0
"""Seconds without a wrong try after which a client's tries are forgotten."""

MOST_CLIENTS = 10_000
"""How many clients are remembered; beyond that, the one goes whose last wrong try is the oldest."""

_MOST_KNOWN = 1000


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    last: float = 0.0


@dataclass(slots=True)
class Backoff:
    """What is remembered of clients that showed something wrong; safe to use from several threads.

    What a client has shown rightly before is let through while it waits, so that a neighbour behind the
    same address can't lock anybody out; that answers no guess.
    """

    _tries: OrderedDict[str, _Tries] = field(default_factory=OrderedDict)
    _known: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, client: str, shown: str, now: float) -> float:
        """Return for how many seconds a client may not show this yet; ``shown`` is a digest."""
        with self._lock:
            tries = self._tries.get(_who(client))
            if tries is None or (_who(client), shown) in self._known:
                return 0.0
            return max(0.0, tries.last + _pause(tries.wrong) - now)

    def failed(self, client: str, now: float) -> None:
        """Remember a wrong try."""
        with self._lock:
            who = _who(client)
            tries = self._tries.pop(who, None) or _Tries()
            if now - tries.last > FORGOTTEN_AFTER:
                tries.wrong = 0
            tries.wrong, tries.last = tries.wrong + 1, now
            self._tries[who] = tries
            if len(self._tries) > MOST_CLIENTS:
                self._tries.popitem(last=False)

    def succeeded(self, client: str, shown: str) -> None:
        """Remember what a client showed rightly; its wrong tries stay counted."""
        with self._lock:
            known = (_who(client), shown)
            self._known[known] = None
            self._known.move_to_end(known)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)


def _pause(wrong: int) -> float:
    beyond = wrong - FREE_TRIES
    return 0.0 if beyond < 0 else min(LONGEST_WAIT, 2.0 ** min(beyond, 30))


def _who(client: str) -> str:
    """Return what stands for a client: its address, of IPv6 the network that one customer gets."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client[:100]
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
