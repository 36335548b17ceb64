"""What docs/deploy.md sets up, on ports of its own: the committed files with other paths in them."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import httpx2
import trustme

from services import Server, free_port, needed, wait_until

DOCS = Path(__file__).parents[3] / "docs"
FILES = DOCS / "deploy"
NAME = "fairlead.example.org"

PROGRAM, STATE = "/opt/fairlead/bin/fairlead", "/var/lib/fairlead"
"""Where the guide puts the program, and its state."""

_DEBIANS = Path("/etc/nginx/nginx.conf")


@dataclass(frozen=True, slots=True)
class Unit:
    """A systemd unit of the guide."""

    service: Mapping[str, str]

    @property
    def command(self) -> list[str]:
        """The words that start it."""
        return shlex.split(self.service["ExecStart"])

    @property
    def kill_signal(self) -> signal.Signals:
        """What it is sent when it is to stop."""
        return signal.Signals[self.service["KillSignal"]]

    def words(self, state: Path, *more: str) -> list[str]:
        """Return its command with this Python's Fairlead and another state folder."""
        program, *words = (str(state) if word == STATE else word for word in self.command)
        assert program == PROGRAM
        return [sys.executable, "-m", "fairlead", *words, *more]


def unit(name: str) -> Unit:
    """Read a unit of the guide."""
    read = ConfigParser(strict=True, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    read.optionxform = str  # ty: ignore[invalid-assignment]
    read.read_string((FILES / name).read_text("utf-8"))
    assert read.sections() == ["Unit", "Service", "Install"]
    return Unit(dict(read["Service"]))


class Process:
    """A command of the guide that runs, and its log."""

    def __init__(self, words: Sequence[str], log: Path, environ: Mapping[str, str], cwd: Path) -> None:
        self.log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                words, cwd=cwd, env=dict(environ), stdin=subprocess.DEVNULL, stderr=stderr
            )

    def said(self, pattern: str) -> str:
        """Wait for its log to say something, and return the part in brackets."""

        def found() -> re.Match[str] | None:
            assert self.process.poll() is None, self.log.read_text()
            return re.search(pattern, self.log.read_text())

        wait_until(found, f"{self.log.name} never said {pattern}", patience=60)
        match = found()
        assert match
        return match[1]

    @property
    def port(self) -> int:
        """Where it listens, once it is up."""
        return int(self.said(r"is up at http://127\.0\.0\.1:(\d+)\n"))

    def end(self, number: signal.Signals, *, within: float) -> int:
        """Send a signal and return the exit code that comes within so many seconds."""
        self.process.send_signal(number)
        return self.process.wait(within)

    def kill(self) -> None:
        """End it at once."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def started(
    words: Sequence[str], log: Path, environ: Mapping[str, str], cwd: Path
) -> Generator[Process]:
    """Give a command that runs, ended afterwards."""
    running = Process(words, log, environ, cwd)
    try:
        yield running
    finally:
        running.kill()


class Nginx(Server):
    """Debian's nginx with the guide's site, before these ports of loopback."""

    def __init__(self, ports: Sequence[int], *, also: str = "") -> None:
        self.program = needed("nginx", "nginx-light")
        folder = Path(tempfile.mkdtemp(prefix="fairlead-nginx-"))
        folder.chmod(0o755)  # its workers are another user when we are root
        self.plain_port, port = free_port(), free_port()
        authority = trustme.CA()
        made = authority.issue_cert(NAME)
        made.private_key_pem.write_to_path(str(folder / "key.pem"))
        for number, blob in enumerate(made.cert_chain_pems):
            blob.write_to_path(str(folder / "chain.pem"), append=number > 0)
        self.tls = ssl.create_default_context()
        authority.configure_trust(self.tls)
        site = (FILES / "nginx.conf").read_text("utf-8")
        for wanted, given in (
            ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("/etc/ssl/fairlead/", f"{folder}/"),
            (
                "    server 127.0.0.1:7433;\n",
                "".join(f"    server 127.0.0.1:{one};\n" for one in ports),
            ),
            ("    proxy_http_version 1.1;\n", f"    proxy_http_version 1.1;\n{also}"),
        ):
            assert wanted in site, f"the committed file has no {wanted!r}"
            site = site.replace(wanted, given)
        (folder / "site.conf").write_text(site)
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(_around(folder))
        words = [self.program, "-c", str(self.configuration), "-g", "daemon off;"]
        super().__init__(folder, words, port=port)

    @property
    def address(self) -> str:
        """The address with the platform's name, at this port."""
        return f"https://{NAME}:{self.port}"

    def start(self) -> None:
        """Start it; an AssertionError with what nginx says of a configuration that it doesn't take."""
        done = self.test()
        assert done.returncode == 0, done.stderr
        super().start()

    def test(self) -> subprocess.CompletedProcess[str]:
        """Have it read its configuration."""
        return subprocess.run(
            [self.program, "-t", "-c", str(self.configuration)],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    def client(self, *, address: str | None = None) -> httpx2.Client:
        """Return a client that finds the name here and knows who certified it."""
        return httpx2.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": f"{NAME}:{self.port}"},
            timeout=30,
            transport=_Named(verify=self.tls, local_address=address),
        )


class _Named(httpx2.HTTPTransport):
    """A transport that asks for the platform's certificate wherever it connects."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request whose TLS names the platform."""
        request.extensions = {**request.extensions, "sni_hostname": NAME}
        return super().handle_request(request)


def _around(folder: Path) -> str:
    """Return Debian's own nginx.conf with the site in it and everything that it writes in a folder."""
    debians = _DEBIANS.read_text("utf-8")
    written = [("/run/nginx.pid", "pid"), ("/var/log/nginx/", ""), ("/etc/nginx/conf.d/*", "more/*")]
    for place, name in written:
        debians = debians.replace(place, f"{folder}/{name}")
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"\n\t{one}_temp_path {folder}/{one};" for one in temporary)
    site = f"include {folder}/site.conf;{places}"
    for wanted in ("include /etc/nginx/sites-enabled/*;", str(folder / "pid")):
        assert wanted in debians
    if os.geteuid() != 0:
        debians = debians.replace("user www-data;", "")
    return debians.replace("include /etc/nginx/sites-enabled/*;", site)
