"""The embedded engine: worker processes of our own on this machine."""

from __future__ import annotations

from fairlead.workers.crew import Crew
from fairlead.workers.keeping import Health


class Pool:
    """An engine whose workers belong to the process that starts it."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew

    def start(self) -> None:
        """Start the workers."""
        self._crew.start()

    def wake(self, waiting: int) -> None:
        """Have idle workers look into the ledger."""
        self._crew.wake()

    def health(self) -> Health:
        """Say whether there are as many workers as there are to be."""
        alive, size = self._crew.alive, self._crew.size
        return Health(
            ok=alive > 0,
            words=f"{alive} of {size} worker processes run",
            fix="" if alive else "see the log for why they end; they are started again all the time",
            workers=alive,
        )

    def stop(self, *, patience: float) -> None:
        """Have the workers hand back their runs and end."""
        self._crew.stop(patience=patience)
