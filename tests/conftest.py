"""What all tests share: repositories built with the real git, and how properties are searched."""

from __future__ import annotations

from pathlib import Path

import pytest
from builder import RepositoryBuilder
from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@pytest.fixture
def repository(tmp_path: Path) -> RepositoryBuilder:
    """Return an empty repository, on branch ``main``, in a folder of its own."""
    return RepositoryBuilder.create(tmp_path / "repository")
