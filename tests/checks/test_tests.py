"""The project's own tests, run by its own pytest: which of them, and what is said of what they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import Bench, new
from builder import Content, RepositoryBuilder
from fairlead.checks.looks import Request
from fairlead.checks.model import CheckResult, Outcome
from fairlead.checks.tests import Suite
from projects import SampleProject, pyproject

SOURCES: dict[str, Content] = {
    ".gitignore": ".venv\n",
    "pyproject.toml": pyproject(),
    "src/sample/__init__.py": "",
    "src/sample/sums.py": "def double(x):\n    return x * 2\n\n\ndef half(x):\n    return x / 2\n",
    "tests/test_sums.py": (
        "from sample import sums\n\n\n"
        "def test_double():\n    assert sums.double(2) == 4\n\n\n"
        "def test_half():\n    assert sums.half(4) == 2\n"
    ),
}


@pytest.fixture
def project(repository: RepositoryBuilder) -> SampleProject:
    """A project with the src layout that is installed in place, as its people have it."""
    repository.commit(SOURCES)
    found = SampleProject(repository)
    found.make_environment()
    found.install()
    return found


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def gate(bench: Bench, *, timeout: float = 60.0, **settings: object) -> CheckResult:
    (result,) = bench.run(Request(check=Suite(), settings=settings, timeout=timeout))
    return result


def test_a_failure_shows_the_assertion_what_was_captured_and_the_command_that_repeats_it(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {
            "src/sample/sums.py": "def double(x):\n    print('doubling', x)\n    return x * 3\n\n\n"
            "def half(x):\n    return x / 2\n"
        }
    )

    result = gate(bench)

    assert result.outcome is Outcome.FAILED, result.because
    assert new(result) == [("tests/test_sums.py", 5, "test-failed")]
    (finding,) = result.findings
    assert finding.what == "test_double: assert 6 == 4"
    assert ">       assert sums.double(2) == 4" in finding.shown
    assert "  doubling 2" in finding.shown
    assert finding.fix == ".venv/bin/python -m pytest tests/test_sums.py::test_double"
    assert result.tools[0].origin == "the project's .venv"
