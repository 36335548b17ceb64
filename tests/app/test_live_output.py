"""What the project's own programs write is seen while they run, and its end is kept."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from builder import RepositoryBuilder
from fairlead.app import intake
from fairlead.app.background import GateWork
from fairlead.app.live_checks import end_of
from fairlead.processes import clean_environment, run
from fairlead.store import tables
from fairlead.store.database import Database
from fairlead.workers import ledger

SLOW = """\
[[custom]]
name = "slow"
command = ["sh", "-c", "echo first; while [ ! -e {gate} ]; do sleep 0.05; done; echo looked; exit 0"]
reads = ["*.md"]
format = "regex"
pattern = '^(?P<message>never)$'
proof = 'looked'
"""


def test_output_is_heard_as_it_comes_and_is_all_there_in_the_end() -> None:
    heard: list[bytes] = []
    script = "import sys, time; print('a', flush=True); time.sleep(0.3); print('b', file=sys.stderr)"

    done = run(
        [sys.executable, "-c", script],
        cwd=Path("/"),
        env=clean_environment(),
        timeout=30,
        hear=heard.append,
    )

    assert heard == [b"a\n", b"b\n"]
    assert (done.stdout, done.stderr) == (b"a\n", b"b\n")


def test_what_a_check_writes_stands_in_the_store_while_it_runs_and_after(
    database: Database, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    repository.commit({"fairlead.toml": SLOW.format(gate=gate), "a.md": "a\n"})
    repository.commit({"a.md": "b\n"})
    intake.submit_range(
        database, repository.folder, revisions="HEAD~1..HEAD", at=1.0, environ=os.environ
    )
    with database.write() as unit:
        claimed = ledger.claim(unit, worker="me", at=time.time(), lease_seconds=60)
    assert claimed is not None

    def tail() -> str:
        table = tables.check_run
        query = sa.select(table.c.tail).where(table.c.check == "slow")
        with database.read() as connection:
            return connection.execute(query).scalar() or ""

    work = GateWork(database=database, environ={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "c")})
    endings = []
    running = threading.Thread(target=lambda: endings.append(work(claimed, threading.Event())))
    running.start()
    try:
        until = time.monotonic() + 30
        while tail() != "first\n" and time.monotonic() < until:
            time.sleep(0.05)
        while_it_ran = tail()
    finally:
        gate.touch()
        running.join()

    assert while_it_ran == "first\n"
    with database.write() as unit:
        endings[0].save(unit)
    assert tail() == "first\nlooked\n"


@given(st.lists(st.binary(max_size=3000), max_size=6))
def test_the_end_of_output_is_bounded_and_harmless_to_any_store(pieces: list[bytes]) -> None:
    tail = ""
    for piece in pieces:
        tail = end_of(tail, piece)

    assert len(tail) <= 4000
    assert "\0" not in tail


@given(st.lists(st.text("abc ", max_size=90), min_size=1, max_size=200))
def test_the_last_lines_are_kept_whole(lines: list[str]) -> None:
    kept = end_of("", "\n".join(lines).encode()).split("\n")

    assert lines[-len(kept) :] == kept


def test_a_line_that_is_written_over_is_what_it_was_in_the_end() -> None:
    assert end_of("10 %", b"\r50 %\r100 %\ndone\n") == "100 %\ndone\n"
