from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from builder import RepositoryBuilder
from fairlead.changes.git import Repository

Open = Callable[..., Repository]

NO_SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Open a repository that a test built, apart from the settings of whoever runs the tests."""
    count = iter(range(1000))

    def open_it(
        built: RepositoryBuilder | Path, environ: Mapping[str, str] | None = None
    ) -> Repository:
        folder = built.folder if isinstance(built, RepositoryBuilder) else built
        return Repository.open(
            folder,
            scratch=tmp_path / f"scratch {next(count)}",
            environ={**NO_SETTINGS, **(environ or {})},
        )

    return open_it
