"""A running platform: what every request and every background thread of it is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fairlead.settings import Settings
from fairlead.store.database import Database
from fairlead.workers.keeping import Keeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The open store with what steers it; ``clock`` gives seconds since 1970.

    ``keeper`` has background runs carried out; ``None`` where nothing is served.
    """

    settings: Settings
    database: Database
    environ: Mapping[str, str]
    clock: Callable[[], float] = time.time
    keeper: Keeper | None = None

    def notice(self) -> None:
        """Say that a run was queued just now, so that it doesn't wait for the next look."""
        if self.keeper is not None:
            self.keeper.notice()
