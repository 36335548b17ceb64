from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.vulnerabilities.locks.names import is_lock, kind_of
from fairlead.vulnerabilities.locks.read import LARGEST_LOCK, parse_lock, read_locks
from fairlead.vulnerabilities.locks.requirements import read_requirements
from fairlead.vulnerabilities.locks.tables import UnreadableError
from fairlead.vulnerabilities.model import Ecosystem, Lock


def pins(lock: Lock) -> list[tuple[str, str, int]]:
    return [(package.name, package.version, package.line) for package in lock.packages]


def requirements(text: str, path: str = "requirements.txt") -> Lock:
    return read_requirements(path, text)


# which file is a lock


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("uv.lock", "uv"),
        ("a/b/poetry.lock", "poetry"),
        ("pylock.toml", "pylock"),
        ("pylock.dev.toml", "pylock"),
        ("requirements.txt", "requirements"),
        ("requirements-dev.txt", "requirements"),
        ("dev_requirements.txt", "requirements"),
        ("requirements.lock.txt", "requirements"),
        ("requirements/base.txt", "requirements"),
        ("package-lock.json", "npm"),
        ("requirements.in", None),
        ("myrequirements.txt", None),
        ("notes.txt", None),
        ("uv.lock.md", None),
        ("yarn.lock", None),
    ],
)
def test_the_name_tells_the_kind(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


def test_a_lock_that_cannot_be_read_is_still_known_to_be_one() -> None:
    assert is_lock("web/yarn.lock")
    assert not is_lock("web/index.js")


# requirements files


def test_pins_are_read_with_extras_markers_hashes_and_continuations() -> None:
    lock = requirements(
        "# made by a tool\n"
        "--index-url https://example.org/simple\n"
        "Django == 3.1.8  # why\n"
        "requests[security,socks]==2.25.1 ; python_version >= '3.8'\n"
        "idna==2.10 \\\n"
        "    --hash=sha256:0000 \\\n"
        "    --hash=sha256:1111\n"
        "odd===2004d-x\n"
        "both>=1.0,==1.4\n"
    )

    assert pins(lock) == [
        ("django", "3.1.8", 3),
        ("requests", "2.25.1", 4),
        ("idna", "2.10", 5),
        ("odd", "2004d-x", 8),
        ("both", "1.4", 9),
    ]
    assert (lock.unpinned, lock.problems) == ((), ())


@pytest.mark.parametrize(
    "line",
    [
        "flask",
        "flask>=2",
        "flask==2.*",
        "flask~=2.0.1",
        "flask>=2,<3",
        "flask=1.0",
        "???",
        "git+https://x/y.git",
        "flask @ git+https://example.org/flask.git@1.0",
        "-e git+https://x/y.git#egg=y",
    ],
)
def test_a_line_without_a_pin_is_told_with_its_number(line: str) -> None:
    lock = requirements(f"idna==2.10\n{line}\n")

    assert pins(lock) == [("idna", "2.10", 1)]
    assert len(lock.unpinned) == 1
    assert lock.unpinned[0].startswith("line 2 has no pinned version")


@pytest.mark.parametrize(
    "line",
    [
        "https://example.org/idna-2.10-py3-none-any.whl",
        "https://example.org/idna-2.10.tar.gz#sha256=00",
        "idna @ https://example.org/idna-2.10-py3-none-any.whl",
        "./wheels/idna-2.10-py3-none-any.whl",
    ],
)
def test_an_archive_states_its_version_in_its_name(line: str) -> None:
    lock = requirements(line)

    assert pins(lock) == [("idna", "2.10", 1)]
    assert (lock.own, lock.unpinned) == (0, ())


@pytest.mark.parametrize("line", [".", "-e .", "-e ./sub[extra]", "--editable=../other", "./sub"])
def test_the_projects_own_folders_are_not_looked_up(line: str) -> None:
    lock = requirements(line)

    assert (lock.own, lock.packages, lock.unpinned) == (1, (), ())


def test_included_files_are_read_once_and_reported_under_their_own_name(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-r pinned/base.in\n-c limits.txt\nidna==2.10\n")
    (tmp_path / "pinned").mkdir()
    (tmp_path / "pinned/base.in").write_text("--requirement=../requirements.txt\nflask==2.0.1\n")

    locks = read_locks(tmp_path, ["requirements.txt"])

    assert [(lock.path, pins(lock)) for lock in locks] == [
        ("requirements.txt", [("idna", "2.10", 3)]),
        ("pinned/base.in", [("flask", "2.0.1", 2)]),
    ]


@pytest.mark.parametrize(
    "line", ["-r ../../etc/passwd", "-r /etc/passwd", "-r https://example.org/r.txt"]
)
def test_an_include_outside_the_tree_is_a_problem_and_not_followed(line: str) -> None:
    lock = requirements(line)

    assert lock.includes == ()
    assert "outside the tree" in lock.problems[0]


def test_an_include_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-rmissing.txt\n")

    locks = read_locks(tmp_path, ["requirements.txt"])

    assert [(lock.path, lock.problems) for lock in locks] == [
        ("requirements.txt", ()),
        ("missing.txt", ("it cannot be read: No such file or directory",)),
    ]


NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)
VERSIONS = st.lists(st.integers(0, 99), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)


@given(
    st.lists(st.tuples(NAMES, VERSIONS), max_size=8), st.sampled_from(["", " \\\n  --hash=sha256:0"])
)
def test_every_pin_that_is_written_is_read(written: list[tuple[str, str]], tail: str) -> None:
    lock = requirements("".join(f"{name}=={version}{tail}\n" for name, version in written))

    assert [package.version for package in lock.packages] == [version for _, version in written]
    assert (lock.unpinned, lock.problems) == ((), ())


@given(st.text(max_size=200))
def test_no_line_is_lost_without_a_word(text: str) -> None:
    lock = requirements("idna==2.10\nflask>=2\n" + "".join(text.split("\\")))

    assert ("idna", "2.10", 1) in pins(lock)
    assert lock.unpinned[0] == "line 2 has no pinned version: flask>=2"


# TOML


UV = """\
version = 1
revision = 3

[[package]]
name = "idna"
version = "2.10"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "mine"
version = "0.1"
source = { editable = "." }

[[package]]
name = "Forked_Thing"
version = "1.0"
source = { git = "https://example.org/forked.git?rev=1#1" }

[[package]]
name = "dynamic"
source = { git = "https://example.org/dynamic.git#1" }
"""


def test_a_uv_lock_is_read() -> None:
    lock = parse_lock("uv.lock", UV, "uv")

    assert pins(lock) == [("idna", "2.10", 4), ("forked-thing", "1.0", 14)]
    assert (lock.own, lock.unpinned) == (1, ("dynamic is locked without a version",))


def test_a_poetry_lock_is_read() -> None:
    text = (
        '[[package]]\nname = "Idna"\nversion = "2.10"\ngroups = ["main"]\n\n'
        '[[package]]\nname = "mine"\nversion = "0"\n[package.source]\ntype = "directory"\nurl = "."\n\n'
        '[metadata]\nlock-version = "2.1"\n'
    )

    lock = parse_lock("poetry.lock", text, "poetry")

    assert (pins(lock), lock.own) == ([("idna", "2.10", 1)], 1)


def test_a_pdm_lock_is_read() -> None:
    text = (
        '[metadata]\nlock_version = "4.5.0"\n\n'
        '[[package]]\nname = "idna"\nversion = "2.10"\n\n[[package]]\nname = "mine"\nversion = "0"\n'
        'path = "./mine"\n'
    )

    lock = parse_lock("pdm.lock", text, "pdm")

    assert (pins(lock), lock.own) == ([("idna", "2.10", 4)], 1)


def test_a_pylock_is_read() -> None:
    text = (
        'lock-version = "1.0"\ncreated-by = "me"\n\n[[packages]]\nname = "idna"\nversion = "2.10"\n\n'
        '[[packages]]\nname = "mine"\ndirectory = { path = "." }\n\n'
        '[[packages]]\nname = "other"\nvcs = { type = "git", url = "https://example.org/x" }\n'
    )

    lock = parse_lock("pylock.toml", text, "pylock")

    assert (pins(lock), lock.own) == ([("idna", "2.10", 4)], 1)
    assert lock.unpinned == ("other is locked without a version",)


def test_a_cargo_lock_is_read() -> None:
    text = (
        'version = 4\n\n[[package]]\nname = "mine"\nversion = "0.1.0"\n\n[[package]]\n'
        'name = "serde"\nversion = "1.0.200"\nsource = "registry+https://github.com/x"\n'
    )

    lock = parse_lock("Cargo.lock", text, "cargo")

    assert (pins(lock), lock.own) == ([("serde", "1.0.200", 7)], 1)
    assert lock.packages[0].ecosystem is Ecosystem.CRATES


# JSON


def test_a_pipfile_lock_is_read_in_all_its_categories() -> None:
    content = {
        "_meta": {"pipfile-spec": 6},
        "default": {"idna": {"version": "==2.10"}, "mine": {"path": ".", "editable": True}},
        "develop": {"pytest": {"version": "==8.0"}, "forked": {"git": "https://x/y.git", "ref": "1"}},
    }

    lock = parse_lock("Pipfile.lock", json.dumps(content, indent=4), "pipenv")

    assert pins(lock) == [("idna", "2.10", 6), ("pytest", "8.0", 15)]
    assert (lock.own, lock.unpinned) == (1, ("forked is locked without a version",))


def test_a_package_lock_is_read_with_nested_scoped_and_aliased_packages() -> None:
    content = {
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "mine", "version": "1.0.0"},
            "sub": {"version": "1.0.0"},
            "node_modules/sub": {"link": True, "resolved": "sub"},
            "node_modules/@scope/a": {"version": "2.0.0"},
            "node_modules/@scope/a/node_modules/b": {"version": "3.0.0-rc.1"},
            "node_modules/other": {"name": "real", "version": "4.0.0"},
        },
    }

    lock = parse_lock("package-lock.json", json.dumps(content), "npm")

    assert [pin[:2] for pin in pins(lock)] == [
        ("@scope/a", "2.0.0"),
        ("b", "3.0.0-rc.1"),
        ("real", "4.0.0"),
    ]
    assert lock.own == 3


