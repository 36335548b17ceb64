"""What the worksheet's pages are given: the folder, what day it is, and what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from fairlead.measurements.log import FILE_NAME, read_log
from fairlead.measurements.model import Measurement
from fairlead.worksheet.folder import load
from fairlead.worksheet.model import Worksheet


def _today() -> date:
    return datetime.now(UTC).date()


def _nothing() -> tuple[Measurement, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One worksheet on one's desk.

    ``alone`` says that there is no platform around it. ``observed`` are measurements that somebody
    else keeps, the platform's, beside those of the folder.
    """

    folder: Path
    alone: bool = False
    today: Callable[[], date] = _today
    observed: Callable[[], tuple[Measurement, ...]] = _nothing

    def read(self) -> Worksheet:
        """Return the worksheet as its files are at this moment."""
        return load(self.folder)

    def measurements(self) -> tuple[Measurement, ...]:
        """Return what figures can be bound to: the folder's measurements, then the platform's."""
        return (*read_log(self.folder / FILE_NAME), *self.observed())
