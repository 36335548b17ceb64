"""Following branches survives what happens to the store."""

from __future__ import annotations

import os
import time
from pathlib import Path

import sqlalchemy as sa

from builder import RepositoryBuilder
from fairlead.app import intake
from fairlead.app.platform import Platform
from fairlead.app.watching import Watcher
from fairlead.settings import Settings
from fairlead.store import tables
from fairlead.store.database import Database, open_database
from services import wait_until
from stores import Stores


def heads(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(tables.revision.c.head)).scalars())


def test_branches_are_followed_on_after_the_store_was_restarted(
    stores: Stores, repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit({"notes.md": "one\n"})
    address = stores.new("postgresql")
    database = open_database(address)
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    settings = Settings(state=tmp_path, store=address)
    platform = Platform(settings=settings, database=database, environ=environ)
    intake.add_folder(database, repository.folder, at=time.time(), environ=environ)
    watcher = Watcher(platform=platform)
    watcher.start()
    wait_until(lambda: repository.head in heads(database), "nothing was taken in")

    stores.server.restart()
    repository.commit({"notes.md": "two\n"})

    wait_until(lambda: repository.head in heads(database), "nobody follows any more")
    watcher.stop()
    database.close()
