"""What isolated programs take is known, and nothing of how that is learned shows."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from fairlead.isolation import Cell, refusal, run_isolated
from fairlead.processes import Completed, clean_environment

if refusal() and not os.environ.get("CI"):
    pytest.skip(f"nothing is isolated here: {refusal()}", allow_module_level=True)

PYTHON = Path(sys.executable).resolve()
BURN = "while time.process_time() < 0.2: pass"


def isolated(*words: str, stdin: bytes = b"") -> Completed:
    return run_isolated(
        words,
        cell=Cell(readable=(PYTHON.parents[1],)),
        cwd=Path("/"),
        env=clean_environment(),
        timeout=20,
        stdin=stdin,
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
