"""Measure import and matching, and compare ranges with the versions that advisories list.

    uv run python benchmarks/vulnerabilities/measure.py --advisories FILE LOCK...

FILE is whatever ``fairlead advisories import`` takes. Prints the tables of ``README.md``.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from fairlead.vulnerabilities.locks.read import read_locks
from fairlead.vulnerabilities.matching import match_packages, within
from fairlead.vulnerabilities.model import Advisory
from fairlead.vulnerabilities.osv import CorruptError, read_record
from fairlead.vulnerabilities.snapshot import FILE, import_snapshot
from fairlead.vulnerabilities.sources import read_source
from fairlead.vulnerabilities.versions import UnorderedError, order

RUNS = 5


def median(work: Callable[[], object]) -> str:
    """Return the median wall time of ``RUNS`` runs, in milliseconds, with the least and the most."""
    times = []
    for _ in range(RUNS):
        order.cache_clear()
        started = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - started))
    return f"{statistics.median(times):.1f} ms ({min(times):.1f} to {max(times):.1f})"


def advisories_in(source: Path) -> Iterator[Advisory]:
    """Yield the readable records of ``source`` that are not withdrawn."""
    for _, item in read_source(source):
        if not isinstance(item, CorruptError):
            advisory = read_record(item)
            if not advisory.withdrawn:
                yield advisory


def compare(source: Path) -> tuple[int, int, int, int]:
    """Return how often ranges and lists agree, on listed and on other known versions of a package.

    The lists are written by the database's own tools from the releases of the package, so they are
    a second opinion on the ranges. The four numbers: listed versions, those that the ranges hold;
    versions that only other advisories of the package list, those of them that the ranges spare.
    """
    entries = [each for advisory in advisories_in(source) for each in advisory.affected]
    known: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        known.setdefault((entry.ecosystem, entry.name), set()).update(entry.versions)
    listed = held = others = spared = 0
    for entry in entries:
        if not (entry.ranges and entry.versions):
            continue
        inside = dict.fromkeys(known[entry.ecosystem, entry.name], False)
        for version in inside:
            try:
                inside[version] = any(within(entry.ecosystem, each, version) for each in entry.ranges)
            except UnorderedError:
                continue
        own = set(entry.versions)
        listed += len(own)
        held += sum(inside[version] for version in own)
        others += len(inside) - len(own)
        spared += sum(not held_ for version, held_ in inside.items() if version not in own)
    return listed, held, others, spared


def main() -> None:
    """Import, match and compare, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--advisories", type=Path, required=True, metavar="FILE")
    parser.add_argument("locks", nargs="*", type=Path, metavar="LOCK")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, now = Path(name), datetime.now(UTC)
        taken = median(lambda: import_snapshot(arguments.advisories, into=folder, now=now))
        snapshot = import_snapshot(arguments.advisories, into=folder, now=now)
        size = (folder / FILE).stat().st_size / 1e6
        print(f"import of {sum(snapshot.advisories.values())} advisories: {taken}, {size:.1f} MB")
        print(
            f"newest {snapshot.newest:%Y-%m-%d}; {snapshot.withdrawn} withdrawn, "
            f"{snapshot.corrupt} corrupt\n"
        )
        print("| lock | versions | reading | matching | vulnerable | advisories | undecided |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for path in arguments.locks:
            reading = median(lambda path=path: read_locks(path.parent, [path.name]))
            packages = read_locks(path.parent, [path.name])[0].packages
            matching = median(lambda packages=packages: match_packages(packages, folder))
            found = match_packages(packages, folder)
            vulnerable = len({match.package for match in found.matches})
            print(
                f"| {path.parent.name}/{path.name} | {len(packages)} | {reading} | {matching} "
                f"| {vulnerable} | {len(found.matches)} | {len(found.undecided)} |"
            )
    listed, held, others, spared = compare(arguments.advisories)
    print(f"\nlisted versions that the ranges hold: {held} of {listed}")
    print(f"other known versions that the ranges spare: {spared} of {others}")


if __name__ == "__main__":
    main()
