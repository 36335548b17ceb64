"""A platform at work: its server and what runs beside it, started and ended together."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable
from pathlib import Path

from fairlead.app.clones.registering import copies_of
from fairlead.app.listening import GRACE, Server
from fairlead.app.platform import Platform
from fairlead.app.security.callers import require_token
from fairlead.app.server import build
from fairlead.app.watching import Watcher
from fairlead.signals import ended_in_order


def serve(
    platform: Platform,
    listening: socket.socket,
    *,
    watch: bool,
    ready: Callable[[], None],
    ending: Callable[[], None],
) -> None:
    """Serve until a signal ends it, then let requests end, hand back what runs and stop all threads.

    ``ready`` is called once requests are answered, ``ending`` when a signal came. Raises FairleadError
    where it would be reached from elsewhere and there is no token.
    """
    require_token(platform)
    copies = copies_of(platform)
    watcher = Watcher(
        platform=platform, fetch=lambda one: copies.bring_up(one.source, Path(one.folder))
    )
    application = build(platform, copies=copies)
    server = Server(application, ready, proxies=platform.settings.proxies)

    def end() -> None:
        ending()
        server.end()

    # What is there by now stays. Python's collector would go through all of it again and again, and
    # nothing is answered meanwhile: 50 ms and more each time.
    gc.freeze()
    with ended_in_order(end):
        try:
            if platform.keeper:
                platform.keeper.start()
            if watch:
                watcher.start()
            server.run(sockets=[listening])
        finally:
            watcher.stop()
            if platform.keeper:
                platform.keeper.stop(patience=GRACE)
