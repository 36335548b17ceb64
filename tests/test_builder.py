from __future__ import annotations

from pathlib import Path

import pytest

from builder import RepositoryBuilder


def test_the_same_steps_give_the_same_commit(tmp_path: Path) -> None:
    first, second = (RepositoryBuilder.create(tmp_path / name) for name in ("first", "second"))

    ids = {
        each.commit({"app.py": "x = 1\n"}, over={"app.py": "x = 0\n", "gone": "1"})
        for each in (first, second)
    }

    assert len(ids) == 1


def test_over_is_the_parent_of_what_is_committed(repository: RepositoryBuilder) -> None:
    commit = repository.commit(
        {"app.py": "x = 1\n", "gone": None}, over={"app.py": "x = 0\n", "gone": "1"}
    )

    assert repository.git("show", f"{commit}^:app.py") == "x = 0"
    assert repository.git("diff", "--name-status", f"{commit}^", commit) == "M\tapp.py\nD\tgone"


def test_a_file_name_may_be_any_bytes(repository: RepositoryBuilder) -> None:
    commit = repository.commit({"\udcff\n\t": "x"})

    assert repository.git("ls-tree", "-z", "--name-only", commit) == "\udcff\n\t\0"


def test_a_submodule_stays_when_the_tree_is_staged(repository: RepositoryBuilder) -> None:
    repository.submodule("lib")

    commit = repository.commit({"a": "a"})

    assert repository.git("ls-tree", commit, "lib").startswith("160000 commit")


def test_a_failing_git_fails_the_test_that_ran_it(repository: RepositoryBuilder) -> None:
    with pytest.raises(AssertionError, match="no-such"):
        repository.git("rev-parse", "--verify", "no-such")