def test_an_old_package_lock_is_read_to_its_depths() -> None:
    content = {
        "lockfileVersion": 1,
        "dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}}},
    }

    lock = parse_lock("package-lock.json", json.dumps(content), "npm")

    assert [pin[:2] for pin in pins(lock)] == [("a", "1.0.0"), ("b", "2.0.0")]


# what cannot be read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", "version = 2\n"),
        ("uv.lock", "version = 1\npackage = 3\n"),
        ("uv.lock", "version = 1\n[[package]]\nversion = '1'\n"),
        ("uv.lock", "{}"),
        ("uv.lock", ""),
        ("poetry.lock", "[metadata]\nlock-version = '9.0'\n"),
        ("pdm.lock", "[[package]]\nname = 'a'\nversion = '1'\n"),
        ("pylock.toml", "lock-version = '2.0'\n"),
        ("Cargo.lock", "version = 9\n"),
        ("Pipfile.lock", "[]"),
        ("Pipfile.lock", '{"default": 3}'),
        ("package-lock.json", '{"lockfileVersion": 9}'),
        ("package-lock.json", "[" * 100_000),
        ("package-lock.json", '{"lockfileVersion": 3, "packages": {"node_modules/a": 1}}'),
    ],
)
def test_a_lock_of_odd_content_or_a_newer_layout_is_a_problem(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)

    (lock,) = read_locks(tmp_path, [name])

    assert lock.problems
    assert lock.packages == ()


