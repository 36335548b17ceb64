"""The words of the room: what a measurement is, and how its identity follows from what it says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

ID_LENGTH = 12
"""Hexadecimal digits of a measurement's id: 48 bits, enough for a folder of a person's figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When something was measured: from ``start`` to ``end``, both ISO 8601, equal for an instant.

    A date alone (``2026-03-01``) stands for the whole day; times carry their offset from UTC.
    """

    start: str
    end: str

    def __str__(self) -> str:
        return self.start if self.start == self.end else f"{self.start} to {self.end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One figure that something measured, with all that is needed to say what it means.

    ``statistic`` is in the spelling that ``statistics.parse_statistic`` gives (``mean``, ``p95``);
    ``unit`` is as written (``ms``), ``""`` for a plain number. ``n`` counts what the statistic is
    taken over, ``None`` when the source doesn't say. ``condition`` is under what circumstances
    (``peak hours``), ``source`` the file or address it was read from. ``labels`` are the source's
    other columns, sorted by name.
    """

    metric: str
    statistic: str
    value: float
    unit: str = ""
    n: int | None = None
    window: Window | None = None
    condition: str = ""
    source: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """A digest of everything the measurement says, so that importing it twice changes nothing."""
        text = json.dumps(as_record(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:ID_LENGTH]


def as_record(measurement: Measurement) -> dict[str, object]:
    """Return the measurement as what JSON can say, without what it leaves open; the id not included."""
    window = measurement.window
    record: dict[str, object] = {
        "metric": measurement.metric,
        "statistic": measurement.statistic,
        "value": measurement.value,
        "unit": measurement.unit,
        "n": measurement.n,
        "window": {"start": window.start, "end": window.end} if window else None,
        "condition": measurement.condition,
        "source": measurement.source,
        "labels": dict(measurement.labels),
    }
    return {name: said for name, said in record.items() if said not in (None, "", {})}


def parse_instant(text: str) -> str:
    """Return an ISO 8601 date or time in one spelling; raises ValueError for anything else.

    A time without an offset is taken as UTC, since that is what monitoring systems write.
    """
    if len(text) == len("2026-03-01"):
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.isoformat(timespec="seconds")


def parse_window(start: str, end: str = "") -> Window:
    """Return the window between two instants; ``start`` may hold both, parted by ``/`` or `` to ``.

    Raises ValueError when one cannot be read or the end lies before the start.
    """
    if not end:
        for divider in ("/", " to ", " – ", ".."):
            if divider in start:
                start, end = start.split(divider, 1)
                break
    first = parse_instant(start.strip())
    last = parse_instant(end.strip()) if end.strip() else first
    if _moment(last) < _moment(first):
        raise ValueError("the end lies before the start")
    return Window(start=first, end=last)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
