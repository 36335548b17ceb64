"""A POST that is sent again with the same key is done once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.server.contents import fill
from fairlead.app.api.idempotency import KEPT_FOR
from fairlead.app.platform import Platform
from fairlead.store.tables import answer as kept
from fairlead.store.tables import run
from servers import client_of, opened, running
from stores import Stores


def test_the_same_key_gives_the_same_answer_and_does_nothing(
    client: TestClient, platform: Platform
) -> None:
    held, key = fill(platform), {"Idempotency-Key": str(uuid.uuid4())}
    first = client.post("/api/v1/runs", json={"revision": held.revision}, headers=key)
    client.post(f"/api/v1/runs/{first.json()['id']}/cancel")

    again = client.post("/api/v1/runs", json={"revision": held.revision}, headers=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(client.get("/api/v1/runs").json()["items"]) == 2


def test_the_same_key_with_another_request_is_refused(client: TestClient, platform: Platform) -> None:
    held, key = fill(platform), {"Idempotency-Key": "k"}
    client.post("/api/v1/runs", json={"revision": held.revision}, headers=key)

    other = client.post(
        "/api/v1/runs", json={"revision": held.revision, "everything": True}, headers=key
    )

    assert other.status_code == 422
    assert "another request" in other.json()["detail"]


def test_a_request_that_was_refused_lets_go_of_its_key(client: TestClient, platform: Platform) -> None:
    key = {"Idempotency-Key": "k"}
    refused = client.post("/api/v1/runs", json={"revision": 1}, headers=key)
    fill(platform)

    done = client.post("/api/v1/runs", json={"revision": 1}, headers=key)

    assert (refused.status_code, done.status_code) == (404, 201)


def test_a_key_whose_request_was_cut_short_stays_taken(client: TestClient, platform: Platform) -> None:
    held, key = fill(platform), {"Idempotency-Key": "k"}
    client.post("/api/v1/runs", json={"revision": held.revision}, headers=key)
    with platform.database.write() as unit:  # as if the server had been killed before it answered
        unit.connection.execute(kept.update().values(status=0, body=b""))

    again = client.post("/api/v1/runs", json={"revision": held.revision}, headers=key)

    assert again.status_code == 409
    assert "new key" in again.json()["fix"]


def test_a_key_is_forgotten_after_a_day(platform: Platform) -> None:
    held, later = fill(platform), 0.0
    moved = replace(platform, clock=lambda: platform.clock() + later)
    with client_of(moved) as client:
        key = {"Idempotency-Key": "k"}
        client.post("/api/v1/runs", json={"revision": held.revision}, headers=key)
        later = KEPT_FOR + 1

        again = client.post("/api/v1/runs", json={"revision": held.revision}, headers=key)

    assert "Idempotency-Replayed" not in again.headers


@pytest.mark.parametrize("key", ["", "x" * 201, "a\x7fb"])
def test_a_key_that_is_none_is_refused(client: TestClient, key: str) -> None:
    answer = client.post("/api/v1/runs", json={"revision": 1}, headers={"Idempotency-Key": key})

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_of_many_at_once_at_two_servers_one_is_done(stores: Stores, tmp_path: Path, store: str) -> None:
    address = stores.new(store)
    with opened(tmp_path, address) as one, opened(tmp_path, address) as other:
        held = fill(one)
        with running(one) as first, running(other) as second:

            def send(number: int) -> int:
                with (first, second)[number % 2].client() as client:
                    return client.post(
                        "/api/v1/runs",
                        json={"revision": held.revision, "everything": True},
                        headers={"Idempotency-Key": "once"},
                    ).status_code

            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(send, range(16)))
        with one.database.read() as connection:
            runs = connection.execute(sa.select(sa.func.count()).select_from(run)).scalar_one()

    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert runs == 2, "the one that was there, and one more"
