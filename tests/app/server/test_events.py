"""Following events over HTTP: resumable by the last number, without a gap, whoever writes."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.server.contents import fill
from fairlead.app.api import events
from fairlead.app.platform import Platform
from fairlead.store.database import Unit, open_database
from fairlead.store.outbox import Event, last_number
from fairlead.workers.ledger import claim, finish
from fairlead.workers.model import RunState
from servers import Running, opened, running
from services import wait_until
from stores import Stores, add_repository, add_revision


class Stream:
    """A client of events that reads one after another."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def __iter__(self) -> Iterator[dict[str, str]]:
        """Give events as they come, until the stream ends."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line:
                if "data" in fields:
                    yield fields
                fields = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value

    def take(self, number: int) -> list[int]:
        """Return the numbers of the next events."""
        found = []
        for event in self:
            found.append(int(event["id"]))
            if len(found) == number:
                break
        return found


@contextmanager
def following(server: Running, address: str = "/api/v1/events", **more: Any) -> Generator[Stream]:
    with server.client() as client, client.stream("GET", address, **more) as response:
        assert response.status_code == 200, response.read()
        yield Stream(response)


def emit(unit: Unit, number: int, subject: str = "changes/1") -> None:
    unit.emit(
        Event(
            type="dev.cdeventsx.tests-thing.made.0.1.0", subject=subject, time=1.0, data={"n": number}
        )
    )


def write(platform: Platform, count: int) -> None:
    for number in range(count):
        with platform.database.write() as unit:
            emit(unit, number)


def test_an_event_is_a_cloud_event_with_its_type_and_number(platform: Platform) -> None:
    with running(platform) as server, following(server, params={"after": 0}) as stream:
        held = fill(platform)

        first = next(iter(stream))

    content = json.loads(first["data"])
    assert first["event"] == content["type"]
    assert first["event"].startswith("dev.cdevents.repository.created.")
    assert content["subject"] == f"repositories/{held.repository}"
    assert content["specversion"] == "1.0"
    assert first["id"] == "1"


def test_without_a_number_only_what_happens_from_now_on_is_told(platform: Platform) -> None:
    write(platform, 3)
    with running(platform) as server, following(server) as stream:
        write(platform, 2)

        assert stream.take(2) == [4, 5]


@pytest.mark.parametrize("by", ["header", "query"])
def test_a_client_that_comes_back_goes_on_behind_its_last_number(platform: Platform, by: str) -> None:
    write(platform, 5)
    more: dict[str, Any] = (
        {"headers": {"Last-Event-ID": "3"}, "params": {"after": 1}}
        if by == "header"
        else {"params": {"after": 3}}
    )
    with running(platform) as server, following(server, **more) as stream:
        assert stream.take(2) == [4, 5]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_however_often_clients_are_cut_off_they_miss_nothing_and_get_nothing_twice(
    stores: Stores, tmp_path: Path, kind: str
) -> None:
    address, count, writers, clients = stores.new(kind), 120, 3, 4
    dice = random.Random(5)
    script = (
        "import sys; from fairlead.store.database import open_database\n"
        "from fairlead.store.outbox import Event\n"
        "database = open_database(sys.argv[1])\n"
        "for number in range(int(sys.argv[2])):\n"
        "    with database.write() as unit:\n"
        "        for _ in range(number % 3 + 1):\n"
        "            unit.emit(Event(type='t', subject='changes/1', time=1.0, data={'n': number}))\n"
    )
    with opened(tmp_path, address) as platform, running(platform) as server:
        others = [
            subprocess.Popen([sys.executable, "-c", script, address, str(count)])
            for _ in range(writers)
        ]
        expected = writers * sum(number % 3 + 1 for number in range(count))
        seen: list[list[int]] = [[] for _ in range(clients)]
        rests = [random.Random(dice.random()) for _ in range(clients)]

        def follow(mine: list[int], rest: random.Random) -> None:
            while len(mine) < expected:
                last = {"Last-Event-ID": str(mine[-1])} if mine else {}
                with following(server, params={"after": 0}, headers=last) as stream:
                    mine += stream.take(min(rest.randint(1, 150), expected - len(mine)))
                if rest.random() < 0.2:
                    time.sleep(rest.random() / 5)  # so that some fall far behind

        threads = [
            threading.Thread(target=follow, args=pair, daemon=True)
            for pair in zip(seen, rests, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
        for other in others:
            assert other.wait(30) == 0
        with platform.database.read() as connection:
            newest = last_number(connection)

    for mine in seen:
        assert len(mine) == expected
        assert mine == sorted(set(mine))
        assert mine[-1] == newest


def test_a_run_is_followed_to_its_end_and_then_not_again(platform: Platform) -> None:
    with platform.database.write() as unit:
        repository = add_repository(unit)
        revision = add_revision(unit, repository)
    with running(platform) as server, server.client() as client:
        run = client.post("/api/v1/runs", json={"revision": revision.id}).json()["id"]
        told = []
        with following(server, f"/api/v1/runs/{run}/events") as stream:
            for event in stream:
                told.append((event["event"].split(".")[3], int(event["id"])))
                if len(told) == 1:
                    write(platform, 3)  # what is about others isn't told here
                    with platform.database.write() as unit:
                        claimed = claim(unit, worker="tests", at=3.0, lease_seconds=60)
                        emit(unit, 1, subject=f"runs/{run}0")
                        emit(unit, 1, subject=f"runs/{run}/checks/lint")
                    assert claimed is not None
                    with platform.database.write() as unit:
                        finish(unit, claimed, outcome=RunState.PASSED, at=4.0)
        last = {"Last-Event-ID": str(told[-1][1])}

        again = client.get(f"/api/v1/runs/{run}/events", headers=last)
        late = client.get(f"/api/v1/runs/{run}/events")

    assert [name for name, _ in told] == ["queued", "started", "made", "finished"]
    assert again.status_code == 204
    assert late.text.count("\nevent: ") == 4, "who comes late is told all, and the stream ends"


def test_a_quiet_line_shows_that_it_is_up(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.2)
    with running(platform) as server, following(server) as stream:
        lines = []
        for line in stream.response.iter_lines():
            lines.append(line)
            if len(lines) == 6:
                break

    assert lines == ["retry: 1000", "", ": still here", "", ": still here", ""]


def test_a_client_that_doesnt_read_is_cut_off_and_the_others_go_on(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "CUT_OFF", 0.5)
    with running(platform) as server:
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", server.port))
        deaf.sendall(b"GET /api/v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with platform.database.write() as unit:
            for number in range(20_000):
                emit(unit, number)

        wait_until(lambda: _metric(server, "fairlead_event_streams_cut_off") == 1, "it stays")
        with following(server, params={"after": 19_990}) as stream:
            told = stream.take(10)
        deaf.close()

    assert told == list(range(19_991, 20_001))


def test_streams_end_in_good_order_when_the_platform_stops(platform: Platform) -> None:
    server = Running(platform)
    with following(server) as stream:
        server.stop()

        assert list(stream) == [], "a stream that is only cut off raises an error here"


def test_a_number_that_hasnt_come_yet_says_that_the_store_is_another(platform: Platform) -> None:
    write(platform, 2)
    with running(platform) as server, server.client() as client:
        ahead = client.get("/api/v1/events", headers={"Last-Event-ID": "3"})
        nonsense = client.get("/api/v1/events", headers={"Last-Event-ID": "abc"})
        unknown = client.get("/api/v1/runs/7/events")

    assert (ahead.status_code, nonsense.status_code, unknown.status_code) == (409, 422, 404)
    assert "put back" in ahead.json()["detail"]


def test_clients_that_follow_are_counted(platform: Platform) -> None:
    with running(platform) as server:
        with following(server), following(server):
            wait_until(lambda: _metric(server, "fairlead_event_streams") == 2, "not counted")
        wait_until(lambda: _metric(server, "fairlead_event_streams") == 0, "still counted")


def test_what_another_process_writes_is_told(stores: Stores, tmp_path: Path) -> None:
    address = stores.new("sqlite")
    with (
        opened(tmp_path, address) as platform,
        running(platform) as server,
        following(server) as stream,
    ):
        other = open_database(address)
        with other.write() as unit:
            emit(unit, 1)
        other.close()

        assert stream.take(1) == [1]


def _metric(server: Running, name: str) -> float:
    with server.client() as client:
        text = client.get("/metrics").text
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))
