"""What isolated programs take and what ended them is known; nothing of how that is learned shows."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from fairlead import isolation
from fairlead.isolation import Cell, refusal, run_isolated
from fairlead.processes import Completed, Hear, clean_environment
from faults import killed_at_first

if refusal() and not os.environ.get("CI"):
    pytest.skip(f"nothing is isolated here: {refusal()}", allow_module_level=True)

PYTHON = Path(sys.executable).resolve()
BURN = "while time.process_time() < 0.2: pass"


def isolated(*words: str, stdin: bytes = b"", hear: Hear | None = None) -> Completed:
    return run_isolated(
        words,
        cell=Cell(readable=(PYTHON.parents[1],)),
        cwd=Path("/"),
        env=clean_environment(),
        timeout=20,
        stdin=stdin,
        hear=hear,
    )


def test_the_processor_time_of_a_program_and_its_children_is_known() -> None:
    alone = f"import time\n{BURN}\n"
    with_child = f"import os, time\nif os.fork() == 0:\n    {BURN}\nelse:\n    os.wait()\n"

    for code in (alone, with_child):
        assert isolated(str(PYTHON), "-S", "-c", code).cpu_seconds >= 0.19  # told in hundredths


def test_streams_code_and_signals_are_the_programs_own() -> None:
    talked = isolated("sh", "-c", "cat; echo to-err >&2; exit 7", stdin=b"in")
    killed = isolated("sh", "-c", "kill -SEGV $$")

    assert (talked.code, talked.stdout, talked.stderr) == (7, b"in", b"to-err\n")
    assert (killed.code, killed.stdout, killed.stderr) == (-signal.SIGSEGV, b"", b"")


def test_whether_the_cell_is_killed_or_what_is_in_it_somebody_else_did_that() -> None:
    def end_the_cell(output: bytes) -> None:
        ours = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children").read_text()
        # Servers of other tests may be among them.
        (cell,) = (one for one in ours.split() if Path(f"/proc/{one}/comm").read_text() == "bwrap\n")
        os.kill(int(cell), signal.SIGKILL)

    inside = isolated("sh", "-c", "kill -KILL $$")
    outside = isolated("sh", "-c", "echo begun; sleep 60", hear=end_the_cell)

    assert (inside.disturbance, outside.disturbance) == (signal.SIGKILL, signal.SIGKILL)


def test_a_probe_that_is_killed_says_nothing_of_whether_isolation_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(isolation._OUTSIDE, "PATH", killed_at_first("bwrap", tmp_path))
    refusal.cache_clear()

    why = refusal()

    refusal.cache_clear()
    assert why == ""
    assert (tmp_path / "killed").exists()
