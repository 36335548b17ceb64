"""The committed systemd units: what they start is there, and they stop it as it wants to be stopped."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.deploy.deployed import DOCS, FILES, NAME, PROGRAM, STATE, unit
from fairlead.app import watching
from fairlead.app.cli import worker
from fairlead.app.cli.main import parser_of
from fairlead.app.listening import GRACE
from services import needed

UNITS = ("fairlead.service", "fairlead-worker@.service")
_FAIRLEAD = re.compile(r"(?:as_fairlead )?fairlead ([a-z].*)")
GUIDE = (DOCS / "deploy.md").read_text("utf-8")


def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    program = needed("systemd-analyze", "systemd")
    for name in UNITS:
        text = (FILES / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace(PROGRAM, sys.executable))

    done = subprocess.run(
        [program, "verify", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_what_they_start_is_a_command_with_arguments_that_it_takes(name: str) -> None:
    program, command, *arguments = unit(name).command

    said = vars(parser_of(command).parse_args(arguments))

    assert program == PROGRAM
    assert said["state"] == Path(STATE)
    assert said.get("name", [NAME]) == [NAME]


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("fairlead.service", GRACE + watching.PATIENCE + GRACE),
        ("fairlead-worker@.service", worker.PATIENCE),
    ],
)
def test_they_wait_for_as_long_as_an_orderly_end_takes(name: str, needs: float) -> None:
    service = unit(name).service

    assert float(service["TimeoutStopSec"]) > needs
    assert service["KillMode"] == "mixed", "tools that hear the signal too would seem to have failed"
    assert service["KillSignal"] in ("SIGTERM", "SIGINT")


@pytest.mark.parametrize("name", UNITS)
def test_where_things_lie_is_what_the_guide_says(name: str) -> None:
    service = unit(name).service

    assert service["User"] == "fairlead"
    assert "useradd --system --home-dir /var/lib/fairlead" in GUIDE
    assert service["WorkingDirectory"] == STATE == f"/var/lib/{service['StateDirectory']}"
    assert service["EnvironmentFile"] in GUIDE
    assert str(Path(PROGRAM).parent.parent) in GUIDE
    assert f"deploy/{name}" in GUIDE


def test_every_fairlead_command_of_the_guide_has_arguments_that_it_takes() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    shown = [found[1] for line in lines if (found := _FAIRLEAD.match(line))]

    for words in shown:
        command, *arguments = words.split()
        assert parser_of(command).parse_args(arguments), words
    assert len(shown) >= 4
