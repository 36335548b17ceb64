"""What the API tells of repositories, changes, revisions, runs, findings and verdicts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.sample_report import HOSTILE
from app.server.contents import Held, document, fill
from builder import RepositoryBuilder
from fairlead.app.platform import Platform
from fairlead.checks.readers import sarif
from fairlead.checks.readers.report import Place
from fairlead.workers.ledger import claim
from servers import client_of, opened
from stores import Stores, add_repository, add_revision

LISTS = ("repositories", "changes", "runs", "findings")


@pytest.fixture
def held(platform: Platform) -> Held:
    return fill(platform)


def test_everything_that_a_run_left_is_told(client: TestClient, held: Held) -> None:
    change = client.get(f"/api/v1/changes/{held.change}").json()
    revision = client.get(f"/api/v1/revisions/{held.revision}").json()
    run = client.get(f"/api/v1/runs/{held.run}").json()
    plan = client.get(f"/api/v1/revisions/{held.revision}/plan").json()
    verdict = client.get(f"/api/v1/runs/{held.run}/verdict").json()

    assert (change["run_id"], change["run_state"]) == (held.run, "blocked")
    assert change["queued_at"] == "1970-01-01T00:00:02Z"
    assert (revision["change_id"], revision["head"]) == (held.change, "h1")
    assert (run["state"], run["attempt"], run["worker"]) == ("blocked", 1, "tests")
    assert verdict == document()
    assert plan["plan"] == document()["plan"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_page_by_page_newest_first_without_gap_or_double(
    client: TestClient, platform: Platform, name: str
) -> None:
    for number in range(5):
        fill(platform, key=f"branch {number}", name=f"lab-{number}")
    whole = client.get(f"/api/v1/{name}", params={"limit": 200}).json()["items"]

    pages, address = [], f"/api/v1/{name}?limit=2"
    while address:
        answer = client.get(address)
        pages.append(answer.json())
        address = answer.links.get("next", {}).get("url", "")

    key = "change_id" if name == "changes" else "id"
    numbers = [one[key] for page in pages for one in page["items"]]
    assert numbers == [one[key] for one in whole] == sorted(numbers, reverse=True)
    assert len(pages) > 2
    assert pages[-1]["next"] is None


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("cursor", ["x", "-1", "1e9", "9" * 30, "١"])
def test_a_cursor_that_nobody_gave_is_refused(client: TestClient, name: str, cursor: str) -> None:
    answer = client.get(f"/api/v1/{name}", params={"after": cursor})

    assert answer.status_code in ({200, 422} if name == "changes" else {422})
    if answer.status_code == 422:
        assert "is no cursor" in answer.json()["detail"]


def test_an_answer_that_the_client_has_is_not_sent_again(
    client: TestClient, platform: Platform, held: Held
) -> None:
    first = client.get("/api/v1/runs")

    again = client.get("/api/v1/runs", headers={"If-None-Match": first.headers["ETag"]})
    fill(platform, key="branch other", name="other")
    after = client.get("/api/v1/runs", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert after.status_code == 200
    assert after.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_findings_are_found_by_what_they_are(stores: Stores, tmp_path: Path, store: str) -> None:
    asked: list[tuple[dict[str, str], int]] = [
        ({}, 4),
        ({"check": "sast"}, 2),
        ({"rule": "PYSEC-1"}, 1),
        ({"new": "true", "blocking": "true"}, 1),
        ({"new": "false"}, 2),
        ({"path": "src/"}, 1),
        ({"path": "src"}, 0),
        ({"path": "sr%/"}, 0),
        ({"check": "sast", "rule": "E501"}, 1),
        ({"run": "77"}, 0),
    ]
    with opened(tmp_path, stores.new(store)) as platform, client_of(platform) as client:
        fill(platform)

        answers = [client.get("/api/v1/findings", params=query).json() for query, _ in asked]

    assert [len(answer["items"]) for answer in answers] == [found for _, found in asked]


def test_runs_are_found_by_revision_change_repository_and_state(
    client: TestClient, platform: Platform
) -> None:
    one, other = fill(platform), fill(platform, key="branch other", name="other")

    def numbers(**query: Any) -> list[int]:
        return [run["id"] for run in client.get("/api/v1/runs", params=query).json()["items"]]

    assert numbers() == [other.run, one.run]
    assert numbers(revision=one.revision) == [one.run]
    assert numbers(change=other.change) == [other.run]
    assert numbers(repository="lab") == [one.run]
    assert numbers(repository="lab", state="passed") == []
    assert numbers(state="blocked", change=one.change) == [one.run]


def test_a_run_is_queued_and_cancelled(client: TestClient, held: Held) -> None:
    queued = client.post("/api/v1/runs", json={"revision": held.revision})
    again = client.post("/api/v1/runs", json={"revision": held.revision})
    cancelled = client.post(f"{queued.headers['Location']}/cancel")

    assert (queued.status_code, queued.json()["state"]) == (201, "queued")
    assert again.json()["id"] == queued.json()["id"], "one that waits already is the same"
    assert cancelled.json()["state"] == "cancelled"
    assert client.post(f"/api/v1/runs/{held.run}/cancel").json()["state"] == "blocked"


def test_a_run_that_goes_on_is_told_to_stop(client: TestClient, platform: Platform) -> None:
    with platform.database.write() as unit:
        repository = add_repository(unit)
        revision = add_revision(unit, repository)
    number = client.post("/api/v1/runs", json={"revision": revision.id}).json()["id"]
    with platform.database.write() as unit:
        claim(unit, worker="tests", at=3.0, lease_seconds=60)

    answer = client.post(f"/api/v1/runs/{number}/cancel").json()

    assert (answer["state"], answer["cancel_asked"]) == ("running", True)


def test_what_isnt_there_is_named_with_what_to_do(client: TestClient) -> None:
    for address in (
        "repositories/7",
        "changes/7",
        "changes/7/revisions",
        "revisions/7",
        "revisions/7/plan",
        "runs/7",
        "runs/7/checks",
        "runs/7/verdict",
        "runs/7/sarif",
        "runs/7/events",
        "worksheet/lint",
    ):
        answer = client.get(f"/api/v1/{address}")

        assert answer.status_code == 404, address
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"]
        assert answer.json()["fix"]


def test_a_run_without_a_verdict_says_why_there_is_none(client: TestClient, platform: Platform) -> None:
    with platform.database.write() as unit:
        revision = add_revision(unit, add_repository(unit))
    run = client.post("/api/v1/runs", json={"revision": revision.id}).json()["id"]

    problem = client.get(f"/api/v1/runs/{run}/verdict").json()

    assert "it is queued" in problem["detail"]
    assert f"/api/v1/runs/{run}/events" in problem["fix"]


def test_findings_leave_as_sarif_that_reads_back(client: TestClient, held: Held) -> None:
    answer = client.get(f"/api/v1/runs/{held.run}/sarif")

    report = sarif.read(answer.content, Place(folder=Path("/nowhere")))
    assert answer.headers["Content-Type"] == "application/sarif+json"
    assert {one.rule for one in report.findings} >= {"E501"}
    assert "PYSEC-1" not in {one.rule for one in report.findings}, "it is suppressed"


def test_what_a_change_calls_itself_cant_act_on_a_terminal(
    client: TestClient, platform: Platform, held: Held
) -> None:
    with platform.database.write() as unit:
        add_revision(unit, held.repository, key=f"branch \x1b]0;{HOSTILE[:-1]}\x9b31m")

    texts = [
        client.get(address).content
        for address in (
            "/api/v1/changes",
            f"/api/v1/runs/{held.run}/verdict",
            f"/api/v1/runs/{held.run}/sarif",
            "/api/v1/findings",
            "/api/v1/changes/%1b%5b31m",
            "/api/v1/nothing%1b%5b31m%e2%80%ae%c2%9b",
        )
    ]

    for text in texts:
        assert re.fullmatch(rb"[\x20-\x7e]*", text), text
        assert json.loads(text)


def test_a_repository_is_added_looked_at_and_forgotten(
    client: TestClient, repository: RepositoryBuilder
) -> None:
    repository.commit({"app.py": "x = 1\n"}, message="Begin")
    added = client.post("/api/v1/repositories", json={"path": str(repository.folder)})
    address = added.headers["Location"]

    looked = client.post(f"{address}/look").json()["revisions"]
    again = client.post(f"{address}/look").json()["revisions"]
    titles = [one["title"] for one in client.get("/api/v1/changes").json()["items"]]
    gone = client.delete(address)

    assert (added.status_code, added.json()["trusted"]) == (201, True)
    assert (len(looked), again, titles) == (1, [], ["Begin"])
    assert (gone.status_code, client.get(address).status_code) == (204, 404)
    assert client.get("/api/v1/changes").json()["items"] == []
    assert (repository.folder / "app.py").exists()


def test_a_change_is_submitted_once_and_its_run_queued(
    client: TestClient, repository: RepositoryBuilder
) -> None:
    repository.commit({"app.py": "x = 1\n"}, message="Begin")
    repository.branch("work")
    repository.commit({"app.py": "x = 2\n"}, message="Work")
    number = client.post("/api/v1/repositories", json={"path": str(repository.folder)}).json()["id"]
    body = {"repository": number, "revisions": "main...work", "title": "A title"}

    submitted = client.post("/api/v1/changes", json=body)
    again = client.post("/api/v1/changes", json=body)
    line = client.get(submitted.headers["Location"]).json()

    assert (submitted.status_code, again.json()) == (201, submitted.json())
    assert (line["title"], line["author"], line["run_state"]) == ("A title", "Ada", "queued")
    for wrong in ("nowhere", "--output=x", "main work", "a..b..c"):
        answer = client.post("/api/v1/changes", json={**body, "revisions": wrong})
        assert answer.status_code == 422, wrong
        assert answer.json()["fix"]
    assert client.post("/api/v1/changes", json={**body, "repository": 7}).status_code == 404


def test_a_folder_that_is_no_repository_is_refused(client: TestClient, tmp_path: Path) -> None:
    for body in ({"path": str(tmp_path / "none")}, {"path": "relative"}, {}, {"path": "/", "url": "x"}):
        answer = client.post("/api/v1/repositories", json=body)

        assert answer.status_code == 422
        assert answer.json()["fix"]
