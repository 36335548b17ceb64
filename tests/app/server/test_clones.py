"""A repository that is added by its address: which addresses are asked, and how it is copied."""

from __future__ import annotations

import http.server
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from builder import RepositoryBuilder
from fairlead.app import intake
from fairlead.app.clones import copies as copying
from fairlead.app.clones.addresses import is_public, is_remote, read_remote
from fairlead.app.clones.copies import Copies
from fairlead.app.clones.registering import add_remote
from fairlead.app.platform import Platform
from fairlead.errors import FairleadError
from servers import bearer, client_of, opened, token
from stores import Stores

PUBLIC = "93.184.215.14"


def says(*addresses: str) -> Any:
    return lambda host, port: list(addresses)


@pytest.mark.parametrize(
    "source",
    [
        "file:///etc",
        "/etc/passwd://x",
        "ext::sh -c touch% /tmp/pwned",
        "http://git.example.org/a.git",
        "git://git.example.org/a.git",
        "ssh://git.example.org/a.git",
        "git@git.example.org:a.git",
        "https://user:secret@git.example.org/a.git",
        "https://token@git.example.org/a.git",
        "https://git.example.org",
        "https://git.example.org/../../a",
        "https://git.example.org/a.git?x=1",
        "https://git.example.org/a\nb",
        "https://git.example.org/a b",
        "https://gït.example.org/a",
        "https://-oProxyCommand=x/a",
        "https:///a.git",
        "https://git.example.org:99999/a",
        "--upload-pack=touch://x",
    ],
)
def test_an_address_that_isnt_plain_https_is_refused(source: str) -> None:
    with pytest.raises(FairleadError) as error:
        read_remote(source, resolve=says(PUBLIC))

    assert error.value.fix
    assert "secret" not in error.value.cause + error.value.fix


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:0:1::1",
        "nonsense",
    ],
)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(FairleadError, match="inside of this machine or its network"):
        read_remote("https://git.example.org/a.git", resolve=says(PUBLIC, address))


