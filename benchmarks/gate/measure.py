"""How long the gate takes on real repositories, side by side with the same tools run by hand.

    python benchmarks/gate/measure.py --rounds 9 flask=/path/to/flask other=/path/to/other

Each repository is cloned (sharing objects) into a temporary folder; nothing is written into the one
that is named. Medians of the rounds are printed as a Markdown table. What is timed is the whole process
as a user starts it, from a compiled installation, with the state folder removed for cold runs.
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
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
FAIRLEAD = (str(BIN / "fairlead"),)
SEARCHED = 1500
"""How many commits back a real documentation-only and a real one-source-file commit are looked for."""


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
    parser.add_argument("--rounds", type=int, default=9)
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
        with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
            clone = Path(folder) / "clone"
            run(["git", "clone", "--quiet", "--shared", path, str(clone)])
            rows += measure(name, clone, arguments.rounds)
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {arguments.rounds} rounds\n")
    print("| repository | what | median s | min–max | aim |\n| --- | --- | --- | --- | --- |")
    print("\n".join(row.text() for row in rows))


def measure(name: str, clone: Path, rounds: int) -> list[Row]:
    """Return the rows of one repository."""
    documentation = find_commit(clone, lambda change: change["natures"] == ["documentation"])
    source = find_commit(clone, one_source_file)
    rows: list[Row] = []
    for what, commit, aim in (
        (f"documentation only ({documentation[:9]})", documentation, "≤ 1"),
        (f"one source file ({source[:9]})", source, "≤ 2"),
    ):
        check = [*FAIRLEAD, "check", commit, "--repo", str(clone), "--format", "json"]
        cold = repeat(rounds, lambda check=check: timed(check, before=lambda: forget(clone)))
        timed(check)
        warm = repeat(rounds, lambda check=check: timed(check))
        rows += [
            Row(repository=name, what=f"{what}, cold", seconds=cold, aim=aim),
            Row(repository=name, what=f"{what}, again", seconds=warm, aim="≤ 0.5"),
        ]
    many = find_commit(clone, many_python_files)
    rows += beside_by_hand(name, clone, source, rounds, "one source file")
    return rows + beside_by_hand(name, clone, many, rounds, f"many files ({many[:9]})")


def beside_by_hand(name: str, clone: Path, commit: str, rounds: int, what: str) -> list[Row]:
    """Time the gate with a warm base and the same tools started at once by hand, in turn.

    Each round has a head of its own (the commit with one more comment line in each of its Python
    files), so that nothing of the head is known, while the base's results are.
    """
    files = {
        file["path"]: file["nature"]
        for file in plan(clone, commit)["files"]
        if file["path"].endswith(".py") and file["status"] != "deleted"
    }
    heads = [variant(clone, commit, list(files), number) for number in range(rounds + 1)]
    gate: list[float] = []
    hand: list[float] = []
    slowest: list[float] = []
    inside: list[float] = []
    forget(clone)
    for number, head in enumerate(heads):
        run(["git", "-C", str(clone), "checkout", "--quiet", "--force", head])
        check = [*FAIRLEAD, "check", f"{commit}^..{head}", "--repo", str(clone), "--format", "json"]
        started = time.perf_counter()
        answer = json.loads(run(check, okay=(0, 1, 2)))
        seconds = time.perf_counter() - started
        ran = {result["check"]: result["seconds"] for result in answer["results"] if result["seconds"]}
        together = all_at_once([call for check in ran for call in by_hand(check, files, clone)])
        if number == 0:
            continue  # this round warms the base
        gate.append(seconds)
        hand.append(together)
        slowest.append(max(ran.values()))
        inside.append(seconds - max(ran.values()))
    ratio = statistics.median(ours / theirs for ours, theirs in zip(gate, hand, strict=True))
    print(f"{name}: the gate takes {ratio:.2f} of the time of the tools by hand", file=sys.stderr)
    return [
        Row(repository=name, what=f"{what}, base warm", seconds=tuple(gate)),
        Row(
            repository=name,
            what=f"{what}: the same tools by hand, all at once (ratio {ratio:.2f})",
            seconds=tuple(hand),
            aim="ratio ≤ 1.05",
        ),
        Row(repository=name, what=f"{what}: slowest check", seconds=tuple(slowest)),
        Row(repository=name, what=f"{what}: beyond it", seconds=tuple(inside), aim="≤ 0.5"),
    ]


Call = tuple[Sequence[str], Path]


def by_hand(check: str, files: Mapping[str, str], clone: Path) -> list[Call]:
    """Return how a person runs a check's tool on the files, given with their natures, and where.

    deptry is run in every project of the repository, as the gate does.
    """
    paths, source = list(files), [path for path, nature in files.items() if nature == "source"]
    commands = {
        "lint": ["ruff", "check", "--no-fix", "--no-cache", "--output-format", "json", *paths],
        "format": ["ruff", "format", "--check", "--no-cache", *paths],
        "complexity": ["complexipy", *source],
        "sast": ["bandit", "-q", "-f", "json", *source],
        "secrets": ["detect-secrets", "scan", *paths],
    }
    if check == "dependencies":
        projects = [path.parent for path in sorted(clone.rglob("pyproject.toml"))]
        return [((str(BIN / "deptry"), "."), project) for project in projects]
    words = commands.get(check)
    return [((str(BIN / words[0]), *words[1:]), clone)] if words else []


def all_at_once(calls: Sequence[Call]) -> float:
    """Start the commands together and return the seconds until the last one ends."""
    started = time.perf_counter()
    running = [
        subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words, folder in calls
    ]
    for process in running:
        process.wait(300)
    return time.perf_counter() - started


def variant(clone: Path, commit: str, paths: Sequence[str], number: int) -> str:
    """Return a commit like ``commit`` with one more comment line in each of ``paths``."""
    run(["git", "-C", str(clone), "checkout", "--quiet", "--force", commit])
    for path in paths:
        with (clone / path).open("a", encoding="utf-8") as file:
            file.write(f"# round {number}\n")
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    run(
        [
            "git",
            "-C",
            str(clone),
            *identity,
            "commit",
            "--quiet",
            "--no-verify",
            "-am",
            f"round {number}",
        ]
    )
    return run(["git", "-C", str(clone), "rev-parse", "HEAD"]).strip()


def one_source_file(change: dict[str, object]) -> bool:
    """Whether a change modifies one Python source file, not inertly, and nothing else."""
    files = change["files"]
    if not isinstance(files, list) or len(files) != 1:
        return False
    (only,) = files
    return (
        only["nature"] == "source"
        and only["status"] == "modified"
        and only["inert"] is None
        and only["path"].endswith(".py")
    )


def many_python_files(change: dict[str, object]) -> bool:
    """Whether a change modifies 20 to 60 Python files, half of them source."""
    files = change["files"]
    if not isinstance(files, list):
        return False
    python = [file for file in files if file["path"].endswith(".py")]
    source = [file for file in python if file["nature"] == "source" and file["status"] != "deleted"]
    return 20 <= len(python) <= 60 and 2 * len(source) >= len(python)


def find_commit(clone: Path, fits: Callable[[dict[str, object]], bool]) -> str:
    """Return the newest commit, merges left out, whose change fits and can be evaluated.

    A lock without advisories, say, can't be, nor a file in a syntax newer than this Python.
    """
    log = run(["git", "-C", str(clone), "log", "--no-merges", f"-{SEARCHED}", "--format=%H"])
    for commit in log.split():
        if fits(plan(clone, commit)):
            check = [*FAIRLEAD, "check", commit, "--repo", str(clone), "--format", "json"]
            if json.loads(run(check, okay=(0, 1, 2)))["verdict"]["outcome"] != "not_evaluated":
                return commit
    raise SystemExit(f"no fitting commit among the last {SEARCHED} of {clone}")


def plan(clone: Path, commit: str) -> Any:
    """Return what the gate reads of a commit's change, as JSON values."""
    words = [*FAIRLEAD, "plan", commit, "--repo", str(clone), "--format", "json"]
    return json.loads(run(words))["change"]


def forget(clone: Path) -> None:
    """Remove what earlier runs have left for later ones."""
    shutil.rmtree(clone / ".git" / "fairlead", ignore_errors=True)


def repeat(rounds: int, once: Callable[[], float]) -> tuple[float, ...]:
    """Return the seconds of each round, after one that isn't counted."""
    once()
    return tuple(once() for _ in range(rounds))


def timed(words: Sequence[str], before: Callable[[], None] = lambda: None) -> float:
    """Return how long a command takes; ``before`` isn't counted."""
    before()
    started = time.perf_counter()
    run(words, okay=(0, 1, 2))
    return time.perf_counter() - started


def run(words: Sequence[str], okay: tuple[int, ...] = (0,)) -> str:
    """Run a command and return what it printed; any other exit code ends the benchmark."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode not in okay:
        raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
