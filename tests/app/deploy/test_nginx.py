"""The committed nginx.conf, in Debian's nginx, before two servers on one PostgreSQL."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from app.deploy.conftest import Deployed
from app.deploy.deployed import NAME, Nginx, started, unit
from app.web.browsing import browser_of_debian
from fairlead.app.security.bodies import LIMIT
from fairlead.app.security.callers import COOKIE
from services import free_port, wait_until

HTML = {"Accept": "text/html"}


def form_word(page: httpx2.Response) -> str:
    hidden = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.text)
    assert hidden, page.text
    return hidden[1]


def sign_in(client: httpx2.Client, token: str, *, origin: str) -> httpx2.Response:
    form = {"csrf_token": form_word(client.get("/login")), "token": token}
    return client.post("/login", data=form, headers={"Origin": origin})


def submit(client: httpx2.Client, deployed: Deployed) -> dict[str, Any]:
    """Commit something, submit it, and return what became of it."""
    deployed.repository.checkout("main")
    deployed.repository.commit({"README.md": f"{deployed.repository.git('rev-parse', 'HEAD')}\n"})
    asked = {"repository": 1, "revisions": "HEAD"}
    answer = client.post("/api/v1/changes", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()


@contextmanager
def following(
    client: httpx2.Client, address: str = "/api/v1/events", **headers: str
) -> Generator[Iterator[dict[str, Any]]]:
    """Give the events of a stream, each with its number, as they arrive."""
    with client.stream("GET", address, headers=headers) as response:
        assert response.status_code == 200, response.read()
        yield events(response.iter_lines())


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    number = 0
    for line in lines:
        if line.startswith("id: "):
            number = int(line.removeprefix("id: "))
        elif line.startswith("data: "):
            yield {**json.loads(line.removeprefix("data: ")), "number": number}


@pytest.fixture(scope="session")
def followed(deployed: Deployed) -> Deployed:
    """Return the platform with a repository that it follows."""
    with deployed.direct(0) as client:
        client.headers["Authorization"] = f"Bearer {deployed.token}"
        added = client.post("/api/v1/repositories", json={"path": str(deployed.repository.folder)})
    assert added.status_code == 201, added.text
    return deployed


def test_nginx_takes_the_configuration_without_a_word_of_warning(deployed: Deployed) -> None:
    done = deployed.nginx.test()

    assert done.returncode == 0, done.stderr
    assert "test is successful" in done.stderr
    assert not re.search(r"\[(warn|error|emerg)\]", done.stderr), done.stderr


def test_whoever_comes_by_plain_http_is_led_to_https(deployed: Deployed) -> None:
    answer = httpx2.get(
        f"http://127.0.0.1:{deployed.nginx.plain_port}/changes/1?a=b", headers={"Host": NAME}
    )

    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{NAME}/changes/1?a=b")


def test_a_person_signs_in_over_https_and_the_pages_are_there(followed: Deployed) -> None:
    with followed.nginx.client() as client:
        led = client.get("/", headers=HTML)
        signed_in = sign_in(client, followed.token, origin=followed.nginx.address)
        board = client.get("/", headers=HTML)
        listed = client.get("/api/v1/repositories")
        styles = client.get("/static/fairlead.css")

    assert (led.status_code, led.headers["Location"]) == (303, "/login?then=%2F")
    assert signed_in.status_code == 303
    cookie = signed_in.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"))
    assert [one.status_code for one in (board, listed, styles)] == [200, 200, 200]
    assert board.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "form-action 'self'" in board.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_another_name_that_leads_here_gets_nothing(deployed: Deployed, host: str) -> None:
    with deployed.client() as client:
        answer = client.get("/api/v1/changes", headers={"Host": host})

    assert answer.status_code == (421 if host else 400)
    assert "items" not in answer.text


@pytest.mark.parametrize(
    "origin", ["https://evil.example", f"http://{NAME}", f"https://{NAME}:1", "null"]
)
def test_another_sites_form_changes_nothing(followed: Deployed, origin: str) -> None:
    with followed.nginx.client() as client:
        sign_in(client, followed.token, origin=followed.nginx.address)
        word = {"csrf_token": form_word(client.get("/repositories"))}
        theirs = client.post("/repositories/1/look", data=word, headers={"Origin": origin})
        without = client.post(
            "/repositories/1/look", headers={"Origin": followed.nginx.address}, data={"a": "b"}
        )
        ours = client.post(
            "/repositories/1/look", data=word, headers={"Origin": followed.nginx.address}
        )

    assert [one.status_code for one in (theirs, without, ours)] == [403, 403, 303]


def test_who_asks_is_the_client_whatever_it_says_of_itself(deployed: Deployed) -> None:
    said = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Request-Id": "who-asks",
    }
    with deployed.client(address="127.0.0.5") as client:
        answer = client.get("/api/v1/changes", headers=said)

    def told() -> list[str]:
        logs = "".join(one.log.read_text() for one in deployed.servers)
        return [line for line in logs.splitlines() if '"who-asks"' in line]

    wait_until(told, "no server wrote down who asked")  # it does once it has answered
    (line,) = told()
    assert answer.headers["Strict-Transport-Security"], "it was passed on as https"
    assert '"127.0.0.5"' in line
    assert "203.0.113.9" not in line


def test_an_event_is_seen_while_its_stream_is_open(followed: Deployed) -> None:
    with followed.client() as watching, followed.client() as client, following(watching) as stream:
        submitted = submit(client, followed)
        seen = next(one for one in stream if one["subject"] == f"changes/{submitted['change_id']}")

    assert seen["type"].startswith("dev.cdevents.change.")


def test_a_run_is_carried_out_by_the_worker_and_its_stream_ends_with_it(followed: Deployed) -> None:
    with followed.client() as client:
        run = submit(client, followed)["run_id"]
        with following(client, f"/api/v1/runs/{run}/events") as stream:
            kinds = [one["type"] for one in stream]
        verdict = client.get(f"/api/v1/runs/{run}/verdict")

    assert kinds[-1].startswith("dev.cdevents.pipelinerun.finished.")
    assert verdict.json()["verdict"]["outcome"] == "pass"


def test_a_client_that_comes_back_goes_on_at_whichever_server_without_a_gap(followed: Deployed) -> None:
    with followed.client() as client:
        newest = submit(client, followed)["change_id"]
        with following(client, **{"Last-Event-ID": "0"}) as stream:
            all_of_them = []
            for one in stream:
                all_of_them.append(one["number"])
                if one["subject"] == f"changes/{newest}":
                    break
        half = all_of_them[: len(all_of_them) // 2]
        rest = all_of_them[len(half) :]
        again = []
        for _ in followed.servers:  # nginx asks one after the other
            with following(client, **{"Last-Event-ID": str(half[-1])}) as stream:
                again.append([next(stream)["number"] for _ in rest])

    assert len(half) > 1
    assert again == [rest, rest]


def test_what_is_far_too_large_is_refused_before_it_is_sent(deployed: Deployed) -> None:
    head = f"POST /api/v1/changes HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {1 << 30}\r\n\r\n"
    with (
        socket.create_connection(("127.0.0.1", deployed.nginx.port), timeout=30) as raw,
        deployed.nginx.tls.wrap_socket(raw, server_hostname=NAME) as connection,
    ):
        connection.sendall(head.encode())
        answer = connection.recv(100)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_what_is_too_large_never_reaches_the_platform_and_is_refused_in_words(
    deployed: Deployed,
) -> None:
    """A server that closed the connection would be taken for one that failed."""
    with deployed.client() as client:
        refused = [
            client.post("/api/v1/changes", content=b" " * (LIMIT + 1)),
            client.post("/api/v1/changes", content=(b" " * (1 << 20) for _ in range(3))),
        ]
        read = client.post("/api/v1/changes", content=b" " * LIMIT)

    for answer in refused:
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert f"larger than {LIMIT} bytes" in answer.json()["detail"]
        assert answer.json()["fix"]
    assert read.status_code == 422


def test_both_servers_are_asked_and_each_knows_the_sessions_of_the_other(followed: Deployed) -> None:
    with followed.nginx.client() as client:
        sign_in(client, followed.token, origin=followed.nginx.address)
        for number in range(8):
            asked = client.get("/api/v1/changes", headers={"X-Request-Id": f"both-{number}"})
            assert asked.status_code == 200

    def told() -> list[list[str]]:
        return [re.findall(r'"both-(\d)"', one.log.read_text()) for one in followed.servers]

    wait_until(lambda: sum(map(len, told())) >= 8, "not every request was written down")
    assert all(told())
    assert sum(map(len, told())) == 8


def test_a_form_of_one_server_is_taken_by_the_other_and_signing_out_ends_at_both(
    followed: Deployed,
) -> None:
    with followed.direct(0) as first, followed.direct(1) as second:
        at_first = form_word(first.get("/login"))
        signed_in = second.post("/login", data={"csrf_token": at_first, "token": followed.token})
        session = {"Cookie": f"{COOKIE}={signed_in.cookies[COOKIE]}"}
        word = form_word(second.get("/repositories", headers=session))
        looked = first.post("/repositories/1/look", data={"csrf_token": word}, headers=session)
        first.post("/logout", data={"csrf_token": word}, headers=session)
        after = [one.get("/api/v1/changes", headers=session).status_code for one in (first, second)]

    assert (signed_in.status_code, looked.status_code) == (303, 303)
    assert after == [401, 401]


def test_a_server_that_stops_ends_its_streams_and_nginx_goes_on_with_the_other(
    followed: Deployed, tmp_path: Path
) -> None:
    stopping = unit("fairlead.service")
    words = stopping.words(tmp_path / "third", "--port", "0", "--no-watch")
    with ExitStack() as stack:
        third = stack.enter_context(started(words, tmp_path / "log", followed.environ, tmp_path))
        nginx = Nginx([third.port, followed.servers[0].port])
        stack.callback(nginx.stop)
        nginx.start()
        client = stack.enter_context(nginx.client())
        client.headers["Authorization"] = f"Bearer {followed.token}"
        with following(client) as stream:
            code = third.end(stopping.kill_signal, within=float(stopping.service["TimeoutStopSec"]))
            ended = list(stream)
        after = [client.get("/api/v1/changes").status_code for _ in range(4)]
        log = third.log.read_text()

    assert code == 0
    assert '"/api/v1/events"' in log, "the stream was this server's"
    assert ended == []
    assert after == [200] * 4


def test_while_no_server_is_up_a_program_gets_a_problem_and_a_browser_a_page_that_looks_again() -> None:
    nginx = Nginx([free_port()])
    with ExitStack() as stack:
        stack.callback(nginx.stop)
        nginx.start()
        client = stack.enter_context(nginx.client())
        problem = client.get("/api/v1/changes")
        shown = client.get("/changes/1", headers=HTML)

    assert [problem.status_code, shown.status_code] == [503, 503]
    assert [one.headers["Retry-After"] for one in (problem, shown)] == ["5", "5"]
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 503
    assert problem.json()["fix"]
    assert shown.headers["Content-Type"].startswith("text/html")
    assert 'http-equiv="refresh"' in shown.text
    assert "Fairlead is not up" in shown.text


def test_a_proxy_on_another_machine_is_believed_when_it_is_named(
    deployed: Deployed, tmp_path: Path
) -> None:
    said = {}
    with ExitStack() as stack:
        servers = {}
        for which, named in (("named", ("--proxy", "127.0.0.2")), ("not named", ())):
            words = unit("fairlead.service").words(tmp_path / which, "--port", "0", *named)
            log = tmp_path / f"{which} log"
            servers[which] = stack.enter_context(started(words, log, deployed.environ, tmp_path))
        for which, server in servers.items():
            nginx = Nginx([server.port], also="    proxy_bind 127.0.0.2;\n")
            stack.callback(nginx.stop)
            nginx.start()
            with nginx.client() as client:
                said[which] = sign_in(client, deployed.token, origin=nginx.address)

    assert {which: one.status_code for which, one in said.items()} == {"named": 303, "not named": 403}
    assert "Secure" in said["named"].headers["Set-Cookie"]


def test_more_boards_than_a_browser_has_connections_are_open_and_live(followed: Deployed) -> None:
    rule = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    with browser_of_debian(rule) as browser, followed.client() as client:
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        page.goto(f"{followed.nginx.address}/")
        page.get_by_label("Token").fill(followed.token)
        page.get_by_role("button", name="Sign in").click()
        pages = [page, *(context.new_page() for _ in range(7))]
        for one in pages:
            one.goto(f"{followed.nginx.address}/")
            expect(one.locator("h1")).to_be_visible()

        change = submit(client, followed)["change_id"]

        for one in pages:
            expect(one.locator(f'a[href^="/changes/{change}"]').first).to_be_visible()
