"""The gate side by side with the same tools run by hand, one after another and all at once.

    python benchmarks/gate/beside.py --rounds 3 flask=/path/to/flask other=/path/to/other

Two changes of each repository, each round with a head of its own, so that nothing of the head is known
while the base's results are. One source file: a real commit with one more call in the function that it
alters. Everything: a line of code in a module and in the tests' conftest, a key in pyproject.toml and
in a workflow, after which every check has something to do and all tests run. By hand, the tools are
started on the work tree, on the changed file or on all of them; nobody knows by hand which tests a
change can affect, so all of them run.

Printed are two Markdown tables: the whole beside each other, and what limits it, check by check.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground import (
    BIN,
    FAIRLEAD,
    IDENTITY,
    clone_of,
    find_commit,
    forget,
    install_environment,
    machine,
    one_source_file,
    plan,
    run,
)

from fairlead.checks.catalogue import NEEDS

SOURCE, EVERYTHING = "one source file", "everything"
AIMS = {SOURCE: 5.0, EVERYTHING: 15.0}
"""Seconds that a change of flask may take."""

Call = tuple[Sequence[str], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The rounds of one change of one repository, in seconds; checks by name."""

    repository: str
    what: str
    cold: float
    gate: list[float] = field(default_factory=list)
    serial: list[float] = field(default_factory=list)
    at_once: list[float] = field(default_factory=list)
    chain: list[float] = field(default_factory=list)
    beyond: list[float] = field(default_factory=list)
    checks: dict[str, list[float]] = field(default_factory=dict)
    by_hand: dict[str, list[float]] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)


def main() -> None:
    """Measure every repository that is named and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repositories", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=(SOURCE, EVERYTHING), help="measure this change alone")
    parser.add_argument("--install", default="", help="for `uv pip install` where there is no uv.lock")
    arguments = parser.parse_args()
    measured: list[Measured] = []
    for named in arguments.repositories:
        name, _, path = named.partition("=")
        with clone_of(path, arguments.install) as clone:
            for what in (SOURCE, EVERYTHING):
                if arguments.only in {None, what}:
                    measured.append(measure(name, clone, what, arguments.rounds, arguments.install))
    print(f"{machine()}, {arguments.rounds} rounds\n")
    print("\n".join(side_by_side(measured)), end="\n\n")
    print("\n".join(limits(measured)))


def measure(name: str, clone: Path, what: str, rounds: int, install: str) -> Measured:
    """Return the rounds of one change, after one that warms the base and is told as the cold run."""
    start = find_commit(clone, one_source_file) if what == SOURCE else git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "--quiet", "--force", start)
    install_environment(clone, install)
    base = f"{start}^" if what == SOURCE else start
    heads = [head_of(clone, start, what, number) for number in range(rounds + 1)]
    forget(clone)
    cold, _ = gated(clone, base, heads[0])
    measured = Measured(repository=name, what=what, cold=cold)
    for number, head in enumerate(heads[1:], 1):
        print(f"{name}, {what}: round {number} of {rounds}", file=sys.stderr)
        git(clone, "checkout", "--quiet", "--force", head)
        seconds, answer = gated(clone, base, head)
        ran = {one["check"]: one for one in answer["results"] if one["outcome"] != "skipped"}
        longest = max(
            chain(check, {name: one["seconds"] for name, one in ran.items()}) for check in ran
        )
        measured.gate.append(seconds)
        measured.chain.append(longest)
        measured.beyond.append(seconds - longest)
        calls = {
            check: by_hand(check, set(ran), plan(clone, f"{base}..{head}")["files"], clone, what)
            for check in ran
        }
        together = 0.0
        for check, own in calls.items():
            alone = sum(all_at_once([call]) for call in own)
            together += alone
            measured.checks.setdefault(check, []).append(ran[check]["seconds"])
            measured.outcomes[check] = ran[check]["outcome"]
            if own:
                measured.by_hand.setdefault(check, []).append(alone)
        measured.serial.append(together)
        measured.at_once.append(all_at_once([call for own in calls.values() for call in own]))
    return measured


def gated(clone: Path, base: str, head: str) -> tuple[float, Any]:
    """Gate a range and return how long the whole process took, and what it said."""
    check = [*FAIRLEAD, "check", f"{base}..{head}", "--repo", str(clone), "--format", "json"]
    started = time.perf_counter()
    said = run(check, okay=(0, 1, 2))
    return time.perf_counter() - started, json.loads(said)


def chain(check: str, seconds: dict[str, float]) -> float:
    """Return how long a check and those that it waits for take one after another."""
    before = [chain(need, seconds) for need in NEEDS.get(check, ()) if need in seconds]
    return seconds[check] + max(before, default=0.0)


def head_of(clone: Path, start: str, what: str, number: int) -> str:
    """Return a commit on top of ``start`` that differs from that of every other round."""
    git(clone, "checkout", "--quiet", "--force", start)
    code, key = f"\n_ROUND = {number}\n", f"\n[tool.round]\nnumber = {number}\n"
    added: dict[str, str] = {}
    if what == SOURCE:
        (only,) = git(clone, "diff", "--name-only", f"{start}^", start).splitlines()
        hunk = re.search(
            r"^@@ -\S+ \+(\d+)", git(clone, "diff", "-U0", f"{start}^", start), re.MULTILINE
        )
        call_in_function(clone / only, int(hunk[1]) if hunk else 1, number)
    else:
        tracked = git(clone, "ls-files").splitlines()
        modules = [path for path in tracked if path.endswith(".py") and "test" not in path]
        packages = [path for path in modules if path.endswith("/__init__.py")]
        workflows = [path for path in tracked if path.startswith(".github/workflows/")]
        added = {
            min(packages or modules, key=len): code,
            "pyproject.toml": key,
            **dict.fromkeys(workflows[:1], f"\nrun-name: round {number}\n"),
            **{path: code for path in tracked if path.endswith("tests/conftest.py")},
        }
    for path, text in added.items():
        with (clone / path).open("a", encoding="utf-8") as file:
            file.write(text)
    git(clone, *IDENTITY, "commit", "--quiet", "--no-verify", "-am", f"round {number}")
    return git(clone, "rev-parse", "HEAD")


def call_in_function(module: Path, line: int, number: int) -> None:
    """Begin the function around a line, or else the module's first one, with a call without effect."""
    text = module.read_text("utf-8")
    functions = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef)]
    around = [one for one in functions if one.lineno <= line <= (one.end_lineno or one.lineno)]
    first = (around or functions)[-1 if around else 0].body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    at = (first.end_lineno or first.lineno) if documented else first.lineno - 1
    lines = text.splitlines(keepends=True)
    lines.insert(at, f"{' ' * first.col_offset}abs({number})\n")
    module.write_text("".join(lines), "utf-8")


