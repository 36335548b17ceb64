"""Real PostgreSQL and Redis servers for tests and benchmarks: own data, own port, ended afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

_PATIENCE = 30.0


class Server:
    """A server process that can be killed and started again on the same data and port."""

    def __init__(self, folder: Path, words: Sequence[str], *, port: int) -> None:
        self.folder, self.port, self._words = folder, port, tuple(words)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        wait_until(self._answers, f"{self._words[0]} didn't start: see {self.folder / 'log'}")

    def signal(self, number: int) -> None:
        """Send a signal to the server itself and wait for its end."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(_PATIENCE)

    def stop(self) -> None:
        """End it and what it has started at once, and remove its data."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self.signal(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Redis(Server):
    """Debian's redis-server, which forgets everything when it is killed."""

    def __init__(self) -> None:
        program = needed("redis-server", "redis-server")
        folder = Path(tempfile.mkdtemp(prefix="fairlead-redis-"))
        port = free_port()
        words = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        super().__init__(folder, [*words, "--save", "", "--appendonly", "no"], port=port)

    @property
    def address(self) -> str:
        """Its first database."""
        return f"redis://127.0.0.1:{self.port}/0"


class Postgres(Server):
    """Debian's PostgreSQL, run as its unprivileged user where we are root, as it asks for."""

    def __init__(self) -> None:
        binaries = _postgres_binaries()
        folder = Path(tempfile.mkdtemp(prefix="fairlead-pg-"))
        data, port = folder / "data", free_port()
        owner = _unprivileged()
        if owner:
            shutil.chown(folder, owner, owner)
        words = [*owner_words(owner), f"{binaries}/initdb"]
        done = subprocess.run(
            [*words, "-D", str(data), "-U", "fairlead", "-A", "trust", "-E", "UTF8", "--no-sync"],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
        if done.returncode != 0:
            raise AssertionError(f"initdb: {done.stderr}")
        super().__init__(
            folder,
            [
                *owner_words(owner),
                f"{binaries}/postgres",
                *("-D", str(data), "-p", str(port), "-k", str(folder)),
                *("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60"),
            ],
            port=port,
        )

    def address(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://fairlead@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str, *, name: str = "postgres") -> None:
        """Run a statement outside of a transaction."""
        import psycopg

        with psycopg.connect(self.address(name), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def restart(self) -> None:
        """End every connection at once, as a crash would, and come back."""
        self.signal(signal.SIGQUIT)
        self.start()


def needed(program: str, package: str) -> str:
    """Return where a program is; skip the test without it on a laptop, fail in CI."""
    found = shutil.which(program)
    if found is None:
        _missing(program, package)
    return str(found)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds: Callable[[], object], otherwise: str, *, patience: float = _PATIENCE) -> None:
    """Wait until something holds; an AssertionError when it never does."""
    until = time.monotonic() + patience
    while not holds():
        if time.monotonic() > until:
            raise AssertionError(otherwise)
        time.sleep(0.02)


def owner_words(owner: str) -> list[str]:
    """Return the words before a command that is to run as another user, none for ourselves."""
    if not owner:
        return []
    return ["setpriv", "--reuid", owner, "--regid", owner, "--clear-groups"]


def _unprivileged() -> str:
    if os.geteuid() != 0:
        return ""
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def _postgres_binaries() -> Path:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists():
            return place
    return Path(needed("initdb", "postgresql")).resolve().parent


def _missing(program: str, package: str) -> None:
    words = f"{program} is missing: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


def _end_with_parent() -> None:
    """Let the kernel end the server when the test run is killed."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
