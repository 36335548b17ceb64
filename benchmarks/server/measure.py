"""How fast pages and lists answer with many changes in the store, and what else the server costs.

    python benchmarks/server/measure.py --repository . --changes 10000
    PYTHONPATH=tests python benchmarks/server/measure.py --repository . --store postgresql

Starts ``fairlead up`` on a store that was filled before, asks from ``--clients`` threads of another
process for ``--seconds`` an address, and prints a table: how long answers took, and how much processor
time the server spent on each. The machine should have nothing else to do. ``--store postgresql`` starts
a PostgreSQL of its own, as the tests do.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import multiprocessing
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import IO

from stock import stock

from fairlead.store.database import open_database, sqlite_address
from fairlead.store.migrations import bring_up

PAGES = (
    ("board", "/", 100),
    ("board, searched", "/?words=retry+lint", 100),
    ("change", "/changes/{change}", 100),
    ("list", "/api/v1/changes", 50),
    ("list, of one repository", "/api/v1/changes?repository={repository}&limit=50", 50),
    ("one change as JSON", "/api/v1/changes/{change}", 50),
)


PROBES = 300
"""How often health is asked for among the crowd."""


@contextlib.contextmanager
def up(state: Path, store: str) -> Iterator[tuple[str, int, float]]:
    """Start a platform; give host and port, its process, and the seconds to its first page."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "fairlead", "up", "--state", str(state), "--store", store),
            *("--port", "0", "--no-watch"),
        ],
        cwd=state,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        place = None
        for line in process.stderr or ():
            found = re.search(r"up at http://(\S+)", line)
            if found:
                place = found[1]
                break
        if place is None:
            raise SystemExit("the platform did not come up")
        threading.Thread(target=_drain, args=(process.stderr,), daemon=True).start()
        ask(http.client.HTTPConnection(place), "/")
        yield place, process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(timeout=30)


def _drain(log: IO[str] | None) -> None:
    """Read the log, or it would fill its pipe and hold the server."""
    for _ in log or ():
        pass


def ask(connection: http.client.HTTPConnection, path: str) -> float:
    """Ask for an address and return the seconds until its last byte; anything but 200 ends it all."""
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {body[:200]!r}")
    return time.perf_counter() - began


def load(
    place: str, path: str, clients: int, seconds: float, changes: int, repository: str
) -> list[float]:
    """Ask from so many threads for so long; return how long each answer took."""
    until = time.perf_counter() + seconds

    def client(seed: int) -> list[float]:
        chance = random.Random(seed)
        connection = http.client.HTTPConnection(place)
        mine = []
        while time.perf_counter() < until:
            name = f"{repository}-{chance.randrange(5)}"
            mine.append(
                ask(connection, path.format(change=chance.randint(1, changes), repository=name))
            )
        return mine

    with ThreadPoolExecutor(clients) as threads:
        return [took for mine in threads.map(client, range(clients)) for took in mine]


@contextlib.contextmanager
def store_at(named: str, state: Path) -> Iterator[str]:
    """Give the address of an empty store: a file, a PostgreSQL of our own, or what was named."""
    if named != "postgresql":
        yield named or sqlite_address(state / "fairlead.sqlite")
        return
    from services import Postgres  # from the tests: see above for how it is found

    server = Postgres()
    try:
        server.start()
        server.execute("create database bench")
        yield server.address("bench")
    finally:
        server.stop()


def processor_time(process: int) -> float:
    """Return how many seconds a process has computed so far, its children not counted."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    """Return how much memory a process holds, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1e3  # ty: ignore


def crowd(place: str, slow: int, begun: object, over: object) -> int:
    """Have so many clients ask for change pages, again and again; return how many were answered."""

    def client(seed: int) -> int:
        answered = 0
        chance = random.Random(seed)
        connection = http.client.HTTPConnection(place, timeout=120)
        while not over.is_set():  # ty: ignore
            ask(connection, f"/changes/{chance.randint(1, 500)}")
            answered += 1
        return answered

    begun.set()  # ty: ignore
    with ThreadPoolExecutor(slow) as threads:
        return sum(threads.map(client, range(slow)))


def health_under_load(place: str, slow: int) -> tuple[list[float], int]:
    """Return how long ``/healthz`` takes while so many requests wait, and how many were answered."""
    with multiprocessing.Manager() as manager, ProcessPoolExecutor(1) as elsewhere:
        begun, over = manager.Event(), manager.Event()
        crowding = elsewhere.submit(crowd, place, slow, begun, over)
        begun.wait(30)
        time.sleep(1.0)
        took = []
        for _ in range(PROBES):
            connection = http.client.HTTPConnection(place)
            took.append(ask(connection, "/healthz"))
            connection.close()
            time.sleep(0.03)
        over.set()
        return took, crowding.result()


def percentile(values: list[float], share: float) -> float:
    """Return a percentile in milliseconds."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1e3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repository", type=Path, default=Path())
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument(
        "--store",
        default="",
        help="postgresql for one that is started for this, or postgresql://…, an empty one; "
        "default: SQLite",
    )
    parser.add_argument("--slow", type=int, default=200)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as state,
        store_at(arguments.store, Path(state)) as store,
    ):
        measure(arguments, Path(state), store)


def measure(arguments: argparse.Namespace, state: Path, store: str) -> None:
    """Fill a store, start the platform on it, ask, and print."""
    folder = arguments.repository.resolve()
    database = open_database(store)
    bring_up(database)
    print(f"filling the store with {arguments.changes} changes…", file=sys.stderr)
    stock(database, folder, changes=arguments.changes)
    place_of_store = database.engine.dialect.name
    database.close()
    starts = []
    for _ in range(arguments.starts):
        with up(state, store) as (_, _, seconds):
            starts.append(seconds)
    with up(state, store) as (place, process, _):
        at_rest = memory(process)
        print(
            f"\n{arguments.changes} changes on {place_of_store}, {arguments.clients} clients, "
            f"{os.cpu_count()} cores\n\n"
            "| address | n | median | p95 | aim p95 | server |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: |"
        )
        for name, path, aim in PAGES:
            before = processor_time(process)
            with ProcessPoolExecutor(1) as elsewhere:
                took = elsewhere.submit(
                    load,
                    *(place, path, arguments.clients, arguments.seconds),
                    *(arguments.changes, folder.name),
                ).result()
            each = (processor_time(process) - before) / len(took) * 1e3
            print(
                f"| {name} | {len(took)} | {percentile(took, 0.5):.0f} ms "
                f"| {percentile(took, 0.95):.0f} ms | {aim} ms | {each:.1f} ms |"
            )
        after = memory(process)
        took, answered = health_under_load(place, arguments.slow)
    print(
        f"\nstart to first page: median {statistics.median(starts):.2f} s of {len(starts)}, "
        f"longest {max(starts):.2f} s (aim 3 s)"
        f"\nmemory of the server: {at_rest:.0f} MB at rest, {after:.0f} MB after the load"
        f"\nhealth while {arguments.slow} clients wait for change pages ({answered} answered): "
        f"n = {len(took)}, median {percentile(took, 0.5):.1f} ms, p95 {percentile(took, 0.95):.1f} ms, "
        f"p99 {percentile(took, 0.99):.1f} ms, longest {max(took) * 1e3:.1f} ms (aim 50 ms)"
    )


if __name__ == "__main__":
    main()