def by_hand(
    check: str, ran: set[str], files: Sequence[dict[str, Any]], clone: Path, what: str
) -> list[Call]:
    """Return how a person runs a check's tool in the work tree: on what changed, or on everything.

    Tests and coverage are one run, as in the gate; deptry is run in every project of the repository.
    """
    python = [one["path"] for one in files if one["path"].endswith(".py")]
    if what == EVERYTHING:
        python = ["."]
    source = [one["path"] for one in files if one["path"].endswith(".py") and one["nature"] == "source"]
    code = [str(Path(path).parent) for path in source] if what == EVERYTHING else source
    interpreter = str(clone / ".venv/bin/python")
    out = str(clone.parent / "dist")
    commands: dict[str, list[str]] = {
        "lint": ["ruff", "check", "--no-fix", "--no-cache", *python],
        "format": ["ruff", "format", "--check", "--no-cache", *python],
        "complexity": ["complexipy", *code],
        "sast": ["bandit", "-q", "-r", *code],
        "secrets": ["detect-secrets", "scan", *(() if what == EVERYTHING else python)],
        "workflows": ["zizmor", "--offline", "--quiet", ".github/workflows"],
        "types": ["mypy"],
        "tests": ["python", "-m", "pytest", "-q"],
        "coverage": ["python", "-m", "coverage", "run", "--branch", "-m", "pytest", "-q"],
        "build": ["uv", "build", "--quiet", "--out-dir", out],
        "licences": ["pip-licenses", f"--python={interpreter}"],
    }
    if check == "dependencies":
        projects = [path.parent for path in sorted(clone.rglob("pyproject.toml")) if not hidden(path)]
        return [(program(clone, "deptry", "."), project) for project in projects]
    if check == "tests" and "coverage" in ran:
        return []
    words = commands.get(check)
    return [(program(clone, *words), clone)] if words else []


def hidden(path: Path) -> bool:
    """Whether a path lies in the environment."""
    return ".venv" in path.parts


def program(clone: Path, name: str, *words: str) -> list[str]:
    """Return a command with the environment's program, or with the one that comes with the gate."""
    own = clone / ".venv" / "bin" / name
    return [str(own if own.exists() else BIN / name), *words]


def all_at_once(calls: Sequence[Call]) -> float:
    """Start the commands together and return the seconds until the last one ends."""
    started = time.perf_counter()
    running = [
        subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words, folder in calls
    ]
    for process in running:
        process.wait(600)
    return time.perf_counter() - started


def side_by_side(measured: Sequence[Measured]) -> list[str]:
    """Return the table of the whole."""
    lines = [
        "| repository | change | gate s | min–max | aim | cold base s | by hand, one after another s "
        "| by hand, all at once s | gate ÷ all at once | slowest check s | beyond it s (≤ 0.5) |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in measured:
        ratios = [ours / theirs for ours, theirs in zip(one.gate, one.at_once, strict=True)]
        aim = f"≤ {AIMS[one.what]:.0f}" if one.repository == "flask" else ""
        cells = [
            one.repository,
            one.what,
            middle(one.gate),
            f"{min(one.gate):.2f}–{max(one.gate):.2f}",
            aim,
            f"{one.cold:.2f}",
            middle(one.serial),
            middle(one.at_once),
            middle(ratios),
            middle(one.chain),
            middle(one.beyond),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def limits(measured: Sequence[Measured]) -> list[str]:
    """Return the table of each check, the slowest first."""
    lines = [
        "| repository | change | check | outcome | in the gate s | by hand alone s |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in measured:
        order = sorted(one.checks, key=lambda check: -statistics.median(one.checks[check]))
        for check in order:
            alone = middle(one.by_hand[check]) if check in one.by_hand else "–"
            outcome = one.outcomes[check].replace("_", " ")
            seconds = middle(one.checks[check])
            lines.append(
                f"| {one.repository} | {one.what} | {check} | {outcome} | {seconds} | {alone} |"
            )
    return lines


def middle(values: Sequence[float]) -> str:
    """Return the median to hundredths."""
    return f"{statistics.median(values):.2f}"


def git(clone: Path, *words: str) -> str:
    """Run git in the clone and return what it printed."""
    return run(["git", "-C", str(clone), *words]).strip()


if __name__ == "__main__":
    main()
