"""A reader of the outbox, as an outside system has one: it goes on from the last number it was given.

It is a process of its own that writes every number down; a restart of the store only makes it wait.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy.exc

from fairlead.store.database import Database, open_database
from fairlead.store.outbox import last_number, read_after


class Reader:
    """The reading process, and what it has read."""

    def __init__(self, store: str, file: Path) -> None:
        self._words = [sys.executable, __file__, store, str(file)]
        self._file = file
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to read."""
        self._process = subprocess.Popen(self._words)

    def finish(self, database: Database) -> None:
        """Wait until it has read what there is, at most a minute."""
        until = time.monotonic() + 60
        with database.read() as connection:
            newest = last_number(connection)
        while time.monotonic() < until and (not self.numbers() or self.numbers()[-1] < newest):
            time.sleep(0.1)

    def numbers(self) -> list[int]:
        """Return the numbers of the events in the order in which they were read."""
        return [int(line) for line in self._file.read_text().split()] if self._file.exists() else []

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def _read(store: str, file: Path) -> None:
    database, last = open_database(store), 0
    with file.open("a") as written:
        while True:
            events = ()
            with contextlib.suppress(sqlalchemy.exc.DBAPIError), database.read() as connection:
                events = read_after(connection, last, limit=50)
            for event in events:
                written.write(f"{event.number}\n")
                last = event.number
            written.flush()
            if not events:
                time.sleep(0.005)


if __name__ == "__main__":
    _read(sys.argv[1], Path(sys.argv[2]))
