"""How many tests a change makes the gate run, and what recording them costs.

    python benchmarks/testing/measure.py --last 20 FOLDER

FOLDER is a clone with its environment in ``.venv``. It is cloned again (sharing objects, linking the
environment). The last commits that touch Python code are gated, each after what led to it was, so
that what its parent's tests execute is recorded, as on a branch whose base has been gated. Two Markdown
tables are printed: plain pytest against a first session that records, and what each commit took.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FAIRLEAD = Path(sys.executable).parent / "fairlead"
BEFORE = 30
"""How many commits the change has that records what is there before the one that is measured."""

_RAN = re.compile(r"ran (\d+) tests to their end(?:, those of (\d+))?")


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--last", type=int, default=20, help="how many commits")
    parser.add_argument("--rounds", type=int, default=3, help="how often the first table's are timed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        clone = Path(temporary) / "clone"
        git("clone", "--quiet", "--shared", str(asked.folder.resolve()), str(clone))
        (clone / ".venv").symlink_to((asked.folder / ".venv").resolve())
        commits = git(
            *("-C", str(clone), "log", "--no-merges", "--format=%H", f"-{asked.last}", "--", "*.py")
        ).split()
        first_session(clone, commits[0], asked.rounds)
        each_commit(clone, list(reversed(commits)))


def first_session(clone: Path, commit: str, rounds: int) -> None:
    """Print what a suite takes by itself, and recorded as in the gate, where nothing of it is kept."""
    python = str(clone / ".venv/bin/python")
    plain = [timed(python, "-m", "pytest", "-q", cwd=clone) for _ in range(rounds)]
    recorded = [of("tests", gate(clone, commit, "--fresh"))["seconds"] for _ in range(rounds)]
    print("| | median s | min–max |\n| --- | --- | --- |")
    for name, seconds in (("pytest by hand", plain), ("`tests`, nothing kept", recorded)):
        print(f"| {name} | {statistics.median(seconds):.1f} | {min(seconds):.1f}–{max(seconds):.1f} |")
    print()


def each_commit(clone: Path, commits: list[str]) -> None:
    """Print what each commit makes run, and the share of the tests over all of them."""
    print("| commit | tests run | of | tests s | types s | verdict s |")
    print("| --- | --- | --- | --- | --- | --- |")
    shares: list[float] = []
    for commit in commits:
        gate(clone, f"{commit}~{BEFORE}..{commit}~1")
        report = gate(clone, commit)
        tests, types = of("tests", report), of("types", report)
        ran = _RAN.search(tests["evidence"])
        if ran is None:
            print(f"| {commit[:9]} | {tests['outcome']}: {tests['because'][:80]} | | | | |")
            continue
        known = int(ran[2] or ran[1])
        shares += [int(ran[1]) / known] if known else []
        print(
            f"| {commit[:9]} | {ran[1]} | {known} | {tests['seconds']:.1f} | {types['seconds']:.1f} "
            f"| {report['seconds']:.1f} |"
        )
    if shares:
        print(f"\nMedian share of the tests that ran: {statistics.median(shares):.0%}")


def gate(clone: Path, revision: str, *words: str) -> dict[str, Any]:
    """Return the report on a commit."""
    argv = [str(FAIRLEAD), "check", revision, "--format", "json", *words]
    done = subprocess.run(argv, cwd=clone, capture_output=True, check=False)
    return json.loads(done.stdout)


def of(check: str, report: dict[str, Any]) -> dict[str, Any]:
    """Return what one check said."""
    return next(result for result in report["results"] if result["check"] == check)


def timed(*words: str, cwd: Path) -> float:
    """Return how many seconds a program takes that must succeed."""
    started = time.monotonic()
    subprocess.run(words, cwd=cwd, capture_output=True, check=True)
    return time.monotonic() - started


def git(*words: str) -> str:
    """Return what git prints."""
    return subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
