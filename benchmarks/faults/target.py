"""What the faults are let loose on: small repositories with changes, and a platform's processes."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
import sqlalchemy.exc

from builder import RepositoryBuilder
from fairlead.records.changes import submit
from fairlead.records.model import Kind
from fairlead.records.repositories import register
from fairlead.store import tables
from fairlead.store.database import Database
from fairlead.store.migrations import newest_version, version_of
from fairlead.workers import ledger
from fairlead.workers.model import LIVE

SLEEPER = "86399.25"
"""How long the processes sleep that checks leave behind: an argument by which they are found."""

_CHECK = f"""
import random, subprocess, time
subprocess.Popen(["setsid", "sleep", "{SLEEPER}"])
time.sleep(random.uniform(0, 0.5))
"""
_REPOSITORIES = 3
_Answer = TypeVar("_Answer")


class Submitter:
    """Three repositories with a change for every round, submitted one after the other."""

    def __init__(self, folder: Path, rounds: int) -> None:
        command = json.dumps([sys.executable, "-S", "-c", _CHECK])
        policy = (
            f'[[custom]]\nname = "slow"\ncommand = {command}\nreads = ["*"]\nformat = "regex"\n'
            "pattern = '(?P<message>never)'\nproof = '\\A'\n[checks.secrets]\nenabled = false\n"
        )
        self._builders = []
        self._commits: list[list[str]] = []
        for number in range(_REPOSITORIES):
            builder = RepositoryBuilder.create(folder / f"lab-{number}")
            commits = [builder.commit({"fairlead.toml": policy, "notes.md": "one\n"})]
            commits += [builder.commit({"notes.md": f"{one}\n"}) for one in range(rounds)]
            self._builders.append(builder)
            self._commits.append(commits)
        self._round = 0

    def wait_for_tables(self, database: Database) -> None:
        """Wait until a server has made the tables."""
        until = time.monotonic() + 60
        while version_of(database) != newest_version():
            if time.monotonic() > until:
                raise SystemExit("the server made no tables: see its log")
            time.sleep(0.1)

    def submit(self, database: Database) -> list[int]:
        """Submit three changes; every fourth time one gets a newer revision, or its run cancelled."""
        self._round += 1
        runs = []
        for number in random.choices(range(_REPOSITORIES), k=3):
            commits = self._commits[number]
            pair = commits[self._round - 1], commits[self._round]
            key = f"branch {self._round}-{len(runs)}"
            runs.append(_again(lambda p=pair, n=number, k=key: self._queue(database, n, k, *p)))
            if random.random() < 0.25:
                pair = commits[0], commits[self._round]
                runs.append(_again(lambda p=pair, n=number, k=key: self._queue(database, n, k, *p)))
            elif random.random() < 0.1:
                _again(lambda run_id=runs[-1]: _cancel(database, run_id))
        return runs

    def _queue(self, database: Database, number: int, key: str, base: str, head: str) -> int:
        now = time.time()
        with database.write() as unit:
            folder = str(self._builders[number].folder)
            repository = register(
                unit, name="lab", source=folder, folder=folder, default_branch="main", at=now
            )
            revision, _ = submit(
                unit,
                repository_id=repository.id,
                key=key,
                kind=Kind.RANGE,
                base=base,
                head=head,
                title=key,
                author="Ada",
                at=now,
            )
            return ledger.enqueue(unit, revision_id=revision.id, repository_id=repository.id, at=now)


def _cancel(database: Database, run_id: int) -> None:
    with database.write() as unit:
        ledger.ask_cancel(unit, run_id, time.time())


def _again(work: Callable[[], _Answer]) -> _Answer:
    """Do what a client does whose connection a restart cut: the same once more."""
    while True:
        try:
            return work()
        except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError):
            time.sleep(0.1)


def wait_for_ends(database: Database, runs: list[int], patience: float) -> list[int]:
    """Wait until runs have ended; return those that haven't after ``patience`` seconds."""
    until, left = time.monotonic() + patience, runs
    query = sa.select(tables.run.c.id).where(tables.run.c.id.in_(runs), tables.run.c.state.in_(LIVE))
    while left and time.monotonic() < until:
        time.sleep(0.05)
        with contextlib.suppress(sqlalchemy.exc.DBAPIError), database.read() as connection:
            left = list(connection.execute(query).scalars())
    return left


def started(words: list[str], folder: Path, log: Path) -> int:
    """Start a command of Fairlead's in a folder that is no repository, and return its number."""
    environment = {
        name: said
        for name, said in os.environ.items()
        if not name.startswith(("CI", "GIT", "FAIRLEAD"))
    }
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "fairlead", *words],
            cwd=folder,
            env={**environment, "XDG_CACHE_HOME": str(folder / "cache")},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ).pid


def kill(pid: int, number: int) -> None:
    """Send a signal and, if we are the parent, take note of the end that it brings."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def processes_of(module: str, store: str) -> list[int]:
    """Return the processes that run a module of Fairlead's on this store."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
            environment = (place / "environ").read_bytes()
        except OSError:
            continue
        if (
            words[1:3] == [b"-m", module.encode()]
            and f"FAIRLEAD_STORE={store}\0".encode() in environment
        ):
            found.append(int(place.name))
    return found


def children_of(parents: list[int]) -> list[int]:
    """Return the processes that these have started."""
    found = []
    for parent in parents:
        for thread in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in thread.read_text().split()]
    return found


def sleepers(mark: str) -> list[int]:
    """Return the processes that sleep for as long as only ours do."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (place / "cmdline").read_bytes().split(b"\0"):
                found.append(int(place.name))
    return found
