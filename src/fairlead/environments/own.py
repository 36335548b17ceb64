"""Programs that came with Fairlead, wherever pip put them."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path


def own_program(name: str) -> str | None:
    """Return where pip put the script of one of our requirements, in each way of installing."""
    # Beside Python in a virtual environment; in bin beside lib for --user; in bin below for --target.
    places = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    places += [
        folder for entry in own_packages() for folder in (entry.parents[2] / "bin", entry / "bin")
    ]
    for place in places:
        if os.access(place / name, os.X_OK):
            return str(place / name)
    return None


def own_packages() -> Iterator[Path]:
    """Yield the folders from which our own requirements are imported."""
    for entry in sys.path:
        if len(Path(entry).parents) > 3 and Path(entry).is_dir():
            yield Path(entry)
