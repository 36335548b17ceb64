"""What all tests share: repositories built with the real git, and how properties are searched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.command import Command
from builder import RepositoryBuilder
from fairlead.store.database import Database, open_database
from projects import make_environment
from services import Redis
from stores import KINDS, Stores

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
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Return what makes stores; its PostgreSQL is started when a test asks for one."""
    made = Stores(folder=tmp_path_factory.mktemp("stores"))
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return each kind of store in turn."""
    return request.param


@pytest.fixture
def address(stores: Stores, kind: str) -> str:
    """Return the address of a new store of each kind."""
    return stores.new(kind)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """Return a new store of each kind, open."""
    opened = open_database(address)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """Return a Redis server that was started for these tests."""
    server = Redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sample_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with pytest that tests share, each by a link; nobody installs into it."""
    return make_environment(tmp_path_factory.mktemp("environment") / "venv")
