"""Telling whether processes that should have ended have."""

from __future__ import annotations

import time
from pathlib import Path


def ended(pid: int) -> bool:
    """Whether the process is gone or a zombie, after waiting a moment for the kernel."""
    for _ in range(200):
        if not _is_running(pid):
            return True
        time.sleep(0.01)
    return False


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
