"""Kill what carries runs out, at random moments, and see whether anything is lost, doubled or stuck.

    PYTHONPATH=tests python benchmarks/faults/run.py --rounds 200 --engine pool --store sqlite
    PYTHONPATH=tests python benchmarks/faults/run.py --rounds 200 --engine celery --store postgresql

A real ``fairlead up`` (and ``fairlead worker`` with Celery) works on real changes of three small
repositories, whose policy has one check: it starts a process in a session of its own, sleeps up to
half a second, and ends. Each round submits three runs, breaks something once or twice while they go
on, starts again what a service manager would, and waits for the runs' ends. Exits 1 when anything that
``examination`` looks at is not as it has to be.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from examination import examine
from reader import Reader
from target import SLEEPER, Submitter, children_of, kill, processes_of, started, wait_for_ends

from fairlead.store.database import open_database, sqlite_address
from services import Postgres, Redis

PATIENCE = 240.0
"""Seconds after which a run that hasn't ended counts as stuck."""


@dataclass
class Platform:
    """What runs, and how each part of it is broken and comes back."""

    folder: Path
    store: str
    engine: str
    log: Path
    redis: Redis | None
    postgres: Postgres | None
    parts: dict[str, int] = field(default_factory=dict)

    def start(self, part: str) -> None:
        """Start the server or the supervisor of workers."""
        where = ["--state", str(self.folder / part), "--store", self.store]
        broker = ["--broker", self.redis.address] if self.redis else []
        if part == "server":
            workers = "0" if self.redis else "2"
            words = ["up", "--port", "0", "--no-watch", "--workers", workers]
        else:
            words = ["worker", "--count", "2"]
        self.parts[part] = started([*words, *where, *broker], self.folder, self.log)

    def faults(self) -> dict[str, Callable[[], None]]:
        """Return each way to break it."""
        faults = {
            "a worker is killed": lambda: self._kill_one("fairlead.app.working"),
            "a worker's leash is killed": lambda: self._kill_one("fairlead.workers.leash"),
            "a worker's program is killed": self._kill_a_program,
            "the server is killed": lambda: self._kill_part("server"),
        }
        if self.redis:
            faults["the workers' supervisor is killed"] = lambda: self._kill_part("worker")
            faults["Redis is killed, forgetting all"] = self._kill_redis
        if self.postgres:
            faults["PostgreSQL is restarted"] = self.postgres.restart
        return faults

    def stop(self) -> None:
        """End all that was started."""
        for pid in self.parts.values():
            kill(pid, signal.SIGTERM)
        for server in (self.redis, self.postgres):
            if server:
                server.stop()

    def _kill_one(self, module: str) -> None:
        found = processes_of(module, self.store)
        if found:
            kill(random.choice(found), signal.SIGKILL)

    def _kill_a_program(self) -> None:
        """Kill one program that a worker has started: git, the check, whatever there is."""
        workers = processes_of("fairlead.app.working", self.store)
        until = time.monotonic() + 1
        while not (found := children_of(workers)) and time.monotonic() < until:
            pass
        if found:
            kill(random.choice(found), signal.SIGKILL)

    def _kill_part(self, part: str) -> None:
        kill(self.parts[part], signal.SIGKILL)
        time.sleep(random.uniform(0, 0.5))
        self.start(part)

    def _kill_redis(self) -> None:
        if self.redis:
            self.redis.signal(signal.SIGKILL)
            time.sleep(random.uniform(0, 1))
            self.redis.start()


def main() -> int:
    """Run the rounds and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--engine", choices=("pool", "celery"), default="pool")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=7200, help="begin no round after so long")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="fairlead-faults-", ignore_cleanup_errors=True) as name:
        return _measure(arguments, Path(name))


def _measure(arguments: argparse.Namespace, folder: Path) -> int:
    platform = _platform(arguments, folder)
    submitter = Submitter(folder, arguments.rounds)
    platform.start("server")
    database = open_database(platform.store)
    reader = Reader(platform.store, folder / "read")
    injected, recoveries = Counter[str](), list[float]()
    begun, stuck = time.monotonic(), 0
    try:
        submitter.wait_for_tables(database)
        if platform.redis:
            platform.start("worker")
        reader.start()
        done = 0
        for done in range(1, arguments.rounds + 1):
            runs = submitter.submit(database)
            for name, break_it in _chosen(platform):
                time.sleep(random.uniform(0, 1.2))
                injected[name] += 1
                break_it()
                broken = time.monotonic()
            late = wait_for_ends(database, runs, PATIENCE)
            recoveries.append(time.monotonic() - broken)
            stuck += len(late)
            if done % 10 == 0:
                print(f"{done} rounds, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
            if time.monotonic() - begun > arguments.seconds:
                break
        reader.finish(database)
        problems, states = examine(database, reader.numbers(), SLEEPER)
    finally:
        reader.stop()
        platform.stop()
        database.close()
    print("\n".join(_table(arguments, done, injected, states, recoveries, time.monotonic() - begun)))
    print(f"\nstuck: {stuck}; wrong: {len(problems)}")
    for problem in problems[:20]:
        print(f"- {problem}")
    return 1 if stuck or problems else 0


def _platform(arguments: argparse.Namespace, folder: Path) -> Platform:
    postgres = redis = None
    store = sqlite_address(folder / "store.sqlite")
    if arguments.store == "postgresql":
        postgres = Postgres()
        postgres.start()
        postgres.execute("create database faults")
        store = postgres.address("faults")
    if arguments.engine == "celery":
        redis = Redis()
        redis.start()
    log = Path(tempfile.gettempdir()) / f"fairlead-faults-{arguments.engine}-{arguments.store}.log"
    return Platform(folder, store, arguments.engine, log, redis, postgres)


def _chosen(platform: Platform) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give one fault, every fourth time two."""
    faults = sorted(platform.faults().items())
    return iter(random.sample(faults, 2 if random.random() < 0.25 else 1))


def _table(
    arguments: argparse.Namespace,
    rounds: int,
    injected: Counter[str],
    states: Counter[str],
    recoveries: list[float],
    seconds: float,
) -> Iterator[str]:
    yield f"{arguments.engine} on {arguments.store}, {rounds} rounds in {seconds:.0f} s"
    yield ""
    yield "| fault | times |"
    yield "| --- | --- |"
    for name, times in sorted(injected.items()):
        yield f"| {name} | {times} |"
    yield ""
    yield "| run ended as | runs |"
    yield "| --- | --- |"
    for name, runs in sorted(states.items()):
        yield f"| {name} | {runs} |"
    middle, last = (sorted(recoveries)[int(part * (rounds - 1))] for part in (0.5, 0.95))
    yield ""
    yield "from the last fault of a round to the ends of its runs:"
    yield f"median {middle:.1f} s, p95 {last:.1f} s, longest {max(recoveries):.1f} s"


if __name__ == "__main__":
    sys.exit(main())
