"""What an isolated check may reach: its environments and tools to read, its own folders to write."""

from __future__ import annotations

import site
import sys
from collections.abc import Iterable
from pathlib import Path

from fairlead.environments.found import links_of
from fairlead.environments.model import Environment
from fairlead.isolation import Cell


def cell_of(environments: Iterable[Environment], *, writable: Iterable[Path]) -> Cell:
    """Return the cell in which a check runs programs of these environments, and our own."""
    readable = [Path(sys.prefix), Path(sys.base_prefix), *map(Path, site.getsitepackages())]
    readable += links_of(Path(sys.executable))
    for environment in environments:
        readable += [environment.prefix, environment.home.parent, *environment.packages]
        readable += [*links_of(environment.python), *map(Path, environment.declared.readable)]
    return Cell(readable=tuple(dict.fromkeys(readable)), writable=tuple(writable))
