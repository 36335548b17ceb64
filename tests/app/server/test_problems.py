"""Every error is a problem after RFC 9457, with its cause and what to do."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from fairlead.app.platform import Platform
from fairlead.app.security.bodies import LIMIT
from servers import client_of, running


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "detail"),
    [
        ("GET", "/api/v1/nothing", None, 404, "there is nothing at"),
        ("GET", "/api/v2", None, 404, "there is nothing at"),
        ("DELETE", "/api/v1/changes", None, 405, "doesn't take DELETE"),
        ("GET", "/api/v1/changes/0", None, 422, "path.number"),
        ("GET", "/api/v1/changes/99999999999999999999", None, 422, "path.number"),
        ("GET", "/api/v1/changes?limit=201", None, 422, "query.limit"),
        ("GET", "/api/v1/changes?words=%00", None, 422, "query.words"),
        ("POST", "/api/v1/runs", b"{", 422, "body"),
        ("POST", "/api/v1/runs", b'{"revision": 1, "evrything": true}', 422, "evrything"),
        ("POST", "/api/v1/runs", b'{"revision": 1}', 404, "there is no revision 1"),
        ("POST", "/api/v1/policy/preview", b'{"policy": "[checks"}', 422, "not TOML"),
        ("POST", "/api/v1/policy/preview", b'{"policy": "mood = 1"}', 422, "mood"),
        ("POST", "/api/v1/runs", b"x" * (LIMIT + 1), 413, "larger than"),
    ],
)
def test_an_error_says_what_was_seen_and_what_to_do(
    client: TestClient, method: str, address: str, body: bytes | None, status: int, detail: str
) -> None:
    headers = {"Content-Type": "application/json"} if body else {}
    answer = client.request(method, address, content=body, headers=headers)

    problem = answer.json()
    assert answer.status_code == problem["status"] == status, problem
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert detail in problem["detail"]
    assert problem["fix"]
    assert problem["title"]


def test_a_defect_is_answered_without_its_insides_and_found_by_its_id(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    def break_it(app: FastAPI) -> None:
        @app.get("/api/v1/broken")
        def broken() -> None:
            raise RuntimeError("the password is hunter2")

    with client_of(platform) as client:
        break_it(client.app)  # ty: ignore[invalid-argument-type]

        answer = client.get("/api/v1/broken", headers={"X-Request-Id": "abc-123"})

    problem = answer.json()
    assert (answer.status_code, problem["request_id"]) == (500, "abc-123")
    assert answer.headers["X-Request-Id"] == "abc-123"
    assert "hunter2" not in answer.text
    assert "abc-123" in problem["fix"]
    assert "Content-Security-Policy" not in problem


def test_a_request_of_a_gigabyte_is_refused_without_being_read(platform: Platform) -> None:
    with running(platform) as server, socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(
            b"POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n"
        )
        line.settimeout(20)
        answer = b""
        while chunk := line.recv(65536):
            answer += chunk

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413"), "and not 100 Continue: nothing was asked for"
    assert json.loads(body)["fix"]


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(platform: Platform) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 65536
            yield b" " * 65536

    with running(platform) as server, server.client() as client:
        answer = client.post(
            "/api/v1/runs", content=endless(), headers={"Content-Type": "application/json"}
        )

    assert answer.status_code == 413
    assert taken < 100 * LIMIT
