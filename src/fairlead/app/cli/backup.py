"""``fairlead backup``: the embedded store, copied whole into one file, and put back."""

from __future__ import annotations

import argparse
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from fairlead.app.cli.platform_arguments import add_platform_arguments
from fairlead.app.holding import holding
from fairlead.app.platform_wiring import platform_settings
from fairlead.errors import FairleadError
from fairlead.store.backup import back_up, restore

_EXAMPLES = """\
examples:
  fairlead backup                              into this folder, named after today
  fairlead backup /srv/backups/fairlead.sqlite
  fairlead backup --restore fairlead-20261130T101500Z.sqlite

The copy is whole also when it is taken while the platform is up. To restore, stop the platform first;
the store that was there is kept beside the new one. For PostgreSQL use pg_dump and pg_restore.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `backup` takes."""
    parser.description = "Copy the embedded store into one file, or put such a file in its place."
    parser.epilog = _EXAMPLES
    parser.add_argument("file", nargs="?", type=Path, help="where to (a new file), or where from")
    parser.add_argument("--restore", action="store_true", help="put FILE in the store's place")
    add_platform_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Copy or put back; 0 when it was done."""
    settings = platform_settings(os.environ, state=arguments.state, store=arguments.store)
    store = _file_of(settings.store)
    if not arguments.restore:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        to = arguments.file or Path(f"fairlead-{stamp}.sqlite")
        size = back_up(store, to)
        print(f"{to} holds the whole store, {size / 1e6:.1f} MB")
        return 0
    if arguments.file is None:
        raise FairleadError("no backup was named", fix="fairlead backup --restore FILE")
    with holding(settings.state, "a restore"):
        aside = restore(arguments.file, store, now=time.time())
    kept = f"; what was there is kept as {aside}" if aside else ""
    print(f"{store} is as {arguments.file} was{kept}")
    return 0


def _file_of(address: str) -> Path:
    url = sa.make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise FairleadError(
            "the store is no file of ours", fix="for PostgreSQL use pg_dump and pg_restore"
        )
    return Path(url.database)
