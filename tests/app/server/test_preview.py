"""What a policy would have done to the changes of the past."""

from __future__ import annotations

from itertools import count

import pytest
from starlette.testclient import TestClient

from builder import RepositoryBuilder
from fairlead.app import intake
from fairlead.app.platform import Platform
from fairlead.app.previewing import preview, read_text
from fairlead.records.model import Repository
from stores import add_repository, add_revision

ADDRESS = "/api/v1/policy/preview"


@pytest.fixture
def past(platform: Platform, repository: RepositoryBuilder) -> Repository:
    """Return a registered repository with three changes that were planned."""
    repository.commit({"app.py": "x = 1\n"}, message="Source")
    repository.commit({"README.md": "# Lab\n"}, message="Documentation")
    repository.commit({"app.py": "x = 1  # one\n"}, message="A comment")
    registered = intake.add_folder(
        platform.database, repository.folder, at=1.0, environ=platform.environ
    )
    for revision in intake.take_in(platform.database, registered, environ=platform.environ):
        intake.plan_revision(platform.database, registered, revision, environ=platform.environ)
    return registered


def test_the_policy_of_today_changes_nothing(client: TestClient, past: Repository) -> None:
    answer = client.post(ADDRESS, json={"policy": ""}).json()

    assert [one["title"] for one in answer["changes"]] == ["A comment", "Documentation", "Source"]
    assert all(one["differences"] == [] and one["trouble"] == "" for one in answer["changes"])
    assert all(one["ran"] == one["would_run"] and one["of"] == 3 for one in answer["counts"])
    assert answer["next"] is None


def test_what_would_be_otherwise_is_told_per_change_and_summed_up_per_check(
    client: TestClient, past: Repository
) -> None:
    policy = "[checks.lint]\nenabled = false\n\n[checks.sast]\nskip_inert = false\n"

    answer = client.post(ADDRESS, json={"policy": policy}).json()

    differing = {
        (one["title"], found["check"]): (found["ran"], found["would_run"], found["would_because"])
        for one in answer["changes"]
        for found in one["differences"]
    }
    counts = {one["check"]: (one["ran"], one["would_run"]) for one in answer["counts"]}
    assert differing[("Source", "lint")] == (True, False, "the policy turns it off (line 1)")
    assert differing[("A comment", "sast")][:2] == (False, True)
    assert ("Documentation", "lint") not in differing
    assert counts["lint"] == (2, 0)
    assert counts["sast"] == (1, 2)


def test_a_page_at_a_time_reaches_every_change_once(client: TestClient, past: Repository) -> None:
    titles, left, address = [], [], f"{ADDRESS}?limit=1"
    while address:
        answer = client.post(address, json={"policy": ""})
        titles += [one["title"] for one in answer.json()["changes"]]
        left.append(answer.json()["left"])
        address = answer.links.get("next", {}).get("url", "")

    assert titles == ["A comment", "Documentation", "Source"]
    assert left == [2, 1, 0]


def test_only_what_is_left_of_the_repository_that_was_asked_for_is_counted(
    client: TestClient, platform: Platform, past: Repository
) -> None:
    with platform.database.write() as unit:
        other = add_repository(unit, "other")
        add_revision(unit, other)

    one = client.post(f"{ADDRESS}?limit=1&repository={past.name}", json={"policy": ""}).json()

    assert (len(one["changes"]), one["left"]) == (1, 2)


def test_a_page_ends_when_its_time_is_over_but_not_without_a_change(
    platform: Platform, past: Repository
) -> None:
    ticks = count()
    found = preview(
        platform, read_text(""), below=1 << 60, limit=100, seconds=1.5, clock=lambda: next(ticks)
    )

    assert len(found.changes) == 2
    assert found.next == found.changes[-1].change_id


def test_a_change_that_cant_be_read_any_more_says_so(
    client: TestClient, platform: Platform, past: Repository
) -> None:
    with platform.database.write() as unit:
        unit.connection.exec_driver_sql(f"update revision set head = '{'1' * 40}' where id = 1")

    changes = client.post(ADDRESS, json={"policy": ""}).json()["changes"]

    assert [bool(one["trouble"]) for one in changes] == [False, False, True]


def test_a_policy_with_mistakes_names_them_all_with_their_lines(client: TestClient) -> None:
    answer = client.post(ADDRESS, json={"policy": "mood = 1\n[checks.lint]\nenabled = 3\n"})

    assert answer.status_code == 422
    assert ":1:" in answer.json()["detail"]
    assert ":3:" in answer.json()["detail"]
