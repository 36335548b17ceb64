"""How long the gate takes on real repositories, cold and again.

    python benchmarks/gate/measure.py --rounds 5 flask=/path/to/flask other=/path/to/other

Each repository is cloned (sharing objects) into a temporary folder, with the environment that its lock
names; nothing is written into the one that is named. Medians of the rounds are printed as a Markdown
table. What is timed is the whole process as a user starts it, from a compiled installation, with the
state folder removed for cold runs.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import dataclass
from pathlib import Path

from ground import FAIRLEAD, clone_of, find_commit, forget, machine, one_source_file, repeat, timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: seconds of each round."""

    repository: str
    what: str
    seconds: tuple[float, ...]
    aim: str = ""

    def text(self) -> str:
        """Return the line in Markdown."""
        middle = statistics.median(self.seconds)
        low, high = min(self.seconds), max(self.seconds)
        return f"| {self.repository} | {self.what} | {middle:.2f} | {low:.2f}–{high:.2f} | {self.aim} |"


def main() -> None:
    """Measure every repository that is named and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repositories", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--install", default="", help="for `uv pip install` where there is no uv.lock")
    arguments = parser.parse_args()
    rows = [
        Row(
            repository="–",
            what="`fairlead --version`",
            seconds=repeat(arguments.rounds, lambda: timed([*FAIRLEAD, "--version"])),
            aim="≤ 0.15",
        )
    ]
    for named in arguments.repositories:
        name, _, path = named.partition("=")
        with clone_of(path, arguments.install) as clone:
            rows += measure(name, clone, arguments.rounds)
    print(f"{machine()}, {arguments.rounds} rounds\n")
    print("| repository | what | median s | min–max | aim |\n| --- | --- | --- | --- | --- |")
    print("\n".join(row.text() for row in rows))


def measure(name: str, clone: Path, rounds: int) -> list[Row]:
    """Return the rows of one repository."""
    documentation = find_commit(clone, lambda change: change["natures"] == ["documentation"])
    source = find_commit(clone, one_source_file)
    rows: list[Row] = []
    for what, commit, aim in (
        (f"documentation only ({documentation[:9]})", documentation, "≤ 1"),
        (f"one source file ({source[:9]})", source, ""),
    ):
        check = [*FAIRLEAD, "check", commit, "--repo", str(clone), "--format", "json"]
        cold = repeat(rounds, lambda check=check: timed(check, before=lambda: forget(clone)))
        timed(check)
        again = repeat(rounds, lambda check=check: timed(check))
        rows += [
            Row(repository=name, what=f"{what}, cold", seconds=cold, aim=aim),
            Row(repository=name, what=f"{what}, again", seconds=again, aim="≤ 0.5"),
        ]
    return rows


if __name__ == "__main__":
    main()
