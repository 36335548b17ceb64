"""Workers that are killed, hang, or leave processes behind: nothing of theirs goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fairlead.workers.leash import MARK
from fairlead.workers.processes import end_strays
from services import wait_until
from survivors import ended

SLEEPERS = {
    "a session of its own": "setsid sleep 300 & echo $! >> {pids}",
    "an orphan twice removed": "(setsid sh -c 'sleep 300 & echo $! >> {pids}' &)",
    "an empty environment": "env -i setsid sh -c 'echo $$ >> {pids}; exec sleep 300' &",
    "deaf to polite signals": "setsid sh -c 'trap \"\" TERM HUP INT; echo $$ >> {pids}; sleep 300' &",
}

WORKER = """
import os, signal, subprocess, sys, time
from pathlib import Path
from fairlead.workers.tether import tether
leash, folder = tether(os.environ), Path(sys.argv[1])
def say(word): (folder / word).touch()
def polite(*_):
    say("asked")
    sys.exit(3)
signal.signal(signal.SIGTERM, polite)
leash.begin(float(sys.argv[3]))
subprocess.run(["sh", "-c", sys.argv[2]], start_new_session=True)
say("begun")
while not (folder / "go on").exists():
    time.sleep(0.01)
leash.end()
say("over")
time.sleep(300)
"""


@dataclass
class Leashed:
    """A worker on a leash, whose run leaves a process behind."""

    folder: Path
    leash: subprocess.Popen[bytes]

    @property
    def left(self) -> int:
        """The process that the run left behind."""
        return int((self.folder / "pids").read_text())

    @property
    def worker(self) -> int:
        """The worker's own process."""
        return int(
            Path(f"/proc/{self.leash.pid}/task/{self.leash.pid}/children").read_text().split()[0]
        )

    def said(self, word: str) -> bool:
        """Whether the worker came this far."""
        return (self.folder / word).exists()

    def go_on(self) -> None:
        """Let the run come to its end."""
        (self.folder / "go on").touch()


class Starter:
    """Starts leashed workers, and ends them after the test."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._leashes = folder, list[subprocess.Popen[bytes]]()

    def __call__(self, leaves: str, *, limit: float = 60) -> Leashed:
        leash = subprocess.Popen(
            [
                *(sys.executable, "-m", "fairlead.workers.leash"),
                *(sys.executable, "-c", WORKER, str(self._folder)),
                *(leaves.format(pids=self._folder / "pids"), str(limit)),
            ],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._leashes.append(leash)
        started = Leashed(self._folder, leash)
        wait_until(
            lambda: started.said("begun") and (self._folder / "pids").exists(), "the run didn't begin"
        )
        assert not ended_already(started.left)
        return started

    def close(self) -> None:
        for leash in self._leashes:
            leash.kill()
            leash.wait()
            if leash.stdin:
                leash.stdin.close()
        end_strays(MARK)


def ended_already(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    starter = Starter(tmp_path)
    yield starter
    starter.close()


@pytest.mark.parametrize("leaves", SLEEPERS.values(), ids=SLEEPERS)
def test_what_a_killed_worker_leaves_behind_is_ended(leaves: str, start: Starter) -> None:
    run = start(leaves)

    os.kill(run.worker, signal.SIGKILL)

    run.leash.wait(20)
    assert ended(run.left)


@pytest.mark.parametrize("leaves", SLEEPERS.values(), ids=SLEEPERS)
def test_what_a_run_leaves_behind_is_ended_and_its_worker_goes_on(leaves: str, start: Starter) -> None:
    run = start(leaves)
    worker = run.worker

    run.go_on()

    wait_until(lambda: run.said("over"), "the worker wasn't answered")
    assert ended(run.left)
    assert run.worker == worker


def test_a_run_beyond_its_hard_limit_is_ended_with_its_worker(start: Starter) -> None:
    run = start(SLEEPERS["a session of its own"], limit=1)

    assert run.leash.wait(20) == 256 - signal.SIGKILL
    assert ended(run.left)
    assert not run.said("asked")


def test_a_run_that_ends_in_time_has_no_limit_any_more(start: Starter) -> None:
    run = start(SLEEPERS["a session of its own"], limit=1)
    run.go_on()
    wait_until(lambda: run.said("over"), "the worker wasn't answered")

    with pytest.raises(subprocess.TimeoutExpired):
        run.leash.wait(1.5)


def test_when_nobody_holds_the_leash_the_worker_is_asked_and_everything_ends(start: Starter) -> None:
    run = start(SLEEPERS["an empty environment"])
    assert run.leash.stdin

    run.leash.stdin.close()

    assert run.leash.wait(20) == 3
    assert run.said("asked")
    assert ended(run.left)


def test_a_polite_signal_to_the_leash_reaches_the_worker(start: Starter) -> None:
    run = start(SLEEPERS["a session of its own"])

    run.leash.terminate()

    assert run.leash.wait(20) == 3
    assert ended(run.left)


def test_when_the_leash_itself_is_killed_its_worker_dies_and_the_mark_finds_the_rest(
    start: Starter,
) -> None:
    run = start(SLEEPERS["a session of its own"])
    worker = run.worker

    run.leash.kill()
    run.leash.wait(20)
    assert ended(worker)

    end_strays(MARK)
    assert ended(run.left)


def test_what_belongs_to_a_leash_that_is_held_is_no_stray(start: Starter) -> None:
    run = start(SLEEPERS["a session of its own"])

    end_strays(MARK)

    assert not ended_already(run.left)
    assert run.leash.poll() is None
