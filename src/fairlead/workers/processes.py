"""Which processes come from which: by parents, and by a mark in the environment (Linux)."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def descendants(ancestor: int, *, but: int | None = None) -> list[int]:
    """Return the living processes below one, nearest first; without one of these and what it has."""
    children: dict[int, list[int]] = {}
    for pid in _all():
        parent = _parent(pid)
        if parent is not None and pid != but:
            children.setdefault(parent, []).append(pid)
    found, waiting = [], [ancestor]
    while waiting:
        below = children.get(waiting.pop(0), [])
        found += below
        waiting += below
    return found


def mark_of(leash: int) -> str:
    """Return what the processes of a leash carry: its place, number and beginning.

    A number alone would mean another process after a while, or in another container.
    """
    return f"{_space()}-{leash}-{_began(leash)}"


def end_strays(name: str) -> int:
    """End every process that carries the mark of a leash that is gone; return how many there were.

    ``name`` is the variable that holds the mark. What belongs to others, or to another container, is
    left alone.
    """
    ended = 0
    while found := list(_strays(name)):
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        ended += len(found)
        time.sleep(0.01)
    return ended


def _strays(name: str) -> Iterator[int]:
    wanted = f"{name}={_space()}-".encode()
    for pid in _all():
        try:
            environment = (_PROC / str(pid) / "environ").read_bytes()
        except OSError:
            continue
        for entry in environment.split(b"\0"):
            if entry.startswith(wanted):
                leash = entry.rpartition(b"=")[2].decode("ascii", "replace").split("-")
                if len(leash) == 3 and leash[2] != _began(leash[1]):
                    yield pid


def _all() -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir(_PROC) if name.isdecimal())  # noqa: PTH208


def _parent(pid: int) -> int | None:
    """Return a process's parent, ``None`` for one that is gone or a zombie."""
    fields = _fields(pid)
    return None if not fields or fields[0] == "Z" else int(fields[1])


def _began(pid: int | str) -> str:
    """Return when a process began, in the kernel's ticks; ``""`` for one that is gone."""
    fields = _fields(pid)
    return "" if not fields or fields[0] == "Z" else fields[19]


def _fields(pid: int | str) -> list[str]:
    """Return the fields of a process's ``stat`` from its state on."""
    try:
        return (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _space() -> str:
    """Return the name of the space that process numbers mean something in."""
    try:
        return os.readlink(_PROC / "self/ns/pid").strip("pid:[]")  # noqa: PTH115
    except OSError:
        return "0"
