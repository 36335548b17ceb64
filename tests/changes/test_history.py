"""The changes that a branch has had, as a replay takes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder import RepositoryBuilder
from fairlead.changes.git import Repository
from fairlead.changes.history import Past, Wanted, past_changes
from fairlead.errors import FairleadError


def past(repository: RepositoryBuilder, tmp_path: Path, wanted: Wanted | None = None) -> Past:
    number = sum(1 for _ in tmp_path.glob("scratch*"))
    scratch = tmp_path / f"scratch{number}"
    scratch.mkdir()
    opened = Repository.open(repository.folder, scratch=scratch, environ={})
    return past_changes(opened, wanted or Wanted())


def refusal(repository: RepositoryBuilder, tmp_path: Path, wanted: Wanted | None = None) -> str:
    with pytest.raises(FairleadError) as caught:
        past(repository, tmp_path, wanted)
    assert caught.value.fix
    return caught.value.cause


def grow(repository: RepositoryBuilder, number: int) -> list[str]:
    return [repository.commit({"a.txt": f"{each}\n"}) for each in range(number)]


def merged(repository: RepositoryBuilder) -> tuple[str, str, list[str]]:
    """Return the commit that a branch began at, the merge, and what the branch had."""
    start = repository.commit({"a.txt": "a\n"})
    repository.branch("side")
    own = [repository.commit({f"{name}.txt": "b\n"}) for name in "bc"]
    repository.checkout("main")
    return start, repository.merge("side"), own


def test_changes_come_newest_first_each_against_its_parent(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    ids = grow(repository, 4)

    found = past(repository, tmp_path)

    assert [(one.base, one.head) for one in found.ranges] == [
        (ids[2], ids[3]),
        (ids[1], ids[2]),
        (ids[0], ids[1]),
    ]
    assert (found.roots, found.cut_off) == (1, 0)


def test_a_merge_is_one_change_with_all_that_it_brought(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    start, merge, _ = merged(repository)

    (only,) = past(repository, tmp_path).ranges

    assert (only.base, only.head) == (start, merge)


def test_taken_singly_every_commit_is_a_change_and_a_merge_is_none(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    _, _, own = merged(repository)

    found = past(repository, tmp_path, Wanted(single=True))

    assert [one.head for one in found.ranges] == own[::-1]


def test_the_last_few_a_stretch_and_a_day_bound_what_is_meant(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    ids = grow(repository, 5)  # a minute apart, from 2026-01-01

    def heads(wanted: Wanted) -> list[str | None]:
        return [one.head for one in past(repository, tmp_path, wanted).ranges]

    assert heads(Wanted(last=2)) == ids[:2:-1]
    assert heads(Wanted(revisions=f"{ids[1]}..{ids[3]}")) == [ids[3], ids[2]]
    assert heads(Wanted(revisions=f"{ids[3]}..")) == [ids[4]]
    assert heads(Wanted(revisions="main~1")) == ids[3:0:-1]
    assert heads(Wanted(since="2026-01-01T00:04:00Z")) == ids[:2:-1]


def test_a_bare_repository_has_a_past_as_well(repository: RepositoryBuilder, tmp_path: Path) -> None:
    grow(repository, 3)
    bare = repository.clone(tmp_path / "bare", "--bare")

    assert len(past(bare, tmp_path).ranges) == 2


def test_a_shallow_clone_has_what_can_be_compared(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    grow(repository, 5)
    shallow = repository.clone(tmp_path / "shallow", "--depth=3")

    found = past(shallow, tmp_path)

    assert len(found.ranges) == 2
    assert found.cut_off == 1


def test_a_clone_of_one_commit_is_refused_with_how_to_deepen_it(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    grow(repository, 3)
    shallow = repository.clone(tmp_path / "shallow", "--depth=1")

    assert "isn't in this clone, which is shallow" in refusal(shallow, tmp_path)


def test_what_has_no_change_is_refused_by_what_is_missing(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    assert "no commit yet" in refusal(repository, tmp_path)

    repository.commit({"a.txt": "a\n"})
    assert "is the first commit" in refusal(repository, tmp_path)

    grow(repository, 2)
    assert "has no change" in refusal(repository, tmp_path, Wanted(revisions="HEAD..HEAD"))
    assert "2030-01-01" in refusal(repository, tmp_path, Wanted(since="2030-01-01"))
    assert "not a stretch of history" in refusal(
        repository, tmp_path, Wanted(revisions="main~1...main")
    )
    assert "is not a commit" in refusal(repository, tmp_path, Wanted(revisions="nain"))
    assert "cannot be a revision" in refusal(repository, tmp_path, Wanted(revisions="--all"))
