"""What whoever runs a platform sees of it: health, readiness, metrics, logs."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
import structlog
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.server.contents import fill
from fairlead.app.observing.logs import configure_logs
from fairlead.app.platform import Platform
from fairlead.store.database import Database
from fairlead.workers.keeping import Keeper
from servers import bearer, client_of, opened, running, token
from stores import Stores


def metrics(client: TestClient, **more: Any) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = client.get("/metrics", **more).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_health_is_answered_while_two_hundred_slow_requests_wait(platform: Platform) -> None:
    begun, release = threading.Semaphore(0), threading.Event()

    def slow(app: FastAPI) -> None:
        @app.get("/slow")
        def wait() -> None:
            begun.release()
            release.wait(60)

    async def ask(address: str) -> list[int]:
        limits = httpx2.Limits(max_connections=300)
        async with httpx2.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
            waiting = [asyncio.create_task(client.get("/slow")) for _ in range(200)]
            await asyncio.to_thread(begun.acquire)
            answers = [(await client.get("/healthz")).status_code for _ in range(5)]
            still = sum(not one.done() for one in waiting)
            release.set()
            await asyncio.gather(*waiting)
            return [*answers, still]

    with running(platform, prepare=slow) as server:
        *answers, still = asyncio.run(ask(server.address))

    assert answers == [200] * 5
    assert still == 200, "health was answered while every one of them waited"


def test_ready_says_whether_the_store_is_reached_and_its_tables_are_current(
    client: TestClient, platform: Platform
) -> None:
    ready = client.get("/readyz")
    with platform.database.write() as unit:
        unit.connection.exec_driver_sql("update alembic_version set version_num = '0000'")
    old = client.get("/readyz")

    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert (old.status_code, old.headers["Retry-After"]) == (503, "5")
    assert "version 0000" in old.json()["detail"]
    assert client.get("/healthz").status_code == 200


def test_a_platform_whose_store_is_gone_is_alive_but_not_ready(platform: Platform) -> None:
    nowhere = Database(sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    with client_of(replace(platform, database=nowhere)) as client:
        answers = [client.get(one) for one in ("/healthz", "/readyz", "/api/v1/changes", "/metrics")]
        events = client.get("/api/v1/events")

    assert [one.status_code for one in (*answers, events)] == [200, 503, 503, 503, 503]
    assert all(one.json()["fix"] for one in answers[1:])
    assert "reached" in answers[1].json()["detail"]


def test_a_platform_that_nobody_keeps_going_is_not_ready(platform: Platform) -> None:
    class Absent:
        def start(self) -> None: ...

        def wake(self, waiting: int) -> None: ...

        def health(self) -> Any: ...

        def stop(self, *, patience: float) -> None: ...

    keeper = Keeper(platform.database, Absent())
    with client_of(replace(platform, keeper=keeper)) as client:
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["fix"]


def test_metrics_count_requests_by_route_and_runs_by_state(
    client: TestClient, platform: Platform
) -> None:
    held = fill(platform)
    for number in range(50):
        client.get(f"/api/v1/changes/{number + 1000}")
        client.get(f"/nothing/{number}")
        client.request("BREW", f"/{number}")
    client.get(f"/api/v1/changes/{held.change}")

    found = metrics(client)

    count = "fairlead_http_request_duration_seconds_count"
    route = "/api/v1/changes/{number}"
    assert found[count, (("method", "GET"), ("route", route), ("status", "404"))] == 50
    assert found[count, (("method", "GET"), ("route", route), ("status", "200"))] == 1
    assert found[count, (("method", "GET"), ("route", "(none)"), ("status", "404"))] == 50
    assert found["fairlead_runs", (("state", "blocked"),)] == 1
    assert found["fairlead_queue_depth", ()] == 0
    assert found["fairlead_outbox_number", ()] > 0
    assert len([name for name, _ in found if name == count]) < 10, "labels are few"


def test_metrics_beyond_loopback_are_for_those_with_a_token(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        opened(tmp_path_factory.mktemp("s"), stores.new("sqlite"), names=("f.test",)) as platform,
        client_of(platform) as client,
    ):
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers=bearer(token(platform))).status_code == 200


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what the logs of this process are written to, as they were before afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logs(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [line for line in found if line["log.logger"] != "httpx2"]  # the tests' own client


def test_a_request_is_a_line_of_json_with_the_schemas_names(
    client: TestClient, log: io.StringIO
) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    client.get("/api/v1/changes/7", headers={"X-Request-Id": "req-1", "traceparent": trace})
    client.get("/healthz")

    (line,) = lines(log)
    assert line["message"] == "GET /api/v1/changes/7"
    assert line["http.request.id"] == "req-1"
    assert line["http.request.method"] == "GET"
    assert line["url.path"] == "/api/v1/changes/7"
    assert line["http.response.status_code"] == 404
    assert line["trace.id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert line["log.level"] == "info"
    assert line["@timestamp"].endswith("Z")
    assert line["event.duration"] > 0
    assert line["user.name"] == "this machine"


@pytest.mark.parametrize("given", ["a b", "x" * 129, "", "a\tb", '"'])
def test_an_id_that_could_do_harm_is_replaced(client: TestClient, given: str) -> None:
    answer = client.get("/api/v1/changes", headers={"X-Request-Id": given})

    assert answer.headers["X-Request-Id"] != given
    assert len(answer.headers["X-Request-Id"]) == 16


def test_a_defect_is_in_the_log_with_its_trace_and_without_values(
    platform: Platform, log: io.StringIO
) -> None:
    def break_it(secret: str = "hunter2") -> None:
        raise RuntimeError("it broke")

    with client_of(platform) as client:
        client.app.get("/broken")(break_it)  # ty: ignore[missing-attribute]
        answer = client.get("/broken")

    first = lines(log)[0]
    assert first["http.request.id"] == answer.headers["X-Request-Id"]
    assert (first["error.type"], first["error.message"]) == ("RuntimeError", "it broke")
    assert "break_it" in first["error.stack_trace"]
    assert "hunter2" not in log.getvalue()


def test_lines_of_libraries_come_out_the_same_way(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("the disk is %s", "full")

    (line,) = lines(log)
    assert (line["message"], line["log.logger"]) == ("the disk is full", "uvicorn.error")


def test_for_people_only_what_is_wrong_is_said_and_nothing_acts_on_the_terminal() -> None:
    stream = io.StringIO()
    configure_logs(stream, people=True)
    try:
        structlog.stdlib.get_logger("x").info("quiet")
        structlog.stdlib.get_logger("x").warning("loud", path="/\x1b[2J\u202e")
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers.clear()

    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
    assert "\u202e" not in stream.getvalue()
