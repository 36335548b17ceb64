"""Shared fixtures: repositories that tests build with the real git."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder import RepositoryBuilder


@pytest.fixture
def repository(tmp_path: Path) -> RepositoryBuilder:
    """Return an empty repository, on branch ``main``, in a folder of its own."""
    return RepositoryBuilder.create(tmp_path / "repository")
