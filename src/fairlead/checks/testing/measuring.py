"""What records inside of the project's interpreter: coverage.py and testmon, without installing them.

They are linked, from where they were installed with Fairlead, into a folder that is on the path of the
test run alone, so that the project's environment stays as it is. Testmon is plain Python. Coverage.py
has a part in C for each version of Python: ours serves where the project's Python is of our version,
else the project's own. Without that part a test run takes many times as long, and nothing is recorded.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from fairlead.environments.model import Environment
from fairlead.errors import FairleadError

_OLDEST = (3, 10)
"""The oldest Python that the two support."""

_OLDEST_COVERAGE = 7
"""The oldest coverage.py, by its first number, that can be used where it is the project's own."""


def refusal_of(environment: Environment) -> str:
    """Return why nothing can be recorded with this environment, ``""`` when it can."""
    found = ".".join(str(part) for part in environment.version)
    if environment.version < _OLDEST:
        return f"what tests execute can't be recorded under Python {found}: that takes 3.10"
    if environment.version == sys.version_info[:2]:
        return ""
    own = (environment.version_of("coverage") or "0").partition(".")[0]
    if own.isdecimal() and int(own) >= _OLDEST_COVERAGE:
        return ""
    return (
        f"what tests execute can't be recorded under Python {found} by a fairlead that runs under "
        f"{sys.version_info[0]}.{sys.version_info[1]}, unless the project has coverage installed"
    )


def remedy_of(environment: Environment) -> str:
    """Return what would let something be recorded with an environment that ``refusal_of`` refuses."""
    if environment.version < _OLDEST:
        return "test with a newer Python, or turn the check off: checks.coverage = false"
    return "uv add --dev coverage, so that the project's environment has it"


def link_measuring(environment: Environment, folder: Path) -> Path:
    """Make ``folder``, which isn't there yet, with links to what records in this environment.

    Raises FairleadError where they are missing here, OSError when the folder can't be written.
    """
    folder.mkdir()
    (folder / "testmon").symlink_to(_package("testmon"))
    if environment.version == sys.version_info[:2]:
        (folder / "coverage").symlink_to(_package("coverage"))
    return folder


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise FairleadError(
            f"{name} is not installed beside fairlead ({sys.executable})",
            fix=f"{sys.executable} -m pip install --force-reinstall fairlead",
        )
    return Path(found.submodule_search_locations[0])
