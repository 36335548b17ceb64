from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder import RepositoryBuilder
from fairlead.changes.diff import Difference, changed_lines, differences, parse_differences
from fairlead.changes.git import decode_path, encode_path
from fairlead.changes.model import Status
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change

STRANGE = [
    "\udcff\udcfe",
    "new\nline",
    "tab\t",
    '"quoted"',
    "a b",
    ":(glob)*",
    "\u00fc",
    "-n",
    "{a => b}",
]


def differences_of(opened, repository: RepositoryBuilder, old: str = "HEAD^", new: str = "HEAD"):
    return differences(opened(repository), repository.tree(old), repository.tree(new))


def test_each_status_is_read(repository: RepositoryBuilder, opened) -> None:
    text = "".join(f"{number}\n" for number in range(20))
    repository.commit({"kept": "k", "gone": "g\n", "changed": "1\n2\n", "moved": text, "link": "l"})
    repository.apply({"gone": None, "changed": "1\n3\n4\n", "new": "n\n", "link": None})
    repository.rename("moved", "sub/moved too")
    repository.write("sub/moved too", text + "20\n")
    repository.symlink("link", "kept")
    repository.commit()

    found = {each.path: each for each in differences_of(opened, repository)}

    assert {path: (each.status, each.added, each.deleted) for path, each in found.items()} == {
        "changed": (Status.MODIFIED, 2, 1),
        "gone": (Status.DELETED, 0, 1),
        "link": (Status.RETYPED, 0, 0),
        "new": (Status.ADDED, 1, 0),
        "sub/moved too": (Status.RENAMED, 1, 0),
    }
    assert found["sub/moved too"].old_path == "moved"
    assert (found["gone"].blob, found["new"].old_blob) == (None, None)


def test_a_change_of_mode_alone_is_a_modification_without_lines(
    repository: RepositoryBuilder, opened
) -> None:
    repository.commit({"run.sh": "x\n"})
    (repository.folder / "run.sh").chmod(0o755)
    repository.commit()

    (found,) = differences_of(opened, repository)

    assert (found.status, found.old_mode, found.mode) == (Status.MODIFIED, 0o100644, 0o100755)
    assert (found.added, found.old_blob) == (0, found.blob)


def test_binary_files_submodules_and_links_have_no_lines(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "a"})
    repository.apply({"image": b"\0\1\2"})
    repository.symlink("link", "a")
    repository.submodule("lib")
    repository.commit()

    found = {each.path: each for each in differences_of(opened, repository)}

    assert {path: (each.added, each.binary) for path, each in found.items()} == {
        "image": (0, True),
        "lib": (0, False),
        "link": (0, False),
    }


