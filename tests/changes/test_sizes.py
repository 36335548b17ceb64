from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder import RepositoryBuilder
from fairlead.changes.model import LeftOut, Nature, Proof, Size, Status
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change
from fairlead.changes.size import size_of
from fairlead.changes.tree import LFS_POINTER


def read(repository: RepositoryBuilder, opened):
    found = opened(repository)
    return read_change(found, resolve(found, environ={}))


@pytest.mark.parametrize(
    ("lines", "size"),
    [
        (0, "XS"),
        (9, "XS"),
        (10, "S"),
        (29, "S"),
        (30, "M"),
        (99, "M"),
        (100, "L"),
        (499, "L"),
        (500, "XL"),
    ],
)
def test_the_steps_are_at_10_30_100_and_500_lines(lines: int, size: str) -> None:
    assert size_of(lines) == size


@given(fewer=st.integers(0, 2000), more=st.integers(0, 2000))
@settings(max_examples=50, deadline=None)
def test_more_lines_are_never_a_smaller_size(fewer: int, more: int) -> None:
    order = list(Size)

    assert order.index(size_of(fewer)) <= order.index(size_of(fewer + more))


def test_what_the_size_leaves_out_is_said_with_its_lines(repository: RepositoryBuilder, opened) -> None:
    old = {"a.py": "x = 1\n", "same.py": "y = 1\n", "docs/old.md": "text\n" * 9, "uv.lock": "1\n"}
    head = {
        "a.py": "x = 2\n",
        "same.py": "y = (\n    1\n)\n",
        "uv.lock": "2\n" * 900,
        "api_pb2.py": "z = 1\n" * 700,
        "vendor/lib.py": "z = 1\n" * 5,
        "logo.png": b"\0\1",
        "docs/old.md": None,
        "docs/new.md": "text\n" * 9,
    }
    repository.commit(head, over=old)

    change = read(repository, opened)

    assert (change.size, change.counted) == (Size.XS, 2)
    assert change.left_out == (
        LeftOut(reason="lock file", files=1, lines=901),
        LeftOut(reason="generated", files=1, lines=700),
        LeftOut(reason="vendored", files=1, lines=5),
        LeftOut(reason="same-syntax-tree", files=1, lines=4),
        LeftOut(reason="binary", files=1, lines=0),
        LeftOut(reason="moved", files=1, lines=0),
    )


def test_a_change_has_every_nature_of_its_files_most_lines_first(
    repository: RepositoryBuilder, opened
) -> None:
    repository.commit(
        {"a.py": "x = 1\n" * 2, "README.md": "text\n" * 3, "tests/test_a.py": "1\n"}, over={}
    )

    assert read(repository, opened).natures == (Nature.DOCUMENTATION, Nature.SOURCE, Nature.TESTS)


def test_an_empty_change_has_no_files_and_the_smallest_size(
    repository: RepositoryBuilder, opened
) -> None:
    repository.commit({}, over={"a": "1"})

    change = read(repository, opened)

    assert (change.files, change.natures, change.size, change.counted) == ((), (), Size.XS, 0)


def test_a_read_change_carries_proofs_and_suppressions(repository: RepositoryBuilder, opened) -> None:
    old = {"a.py": "x = 1\n", "b.py": "y = 1\n", "docs/a.md": "text\n" * 5, "lib/c.py": "z = 1\n" * 5}
    repository.commit(old)
    repository.apply({"a.py": "x = 1  # one\n", "b.py": "y = 1  # noqa\n"})
    repository.rename("docs/a.md", "docs/b.md")
    repository.rename("lib/c.py", "lib/d.py")
    repository.commit()

    change = read(repository, opened)

    assert {file.path: (file.status, file.inert) for file in change.files} == {
        "a.py": (Status.MODIFIED, Proof.SAME_SYNTAX_TREE),
        "b.py": (Status.MODIFIED, None),
        "docs/b.md": (Status.RENAMED, Proof.MOVED_DOCUMENT),
        "lib/d.py": (Status.RENAMED, None),
    }
    assert [(each.check, each.path, each.added) for each in change.suppressions] == [
        ("lint", "b.py", True)
    ]


def test_what_was_not_looked_at_is_said(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "a"})
    repository.submodule("lib")
    repository.symlink("link", "a")
    repository.apply({"big.bin": LFS_POINTER + b"oid sha256:0\nsize 1\n", "docs/a.md": ">>> 1\n1\n"})
    repository.apply({"huge.py": b"#" * 50_000_001})
    repository.commit()

    change = read(repository, opened)

    assert [note.split(":")[0] for note in change.notes] == [
        "big.bin is a Git LFS pointer",
        "docs/a.md holds examples that a test run may execute",
        "huge.py was not read",
        "lib is a submodule",
        "link is a symbolic link",
    ]


def test_a_range_reads_the_same_in_a_repository_with_sha256(tmp_path, opened) -> None:
    built = RepositoryBuilder.create(tmp_path / "built", object_format="sha256")
    built.commit({"a.py": "x = 1  # one\n"}, over={"a.py": "x = 1\n"})

    assert [file.inert for file in read(built, opened).files] == [Proof.SAME_SYNTAX_TREE]


def test_a_removed_file_is_read_from_the_base(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"b": "b", "src/a.py": None}, over={"src/a.py": "# @generated\nx = 1  # noqa\n"})

    removed = {file.path: file for file in read(repository, opened).files}["src/a.py"]

    assert (removed.status, removed.nature, removed.blob) == (Status.DELETED, Nature.GENERATED, None)
    assert removed.suppressions == ()
