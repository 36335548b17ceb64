"""What a platform is told when it starts; built in wiring and passed in, never looked up elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one platform runs.

    ``state`` is the folder of all that it writes itself: the embedded store, clones. ``store`` is a
    database's address. ``broker`` is the address of Redis where runs go to Celery workers, ``""`` for
    processes of our own. ``workers`` is how many of those there are. ``worksheet`` is the folder of the
    user's stories, where one was named or found. ``preview_seconds`` is how long one request looks at
    what a policy would have done, before it says how to go on. ``names`` are those under which it is
    reached beside its own address, behind a proxy; ``proxies`` are the addresses and networks, beside
    loopback, of proxies that are believed who asks and whether over https; ``git_hosts`` are the names
    of git servers that repositories may be added from although they are private, by ssh too.
    """

    state: Path
    store: str
    host: str = "127.0.0.1"
    port: int = 7433
    broker: str = ""
    workers: int = 1
    worksheet: Path | None = None
    preview_seconds: float = 8.0
    names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    git_hosts: tuple[str, ...] = ()

    @property
    def loopback(self) -> bool:
        """Whether nobody outside of this machine can reach it."""
        return self.host in ("127.0.0.1", "::1", "localhost")

    @property
    def open_to_this_machine(self) -> bool:
        """Whether nobody has to show a token: where it is reached on loopback, by no other name."""
        return self.loopback and not self.names

    @property
    def address(self) -> str:
        """The address that people open."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"
