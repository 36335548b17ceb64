"""What the worksheet's pages are given: the folder, the day, and whom to ask what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.measurements.log import FILE_NAME, read_log
from fairlead.measurements.model import Measurement
from fairlead.worksheet.folder import load
from fairlead.worksheet.model import Worksheet

if TYPE_CHECKING:  # a worksheet alone opens no store
    from fairlead.measurements.asking import Question


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One worksheet on one's desk.

    ``observed`` answers from what the platform around it has measured, and is None for a worksheet
    alone.
    """

    folder: Path
    today: Callable[[], date] = _today
    observed: Callable[[Question], Measurement | None] | None = None

    @property
    def alone(self) -> bool:
        """Whether there is no platform around it."""
        return self.observed is None

    def read(self) -> Worksheet:
        """Return the worksheet as its files are at this moment."""
        return load(self.folder)

    def measurements(self) -> tuple[Measurement, ...]:
        """Return what figures can be bound to: the measurements that the folder keeps."""
        return read_log(self.folder / FILE_NAME)