def test_a_file_cannot_declare_itself_binary(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a.py": "x = 2\n", ".gitattributes": "*.py -diff\n"}, over={"a.py": "x = 1\n"})

    found = {each.path: each for each in differences_of(opened, repository)}

    assert (found["a.py"].binary, found["a.py"].added) == (False, 1)


@pytest.mark.parametrize("path", STRANGE)
def test_a_path_of_any_bytes_is_read_as_git_stores_it(
    repository: RepositoryBuilder, opened, path: str
) -> None:
    repository.commit({path: "2\n"}, over={path: "1\n"})
    found = opened(repository)
    change = read_change(found, resolve(found, environ={}))

    assert [file.path for file in change.files] == [path]
    assert changed_lines(found, change.range, change.files) == {path: (range(1, 2),)}


def test_changed_lines_are_those_of_the_head(repository: RepositoryBuilder, opened) -> None:
    lines = [f"line {number}\n" for number in range(1, 41)]
    repository.commit({"a": "".join(lines), "moved": "".join(lines) + "m\n", "gone": "g\n"})
    lines[2:4] = ["new 3\n"]
    lines.insert(10, "new\n")
    lines.insert(10, "diff --git a/x b/x\n")
    repository.apply({"a": "".join(lines), "gone": None, "new": "1\n2\n"})
    repository.rename("moved", "moved away")
    repository.write("moved away", (repository.folder / "moved away").read_text() + "more\n")
    repository.commit()
    found = opened(repository)
    change = read_change(found, resolve(found, environ={}))

    assert changed_lines(found, change.range, change.files) == {
        "a": (range(3, 4), range(11, 13)),
        "moved away": (range(42, 43),),
        "new": (range(1, 3),),
    }


def test_a_difference_of_a_hundred_thousand_lines_is_read(
    repository: RepositoryBuilder, opened
) -> None:
    repository.commit({"big.py": "x = 1\n" * 100_000}, over={"a": "a"})
    found = opened(repository)
    change = read_change(found, resolve(found, environ={}))

    assert (change.counted, change.size) == (100_000, "XL")
    assert changed_lines(found, change.range, change.files) == {"big.py": (range(1, 100_001),)}


def test_the_same_tree_twice_has_no_differences(repository: RepositoryBuilder, opened) -> None:
    repository.commit({"a": "a"})
    repository.commit()

    assert differences_of(opened, repository) == ()


paths = st.binary(min_size=1, max_size=12).map(lambda raw: raw.replace(b"\0", b"/"))
ids = st.text("123456789abcdef", min_size=40, max_size=40)
counts = st.one_of(st.none(), st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
entries = st.lists(
    st.tuples(st.sampled_from("ADMT") | st.integers(50, 100), paths, paths, ids, ids, counts),
    max_size=6,
)


@given(entries=entries)
@settings(max_examples=150, deadline=None)
def test_what_git_writes_is_read_back_whatever_bytes_the_paths_have(entries) -> None:
    raw, numbers, expected = b"", b"", []
    for status, old, new, old_id, new_id, count in entries:
        renamed = isinstance(status, int)
        letter = "R" if renamed else status
        old_mode, mode = (0 if letter == "A" else 0o100644), (0 if letter == "D" else 0o100755)
        sides = ["0" * 40 if letter == "A" else old_id, "0" * 40 if letter == "D" else new_id]
        similarity = f"{status:03d}" if renamed else ""
        raw += f":{old_mode:06o} {mode:06o} {sides[0]} {sides[1]} {letter}{similarity}".encode() + b"\0"
        raw += (old + b"\0" if renamed else b"") + new + b"\0"
        numbers += b"-\t-\t" if count is None else b"%d\t%d\t" % count
        numbers += b"\0" + old + b"\0" + new + b"\0" if renamed else new + b"\0"
        expected.append(
            Difference(
                path=decode_path(new),
                old_path=decode_path(old) if renamed else None,
                status={
                    "A": Status.ADDED,
                    "D": Status.DELETED,
                    "M": Status.MODIFIED,
                    "T": Status.RETYPED,
                    "R": Status.RENAMED,
                }[letter],
                similarity=status if renamed else None,
                old_mode=old_mode,
                mode=mode,
                old_blob=None if letter == "A" else old_id,
                blob=None if letter == "D" else new_id,
                added=count[0] if count else 0,
                deleted=count[1] if count else 0,
                binary=count is None,
            )
        )

    read = parse_differences(raw + numbers)

    assert read == tuple(expected)
    assert [encode_path(each.path) for each in read] == [entry[2] for entry in entries]


@pytest.mark.parametrize(
    "output",
    [
        b":100644 100644 a b M\0path\0" + b"1\t1\tother\0",
        b":100644 100644 a b M\0path\0",
        b":100644 100644 a b X\0path\0" + b"1\t1\tpath\0",
        b":100644 100644\0path\0" + b"1\t1\tpath\0",
        b":100644 100644 a b M\0path\0" + b"1\t1\tpath\0" + b"1\t1\tmore\0",
        b"fatal: something else",
    ],
)
def test_what_git_does_not_write_is_refused(output: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_differences(output)
