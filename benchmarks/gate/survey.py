"""What the gate says of the changes that a repository has really had.

    python benchmarks/gate/survey.py --last 100 flask=/path/to/flask other=/path/to/other

Every one of the last N commits, merges left out, is gated against its first parent under the policy of
that parent, in a clone of its own (sharing objects), so that nothing is written into the repository
that is named. Each run is cold: what earlier runs found is removed before it. Printed are Markdown
tables: the shares of verdicts, sizes, natures, proofs and of what each check did, and the medians of
seconds. With ``--list``, every verdict but a pass follows with its reasons, for a person to judge.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FAIRLEAD = str(Path(sys.executable).parent / "fairlead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """One commit and what was said of it: the JSON document, or the error that came instead."""

    commit: str
    document: dict[str, Any] | None
    error: str

    @property
    def outcome(self) -> str:
        """The verdict's outcome, ``could not run`` where there is none."""
        return "could not run" if self.document is None else self.document["verdict"]["outcome"]


def main() -> None:
    """Survey every repository that is named and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repositories", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--last", type=int, default=100, metavar="N", help="how many commits (100)")
    parser.add_argument("--list", action="store_true", help="list every verdict that is not a pass")
    arguments = parser.parse_args()
    surveyed: dict[str, list[Gated]] = {}
    for named in arguments.repositories:
        name, _, path = named.partition("=")
        with tempfile.TemporaryDirectory(prefix="fairlead-survey-") as folder:
            clone = Path(folder) / "clone"
            git("clone", "--quiet", "--shared", "--no-checkout", path, str(clone))
            surveyed[name] = [gate(clone, commit) for commit in last_commits(clone, arguments.last)]
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    for lines in (verdicts(surveyed), kinds(surveyed), checks(surveyed)):
        print("\n".join(lines), end="\n\n")
    if arguments.list:
        for name, commits in surveyed.items():
            print("\n".join(listed(name, commits)))


def last_commits(clone: Path, number: int) -> list[str]:
    """Return the last commits that are no merges and have a parent, newest first."""
    words = ("log", "--no-merges", "--min-parents=1", f"-{number}", "--format=%H")
    return git("-C", str(clone), *words).split()


def gate(clone: Path, commit: str) -> Gated:
    """Gate one commit with nothing kept from earlier."""
    shutil.rmtree(clone / ".git" / "fairlead", ignore_errors=True)
    words = [FAIRLEAD, "check", commit, "--repo", str(clone), "--format", "json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=900, check=False)
    if not done.stdout:
        return Gated(
            commit=commit, document=None, error=(done.stderr.splitlines() or ["it said nothing"])[-1]
        )
    return Gated(commit=commit, document=json.loads(done.stdout), error="")


def verdicts(surveyed: dict[str, list[Gated]]) -> list[str]:
    """Return the table of outcomes and seconds, a line for each repository."""
    lines = [
        "| repository | commits | pass | blocked | not evaluated | could not run | median s "
        "| 90 % within s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, commits in surveyed.items():
        counts = Counter(one.outcome for one in commits)
        seconds = sorted(document["seconds"] for document in documents(commits))
        shares = (
            share(counts[outcome], len(commits))
            for outcome in ("pass", "blocked", "not_evaluated", "could not run")
        )
        middle = f"{statistics.median(seconds):.1f}" if seconds else "–"
        most = f"{seconds[int(0.9 * (len(seconds) - 1))]:.1f}" if seconds else "–"
        lines.append(f"| {name} | {len(commits)} | {' | '.join(shares)} | {middle} | {most} |")
    return lines


def kinds(surveyed: dict[str, list[Gated]]) -> list[str]:
    """Return the table of sizes, natures and proofs: shares of commits, of commits and of files."""
    lines = [
        "| repository | size | natures (of commits) | proofs (of files) |",
        "| --- | --- | --- | --- |",
    ]
    for name, commits in surveyed.items():
        changes = [document["change"] for document in documents(commits)]
        files = [file for change in changes for file in change["files"]]
        sizes = shares((change["size"] for change in changes), len(changes))
        natures = shares((nature for change in changes for nature in change["natures"]), len(changes))
        proofs = shares((file["inert"] for file in files if file["inert"]), len(files))
        lines.append(f"| {name} | {sizes} | {natures} | {proofs or 'none'} |")
    return lines


def checks(surveyed: dict[str, list[Gated]]) -> list[str]:
    """Return the table of what each check did, over all repositories together."""
    results = [
        result
        for commits in surveyed.values()
        for document in documents(commits)
        for result in document["results"]
    ]
    lines = [
        "| check | skipped | passed | failed | not evaluated | median s where it ran |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for check in dict.fromkeys(result["check"] for result in results):
        own = [result for result in results if result["check"] == check]
        counts = Counter(result["outcome"] for result in own)
        outcomes = (
            share(counts[name], len(own)) for name in ("skipped", "passed", "failed", "not_evaluated")
        )
        seconds = [result["seconds"] for result in own if result["outcome"] != "skipped"]
        middle = f"{statistics.median(seconds):.2f}" if seconds else "–"
        lines.append(f"| {check} | {' | '.join(outcomes)} | {middle} |")
    return lines


def listed(name: str, commits: Iterable[Gated]) -> list[str]:
    """Return a line for every reason of every verdict that is not a pass."""
    lines = []
    for one in commits:
        if one.document is None:
            lines.append(f"{name} {one.commit[:9]} could not run: {one.error}")
        elif one.outcome != "pass":
            title = one.document["change"]["title"]
            lines.append(f"{name} {one.commit[:9]} {one.outcome}: {title}")
            lines += [f"    {reason}" for reason in one.document["verdict"]["reasons"]]
    return lines


def documents(commits: Iterable[Gated]) -> list[dict[str, Any]]:
    """Return what was said of those commits of which anything was."""
    return [one.document for one in commits if one.document is not None]


def shares(names: Iterable[str], whole: int) -> str:
    """Return each name with its share of the whole, the greatest first."""
    counts = Counter(names).most_common()
    return ", ".join(f"{name} {share(count, whole)}" for name, count in counts)


def share(part: int, whole: int) -> str:
    """Return a share in per cent."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


def git(*words: str) -> str:
    """Run git and return what it printed; a failure ends the survey."""
    done = subprocess.run(["git", *words], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise SystemExit(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    main()
