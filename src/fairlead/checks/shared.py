"""What the checks of one run make for each other: a test run that coverage reads too, a built wheel."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

_Made = TypeVar("_Made")


@dataclass(slots=True)
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    value: Any = None
    error: BaseException | None = None


class Shared:
    """Work that is done once for a tree, whichever check asks first.

    ``folder`` is one in which products may be left for the other checks, made when first asked for; it
    goes when the run ends.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._slots: dict[str, _Slot] = {}
        self._lock = threading.Lock()

    @property
    def folder(self) -> Path:
        """A folder that all checks of this tree may write."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder

    def once(self, key: str, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` returned to the first who asked under this key; the others wait for it.

        What it raised is raised to all of them. Only frozen values, and files that nobody writes
        afterwards, may be shared.
        """
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
        with slot.lock:
            if not slot.done:
                try:
                    slot.value = make()
                except BaseException as error:
                    slot.error = error
                slot.done = True
        if slot.error is not None:
            raise slot.error
        return cast(_Made, slot.value)
