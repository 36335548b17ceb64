"""Faults that a test has happen at a certain moment."""

from __future__ import annotations

import shutil
from pathlib import Path


def killed_at_first(program: str, folder: Path) -> str:
    """Return a ``PATH`` on which a program is killed when it first starts, and then is the real one.

    ``folder`` has a file ``killed`` from that moment on.
    """
    real, mark = shutil.which(program), folder / "killed"
    wrapper = folder / "path" / program
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\n[ -e {mark} ] || {{ >{mark}; kill -KILL $$; }}\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    return f"{wrapper.parent}:/usr/bin:/bin"
