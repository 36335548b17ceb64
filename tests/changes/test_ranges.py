from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder import RepositoryBuilder
from fairlead.changes.git import EMPTY_TREES
from fairlead.changes.ranges import resolve
from fairlead.errors import FairleadError


def test_a_branch_is_compared_with_where_it_left_the_default_one(
    repository: RepositoryBuilder, opened
) -> None:
    left = repository.commit({"a": "1"})
    repository.branch("topic")
    head = repository.commit({"b": "1"}, message="Add b\n\nTicket: X-1")
    repository.checkout("main")
    repository.commit({"c": "1"})
    repository.checkout("topic")

    found = resolve(opened(repository), environ={})

    assert (found.base, found.head, found.label) == (left, head, "main...HEAD")
    assert (found.title, found.message) == ("Add b", "Add b\n\nTicket: X-1")


def test_on_the_default_branch_the_latest_commit_is_meant(
    repository: RepositoryBuilder, opened
) -> None:
    head = repository.commit({"a": "1"}, over={"a": "0"})

    found = resolve(opened(repository), environ={})

    assert (found.base, found.head) == (repository.git("rev-parse", "HEAD^"), head)
    assert "on main" in found.label


def test_the_remote_says_which_branch_is_the_default(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    base = repository.commit({"a": "1"})
    repository.git("branch", "-m", "trunk")
    clone = repository.clone(tmp_path / "clone")
    clone.branch("topic")
    clone.commit({"b": "1"})

    found = resolve(opened(clone), environ={})

    assert (found.base, found.label) == (base, "origin/trunk...HEAD")


def test_a_configured_default_branch_counts(repository: RepositoryBuilder, opened) -> None:
    base = repository.commit({"a": "1"})
    repository.git("branch", "-m", "trunk")
    repository.git("config", "init.defaultBranch", "trunk")
    repository.branch("topic")
    repository.commit({"b": "1"})

    assert resolve(opened(repository), environ={}).base == base


def test_without_a_default_branch_all_that_was_tried_is_named(
    repository: RepositoryBuilder, opened
) -> None:
    repository.commit({"a": "1"})
    repository.git("branch", "-m", "elsewhere")

    with pytest.raises(FairleadError, match=r"origin/HEAD, origin/main, .*master") as caught:
        resolve(opened(repository), environ={})

    assert "fairlead check A..B" in caught.value.fix


def test_two_dots_compare_trees_and_three_compare_with_the_merge_base(
    repository: RepositoryBuilder, opened
) -> None:
    fork = repository.commit({"a": "1"})
    repository.branch("topic")
    topic = repository.commit({"b": "1"})
    repository.checkout("main")
    main = repository.commit({"c": "1"})

    found = opened(repository)

    assert resolve(found, revisions="main..topic").base == main
    assert resolve(found, revisions="main...topic").base == fork
    assert resolve(found, revisions="topic..").head == main
    assert resolve(found, revisions="..topic").head == topic


def test_a_root_is_compared_with_nothing(repository: RepositoryBuilder, opened) -> None:
    root = repository.commit({"a": "1"})

    found = resolve(opened(repository), revisions=root)

    assert (found.base, found.base_tree, found.head) == (None, EMPTY_TREES["sha1"], root)


def test_a_merge_is_compared_with_its_first_parent(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "1"})
    repository.branch("topic")
    repository.commit({"b": "1"})
    repository.checkout("main")
    first = repository.commit({"c": "1"})
    merge = repository.merge("topic")

    found = resolve(opened(repository), revisions="HEAD")

    assert (found.base, found.head) == (first, merge)


def test_a_tag_and_a_commit_by_its_message_are_revisions(repository: RepositoryBuilder, opened) -> None:
    head = repository.commit({"a": "1"}, over={"a": "0"}, message="Say it twice")
    repository.git("tag", "-a", "v1", "-m", "one")

    found = opened(repository)

    assert resolve(found, revisions="v1").head == head
    assert resolve(found, revisions="HEAD^{/Say it twice}").head == head


