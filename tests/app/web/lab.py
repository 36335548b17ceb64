"""A small repository with changes of every kind, gated for real, and the platform that shows them."""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa
import uvicorn

from builder import RepositoryBuilder
from fairlead.app import intake
from fairlead.app.background import GateWork
from fairlead.app.live_checks import LiveChecks
from fairlead.app.platform import Platform
from fairlead.app.platform_wiring import open_platform, platform_settings
from fairlead.app.server import build
from fairlead.records.changes import revisions_of
from fairlead.records.model import Repository, Revision
from fairlead.store import tables
from fairlead.workers import ledger
from fairlead.workers.carrying import Worker, carry_out, take_one
from fairlead.workers.model import Claimed

HOSTILE = "<script>document.title='owned'</script>"
HOSTILE_BRANCH = HOSTILE.replace(" ", "")
ESCAPES = "\x1b[31mred\x1b[0m \u202egnirts"

CLIENT = '''\
"""Ask the payment service, once more when it doesn't answer."""

import subprocess


def retry(command: list[str], times: int = 3) -> int:
    """Run a command until it succeeds and return its last exit code."""
    code = 1
    for _ in range(times):
        code = subprocess.run(command, check=False).returncode
        if code == 0:
            break
    return code
'''
HURRIED = CLIENT.replace(
    "def retry(command: list[str], times: int = 3) -> int:",
    "def retry(command: str, times: int = 3) -> int:",
).replace("subprocess.run(command, check=False)", "subprocess.run(command, shell=True, check=False)")
TESTS = '''\
"""Test the client."""

from client import retry


def test_a_command_that_succeeds_runs_once() -> None:
    """It isn't tried again."""
    assert retry(["true"]) == 0
'''


@dataclass(slots=True)
class Lab:
    """The platform, its repository, and the changes by the keys that they came with."""

    platform: Platform
    builder: RepositoryBuilder
    repository: Repository
    changes: dict[str, int] = field(default_factory=dict)

    def take_in(self) -> None:
        """Record what the repository's branches show now, and read what is new."""
        fresh = intake.take_in(self.platform.database, self.repository, environ=self.platform.environ)
        for revision in fresh:
            intake.plan_revision(
                self.platform.database, self.repository, revision, environ=self.platform.environ
            )
        with self.platform.database.write() as unit:
            for row in unit.connection.execute(sa.select(tables.change)):
                self.changes[row.key.removeprefix("branch ")] = row.id
            unit.connection.execute(  # what was queued by itself: each test says what runs
                tables.run.update()
                .where(tables.run.c.state == "queued")
                .values(state="cancelled", because="someone asked for it", ended_at=time.time())
            )

    def revision(self, branch: str) -> Revision:
        """Return the newest revision of a branch's change."""
        with self.platform.database.read() as connection:
            return revisions_of(connection, self.changes[branch])[0]

    def queue(self, branch: str, *, everything: bool = False) -> int:
        """Queue a run of a branch's newest revision and return its number."""
        with self.platform.database.write() as unit:
            return ledger.enqueue(
                unit,
                revision_id=self.revision(branch).id,
                repository_id=self.repository.id,
                at=time.time(),
                everything=everything,
            )

    def gate(self, branch: str, *, everything: bool = False) -> int:
        """Run the checks of a branch's newest revision, as a worker does, and return the run."""
        run_id = self.queue(branch, everything=everything)
        worker = Worker(
            name="lab, 1",
            database=self.platform.database,
            work=GateWork(database=self.platform.database, environ=self.platform.environ),
        )
        claimed = take_one(worker)
        assert claimed is not None
        assert claimed.run_id == run_id
        carry_out(worker, claimed)
        return run_id

    def begin(self, branch: str) -> tuple[Claimed, LiveChecks]:
        """Have a run begin and go on: its first check has ended, its second goes on."""
        self.queue(branch)
        with self.platform.database.write() as unit:
            claimed = ledger.claim(unit, worker="lab, 1", at=time.time(), lease_seconds=3600)
        assert claimed is not None
        return claimed, LiveChecks(self.platform.database, claimed, clock=time.time)


