"""A run that is cut short leaves no process, no folder and no spoilt state; nor do many at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.command import Command
from builder import RepositoryBuilder
from survivors import ended

CLEAN = 'def greet(name: str) -> str:\n    """Return a greeting."""\n    return f"hello {name}"\n'
SHELL = "import subprocess\n\n\ndef run(cmd):\n    return subprocess.call(cmd, shell=True)\n"
SLOW = (
    "import os, pathlib, sys, time\n"
    "if os.fork() == 0:\n"
    "    time.sleep(60)\n"
    "place = pathlib.Path(sys.argv[1])\n"
    "place.with_suffix('.part').write_text(str(os.getpid()))\n"
    "place.with_suffix('.part').rename(place)\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def start(fairlead: Command, temporary: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        fairlead.words("check", "HEAD"),
        cwd=fairlead.repository.folder,
        env={**fairlead.environment, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def hang(repository: RepositoryBuilder, mark: Path) -> None:
    """Commit a change whose check writes its number to ``mark`` and never ends."""
    command = json.dumps([sys.executable, "-c", SLOW, str(mark)])
    policy = f'[[custom]]\nname = "slow"\ncommand = {command}\nreads = ["*"]\nformat = "sarif"\n'
    repository.commit({"run.py": SHELL}, over={"run.py": CLEAN, "fairlead.toml": policy})


def number_in(mark: Path) -> int:
    for _ in range(3000):
        if mark.exists():
            return int(mark.read_text())
        time.sleep(0.01)
    raise AssertionError("the check never began")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_and_all_that_it_started(
    number: signal.Signals,
    repository: RepositoryBuilder,
    fairlead: Command,
    tmp_path: Path,
    temporary: Path,
) -> None:
    mark = tmp_path / "mark"
    hang(repository, mark)
    run = start(fairlead, temporary)
    tool = number_in(mark)

    run.send_signal(number)
    _, said = run.communicate(timeout=30)

    assert run.returncode == 128 + number
    assert said == "fairlead: interrupted; nothing was left behind\n"
    assert ended(tool)
    assert list(temporary.iterdir()) == []
    assert repository.git("status", "--porcelain") == ""


def test_a_killed_run_is_tidied_up_by_the_next_which_finds_sound_state(
    repository: RepositoryBuilder, fairlead: Command, tmp_path: Path, temporary: Path
) -> None:
    mark = tmp_path / "mark"
    hang(repository, mark)
    run = start(fairlead, temporary)
    tool = number_in(mark)
    run.kill()
    run.communicate()
    left = list(temporary.iterdir())
    os.killpg(tool, signal.SIGKILL)  # nobody else is left to do it

    repository.commit({"run.md": "a\n"}, over={"fairlead.toml": None})
    checked = fairlead("check", "HEAD", "--format", "json", env={"TMPDIR": str(temporary)})

    assert len(left) == 1
    assert checked.code == 0
    assert checked.json["notes"] == []
    assert list(temporary.iterdir()) == []


def test_runs_at_once_on_one_repository_say_the_same(
    repository: RepositoryBuilder, fairlead: Command, temporary: Path
) -> None:
    repository.commit({"run.py": SHELL}, over={"run.py": CLEAN})

    runs = [start(fairlead, temporary) for _ in range(5)]
    answers = [run.communicate(timeout=60) for run in runs]

    assert {run.returncode for run in runs} == {1}
    assert len({out.partition("\n")[0] for out, _ in answers}) == 1
    assert not any("not kept" in out for out, _ in answers)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("statement", ["create table result (a int)", "create view result as select 1"])
def test_state_of_another_making_is_rebuilt(
    statement: str, repository: RepositoryBuilder, fairlead: Command
) -> None:
    import sqlite3

    repository.commit({"run.md": "a\n"})
    fairlead.check("HEAD")
    state = repository.folder / ".git/fairlead/1/results.sqlite"
    state.unlink()
    with sqlite3.connect(state) as database:
        database.execute(statement)
    database.close()

    rebuilt, kept = fairlead.check("HEAD"), fairlead.check("HEAD")

    assert rebuilt.json["notes"] == []
    assert rebuilt.code == 0
    assert kept.result("secrets")["cached"]
