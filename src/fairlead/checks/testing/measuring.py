"""What records inside of the project's interpreter: coverage.py and testmon, without installing them.

They are linked, from where they were installed with Fairlead, into a folder that is on the path of the
test run alone, so that the project's environment stays as it is. Testmon is plain Python. Coverage.py
has a part in C for each version of Python: ours serves where the project's Python is of our version;
else the project's own is taken, where it has one; else ours runs as plain Python, several times slower.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from fairlead.environments.model import Environment
from fairlead.errors import FairleadError

_OLDEST = (3, 10)
"""The oldest Python that the two support."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """A folder for the path of a test run; ``note`` says what is slower than it need be."""

    folder: Path
    note: str = ""


def refusal_of(environment: Environment) -> str:
    """Return why nothing can be recorded with this environment, ``""`` when it can."""
    if environment.version >= _OLDEST:
        return ""
    found = ".".join(str(part) for part in environment.version)
    return f"what tests execute can't be recorded under Python {found}: that takes 3.10"


def link_measuring(environment: Environment, folder: Path) -> Measuring:
    """Make ``folder``, which isn't there yet, with links to what records in this environment.

    Raises FairleadError where they are missing here, OSError when the folder can't be written.
    """
    folder.mkdir()
    same = environment.version == sys.version_info[:2]
    own = environment.version_of("coverage")
    (folder / "testmon").symlink_to(_package("testmon"))
    if same or not own:
        (folder / "coverage").symlink_to(_package("coverage"))
    note = ""
    if not same and not own:
        note = (
            "recording takes several times as long as it need: fairlead runs under another version of "
            f"Python than the project; uv pip install coverage in {environment.origin} mends it"
        )
    return Measuring(folder=folder, note=note)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise FairleadError(
            f"{name} is not installed beside fairlead ({sys.executable})",
            fix=f"{sys.executable} -m pip install --force-reinstall fairlead",
        )
    return Path(found.submodule_search_locations[0])
