"""`fairlead up` as a newcomer runs it: one command, a working board with real content, a clean end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.command import Command
from builder import RepositoryBuilder
from fairlead.app.holding import running_at
from services import wait_until

PATIENCE = 60.0
ENDING = "ending: what runs is handed back; Ctrl-C again ends at once"
ROOT = Path(__file__).parents[2]


class Up:
    """A platform that runs in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], address: str, log: Path) -> None:
        self.process, self.address, self._log = process, address, log

    def changes(self) -> list[dict[str, Any]]:
        """Return the board's lines."""
        with urllib.request.urlopen(f"{self.address}/api/v1/changes", timeout=10) as answer:
            return json.load(answer)["items"]

    def until(self, wanted: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Wait for the board to be as wanted and return it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            lines = self.changes()
            if wanted(lines):
                return lines
            time.sleep(0.1)
        raise AssertionError(f"the board stayed as it was: {self.changes()}")

    def said(self) -> str:
        """Return all that it has said so far."""
        return self._log.read_text()

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """End it and return its exit code and what it said since it was up, but for its usual log."""
        self.process.send_signal(number)
        self.process.wait(timeout=PATIENCE)
        _, _, said = self._log.read_text().partition(f"is up at {self.address}\n")
        usual = ('"fairlead.requests"', '"log.level": "info", "log.logger": "fairlead.workers"')
        lines = [line for line in said.splitlines() if not any(part in line for part in usual)]
        return self.process.returncode, "\n".join(lines)


@contextmanager
def platform_up(fairlead: Command, state: Path, *words: str) -> Generator[Up]:
    log = state.with_name("log")  # a pipe that nobody reads would fill up and hold the platform
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            fairlead.words("up", "--state", str(state), "--port", "0", *words),
            cwd=fairlead.repository.folder,
            env=fairlead.environment,
            stdin=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        wait_until(lambda: _address(log) or process.poll() is not None, "it never came up")
        address = _address(log)
        assert address, log.read_text()
        yield Up(process, address, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _address(log: Path) -> str:
    found = re.search(r"is up at (http\S+)\n", log.read_text())
    return found[1] if found else ""


def test_a_newcomer_sees_the_recent_changes_and_the_latest_one_s_verdict(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"}, message="Say hello")
    repository.commit({"a.py": "import os\n"}, message="Begin")

    with platform_up(fairlead, tmp_path / "state") as up:
        lines = up.until(lambda lines: bool(lines) and bool(lines[0]["outcome"]))
        code, said = up.end()

    assert [(line["title"], line["run_state"]) for line in lines] == [
        ("Begin", "blocked"),
        ("Say hello", ""),
    ]
    assert lines[0]["sentence"].startswith("Blocked: ")
    assert (code, said) == (0, ENDING)


def test_a_ctrl_c_that_make_and_uv_hand_on_as_well_ends_it_in_order(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"})
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    (tmp_path / "Makefile").write_text(
        f"run:\n\t@{uv} run --frozen --no-sync --quiet --project {ROOT} "
        f"fairlead up --port 0 --state {tmp_path / 'state'}\n"
    )
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        make = subprocess.Popen(
            ["make", "-f", str(tmp_path / "Makefile"), "run"],
            cwd=repository.folder,
            env=fairlead.environment,
            stdin=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
    wait_until(lambda: bool(_address(log)), "it never came up")

    for _ in range(3):
        os.killpg(make.pid, signal.SIGINT)
        time.sleep(0.05)
    make.wait(timeout=PATIENCE)

    wait_until(lambda: running_at(tmp_path / "state") is None, "it goes on")
    said = log.read_text()
    assert said.count(ENDING) == 1
    assert "interrupted" not in said
    assert "at once;" not in said
    assert "Traceback" not in said


def test_a_platform_that_is_asked_again_after_a_while_ends_at_once_and_says_so(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    code = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'w').close()"
    command = json.dumps([sys.executable, "-c", f"{code}; time.sleep(60)", str(begun)])
    policy = f'[[custom]]\nname = "slow"\ncommand = {command}\nreads = ["*"]\nformat = "sarif"\n'
    repository.commit({"fairlead.toml": policy})
    repository.commit({"README.md": "Hello\n"})

    with platform_up(fairlead, tmp_path / "state") as up:
        wait_until(begun.exists, "the check didn't begin", patience=PATIENCE)
        up.process.send_signal(signal.SIGINT)
        time.sleep(1.2)
        code, said = up.end()

    assert code == 130
    assert said.splitlines()[0] == ENDING
    assert said.splitlines()[-1].startswith("ended at once")


def test_a_commit_made_while_it_is_up_is_run(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"})

    with platform_up(fairlead, tmp_path / "state") as up:
        up.until(lambda lines: bool(lines))
        repository.commit({"README.md": "Hello, world\n"}, message="Greet everyone")
        lines = up.until(lambda lines: lines[0]["title"] == "Greet everyone" and lines[0]["outcome"])

    assert lines[0]["outcome"] == "pass"


def test_what_was_submitted_before_is_run_when_it_comes_up(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"a.md": "a\n"}, over={"a.md": "b\n"})
    submitted = fairlead(
        "submit", "HEAD~1..HEAD", "--state", str(tmp_path / "state"), "--format", "json"
    )

    with platform_up(fairlead, tmp_path / "state") as up:
        change = submitted.json["change"]
        up.until(lambda lines: any(line["change_id"] == change and line["outcome"] for line in lines))


def test_outside_of_a_repository_it_comes_up_and_says_how_to_add_one(
    fairlead: Command, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    elsewhere = Command(repository=RepositoryBuilder(empty), cache=tmp_path / "cache")

    with platform_up(elsewhere, tmp_path / "state") as up:
        assert up.changes() == []
        assert up.end(signal.SIGTERM)[0] == 0
        assert "add one: fairlead repository add PATH" in up.said()


def test_outside_of_a_repository_it_names_those_that_were_added_before(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"})
    empty = tmp_path / "empty"
    empty.mkdir()
    elsewhere = Command(repository=RepositoryBuilder(empty), cache=tmp_path / "cache")
    fairlead("repository", "add", ".", "--state", str(tmp_path / "state"))

    with platform_up(elsewhere, tmp_path / "state") as up:
        assert "following repository\n" in up.said()
        assert "no repository" not in up.said()


def test_a_second_platform_on_the_same_state_is_refused_with_the_first_one_s_address(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"})

    with platform_up(fairlead, tmp_path / "state") as up:
        second = fairlead("up", "--state", str(tmp_path / "state"), "--port", "0")

    assert second.code == 2
    assert up.address in second.err


def test_a_port_that_is_taken_is_named_before_anything_starts(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"})

    with platform_up(fairlead, tmp_path / "state") as up:
        port = up.address.rpartition(":")[2]
        second = fairlead("up", "--state", str(tmp_path / "other"), "--port", port)

    assert second.code == 2
    assert "can't be listened on" in second.err
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--port", "99999"],
        ["--workers", "-1"],
        ["--workers", "0"],
        ["--proxy", "10.0.0.4/8"],
        ["--proxy", "*"],
    ],
)
def test_what_cannot_be_is_refused_with_a_fix(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path, words: list[str]
) -> None:
    repository.commit({"README.md": "Hello\n"})

    answer = fairlead("up", "--state", str(tmp_path / "state"), *words)

    assert answer.code == 2
    assert "fix:" in answer.err


def test_a_backup_of_a_running_platform_can_be_put_back_once_it_has_ended(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"})
    state, copy = str(tmp_path / "state"), str(tmp_path / "copy.sqlite")

    with platform_up(fairlead, tmp_path / "state") as up:
        up.until(lambda lines: bool(lines))
        taken = fairlead("backup", copy, "--state", state)
        while_up = fairlead("backup", "--restore", copy, "--state", state)
    after = fairlead("backup", "--restore", copy, "--state", state)

    assert (taken.code, while_up.code, after.code) == (0, 2, 0)
    assert "runs on" in while_up.err
    with platform_up(fairlead, tmp_path / "state") as up:
        assert len(up.changes()) == 1


def test_the_doctor_finds_nothing_missing_here_and_names_what_is(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"})

    here = fairlead("doctor", "--state", str(tmp_path / "state"), "--format", "json")
    there = fairlead(
        "doctor",
        *(
            "--store",
            "postgresql://fairlead:hunter2@127.0.0.1:1/none",
            "--state",
            str(tmp_path / "state"),
        ),
        env={"FAIRLEAD_BROKER": "redis://:hunter2@127.0.0.1:1/0"},
    )

    assert here.code == 0
    assert {one["what"] for one in json.loads(here.out)} >= {"python", "git", "ruff", "state", "store"}
    assert not (tmp_path / "state").exists()
    assert there.code == 1
    assert "2 of these must be mended" in there.out
    assert "hunter2" not in there.out


def test_repositories_are_added_listed_and_forgotten(
    fairlead: Command, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"README.md": "Hello\n"})
    state = ("--state", str(tmp_path / "state"))

    fairlead("repository", "add", ".", *state)
    listed = fairlead("repository", "list", "--format", "json", *state)
    gone = fairlead("repository", "remove", "repository", *state)
    again = fairlead("repository", "remove", "repository", *state)

    assert [one["folder"] for one in json.loads(listed.out)] == [os.path.realpath(repository.folder)]
    assert (gone.code, again.code) == (0, 2)
    assert "there is no repository" in again.err
