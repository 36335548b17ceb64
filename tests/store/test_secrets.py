"""What all servers on one store share is made once, whoever comes first."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from fairlead.store.database import Database, open_database
from fairlead.store.migrations import newest_version
from fairlead.store.secrets import shared_secret
from stores import Stores

SERVERS = 6

Found = TypeVar("Found")

BRING_UP = """
import sys
from fairlead.store.database import open_database
from fairlead.store.migrations import bring_up, newest_version, version_of

database = open_database(sys.argv[1])
newest_version()
print("ready", flush=True)
sys.stdin.readline()
bring_up(database)
print(version_of(database))
"""


def at_once(address: str, do: Callable[[Database], Found]) -> list[Found]:
    """Return what several servers find that open a store in the same moment."""
    barrier = Barrier(SERVERS)

    def one(_: int) -> Found:
        database = open_database(address)
        barrier.wait()
        try:
            return do(database)
        finally:
            database.close()

    with ThreadPoolExecutor(SERVERS) as pool:
        return list(pool.map(one, range(SERVERS)))


def test_servers_that_start_at_once_have_one_secret_and_it_stays(address: str) -> None:
    found = at_once(address, lambda database: shared_secret(database, "forms", at=1.0))
    later = at_once(address, lambda database: shared_secret(database, "forms", at=2.0))

    assert len({*found, *later}) == 1
    assert len(found[0]) == 32


def test_each_name_and_each_store_has_a_secret_of_its_own(stores: Stores, kind: str) -> None:
    found = set()
    for _ in range(2):
        database = open_database(stores.new(kind))
        found |= {shared_secret(database, name, at=1.0) for name in ("forms", "other")}
        database.close()

    assert len(found) == 4


def test_servers_that_start_at_once_on_an_empty_store_all_find_its_tables(
    stores: Stores, kind: str
) -> None:
    address = stores.empty(kind)
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", BRING_UP, address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(SERVERS)
    ]
    for one in servers:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"

    for one in servers:
        assert one.stdin
        one.stdin.write("now\n")
        one.stdin.flush()
    said = [one.communicate(timeout=60)[0] for one in servers]

    assert said == [f"{newest_version()}\n"] * SERVERS
