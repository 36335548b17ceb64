"""Where a line of a notebook's cell stands in the notebook's file."""

from __future__ import annotations

import json
from collections.abc import Sequence


def line_in_file(lines: Sequence[bytes], cell: int, row: int) -> int:
    """Return the 1-based line of the file that holds a cell's row; 0 where rows have no lines.

    ``cell`` counts all cells and ``row`` the cell's lines, both from 1, as ruff counts them. Jupyter
    writes each row as a string on a line of its own; other writers needn't.
    """
    starts = [number for number, line in enumerate(lines) if line.lstrip().startswith(b'"source":')]
    if not (0 < cell <= len(starts)):
        return 0
    at = starts[cell - 1] + row
    try:
        source = json.loads(b"\n".join(lines))["cells"][cell - 1]["source"]
        is_there = json.loads(lines[at].strip().rstrip(b",")) == source[row - 1]
    except (ValueError, LookupError, TypeError, RecursionError):
        return 0
    return at + 1 if is_there else 0
