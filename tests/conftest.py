"""What all tests share: repositories built with the real git, and how properties are searched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.command import Command
from builder import RepositoryBuilder
from projects import make_environment

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@pytest.fixture
def repository(tmp_path: Path) -> RepositoryBuilder:
    """Return an empty repository, on branch ``main``, in a folder of its own."""
    return RepositoryBuilder.create(tmp_path / "repository")


@pytest.fixture
def fairlead(repository: RepositoryBuilder, tmp_path: Path) -> Command:
    """Return the command line, to be run in the repository."""
    return Command(repository=repository, cache=tmp_path / "cache")


@pytest.fixture(scope="session")
def sample_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with pytest that tests share, each by a link; nobody installs into it."""
    return make_environment(tmp_path_factory.mktemp("environment") / "venv")