def test_a_name_is_looked_up_as_the_system_does_so_that_no_spelling_of_loopback_gets_by() -> None:
    for host in ("127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "[::1]"):
        with pytest.raises(FairleadError):
            read_remote(f"https://{host}/a.git")


@given(st.ip_addresses())
def test_what_is_public_is_global_and_for_one(address: Any) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


def test_a_host_that_was_named_may_lie_inside_and_be_asked_by_ssh() -> None:
    inside = says("10.0.0.7")

    https = read_remote("https://git.corp/a.git", private=["git.corp"], resolve=inside)
    ssh = read_remote("ssh://git@git.corp/team/a.git", private=["git.corp"], resolve=inside)

    assert (https.pinned, https.name) == (("10.0.0.7",), "a")
    assert (ssh.scheme, ssh.port) == ("ssh", 22)
    with pytest.raises(FairleadError):
        read_remote("ssh://-oProxyCommand=x@git.corp/a", private=["git.corp"], resolve=inside)


def test_paths_are_no_addresses() -> None:
    assert [is_remote(one) for one in (".", "/srv/a.git", "../b", "a:b")] == [False] * 4
    assert [is_remote(one) for one in ("https://h/a", "ext::x", "git@h:a")] == [True] * 3


# --- against a real git server, over TLS


@dataclass
class GitServer:
    """git's own HTTP server behind TLS on loopback, with a certificate of its own authority."""

    folder: Path
    authority: Path
    port: int
    moved_to: str = ""
    asked: list[str] = field(default_factory=list)

    def url(self, name: str = "lab.git") -> str:
        return f"https://git.test:{self.port}/{name}"

    def copies(self, folder: Path, **more: Any) -> Copies:
        return Copies(
            folder=folder,
            environ={"GIT_SSL_CAINFO": str(self.authority)},
            private=("git.test",),
            resolve=says("127.0.0.1"),
            **more,
        )


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator[GitServer]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("git.test").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    folder = tmp_path / "served"
    folder.mkdir()
    backend = subprocess.check_output(["git", "--exec-path"], text=True).strip() + "/git-http-backend"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            if served.moved_to:
                self.send_response(302)
                self.send_header("Location", served.moved_to + self.path)
                self.end_headers()
                return
            self._ask_git()

        def do_POST(self) -> None:
            self._ask_git()

        def _ask_git(self) -> None:
            path, _, query = self.path.partition("?")
            done = subprocess.run(
                [backend],
                input=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                capture_output=True,
                check=False,
                env={
                    "PATH": os.environ["PATH"],
                    "GIT_PROJECT_ROOT": str(folder),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "GIT_CONFIG_COUNT": "1",
                    "GIT_CONFIG_KEY_0": "safe.directory",
                    "GIT_CONFIG_VALUE_0": "*",
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type") or "",
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
                },
            )
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line)
            self.send_response(int(fields.pop(b"Status", b"200").split()[0]))
            for name, value in fields.items():
                self.send_header(name.decode(), value.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    served = GitServer(folder, tmp_path / "authority.pem", server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def served(git_server: GitServer, repository: RepositoryBuilder) -> RepositoryBuilder:
    """Return a repository whose branch is named otherwise than most, and that is served."""
    repository.commit({"app.py": "x = 1\n"}, message="Begin")
    repository.git("branch", "-m", "main", "develop")
    publish(repository, git_server)
    return repository


def publish(repository: RepositoryBuilder, server: GitServer) -> None:
    target = server.folder / "lab.git"
    shutil.rmtree(target, ignore_errors=True)
    repository.git("clone", "-q", "--mirror", str(repository.folder), str(target))


def test_a_repository_is_copied_registered_and_brought_up_to_date(
    stores: Stores, tmp_path: Path, git_server: GitServer, served: RepositoryBuilder
) -> None:
    now = 0.0
    copies = git_server.copies(tmp_path / "clones", clock=lambda: now)
    with opened(tmp_path / "state", stores.new("sqlite")) as platform:
        repository = add_remote(platform, copies, git_server.url())
        first = intake.take_in(platform.database, repository, environ=platform.environ)
        served.branch("work")
        served.commit({"app.py": "x = 2\n"}, message="Work")
        publish(served, git_server)
        copies.bring_up(repository.source, Path(repository.folder))
        too_soon = intake.look(repository, environ=platform.environ)
        now = copying.FETCH_EVERY + 1
        copies.bring_up(repository.source, Path(repository.folder))
        second = intake.take_in(platform.database, repository, environ=platform.environ)
        again = add_remote(platform, copies, git_server.url())

    assert (repository.name, repository.default_branch) == ("lab", "develop")
    assert (repository.trusted, repository.source) == (False, git_server.url())
    assert (len(first), len(too_soon), len(second)) == (1, 1, 1)
    assert again.id == repository.id
    config = (Path(repository.folder) / "config").read_text()
    assert "hook" not in config
    assert not list((Path(repository.folder) / "hooks").glob("*"))
    copies.discard(repository.source, Path(repository.folder))
    assert not Path(repository.folder).exists()


def test_a_copy_that_another_server_made_is_brought_up_to_date_where_it_lies(
    stores: Stores, tmp_path: Path, git_server: GitServer, served: RepositoryBuilder
) -> None:
    second = git_server.copies(tmp_path / "second")
    with opened(tmp_path / "state", stores.new("sqlite")) as platform:
        repository = add_remote(platform, git_server.copies(tmp_path / "first"), git_server.url())
    served.commit({"app.py": "x = 2\n"}, message="Work")
    publish(served, git_server)
    folder = Path(repository.folder)

    second.fetch(repository.source, folder)
    with pytest.raises(FairleadError, match="isn't here") as error:
        second.fetch(repository.source, tmp_path / "not-shared" / folder.name)

    assert served.git("rev-parse", "HEAD") == served.git(f"--git-dir={folder}", "rev-parse", "develop")
    assert "at this path" in error.value.fix


def test_a_redirect_is_not_followed(
    tmp_path: Path, git_server: GitServer, served: RepositoryBuilder
) -> None:
    git_server.moved_to = f"https://git.test:{git_server.port}/elsewhere"

    with pytest.raises(FairleadError, match="git can't read") as error:
        git_server.copies(tmp_path / "clones").make(git_server.url())

    assert not any("elsewhere" in path for path in git_server.asked)
    assert error.value.fix
    assert list((tmp_path / "clones").iterdir()) == []


def test_git_connects_to_the_address_that_was_looked_at(
    tmp_path: Path, git_server: GitServer, served: RepositoryBuilder
) -> None:
    """The name exists nowhere: only the address that was looked at can have led there."""
    _, folder = git_server.copies(tmp_path / "clones").make(git_server.url())

    assert (folder / "HEAD").read_text() == "ref: refs/heads/develop\n"


def test_a_certificate_of_nobody_we_know_is_refused(
    tmp_path: Path, git_server: GitServer, served: RepositoryBuilder
) -> None:
    copies = Copies(
        folder=tmp_path / "clones", environ={}, private=("git.test",), resolve=says("127.0.0.1")
    )

    with pytest.raises(FairleadError, match="git can't read"):
        copies.make(git_server.url())


def test_a_copy_beyond_the_bounds_is_given_up_and_removed(
    tmp_path: Path,
    git_server: GitServer,
    served: RepositoryBuilder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copying, "_MEASURE_EVERY", 0.0)
    served.commit({"big.bin": os.urandom(2 << 20)})
    publish(served, git_server)

    with pytest.raises(FairleadError, match="larger than"):
        git_server.copies(tmp_path / "clones", most_bytes=10_000).make(git_server.url())
    with pytest.raises(FairleadError, match="within"):
        git_server.copies(tmp_path / "clones", timeout=0.01).make(git_server.url())

    assert list((tmp_path / "clones").iterdir()) == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc", "https://localhost/a.git", "https://169.254.169.254/latest", "ext::sh"],
)
def test_the_api_copies_nothing_from_inside(stores: Stores, tmp_path: Path, url: str) -> None:
    with (
        opened(tmp_path, stores.new("sqlite"), names=("fairlead.test",)) as platform,
        client_of(platform) as client,
    ):
        answer = client.post("/api/v1/repositories", json={"url": url}, headers=bearer(token(platform)))

    assert answer.status_code == 422
    assert answer.json()["fix"]
    assert not (tmp_path / "clones").exists()


def test_an_address_with_nothing_behind_it_says_so(platform: Platform) -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    with pytest.raises(FairleadError, match="no address of"):
        read_remote("https://git.example.org/a.git", resolve=nowhere)
