"""Running ruff as a pure reader, for the two checks that it serves.

Two things would make ruff's answer depend on more than the tree. It searches every folder above a
file for its configuration, and then the user's home, so a tree written out below a repository would
be read under that repository's settings: a file that has no configuration inside its own tree is
looked at with ``--isolated``. And a project may set ``fix = true``: every call says otherwise.
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fairlead.checks import reports
from fairlead.checks.kinds import python_paths
from fairlead.checks.model import Run, View
from fairlead.errors import FairleadError
from fairlead.processes import Completed

SUFFIXES = (".py", ".pyi", ".pyw", ".ipynb")

CONFIGURATION = (
    "ruff.toml",
    ".ruff.toml",
    "pyproject.toml:tool.ruff",
    "pyproject.toml:project.requires-python",
)

_OWN_FILES = ("ruff.toml", ".ruff.toml")
_MINOR_VERSIONS = range(7, 15)
_TOTAL = re.compile(r"(?:Checked|Formatted) (\d+) files in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One call of ruff: what it printed, and which of the paths it opened.

    ``names`` maps the absolute name that ruff prints to the view's path. A path that is in ``names``
    and not in ``opened`` is one that the project's configuration excludes.
    """

    completed: Completed
    names: dict[str, str]
    opened: frozenset[str]

    @property
    def stderr(self) -> str:
        """What ruff wrote on its error stream."""
        return self.completed.stderr.decode("utf-8", "replace")


def looks(view: View, run: Run, words: Sequence[str], *, codes: Sequence[int]) -> Iterator[Look]:
    """Call ruff with ``words`` on all of the view's Python files, as often as that takes.

    ``words`` are the subcommand and its own flags. Raises FairleadError when ruff did not end with one
    of ``codes`` or does not say of every file that it opened or excluded it.
    """
    reports.require_files(view)
    for flags, paths in _groups(view):
        for part in reports.batches(paths):
            argv = [
                *view.tool.command,
                *words,
                "--verbose",
                "--no-cache",
                "--force-exclude",
                "--no-respect-gitignore",
                *flags,
                "--",
                *part,
            ]
            completed = run(argv, cwd=view.folder)
            reports.finished(completed, tool="ruff", codes=codes)
            yield _look(view, part, completed)


def evidence(opened: int, view: View) -> str:
    """Say how many of the view's files ruff opened, and what became of the others."""
    others = len(view.paths) - opened
    said = f"ruff opened {opened} of {len(view.paths)} files"
    return f"{said}; {others} excluded by the project or no Python" if others else said


def path_word(path: str) -> str:
    """Return ``path`` as a word to type in a shell."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def _look(view: View, paths: Sequence[str], completed: Completed) -> Look:
    folder = os.path.realpath(view.folder)
    names = {
        f"{reports.lossy(folder)}/{name}": path
        for name, path in reports.by_printed_name(paths, tool="ruff").items()
    }
    said = completed.stderr.decode("utf-8", "replace") + "\n"
    opened = frozenset(
        path
        for name, path in names.items()
        if f"Checking: {name}\n" in said or f"format_path; path={name}\n" in said
    )
    if not opened:
        reports.finished(completed, tool="ruff", codes=(0,))  # the formatter's 2 may mean anything
    total = _TOTAL.search(said)
    if opened and (total is None or int(total[1]) != len(opened)):
        raise FairleadError(
            "ruff does not say how many files it looked at",
            fix="use a version of ruff that fairlead knows (0.4 or newer)",
        )
    if len(opened) < len(paths) and "Ignored path via" not in said:
        raise FairleadError(
            f"ruff does not say that it looked at {reports.shown(min(set(paths) - opened))}",
            fix="run ruff check --verbose on it by hand to see why",
        )
    return Look(completed=completed, names=names, opened=opened)


def _groups(view: View) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Part the paths by the flags that they need: none under the tree's own configuration."""
    groups: dict[tuple[str, ...], list[str]] = {}
    folders: dict[PurePosixPath, tuple[str, ...]] = {}
    for path in python_paths(view):
        folder = PurePosixPath(path).parent
        if folder not in folders:
            folders[folder] = _flags(view.folder, folder)
        groups.setdefault(folders[folder], []).append(path)
    yield from groups.items()


def _flags(tree: Path, folder: PurePosixPath) -> tuple[str, ...]:
    requires = ""
    for place in (folder, *folder.parents):
        if any((tree / place / name).is_file() for name in _OWN_FILES):
            return ()
        document = _pyproject(tree / place / "pyproject.toml")
        if document is None or "ruff" in _table(document, "tool"):
            return ()
        stated = _table(document, "project").get("requires-python")
        requires = requires or (stated if isinstance(stated, str) else "")
    return ("--isolated", *_target_version(requires))


def _pyproject(path: Path) -> dict[str, object] | None:
    """Return the document, an empty one when there is no file, ``None`` when ruff is to complain."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        return None


def _table(document: dict[str, object], name: str) -> dict[str, object]:
    table = document.get(name)
    return {str(key): value for key, value in table.items()} if isinstance(table, dict) else {}


def _target_version(requires: str) -> tuple[str, ...]:
    """Return the flag for the oldest Python that ``requires`` admits, as ruff itself would choose."""
    if not requires:
        return ()
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        admitted = SpecifierSet(requires)
    except InvalidSpecifier:
        return ()
    for minor in _MINOR_VERSIONS:
        if admitted.contains(f"3.{minor}.99") or admitted.contains(f"3.{minor}"):
            return ("--target-version", f"py3{minor}")
    return ()
