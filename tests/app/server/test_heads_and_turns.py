"""HEAD at every address that takes GET, and the turns in which what reads is answered."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from fairlead.app.platform import Platform
from fairlead.app.turns import AT_ONCE, Turns
from servers import running
from services import wait_until


@pytest.mark.parametrize(
    ("address", "accept"),
    [
        ("/", "text/html"),
        ("/api/v1/changes", "*/*"),
        ("/api/v1/openapi.json", "*/*"),
        ("/api/v1/changes/77", "*/*"),
        ("/changes/77", "text/html"),
        ("/static/fairlead.css", "*/*"),
        ("/healthz", "*/*"),
        ("/nowhere", "*/*"),
    ],
)
def test_a_head_is_answered_as_a_get_without_its_body(
    client: TestClient, address: str, accept: str
) -> None:
    headers = {"Accept": accept, "X-Request-Id": "the-same"}
    whole = client.get(address, headers=headers)

    head = client.head(address, headers=headers)

    assert head.status_code == whole.status_code
    assert head.headers == whole.headers
    assert whole.content
    assert head.content == b""


def test_a_head_of_what_the_client_has_is_not_modified(client: TestClient) -> None:
    mark = client.head("/api/v1/repositories").headers["ETag"]

    again = client.head("/api/v1/repositories", headers={"If-None-Match": mark})

    assert again.status_code == 304


def test_a_head_does_nothing_where_get_is_not_taken(client: TestClient) -> None:
    assert client.head("/api/v1/policy/preview").status_code == 405


def test_a_head_of_events_ends_and_leaves_the_connection_usable(platform: Platform) -> None:
    with running(platform) as server, server.client() as client:
        head = client.head("/api/v1/events")

        def is_over() -> bool:
            metrics = client.get("/metrics").text
            told = 'method="HEAD",route="/api/v1/events"' in metrics
            return told and "fairlead_event_streams 0.0" in metrics

        wait_until(is_over, "the stream of a HEAD never ended")

    assert head.headers["Content-Type"].startswith("text/event-stream")
    assert head.content == b""


def test_who_follows_events_keeps_no_turn(platform: Platform) -> None:
    with running(platform) as server, ExitStack() as open_streams:
        for _ in range(AT_ONCE + 1):
            client = open_streams.enter_context(server.client())
            open_streams.enter_context(client.stream("GET", "/api/v1/events"))
        with server.client() as client:
            assert client.get("/api/v1/changes").status_code == 200


def test_what_reads_waits_for_its_turn_and_health_needs_none() -> None:
    inside: list[str] = []
    seen: list[int] = []
    go_on = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        inside.append(scope["path"])
        seen.append(len(inside))
        await go_on.wait()
        inside.remove(scope["path"])

    async def ask(turns: Turns, path: str, method: str = "GET") -> None:
        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            del message

        await turns({"type": "http", "method": method, "path": path}, receive, send)

    async def crowd() -> list[str]:
        turns = Turns(slow, at_once=2, without=("/healthz",))
        asked = [asyncio.create_task(ask(turns, f"/{number}")) for number in range(5)]
        asked += [asyncio.create_task(ask(turns, "/healthz"))]
        asked += [asyncio.create_task(ask(turns, "/runs", "POST"))]
        for _ in range(10):
            await asyncio.sleep(0)
        at_first = list(inside)
        go_on.set()
        await asyncio.gather(*asked)
        return at_first

    assert sorted(asyncio.run(crowd())) == ["/0", "/1", "/healthz", "/runs"]
    assert len(seen) == 7
