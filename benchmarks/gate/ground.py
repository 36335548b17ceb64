"""What the measurements of this folder stand on: clones with an environment, commands with a clock."""

from __future__ import annotations

import compileall
import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import fairlead

BIN = Path(sys.executable).parent
FAIRLEAD = (str(BIN / "fairlead"),)
SEARCHED = 1500
"""How many commits back a real change of some kind is looked for."""

IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")


@contextlib.contextmanager
def clone_of(path: str, install: str = "") -> Generator[Path]:
    """Give a clone (sharing objects) in a temporary folder, with its environment in ``.venv``.

    The gate is compiled first, as one that was installed is.
    """
    compileall.compile_dir(str(Path(fairlead.__file__).parent), quiet=1)
    with tempfile.TemporaryDirectory(prefix="fairlead-bench-") as folder:
        clone = Path(folder) / "clone"
        run(["git", "clone", "--quiet", "--shared", path, str(clone)])
        install_environment(clone, install)
        yield clone


def install_environment(clone: Path, install: str = "") -> None:
    """Make the environment of what is checked out, in ``.venv``; one that is there is replaced.

    That is what ``uv.lock`` says, with the groups ``tests`` and ``typing`` where there are such, or
    without a lock what ``uv pip install`` makes of ``install`` (``-e .`` by default). Coverage
    is added, which people have where they measure it by hand.
    """
    environ = {**os.environ, "VIRTUAL_ENV": str(clone / ".venv")}
    uv = str(BIN / "uv")
    shutil.rmtree(clone / ".venv", ignore_errors=True)
    if (clone / "uv.lock").exists():
        declared = (clone / "pyproject.toml").read_text("utf-8")
        groups = [
            word
            for name in ("tests", "typing")
            if f"\n{name} = [" in declared.partition("[dependency-groups]")[2]
            for word in ("--group", name)
        ]
        words = ["sync", "--quiet", "--frozen", "--no-default-groups", *groups]
        run([uv, *words, "--compile-bytecode", "--python", sys.executable], cwd=clone)
    else:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(clone / ".venv")])
        words = shlex.split(install or "-e .")
        run([uv, "pip", "install", "--quiet", "--compile-bytecode", *words], cwd=clone, env=environ)
    run([uv, "pip", "install", "--quiet", "--compile-bytecode", "coverage"], cwd=clone, env=environ)


def find_commit(clone: Path, fits: Callable[[dict[str, Any]], bool]) -> str:
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


def one_source_file(change: dict[str, Any]) -> bool:
    """Whether a change modifies one Python source file, not inertly, and nothing else."""
    files = change["files"]
    if len(files) != 1:
        return False
    (only,) = files
    return (
        only["nature"] == "source"
        and only["status"] == "modified"
        and only["inert"] is None
        and only["path"].endswith(".py")
    )


def plan(clone: Path, revisions: str) -> Any:
    """Return what the gate reads of a change, as JSON values."""
    words = [*FAIRLEAD, "plan", revisions, "--repo", str(clone), "--format", "json"]
    return json.loads(run(words))["change"]


def forget(clone: Path) -> None:
    """Remove what earlier runs have left for later ones; environments and pinned tools stay."""
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


def run(
    words: Sequence[str],
    okay: tuple[int, ...] = (0,),
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a command and return what it printed; any other exit code ends the benchmark."""
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=900, check=False, cwd=cwd, env=env
    )
    if done.returncode not in okay:
        raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def machine() -> str:
    """Return the line that says where figures come from."""
    load = f"{os.getloadavg()[0]:.1f}"
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {load} at the end"