def make_lab(folder: Path, *, hostile: bool = True) -> Lab:
    """Return a platform whose repository has a history and open branches; nothing has run yet."""
    builder = RepositoryBuilder.create(folder / "payments")
    builder.commit(
        {
            "client.py": CLIENT,
            "README.md": "# Payments\n\nPays.\n",
            "fairlead.toml": "fetch_tools = false\n",
            "tests/test_client.py": TESTS,
        },
        message="Begin with a client that tries again",
    )
    builder.commit({"README.md": "# Payments\n\nPays, and tries again.\n"}, message="Say what it does")
    for branch, files, message in (
        ("shell", {"client.py": HURRIED}, "Let callers pass a whole command"),
        ("docs", {"README.md": "# Payments\n\nPays. Tries three times.\n"}, "Say how often it tries"),
        (
            "inert",
            {"client.py": CLIENT.replace("    code = 1\n", "    code = 1  # so far\n")},
            "Say why",
        ),
        (
            "tests",
            {"tests/test_client.py": TESTS.replace("runs_once", "runs_one_time")},
            "Reword a test",
        ),
        (
            "needs",
            {"requirements.txt": "requests==2.19.0\n", "client.py": CLIENT + "\n\nimport requests\n"},
            "Ask over HTTP",
        ),
        ("assets", {"logo.png": b"\x89PNG\x00\x01", "data/rates.csv": "a,b\n1,2\n"}, "Add the logo"),
        (
            HOSTILE.replace(" ", ""),
            {f"{HOSTILE[8:20]}.py": f"x = '{HOSTILE}'\n"},
            f"{HOSTILE} {ESCAPES}",
        ),
    ):
        if branch == HOSTILE_BRANCH and not hostile:
            continue
        builder.checkout("main")
        builder.branch(branch)
        builder.commit(files, message=message)
    builder.checkout("main")
    builder.branch("moved")
    builder.rename("client.py", "paying/client.py")
    builder.write("paying/client.py", CLIENT.replace("times: int = 3", "times: int = 5"))
    builder.commit({}, message="Move retries into the client")
    builder.checkout("main")
    state = folder / "state"
    environ = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder)}
    platform = open_platform(platform_settings(environ, state=state), environ=environ)
    repository = intake.add_folder(
        platform.database, builder.folder, at=time.time(), environ=platform.environ
    )
    lab = Lab(platform, builder, repository)
    lab.take_in()
    return lab


def make_busy_lab(folder: Path, *, hostile: bool = True) -> Lab:
    """Return a lab in which changes stand in every state, with what real checks found.

    Without ``hostile`` there is none whose names and output are meant to do harm.
    """
    lab = make_lab(folder, hostile=hostile)
    for branch in ("docs", "inert", "tests", "shell", "needs", "moved"):
        lab.gate(branch)
    if hostile:
        lab.gate(HOSTILE_BRANCH)
    lab.gate("docs", everything=True)
    lab.gate("shell", everything=True)
    cancelled = lab.queue("assets")
    with lab.platform.database.write() as unit:
        ledger.ask_cancel(unit, cancelled, time.time())
    lab.builder.checkout("docs")
    lab.builder.commit({"README.md": "# Payments\n\nPays. Tries five times.\n"}, message="Say it right")
    lab.builder.checkout("main")
    lab.builder.branch("limits")
    lab.builder.commit({"client.py": CLIENT.replace("3", "4")}, message="Try once more")
    lab.builder.checkout("main")
    lab.take_in()
    claimed, live = lab.begin("limits")
    live.planned({"lint": 0.3, "sast": 1.9, "secrets": 4.0})
    live.started("lint", "head")
    live.started("sast", "the base: is the finding old?")
    live.close()
    with lab.platform.database.write() as unit:
        table = tables.check_run
        mine = table.c.run_id == claimed.run_id
        unit.connection.execute(
            table.update().where(mine, table.c.check == "lint").values(state="passed", seconds=0.3)
        )
        unit.connection.execute(
            table.update()
            .where(mine, table.c.check == "sast")
            .values(tail=f"[main]\tINFO\trunning on Python 3.11\n{HOSTILE} {ESCAPES}\n" * hostile)
        )
    lab.queue("docs")
    return lab


class Served:
    """A platform on a port of loopback, in a thread of this process."""

    def __init__(self, platform: Platform) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.platform = replace(platform, settings=replace(platform.settings, port=port))
        self._server = uvicorn.Server(
            uvicorn.Config(build(self.platform), log_level="warning", timeout_graceful_shutdown=2)
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), daemon=True, name="served"
        )

    def __enter__(self) -> Served:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server didn't start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._socket.close()
