"""A platform with something in it, behind a client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fairlead.app.platform import Platform
from servers import client_of, opened
from stores import Stores


@pytest.fixture
def platform(stores: Stores, tmp_path: Path) -> Iterator[Platform]:
    """Return a platform with an embedded store that holds nothing."""
    with opened(tmp_path / "state", stores.new("sqlite")) as platform:
        yield platform


@pytest.fixture
def client(platform: Platform) -> Iterator[TestClient]:
    """Return a client at the platform's own machine."""
    with client_of(platform) as client:
        yield client
