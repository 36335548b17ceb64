"""The lines that a change added or altered, for all that have to tell them from the others."""

from __future__ import annotations

import threading

from fairlead.changes.diff import changed_lines
from fairlead.changes.git import Repository
from fairlead.changes.model import Change
from fairlead.checks.fingerprints import Lines


class ChangedLines:
    """The head's changed lines, found when they are first asked for: that takes a look at git."""

    def __init__(self, repository: Repository, change: Change) -> None:
        self._repository, self._change = repository, change
        self._lines: Lines | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Lines:
        """Return them by path; git is asked once."""
        with self._lock:
            if self._lines is None:
                change = self._change
                self._lines = changed_lines(self._repository, change.range, change.files)
            return self._lines
