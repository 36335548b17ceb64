"""Which kinds of files the checks look at."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from fairlead.changes.model import FileChange, Status
from fairlead.checks.model import View

_FILE_KINDS = (0o100644, 0o100755)
_EXECUTABLE = 0o100755
_PYTHON_SHEBANG = re.compile(rb"#!.*\b(python|pypy)[0-9.]*\b|#!.*\buv run\b.*--script\b")
_TEST_FOLDERS = {"test", "tests", "testing"}


def is_text_file(file: FileChange) -> bool:
    """Whether there is a file with text in the head: not deleted, no link, no submodule, not binary."""
    return file.status is not Status.DELETED and file.mode in _FILE_KINDS and not file.binary


def is_python(file: FileChange, *, suffixes: tuple[str, ...] = (".py", ".pyw")) -> bool:
    """Whether the file is Python by its name, or a script that may be (executable, no suffix).

    ``python_paths`` settles what a script is, when its text is at hand.
    """
    if not is_text_file(file):
        return False
    suffix = PurePosixPath(file.path).suffix.lower()
    return suffix in suffixes or (not suffix and file.mode == _EXECUTABLE)


def python_paths(view: View) -> tuple[str, ...]:
    """Return the view's paths without the scripts that another interpreter runs."""
    return tuple(path for path in view.paths if PurePosixPath(path).suffix or _is_script(view, path))


def is_test(path: str) -> bool:
    """Whether a path is a test's by the conventions of pytest and unittest."""
    place = PurePosixPath(path)
    return (
        not _TEST_FOLDERS.isdisjoint(place.parts[:-1])
        or place.name == "conftest.py"
        or place.stem.startswith("test_")
        or place.stem.endswith("_test")
    )


def _is_script(view: View, path: str) -> bool:
    with (view.folder / path).open("rb") as file:
        return _PYTHON_SHEBANG.match(file.readline(200)) is not None
