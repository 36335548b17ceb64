from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder import RepositoryBuilder
from fairlead.changes.automation import comes_from_elsewhere
from fairlead.changes.ranges import resolve
from fairlead.errors import FairleadError


def github(folder: Path, event: object, **variables: str) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(json.dumps(event))
    return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(path), **variables}


@pytest.fixture
def forked(repository: RepositoryBuilder) -> dict[str, str]:
    """A branch ``topic`` of one commit, beside a ``main`` that went on by one; HEAD is topic."""
    base = repository.commit({"a": "1"})
    repository.branch("topic")
    topic = repository.commit({"b": "1"})
    repository.checkout("main")
    main = repository.commit({"c": "1"})
    repository.checkout("topic")
    return {"base": base, "topic": topic, "main": main}


def test_githubs_trial_merge_is_compared_with_the_branch_as_it_is_now(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    repository.checkout("main")
    repository.git("checkout", "-q", "--detach")
    merge = repository.merge("topic")
    event = {"pull_request": {"base": {"sha": forked["base"]}, "head": {"sha": forked["topic"]}}}

    found = resolve(opened(repository), environ=github(tmp_path, event, GITHUB_SHA=merge))

    assert (found.base, found.head) == (forked["main"], merge)


def test_a_pull_requests_own_head_is_compared_with_where_it_left(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    event = {"pull_request": {"base": {"sha": forked["main"]}, "head": {"sha": forked["topic"]}}}

    found = resolve(opened(repository), environ=github(tmp_path, event))

    assert (found.base, found.head) == (forked["base"], forked["topic"])


def test_pull_request_target_is_about_the_head_and_not_the_branch_that_is_checked_out(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    repository.checkout("main")
    event = {"pull_request": {"base": {"sha": forked["main"]}, "head": {"sha": forked["topic"]}}}
    variables = {"GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_SHA": forked["main"]}

    found = resolve(opened(repository), environ=github(tmp_path, event, **variables))

    assert (found.base, found.head) == (forked["base"], forked["topic"])


def test_pull_request_target_without_the_head_says_what_to_fetch(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    event = {"pull_request": {"base": {"sha": forked["main"]}, "head": {"sha": "e" * 40}}}
    variables = {"GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_SHA": forked["main"]}

    with pytest.raises(FairleadError, match="isn't in this clone") as caught:
        resolve(opened(repository), environ=github(tmp_path, event, **variables))

    assert caught.value.fix == f"git fetch origin {'e' * 40}"


def test_a_push_is_compared_with_what_was_there_before(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    before = repository.commit({"a": "1"})
    repository.commit({"b": "1"})
    after = repository.commit({"c": "1"})

    environ = github(tmp_path, {"before": before, "after": after}, GITHUB_SHA=after)

    assert resolve(opened(repository), environ=environ).base == before


def test_a_new_branch_is_compared_with_the_default_one(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    event = {"before": "0" * 40, "after": forked["topic"]}

    environ = github(tmp_path, event, GITHUB_SHA=forked["topic"])

    assert resolve(opened(repository), environ=environ).base == forked["base"]


def test_a_forced_push_over_a_lost_commit_is_compared_with_the_default_branch(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    event = {"before": "e" * 40, "after": forked["topic"]}

    environ = github(tmp_path, event, GITHUB_SHA=forked["topic"])

    assert resolve(opened(repository), environ=environ).base == forked["base"]


def test_a_merge_group_is_compared_with_its_base(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    event = {"merge_group": {"base_sha": forked["main"], "head_sha": forked["topic"]}}

    environ = github(tmp_path, event, GITHUB_SHA=forked["topic"])

    assert resolve(opened(repository), environ=environ).base == forked["main"]


def test_variables_about_another_repository_are_not_believed(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    elsewhere = github(tmp_path, {"before": "d" * 40}, GITHUB_SHA="e" * 40)

    assert resolve(opened(repository), environ=elsewhere).base == forked["base"]


def test_an_event_that_cannot_be_read_is_an_error(
    repository: RepositoryBuilder, opened, tmp_path: Path, forked: dict[str, str]
) -> None:
    environ = github(tmp_path, {})
    Path(environ["GITHUB_EVENT_PATH"]).write_text("{")

    with pytest.raises(FairleadError, match="GITHUB_EVENT_PATH"):
        resolve(opened(repository), environ=environ)


def test_a_shallow_checkout_says_what_to_fetch(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    before = repository.commit({"a": "1"})
    after = repository.commit({"b": "1"})
    shallow = repository.clone(tmp_path / "shallow", "--depth=1")
    environ = github(tmp_path, {"before": before, "after": after}, GITHUB_SHA=after)

    with pytest.raises(FairleadError, match="isn't in this clone") as caught:
        resolve(opened(shallow), environ=environ)

    assert before in caught.value.fix


def test_a_merge_request_is_compared_with_the_base_of_its_diff(
    repository: RepositoryBuilder, opened, forked: dict[str, str]
) -> None:
    environ = {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": forked["topic"],
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": forked["base"],
        "CI_COMMIT_BEFORE_SHA": "0" * 40,
    }

    assert resolve(opened(repository), environ=environ).base == forked["base"]


def test_a_merge_request_without_diff_base_is_compared_with_its_target(
    repository: RepositoryBuilder, opened, forked: dict[str, str]
) -> None:
    repository.git("update-ref", "refs/remotes/origin/trunk", forked["main"])
    environ = {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": forked["topic"],
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "trunk",
    }

    assert resolve(opened(repository), environ=environ).base == forked["base"]


def test_gitlabs_merged_result_is_compared_with_the_target_it_was_merged_onto(
    repository: RepositoryBuilder, opened, forked: dict[str, str]
) -> None:
    repository.checkout("main")
    merged = repository.merge("topic")
    environ = {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": merged,
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": forked["main"],
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": forked["base"],
    }

    assert resolve(opened(repository), environ=environ).base == forked["main"]


def test_gitlabs_push_of_a_new_branch_is_compared_with_the_default_one(
    repository: RepositoryBuilder, opened, forked: dict[str, str]
) -> None:
    environ = {
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": forked["topic"],
        "CI_COMMIT_BEFORE_SHA": "0" * 40,
    }

    assert resolve(opened(repository), environ=environ).base == forked["base"]


@pytest.mark.parametrize(
    ("head", "elsewhere"),
    [
        ({"repo": {"full_name": "ours/it"}}, False),
        ({"repo": {"full_name": "theirs/it"}}, True),
        ({"repo": None}, True),
    ],
    ids=["a branch", "a fork", "a fork that is gone"],
)
def test_a_pull_request_from_a_fork_comes_from_elsewhere(
    tmp_path: Path, head: object, elsewhere: bool
) -> None:
    event = {"pull_request": {"head": head, "base": {"repo": {"full_name": "ours/it"}}}}

    assert comes_from_elsewhere(github(tmp_path, event)) is elsewhere


def test_a_merge_request_from_another_project_comes_from_elsewhere() -> None:
    request = {"GITLAB_CI": "true", "CI_MERGE_REQUEST_PROJECT_ID": "1"}

    assert comes_from_elsewhere({**request, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"})
    assert not comes_from_elsewhere({**request, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1"})
    assert not comes_from_elsewhere({"GITLAB_CI": "true"})
    assert not comes_from_elsewhere({})
