"""Kept results: what was put, or nothing; whatever happens to the file or to the one who writes it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.store.results import FILE, Results


@pytest.fixture
def results(tmp_path: Path) -> Iterator[Results]:
    kept = Results(tmp_path)
    yield kept
    kept.close()


def get_anew(folder: Path, *keys: str) -> dict[str, bytes]:
    """Return what another run would find."""
    other = Results(folder)
    try:
        return other.get(keys)
    finally:
        other.close()


def spoil(folder: Path, content: bytes) -> None:
    for path in folder.iterdir():
        path.write_bytes(content)


def test_a_later_run_finds_what_was_put(results: Results, tmp_path: Path) -> None:
    results.put({"a": b"1", "b": b""})

    assert get_anew(tmp_path, "a", "b", "c") == {"a": b"1", "b": b""}
    assert results.note == ""


def test_the_last_value_put_counts(results: Results) -> None:
    results.put({"a": b"1"})
    results.put({"a": b"2"})

    assert results.get(["a"]) == {"a": b"2"}


def test_many_keys_are_asked_for_at_once(results: Results) -> None:
    values = {f"key {number}": f"{number}".encode() for number in range(3000)}
    results.put(values)

    assert results.get([*values, "absent"]) == values


@given(values=st.dictionaries(st.text(min_size=1), st.binary(max_size=300), max_size=8))
def test_any_value_comes_back_as_it_was(values: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kept = Results(Path(folder))
        printable = {key.encode("utf-8", "replace").decode(): value for key, value in values.items()}

        kept.put(printable)
        found = kept.get(printable)
        kept.close()

    assert found == printable


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", b"\x00" * 20_000, b"SQLite format 3\x00" + b"\xff" * 9000, os.urandom(8192)],
    ids=["empty", "a word", "zeros", "a header and noise", "noise"],
)
def test_garbage_in_every_file_is_replaced_and_the_run_goes_on(content: bytes, tmp_path: Path) -> None:
    first = Results(tmp_path)
    first.put({"a": b"1"})
    first.close()
    spoil(tmp_path, content)

    second = Results(tmp_path)
    found = second.get(["a"])
    second.put({"b": b"2"})
    second.close()

    assert found == {}
    assert second.note == ""
    assert get_anew(tmp_path, "b") == {"b": b"2"}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_gives_nothing_or_what_was_put(share: float, tmp_path: Path) -> None:
    values = {f"{number}": os.urandom(500) for number in range(300)}
    first = Results(tmp_path)
    first.put(values)
    first.close()
    content = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(content[: int(len(content) * share)])

    second = Results(tmp_path)
    found = second.get(values)
    second.put({"new": b"x"})
    second.close()

    assert found.items() <= values.items()
    assert get_anew(tmp_path, "new") == {"new": b"x"}


def test_a_value_that_rotted_on_the_disk_is_dropped(tmp_path: Path) -> None:
    first = Results(tmp_path)
    first.put({"sound": b"value one", "rotten": b"value two"})
    first.close()
    content = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(content.replace(b"value two", b"value 2!!"))

    found = get_anew(tmp_path, "sound", "rotten")

    assert found == {"sound": b"value one"}
    database = sqlite3.connect(tmp_path / FILE)
    assert database.execute("select key from result").fetchall() == [("sound",)]
    database.close()


def test_a_folder_in_the_place_of_the_file_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / FILE / "deep").mkdir(parents=True)

    kept = Results(tmp_path)
    kept.put({"a": b"1"})

    assert kept.get(["a"]) == {"a": b"1"}
    assert kept.note == ""
    assert (tmp_path / FILE).is_file()


def test_without_a_folder_nothing_is_kept_and_nothing_fails() -> None:
    kept = Results(None)

    kept.put({"a": b"1"})

    assert kept.get(["a"]) == {}
    kept.close()


def test_a_closed_store_finds_and_keeps_nothing(results: Results, tmp_path: Path) -> None:
    results.put({"a": b"1"})
    results.close()
    results.put({"b": b"2"})

    assert results.get(["a"]) == {}
    assert get_anew(tmp_path, "a", "b") == {"a": b"1"}


def test_a_full_disk_costs_the_new_values_alone_and_is_told(tmp_path: Path) -> None:
    kept = Results(tmp_path)
    kept.put({"old": b"1"})
    kept.close()
    program = (
        "import os, resource, sys\n"
        "from pathlib import Path\n"
        "from fairlead.store.results import Results\n"
        "kept = Results(Path('.'))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "for n in range(20): kept.put({f'{n}': os.urandom(9000)})\n"
        "print(kept.note)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True
    )

    assert done.stdout.startswith(b"results are not kept: ")
    assert get_anew(tmp_path, "old") == {"old": b"1"}


def test_a_folder_that_may_only_be_read_costs_the_cache_alone() -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from fairlead.store.results import Results\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "kept = Results(Path('.'))\n"
        "kept.put({'b': b'2'})\n"
        "print(sorted(kept.get(['a', 'b'])), kept.note)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Results(Path(folder)).put({"a": b"1"})
        Path(folder, FILE).chmod(0o444)
        Path(folder).chmod(0o555)

        done = subprocess.run(
            [sys.executable, "-c", program], cwd=folder, capture_output=True, check=True, text=True
        )
        Path(folder).chmod(0o755)

    assert "'b'" not in done.stdout
    assert "results are not kept" in done.stdout


def test_a_writer_killed_at_any_moment_leaves_a_sound_file(tmp_path: Path) -> None:
    program = (
        "import os\n"
        "from pathlib import Path\n"
        "from fairlead.store.results import Results\n"
        "kept = Results(Path('.'))\n"
        "for n in range(10**6):\n"
        "    kept.put({f'{n} {side}': b'%d' % n * 500 for side in 'ab'})\n"
        "    if n == 5: os.write(1, b'.')\n"
    )
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE)
        assert writer.stdout
        writer.stdout.read(1)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()

    kept = Results(tmp_path)
    found = kept.get(f"{n} {side}" for n in range(20_000) for side in "ab")
    kept.put({"after": b"x"})

    assert kept.note == ""
    assert kept.get(["after"]) == {"after": b"x"}
    assert {f"{n} {side}": b"%d" % n * 500 for n in range(6) for side in "ab"}.items() <= found.items()
    assert all((f"{key[:-1]}a" in found) == (f"{key[:-1]}b" in found) for key in found)
    kept.close()


def test_two_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from fairlead.store.results import Results\n"
        "kept = Results(Path('.'))\n"
        "for n in range(100): kept.put({f'{sys.argv[1]}{n}': b'x'})\n"
        "print(kept.note)\n"
    )

    writers = [
        subprocess.Popen([sys.executable, "-c", program, name], cwd=tmp_path, stdout=subprocess.PIPE)
        for name in "ab"
    ]
    notes = [writer.communicate()[0] for writer in writers]

    assert notes == [b"\n", b"\n"]
    assert len(get_anew(tmp_path, *(f"{name}{n}" for name in "ab" for n in range(100)))) == 200


def test_the_file_stays_within_its_bound_and_the_oldest_values_go_first(tmp_path: Path) -> None:
    now = 0.0
    kept = Results(tmp_path, most_bytes=400_000, clock=lambda: now)

    for number in range(200):
        now = number * 200_000.0
        kept.put({f"{number}": os.urandom(10_000)})
        kept.get(["0"])
    found = kept.get(f"{number}" for number in range(200))
    kept.close()

    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 500_000
    assert "0" in found, "a value in use was removed before those that nobody asked for"
    assert "199" in found
    assert sorted(int(key) for key in found)[1:] == list(range(201 - len(found), 200))
