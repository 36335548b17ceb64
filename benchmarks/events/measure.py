"""How soon events reach those who follow, what following costs, and how fast a policy is previewed.

    PYTHONPATH=tests python benchmarks/events/measure.py --followers 50 --events 2000 --repository .

The real server in this process, followers in another, events written by a third. The machine should
have nothing else to do.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from fairlead.app import intake
from fairlead.app.platform import Platform
from fairlead.app.previewing import preview, read_text
from fairlead.store.database import open_database
from fairlead.store.outbox import Event, last_number, read_after
from servers import opened, running


def write(store: str, count: int, pause: float) -> None:
    """Write events one by one, each with the moment just before its commit."""
    database = open_database(store)
    for _ in range(count):
        with database.write() as unit:
            unit.emit(Event(type="t", subject="changes/1", time=1.0, data={"at": time.time()}))
        time.sleep(pause)


def follow(port: int, count: int, told: multiprocessing.Queue) -> None:
    """Follow events and tell how long each took from before its commit until it was read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", "/api/v1/events?after=0")
    answer, took = connection.getresponse(), []
    while len(took) < count:
        line = answer.readline()
        if line.startswith(b"data: "):
            at = json.loads(line[6:])["data"]["customData"]["at"]
            took.append(time.time() - at)
    told.put(took)


def followers(port: int, number: int, count: int, told: multiprocessing.Queue) -> None:
    """Follow from so many threads."""
    threads = [threading.Thread(target=follow, args=(port, count, told)) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def latency(platform: Platform, number: int, count: int, pause: float) -> None:
    """Print how soon events arrive and what the server spent on it."""
    told: multiprocessing.Queue = multiprocessing.get_context("spawn").Queue()
    spawn = multiprocessing.get_context("spawn").Process
    with running(platform) as server:
        reading = spawn(target=followers, args=(server.port, number, count, told))
        reading.start()
        time.sleep(3)
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        writing = spawn(target=write, args=(platform.settings.store, count, pause))
        writing.start()
        took = sorted(one for _ in range(number) for one in told.get(timeout=300))
        seconds = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_SELF)
        reading.join()
        writing.join()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"| followers, events | {number}, {count} |")
    print(f"| delivered | {len(took)} in {seconds:.1f} s |")
    print(f"| commit → read, median | {statistics.median(took) * 1e3:.0f} ms |")
    print(f"| … 95 % of events | {took[int(len(took) * 0.95)] * 1e3:.0f} ms |")
    print(f"| processor time of the server for each delivery | {spent / len(took) * 1e6:.0f} µs |")
    print(f"| most memory of the server | {after.ru_maxrss / 1e3:.0f} MB |")


def look(platform: Platform) -> None:
    """Print what one look at the outbox costs when nothing is new."""
    with platform.database.read() as connection:
        newest = last_number(connection)
    began = time.perf_counter()
    for _ in range(1000):
        with platform.database.read() as connection:
            read_after(connection, newest)
    print(f"| one look with nothing new | {(time.perf_counter() - began):.2f} ms |")


def previews(platform: Platform, folder: Path) -> None:
    """Print how fast the latest changes of a repository are planned again."""
    repository = intake.add_folder(platform.database, folder, at=time.time(), environ=platform.environ)
    intake.take_in(platform.database, repository, environ=platform.environ, recent=100)
    began = time.perf_counter()
    found = preview(platform, read_text(""), below=1 << 60, limit=100, seconds=600)
    took = time.perf_counter() - began
    print(f"| changes previewed | {len(found.changes)} in {took:.1f} s |")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--followers", type=int, default=50)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--pause", type=float, default=0.005, help="seconds between two events")
    parser.add_argument("--repository", type=Path, default=Path.cwd())
    given = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # ty: ignore
    print(f"| | {os.cpu_count()} cores, Python {sys.version.split()[0]} |\n| --- | --- |")
    with tempfile.TemporaryDirectory() as state, opened(Path(state)) as platform:
        latency(platform, given.followers, given.events, given.pause)
        look(platform)
        previews(platform, given.repository)
    subprocess.run(["uptime"], check=False)


if __name__ == "__main__":
    main()
