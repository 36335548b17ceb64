"""Faults that a test has happen at a certain moment."""

from __future__ import annotations

import shutil
from pathlib import Path


def killed_at_first(program: str, folder: Path) -> str:
    """Return a ``PATH`` on which a program's first start is killed; ``folder`` has a file ``killed`` then.

    From the second on it is the real one.
    """
    real = shutil.which(program)
    wrapper = folder / "path" / program
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\n[ -e {folder}/killed ] || {{ >{folder}/killed; kill -KILL $$; }}\nexec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    return f"{wrapper.parent}:/usr/bin:/bin"