def test_an_unknown_revision_names_the_nearest_ones(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "1"})
    repository.branch("feature/login")

    with pytest.raises(FairleadError, match="'feature/logn' is not a commit") as caught:
        resolve(opened(repository), revisions="feature/logn..HEAD")

    assert "feature/login" in caught.value.fix


@pytest.mark.parametrize("name", ["--output=x", "-n1", "..--exec", "a\nb", "a\0b", "HEAD..-x", ""])
def test_what_cannot_be_a_revision_is_refused(repository: RepositoryBuilder, opened, name: str) -> None:
    repository.commit({"a": "1"})

    with pytest.raises(FairleadError, match="cannot be a revision"):
        resolve(opened(repository), revisions=name)


def test_a_repository_without_commits_says_so(repository: RepositoryBuilder, opened) -> None:
    with pytest.raises(FairleadError, match="no commit yet"):
        resolve(opened(repository), environ={})


def test_a_shallow_clone_without_the_parent_says_how_to_deepen(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    repository.commit({"a": "1"}, over={"a": "0"})
    shallow = repository.clone(tmp_path / "shallow", "--depth=1")

    with pytest.raises(FairleadError, match="shallow") as caught:
        resolve(opened(shallow), environ={})
    shallow.git(*caught.value.fix.split(" (")[0].split()[1:])

    assert resolve(opened(shallow), environ={}).base == repository.git("rev-parse", "HEAD^")


def test_a_shallow_clone_without_the_merge_base_says_how_to_deepen(
    repository: RepositoryBuilder, opened, tmp_path: Path
) -> None:
    base = repository.commit({"a": "1"})
    repository.branch("topic")
    repository.commit({"b": "1"})
    repository.checkout("main")
    repository.commit({"c": "1"})
    shallow = repository.clone(tmp_path / "shallow", "--depth=1", "--no-single-branch")
    shallow.git("checkout", "-q", "topic")

    with pytest.raises(FairleadError, match="shallow") as caught:
        resolve(opened(shallow), environ={})
    shallow.git(*caught.value.fix.split(",")[0].split()[1:])

    assert resolve(opened(shallow), environ={}).base == base


def test_histories_without_a_common_commit_are_an_error(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "1"})
    repository.git("checkout", "-q", "--orphan", "other")
    repository.commit({"b": "1"})

    with pytest.raises(FairleadError, match="no history in common"):
        resolve(opened(repository), environ={})


def test_a_range_from_no_commit_is_a_new_branch(repository: RepositoryBuilder, opened) -> None:
    base = repository.commit({"a": "1"})
    repository.branch("topic")
    repository.commit({"b": "1"})

    assert resolve(opened(repository), revisions=f"{'0' * 40}..topic").base == base


def test_a_range_to_no_commit_has_nothing_to_check(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "1"})

    with pytest.raises(FairleadError, match="deleted"):
        resolve(opened(repository), revisions=f"HEAD..{'0' * 40}")


@pytest.mark.parametrize(
    "asked",
    [
        {"revisions": "HEAD", "staged": True},
        {"staged": True, "worktree": True},
        {"worktree": True, "patch": b"x"},
    ],
)
def test_options_that_contradict_each_other_are_refused(
    repository: RepositoryBuilder, opened, asked
) -> None:
    repository.commit({"a": "1"})

    with pytest.raises(FairleadError, match="contradict each other"):
        resolve(opened(repository), environ={}, **asked)


@given(name=st.text(alphabet="ab/.^~@{}-: \u00e9\udcff*?[\\", min_size=1, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_range_or_a_clear_error(repository: RepositoryBuilder, opened, name: str) -> None:
    if not (repository.folder / "a").exists():
        repository.commit({"a": "1"}, over={"a": "0"})

    try:
        answer = resolve(opened(repository), revisions=name).head or ""
    except FairleadError as error:
        answer = error.fix

    assert answer
