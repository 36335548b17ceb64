"""What tests of execution share: a project with an environment, and a bench to gate it on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import Bench
from builder import RepositoryBuilder
from projects import SampleProject


@pytest.fixture
def project(repository: RepositoryBuilder) -> SampleProject:
    """Return a project without files or environment, whose environment git ignores."""
    repository.write(".gitignore", ".venv\n__pycache__\n*.so\n*.egg-info\nbuild\n_version.py\n")
    return SampleProject(repository)


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    """Return a bench for the project's repository."""
    return Bench(repository, tmp_path / "state")
