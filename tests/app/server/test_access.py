"""Who may do what: tokens, scopes, sessions, forms, names, guessing."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.server.contents import fill
from fairlead.app.platform import Platform
from fairlead.app.security.backoff import FREE_TRIES, LONGEST_WAIT, MOST_CLIENTS, Backoff
from fairlead.app.security.callers import COOKIE, local_address, require_token
from fairlead.app.security.headers import ALWAYS
from fairlead.app.security.sessions import LASTS, Sessions
from fairlead.app.security.tokens import Scope, list_tokens, revoke
from fairlead.errors import FairleadError
from fairlead.store import tables
from servers import bearer, client_of, opened, running, token
from stores import Stores

NAME = "fairlead.example.org"


@pytest.fixture
def guarded(stores: Stores, tmp_path: Path) -> Iterator[Platform]:
    """Return a platform that is reached by a name, so that it asks for tokens."""
    with opened(tmp_path / "guarded", stores.new("sqlite"), names=(NAME,)) as platform:
        yield platform


@pytest.fixture
def outside(guarded: Platform) -> Iterator[TestClient]:
    """Return a client that comes from elsewhere and has shown nothing yet."""
    with client_of(guarded) as client:
        client.base_url = httpx2.URL(f"https://{NAME}")
        yield client


def test_without_a_token_the_platform_starts_on_loopback_alone(
    platform: Platform, guarded: Platform
) -> None:
    require_token(platform)
    everywhere = replace(platform, settings=replace(platform.settings, host="0.0.0.0"))

    for reached in (guarded, everywhere):
        with pytest.raises(FairleadError, match="only when there is a token") as error:
            require_token(reached)
        assert "fairlead token create" in error.value.fix
    token(guarded)
    require_token(guarded)


@pytest.mark.parametrize(
    "address", ["/api/v1/changes", "/api/v1/openapi.json", "/api/v1/events", "/metrics", "/", "/design"]
)
def test_nothing_is_told_without_a_token(outside: TestClient, address: str) -> None:
    nobody = outside.get(address)
    wrong = outside.get(address, headers=bearer("fairlead_wrong"))
    other = outside.get(address, headers={"Authorization": "Basic YTpi"})

    for answer in (nobody, wrong, other):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["fix"]


@pytest.mark.parametrize("address", ["/api/v1/worksheet/stories", "/api/v1/worksheet/coverage"])
def test_a_worksheet_is_told_to_no_token_from_elsewhere(
    stores: Stores, tmp_path: Path, address: str
) -> None:
    with (
        opened(tmp_path, stores.new("sqlite"), names=(NAME,), worksheet=tmp_path) as platform,
        client_of(platform) as client,
    ):
        answer = client.get(address, headers={"Host": NAME, **bearer(token(platform))})

    assert answer.status_code == 403
    assert answer.json()["fix"] == "there: fairlead worksheet open DIR"


def test_health_and_the_pages_files_are_told_to_everybody(outside: TestClient) -> None:
    for address in ("/healthz", "/readyz", "/static/fairlead.css", "/login"):
        assert outside.get(address).status_code == 200


@pytest.mark.parametrize(
    ("scope", "may_queue", "may_forget"),
    [(Scope.READ, 403, 403), (Scope.SUBMIT, 201, 403), (Scope.ADMIN, 201, 204)],
)
def test_a_scope_reaches_as_far_as_it_says(
    outside: TestClient, guarded: Platform, scope: Scope, may_queue: int, may_forget: int
) -> None:
    held, shown = fill(guarded), bearer(token(guarded, scope))

    read = outside.get("/api/v1/changes", headers=shown)
    queued = outside.post("/api/v1/runs", json={"revision": held.revision}, headers=shown)
    forgotten = outside.delete(f"/api/v1/repositories/{held.repository}", headers=shown)

    assert (read.status_code, queued.status_code, forgotten.status_code) == (
        200,
        may_queue,
        may_forget,
    )
    for answer in (queued, forgotten):
        if answer.status_code == 403:
            assert "--scope" in answer.json()["fix"]


def test_a_token_ends_when_it_is_revoked_or_its_time_is_over(
    outside: TestClient, guarded: Platform
) -> None:
    word = token(guarded)
    before = outside.get("/api/v1/changes", headers=bearer(word)).status_code
    with guarded.database.write() as unit:
        revoke(unit, "admin-of-tests", at=guarded.clock())

    after = outside.get("/api/v1/changes", headers=bearer(word)).status_code

    assert (before, after) == (200, 401)


def test_of_a_token_only_a_digest_is_kept(guarded: Platform) -> None:
    word = token(guarded)

    with guarded.database.read() as connection:
        kept = repr(list_tokens(connection))
        raw = connection.exec_driver_sql("select * from token").all()

    assert word not in kept + repr(raw)
    assert len(word) > 43, "256 bits in base64 and a prefix"


def test_a_folder_is_added_by_an_admin_at_the_machine_alone(stores: Stores, tmp_path: Path) -> None:
    with (
        opened(tmp_path, stores.new("sqlite"), host="0.0.0.0") as platform,
        client_of(platform) as client,
    ):
        shown = bearer(token(platform))
        answer = client.post("/api/v1/repositories", json={"path": str(tmp_path)}, headers=shown)

    assert answer.status_code == 403
    assert "fairlead repository add" in answer.json()["fix"]


# --- sessions of browsers


def sign_in(client: httpx2.Client, word: str, **more: str) -> httpx2.Response:
    form = {"csrf_token": form_word(client.get("/login").text), "token": word, **more}
    return client.post("/login", data=form, follow_redirects=False)


def form_word(page: str) -> str:
    hidden = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    assert hidden
    return hidden[1]


def test_a_browser_is_led_to_the_sign_in_and_back(outside: TestClient, guarded: Platform) -> None:
    led = outside.get("/?words=a%26b", headers={"Accept": "text/html"}, follow_redirects=False)
    back = sign_in(outside, token(guarded), then="/?words=a%26b")
    page = outside.get(back.headers["Location"])

    assert (led.status_code, led.headers["Location"]) == (303, "/login?then=%2F%3Fwords%3Da%2526b")
    assert (back.status_code, back.headers["Location"]) == (303, "/?words=a%26b")
    assert page.status_code == 200
    cookie = back.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"))


def test_a_session_ends_with_its_token_and_by_signing_out(
    outside: TestClient, guarded: Platform
) -> None:
    sign_in(outside, token(guarded))
    page = outside.get("/api/v1/changes")
    with guarded.database.write() as unit:
        revoke(unit, "admin-of-tests", at=guarded.clock())

    assert (page.status_code, outside.get("/api/v1/changes").status_code) == (200, 401)


@pytest.mark.parametrize(
    "then", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", ""]
)
def test_nobody_is_led_elsewhere_after_signing_in(then: str) -> None:
    assert local_address(then) == "/"


@given(st.text())
def test_where_signing_in_leads_is_an_address_of_ours(then: str) -> None:
    found = local_address(then)

    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


def test_a_cookie_that_was_made_up_or_spoilt_opens_nothing(
    outside: TestClient, guarded: Platform
) -> None:
    token(guarded)
    real = Sessions(database=guarded.database, clock=guarded.clock).begin(1)
    with guarded.database.read() as connection:
        kept = connection.execute(sa.select(tables.session.c.digest)).scalar_one()

    def status(cookie: str) -> int:
        return outside.get("/api/v1/changes", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code

    assert status(real) == 200
    wrong = (kept, kept[:43], real.swapcase(), real[:-1], real + "x", "", "a.b.c", '"')
    assert [status(one) for one in wrong] == [401] * len(wrong)


def test_a_session_ends_after_two_weeks_and_is_forgotten_when_another_begins(
    guarded: Platform,
) -> None:
    token(guarded)
    now = 1e9
    sessions = Sessions(database=guarded.database, clock=lambda: now)
    old = sessions.begin(1)

    now += LASTS - 1
    before = sessions.token_of(old)
    now += 2
    after = sessions.token_of(old)
    sessions.begin(1)

    assert before is not None
    assert after is None
    with guarded.database.read() as connection:
        assert len(connection.execute(sa.select(tables.session)).all()) == 1


def test_whoever_signed_out_can_t_go_on_with_a_copy_of_the_cookie(
    outside: TestClient, guarded: Platform
) -> None:
    sign_in(outside, token(guarded))
    copy = {"Cookie": f"{COOKIE}={outside.cookies[COOKIE]}"}
    word = form_word(outside.get("/repositories").text)

    out = outside.post("/logout", data={"csrf_token": word}, follow_redirects=False)

    assert (out.status_code, out.headers["Location"]) == (303, "/login")
    assert "Secure" in out.headers["Set-Cookie"]
    assert COOKIE not in outside.cookies
    assert outside.get("/api/v1/changes", headers=copy).status_code == 401


def test_behind_a_proxy_on_this_machine_a_session_is_for_https(guarded: Platform) -> None:
    with running(guarded) as server, server.client() as client:
        client.headers.update({"Host": NAME, "X-Forwarded-Proto": "https", "Origin": f"https://{NAME}"})
        signed_in = sign_in(client, token(guarded))
        client.headers["Origin"] = f"http://{NAME}"
        other = sign_in(client, "fairlead_x")

    assert (signed_in.status_code, other.status_code) == (303, 403)
    assert "Secure" in signed_in.headers["Set-Cookie"]


# --- forms


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page_changes_nothing_on_loopback(
    client: TestClient, platform: Platform, headers: dict[str, str]
) -> None:
    held = fill(platform)

    answer = client.post("/api/v1/runs", json={"revision": held.revision}, headers=headers)
    forgotten = client.delete(f"/api/v1/repositories/{held.repository}", headers=headers)

    assert (answer.status_code, forgotten.status_code) == (403, 403)
    assert "another site" in answer.json()["detail"]


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_form_without_what_ours_hold_changes_nothing(
    client: TestClient, platform: Platform, kind: str
) -> None:
    held = fill(platform)
    body = f'{{"revision": {held.revision}, "a": "="}}'

    answer = client.post("/api/v1/runs", content=body, headers={"Content-Type": kind})

    assert answer.status_code == 403
    assert "load the page again" in answer.json()["fix"]


def test_a_form_of_ours_gets_through_with_its_word_in_a_field_or_a_header(
    client: TestClient, platform: Platform
) -> None:
    word = form_word(client.get("/repositories").text)
    field = {"csrf_token": word}

    plain = client.post("/logout", data=field, follow_redirects=False)
    multipart = client.post("/logout", data=field, files={"file": ("a", b"b")}, follow_redirects=False)
    header = client.post(
        "/logout", data={"a": "b"}, headers={"X-CSRF-Token": word}, follow_redirects=False
    )
    wrong = client.post("/logout", data={"csrf_token": word[:-1] + "x"}, follow_redirects=False)

    assert [one.status_code for one in (plain, multipart, header, wrong)] == [303, 303, 303, 403]


def test_a_request_with_a_token_needs_no_form_word(outside: TestClient, guarded: Platform) -> None:
    held = fill(guarded)
    headers = {**bearer(token(guarded)), "Origin": "https://tools.example"}

    answer = outside.post("/api/v1/runs", json={"revision": held.revision}, headers=headers)

    assert answer.status_code == 201


# --- names


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7433", "", "127.0.0.1.evil.example", "a@b"]
)
def test_a_name_that_isnt_the_platforms_gets_nothing(client: TestClient, host: str) -> None:
    answer = client.get("/api/v1/changes", headers={"Host": host})

    assert answer.status_code == 421
    assert answer.json()["fix"]


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "127.0.0.1:7433", "[::1]:7433", "localhost."]
)
def test_loopback_is_known_by_its_names(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/changes", headers={"Host": host}).status_code == 200


def test_an_address_is_enough_where_all_of_them_are_listened_on(stores: Stores, tmp_path: Path) -> None:
    with (
        opened(tmp_path, stores.new("sqlite"), host="0.0.0.0", names=(NAME,)) as platform,
        client_of(platform) as client,
    ):
        shown = bearer(token(platform))

        def status(host: str) -> int:
            return client.get("/api/v1/runs", headers={"Host": host, **shown}).status_code

        assert [status(one) for one in ("10.1.2.3:7433", NAME, "[fe80::1]")] == [200] * 3
        assert status("evil.example") == 421
        assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 200


# --- guessing


def test_guessing_is_slowed_and_a_right_token_waits_too(outside: TestClient, guarded: Platform) -> None:
    right = token(guarded)
    answers = [
        outside.get("/api/v1/changes", headers=bearer(f"fairlead_{number}"))
        for number in range(FREE_TRIES + 1)
    ]

    waiting = outside.get("/api/v1/changes", headers=bearer(right))

    assert [one.status_code for one in answers] == [401] * FREE_TRIES + [429]
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) >= 1


def test_guessing_at_the_sign_in_is_slowed_too(outside: TestClient, guarded: Platform) -> None:
    right = token(guarded)
    statuses = [sign_in(outside, f"fairlead_{n}").status_code for n in range(FREE_TRIES + 1)]

    waiting = sign_in(outside, right)

    assert statuses == [401] * FREE_TRIES + [429]
    assert waiting.status_code == 429
    assert "Retry-After" in waiting.headers


def test_who_was_let_in_before_isnt_locked_out_by_a_neighbour(
    outside: TestClient, guarded: Platform
) -> None:
    right = token(guarded)
    outside.get("/api/v1/changes", headers=bearer(right))
    for number in range(FREE_TRIES + 3):
        outside.get("/api/v1/changes", headers=bearer(f"fairlead_{number}"))

    assert outside.get("/api/v1/changes", headers=bearer(right)).status_code == 200


@given(st.lists(st.sampled_from(["10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2"]), max_size=60))
def test_each_wrong_try_beyond_the_free_ones_doubles_the_wait(clients: list[str]) -> None:
    backoff, now, wrong = Backoff(), 0.0, {}
    for client in clients:
        who = client.partition("::")[0]
        now += backoff.wait(client, "x", now)
        backoff.failed(client, now)
        wrong[who] = wrong.get(who, 0) + 1

        beyond = wrong[who] - FREE_TRIES
        expected = 0.0 if beyond < 0 else min(LONGEST_WAIT, 2.0**beyond)
        assert backoff.wait(client, "x", now) == pytest.approx(expected)


def test_what_is_remembered_of_those_who_guess_is_bounded() -> None:
    backoff = Backoff()

    for number in range(MOST_CLIENTS + 100):
        backoff.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1.0)
        backoff.succeeded("10.0.0.1", str(number))

    assert len(backoff._tries) == MOST_CLIENTS
    assert len(backoff._known) <= 1000


# --- what an answer says, and what reaches nothing


def test_every_answer_tells_browsers_to_run_nothing_that_isnt_ours(
    client: TestClient, platform: Platform
) -> None:
    for address in ("/", "/api/v1/changes", "/api/v1/nothing", "/static/live.js", "/healthz", "/login"):
        answer = client.get(address)

        assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    policy = ALWAYS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_markup_in_what_changes_call_themselves_stays_text(
    client: TestClient, platform: Platform
) -> None:
    held, evil = fill(platform), "<script>alert(1)</script><img src=x onerror=alert(1)>"
    with platform.database.write() as unit:
        unit.connection.exec_driver_sql(
            "update change set title = :evil, author = :evil, key = :evil", {"evil": evil}
        )

    pages = [client.get(address).text for address in ("/", f"/?words={evil}&repository={evil}")]
    then = client.get("/login", params={"then": f'/"><script>{held.run}</script>'}).text

    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert escape("<script>alert(1)") in pages[0]
    assert f"<script>{held.run}" not in then


@pytest.mark.parametrize(
    "address",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fpages.py",
        "/static/%2e%2e%2f%2e%2e%2fserver.py",
        "/static//etc/passwd",
        "/static/..\\pages.py",
        "/../../etc/passwd",
        "/static/%00",
    ],
)
def test_no_address_leads_to_other_files(platform: Platform, address: str) -> None:
    with running(platform) as server, socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while chunk := line.recv(65536):
            answer += chunk

    assert answer.split()[1] in {b"404", b"400", b"405"}
    assert b"root:" not in answer
    assert b"APIRouter" not in answer
