"""Stores of both kinds, empty and up to date, each test its own; and small things to put into them."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from pathlib import Path

from fairlead.records import changes, repositories
from fairlead.records.model import Kind, Revision
from fairlead.store.database import Unit, open_database, sqlite_address
from fairlead.store.migrations import bring_up
from services import Postgres

KINDS = ("sqlite", "postgresql")

_numbers = itertools.count(1)


@dataclass(slots=True)
class Stores:
    """Makes stores quickly, by copying one that was brought up to date once."""

    folder: Path
    postgres: Postgres | None = None
    _ready: frozenset[str] = frozenset()

    def empty(self, kind: str) -> str:
        """Return the address of a new database without tables."""
        number = next(_numbers)
        if kind == "sqlite":
            return sqlite_address(self.folder / f"{number}.sqlite")
        self.server.execute(f"create database store_{number}")
        return self.server.address(f"store_{number}")

    def new(self, kind: str) -> str:
        """Return the address of a new store with all tables."""
        number = next(_numbers)
        self._make_template(kind)
        if kind == "sqlite":
            shutil.copy(self.folder / "template.sqlite", self.folder / f"{number}.sqlite")
            return sqlite_address(self.folder / f"{number}.sqlite")
        self.server.execute(f"create database store_{number} template template_fairlead")
        return self.server.address(f"store_{number}")

    @property
    def server(self) -> Postgres:
        """The PostgreSQL server, started when it is first needed."""
        if self.postgres is None:
            self.postgres = Postgres()
            self.postgres.start()
        return self.postgres

    def close(self) -> None:
        """End the server."""
        if self.postgres is not None:
            self.postgres.stop()

    def _make_template(self, kind: str) -> None:
        if kind in self._ready:
            return
        if kind == "sqlite":
            address = sqlite_address(self.folder / "template.sqlite")
        else:
            self.server.execute("create database template_fairlead")
            address = self.server.address("template_fairlead")
        database = open_database(address)
        bring_up(database)
        database.close()
        self._ready |= {kind}


def add_repository(unit: Unit, name: str = "lab", folder: Path | None = None) -> int:
    """Register a repository and return its number."""
    source = str(folder or f"/nowhere/{name}")
    return repositories.register(
        unit, name=name, source=source, folder=source, default_branch="main", at=1.0
    ).id


def add_revision(
    unit: Unit, repository_id: int, *, key: str = "branch work", head: str = "h1", base: str = "b"
) -> Revision:
    """Submit a change, or a newer revision of it, and return the revision."""
    revision, _ = changes.submit(
        unit,
        repository_id=repository_id,
        key=key,
        kind=Kind.BRANCH,
        base=base,
        head=head,
        title="Work",
        author="Ada",
        at=1.0,
    )
    return revision
