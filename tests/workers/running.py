"""A platform's background runs with a real engine, and a repository whose check does as it is told."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from builder import RepositoryBuilder
from fairlead.app.background_wiring import keeper_of
from fairlead.records.model import Run
from fairlead.records.verdicts import run_of
from fairlead.settings import Settings
from fairlead.store import tables
from fairlead.store.database import Database, open_database
from fairlead.workers import ledger
from fairlead.workers.carrying import Terms
from fairlead.workers.keeping import Keeper
from fairlead.workers.model import LIVE
from services import wait_until
from stores import add_repository, add_revision

_CHECK = """
import subprocess, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
left = subprocess.Popen(["setsid", "sleep", "300"])
with (folder / "begun").open("a") as begun:
    begun.write(f"{left.pid}\\n")
while not (folder / "go on").exists():
    time.sleep(0.01)
"""


@dataclass
class Running:
    """Background runs that go on, with what tests want to know of them."""

    address: str
    repository: RepositoryBuilder
    folder: Path
    broker: str = ""
    terms: Terms = field(default_factory=Terms)
    database: Database = field(init=False)
    keeper: Keeper = field(init=False)

    def start(self) -> None:
        """Open the store and start the engine with one worker."""
        self.database = open_database(self.address)
        environ = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache")}
        settings = Settings(state=self.folder, store=self.address, broker=self.broker, workers=1)
        self.keeper = keeper_of(settings, self.database, environ=environ, terms=self.terms)
        self.keeper.start()

    def stop(self) -> None:
        """Stop the engine as a server does that is asked to end."""
        self.keeper.stop()
        self.database.close()

    def submit(self, content: str, *, waits: bool = False) -> int:
        """Commit a change, its check waiting to be told to go on or not, and queue a run of it."""
        base = self.repository.head
        self.repository.commit({"notes.md": content})
        (self.folder / "go on").unlink(missing_ok=True)
        if not waits:
            self.go_on()
        with self.database.write() as unit:
            repository_id = add_repository(unit, "lab", self.repository.folder)
            revision = add_revision(unit, repository_id, base=base, head=self.repository.head)
            run_id = ledger.enqueue(
                unit, revision_id=revision.id, repository_id=repository_id, at=time.time()
            )
        self.keeper.notice()
        return run_id

    def check(self) -> int:
        """The process of the check that has begun last: what it left behind is its child still."""
        status = Path(f"/proc/{self._left()[-1]}/stat").read_text()
        return int(status.rpartition(")")[2].split()[1])

    def go_on(self) -> None:
        """Let the check come to its end."""
        (self.folder / "go on").touch()

    def cancel(self, run_id: int) -> None:
        """Ask for a run to be stopped."""
        with self.database.write() as unit:
            ledger.ask_cancel(unit, run_id, time.time())

    def run(self, run_id: int) -> Run:
        """A run as it stands in the ledger."""
        with self.database.read() as connection:
            run = run_of(connection, run_id)
        assert run is not None
        return run

    def begun(self, times: int = 1) -> list[int]:
        """Wait until the check has begun so often; return the processes that it left."""
        wait_until(lambda: len(self._left()) >= times, "the check didn't begin", patience=60)
        return self._left()

    def ended(self, run_id: int) -> Run:
        """Wait for a run's end and return it."""
        wait_until(lambda: self.run(run_id).state not in LIVE, "the run didn't end", patience=60)
        return self.run(run_id)

    def workers(self) -> list[int]:
        """The worker processes that there are: children of the leashes that we hold."""
        return [pid for leash in self.leashes() for pid in _children(leash) if _works(pid)]

    def leashes(self) -> list[int]:
        """The leashes of the workers, which are ours."""
        return [pid for pid in _children(os.getpid()) if _is(pid, b"fairlead.workers.leash")]

    def verdicts(self) -> int:
        """How many verdicts were written."""
        with self.database.read() as connection:
            query = sa.select(sa.func.count()).select_from(tables.verdict)
            return connection.execute(query).scalar_one()

    def _left(self) -> list[int]:
        begun = self.folder / "begun"
        return [int(line) for line in begun.read_text().split()] if begun.exists() else []


def prepare(repository: RepositoryBuilder, folder: Path) -> None:
    """Give a repository a check that begins, leaves a process and waits to be told to go on."""
    command = json.dumps([sys.executable, "-S", "-c", _CHECK, str(folder)])
    policy = (
        f'[[custom]]\nname = "slow"\ncommand = {command}\nreads = ["*"]\nformat = "regex"\n'
        "pattern = '(?P<message>never)'\nproof = '\\A'\n[checks.secrets]\nenabled = false\n"
    )
    repository.commit({"fairlead.toml": policy, "notes.md": "one\n"})


def _children(pid: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in thread.read_text().split()]
    return found


def _works(pid: int) -> bool:
    return _is(pid, b"fairlead.app.working")


def _is(pid: int, module: bytes) -> bool:
    return module in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