@given(st.binary(max_size=300), st.sampled_from(["uv.lock", "Pipfile.lock", "package-lock.json"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    text = content.decode("utf-8", "replace")

    try:
        lock = parse_lock(name, text, kind_of(name) or "")
    except UnreadableError:
        return

    assert all(package.name and package.version for package in lock.packages)


HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", f'{{"lockfileVersion": {HUGE}}}'),
        ("uv.lock", f"version = {HUGE}\n"),
        ("requirements.txt", f"idna=={HUGE}\n-r a\0b.txt\nhttps://x/idna-{HUGE}.tar.gz\n"),
    ],
)
def test_numbers_and_paths_beyond_reason_stop_nothing(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    locks = read_locks(tmp_path, [name])

    assert locks[-1].problems


def test_what_a_lock_says_cannot_steer_a_terminal() -> None:
    lock = requirements("fla\x1b[2Jsk\n-r ../\x1b[2J\n")

    assert "\x1b" not in lock.unpinned[0] + lock.problems[0]


def test_links_folders_other_encodings_and_large_files_are_problems(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("idna==2.10\n")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/requirements.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "there").symlink_to(tmp_path / "linked")
    (tmp_path / "uv.lock").mkdir()
    (tmp_path / "requirements.txt").write_bytes(b"idna==2.10 # \xff\n")
    with (tmp_path / "poetry.lock").open("wb") as file:
        file.truncate(LARGEST_LOCK + 1)
    paths = ["linked/requirements.txt", "there/uv.lock", "uv.lock", "requirements.txt", "poetry.lock"]

    locks = read_locks(tmp_path, [*paths, "yarn.lock"])

    assert [lock.problems[0] for lock in locks] == [
        "it is, or lies behind, a symbolic link",
        "it is, or lies behind, a symbolic link",
        "it is not a regular file",
        "it is not UTF-8",
        "it is larger than 64 MiB",
        "locks of this kind cannot be read yet",
    ]
