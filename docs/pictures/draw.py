"""Draw the README's picture: a real verdict on a small repository made for it.

    python docs/pictures/draw.py docs/pictures/check.svg

The repository has one good commit and one whose author was in a hurry; the picture is what
`fairlead check` prints in a terminal of 92 columns.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

COLUMNS = 92
BEFORE = '''\
"""Run experiments."""

import subprocess


def run(name: str) -> int:
    """Run one experiment and return its exit code."""
    return subprocess.call(["lab", "run", name])
'''
AFTER = BEFORE.replace('["lab", "run", name]', 'f"lab run {name} | tee log", shell=True')
NOTES = "# Lab\n\nRun an experiment: `lab run NAME`.\n"


def main() -> None:
    """Write the picture to the file that the command line names."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder) / "lab"
        (repository / "src" / "lab").mkdir(parents=True)
        git(repository, "init", "--quiet", "--initial-branch=main")
        commit(repository, BEFORE, "# Lab\n")
        git(repository, "checkout", "--quiet", "-b", "tee")
        commit(repository, AFTER, NOTES)
        said = command(repository, [sys.executable, "-m", "fairlead", "check"])
    Path(sys.argv[1]).write_text(drawn(f"$ fairlead check\n{said}"), "utf-8")


def drawn(text: str) -> str:
    """Return the text as SVG, with fonts of the reader's machine only."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(text.rstrip()))
    svg = console.export_svg(title="fairlead check", theme=DIMMED_MONOKAI, unique_id="verdict")
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)
    return svg.replace(
        "Fira Code, monospace", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
    )


def commit(repository: Path, code: str, notes: str) -> None:
    """Commit the module and the README."""
    (repository / "src" / "lab" / "run.py").write_text(code, "utf-8")
    (repository / "README.md").write_text(notes, "utf-8")
    git(repository, "add", "--all")
    git(repository, "-c", "user.name=Lab", "-c", "user.email=lab@localhost", "commit", "-qm", "Run")


def git(repository: Path, *words: str) -> None:
    """Run git in the repository."""
    command(repository, ["git", *words])


def command(repository: Path, words: list[str]) -> str:
    """Run a command in the repository and return what it printed."""
    env = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
    env["XDG_CACHE_HOME"] = str(repository.parent / "cache")
    for name in ("CI", "NO_COLOR"):
        env.pop(name, None)
    done = subprocess.run(
        words, cwd=repository, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    return done.stdout


if __name__ == "__main__":
    main()
