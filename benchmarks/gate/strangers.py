"""What the gate says of repositories that it has never seen: how much of a change it could evaluate.

    python benchmarks/gate/strangers.py --limit 240 click=/path/to/click other=/path/to/other

Of each repository the newest change along the first parents that touches a Python module outside of
its tests is gated in a fresh clone, without an environment beside it: what is executed is executed with
what Fairlead makes from the tree's own files. Printed is a Markdown table: the verdict, which checks
could not be evaluated and why, and the seconds, of which making the environment is a part.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ground import FAIRLEAD, machine, run

SEARCHED = 80
"""How many commits back a change of source is looked for."""

_TESTS = re.compile(
    r"(?:^|/)(?:tests?|testing|docs?|examples?)/|(?:^|/)(?:test_[^/]*|conftest|setup)\.py$"
)


def main() -> None:
    """Gate a change of every repository that is named, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repositories", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--limit", type=float, default=240.0, help="seconds for one change (240)")
    arguments = parser.parse_args()
    rows = []
    for named in arguments.repositories:
        name, _, path = named.partition("=")
        print(name, file=sys.stderr)
        rows.append(row(name, path, arguments.limit))
    print(f"{machine()}\n")
    print("| repository | commit | verdict | checks run | not evaluated | s |")
    print("| --- | --- | --- | --- | --- | --- |")
    print("\n".join(rows))


def row(name: str, path: str, limit: float) -> str:
    """Return one repository's line of the table."""
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        clone = Path(folder) / "clone"
        run(["git", "clone", "--quiet", "--shared", path, str(clone)])
        commit = change_of_source(clone)
        check = [*FAIRLEAD, "check", commit, "--repo", str(clone), "--format", "json"]
        started = time.perf_counter()
        process = subprocess.Popen(check, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            process.communicate()
            return f"| {name} | {commit[:8]} | not within {limit:.0f} s | | | |"
        seconds = time.perf_counter() - started
    answer: dict[str, Any] = json.loads(said)
    ran = [one for one in answer["results"] if one["outcome"] != "skipped"]
    causes: dict[str, list[str]] = {}
    for one in ran:
        if one["outcome"] == "not_evaluated":
            causes.setdefault(one["because"], []).append(one["check"])
    open_for = "; ".join(
        f"{', '.join(checks)}: {' '.join(cause.split())[:160]}" for cause, checks in causes.items()
    )
    found = sum(one["new"] and one["blocking"] for each in ran for one in each["findings"])
    outcome = answer["verdict"]["outcome"]
    verdict = f"{outcome}, {found} new" if outcome == "blocked" else outcome.replace("_", " ")
    return f"| {name} | {commit[:8]} | {verdict} | {len(ran)} | {open_for} | {seconds:.0f} |"


def change_of_source(clone: Path) -> str:
    """Return the newest commit along the first parents that touches Python outside of tests."""
    log = [
        "git",
        "-C",
        str(clone),
        "log",
        "--first-parent",
        f"-{SEARCHED}",
        "--format=%H",
        "--",
        "*.py",
    ]
    for commit in run(log).split():
        names = run(["git", "-C", str(clone), "diff", "--name-only", f"{commit}^", commit])
        if any(path.endswith(".py") and not _TESTS.search(path) for path in names.splitlines()):
            return commit
    raise SystemExit(f"{clone}: no change of source among the last {SEARCHED}")


if __name__ == "__main__":
    main()
