"""`fairlead worker` as a service manager and a terminal run it: it comes up, and ends in order."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from app.command import Command
from services import wait_until
from stores import Stores


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_twice_ends_it_in_order(
    fairlead: Command, stores: Stores, tmp_path: Path, number: signal.Signals
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            fairlead.words(
                "worker", "--store", stores.new("sqlite"), "--state", str(tmp_path / "state")
            ),
            cwd=tmp_path,
            env=fairlead.environment,
            stdin=subprocess.DEVNULL,
            stderr=stderr,
        )
    wait_until(lambda: "runs from the store" in log.read_text(), "it never came up")

    process.send_signal(number)
    process.send_signal(number)

    assert process.wait(timeout=60) == 0
    said = log.read_text()
    assert said.count("handing back what runs") == 1
    assert "interrupted" not in said
    assert "Traceback" not in said
