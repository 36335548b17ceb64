"""The commands of docs/how-to/api.md work, in the order in which a reader meets them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from app.server.contents import fill
from builder import RepositoryBuilder
from fairlead.app import intake
from fairlead.app.platform import Platform
from servers import running

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "api.md"


@pytest.fixture
def answers(platform: Platform, repository: RepositoryBuilder, tmp_path: Path) -> str:
    """Return what the commands print."""
    fill(platform)
    repository.commit({"app.py": "x = 1\n"})
    repository.branch("work")
    repository.commit({"app.py": "x = 2\n"})
    intake.add_folder(platform.database, repository.folder, at=1.0, environ=platform.environ)
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    with running(platform) as server:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\necho\n".join(blocks)],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "FAIRLEAD": server.address},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_command_of_the_page_works(answers: str, tmp_path: Path) -> None:
    assert '"standing"' not in answers
    assert "\n304\n" in answers
    assert "event: dev.cdevents.pipelinerun.finished" in answers
    assert json.loads((tmp_path / "findings.sarif").read_text())["version"] == "2.1.0"
    assert "fairlead_queue_depth" in (tmp_path / "metrics.txt").read_text()


def test_the_problem_that_the_page_shows_is_the_one_that_comes(answers: str) -> None:
    (shown,) = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    problem = json.loads(shown)

    line = next(line for line in answers.splitlines() if "isn't asked" in line)
    told = json.loads(line)
    assert {**told, "detail": ""} == {**problem, "detail": ""}
    assert told["detail"].startswith("'https://localhost/inside.git' isn't asked: localhost is ")
