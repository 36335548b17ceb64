"""What a run tells while it goes on."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Protocol

from fairlead.checks.model import CheckResult


class Progress(Protocol):
    """Hears of a run as it goes on; called from several threads, never by two at once."""

    def planned(self, expected: Mapping[str, float | None]) -> None:
        """Hear which checks will have to run, those likely to take longest first.

        The values are the seconds that each took last time, ``None`` where nobody knows. Checks whose
        results are all kept from earlier are not among them.
        """
        ...

    def started(self, check: str, doing: str) -> None:
        """Hear that a check begins on something new: a tool's name, its installation, the base."""
        ...

    def finished(self, result: CheckResult) -> None:
        """Hear a check's result; again when a tree turned out to have been altered under it."""
        ...


class Silence:
    """A progress that nobody hears."""

    def planned(self, expected: Mapping[str, float | None]) -> None:
        """Do nothing."""

    def started(self, check: str, doing: str) -> None:
        """Do nothing."""

    def finished(self, result: CheckResult) -> None:
        """Do nothing."""


class InTurn:
    """A progress that is told one thing at a time."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._lock = progress, threading.Lock()

    def planned(self, expected: Mapping[str, float | None]) -> None:
        """Pass it on."""
        with self._lock:
            self._progress.planned(expected)

    def started(self, check: str, doing: str) -> None:
        """Pass it on."""
        with self._lock:
            self._progress.started(check, doing)

    def finished(self, result: CheckResult) -> None:
        """Pass it on."""
        with self._lock:
            self._progress.finished(result)
