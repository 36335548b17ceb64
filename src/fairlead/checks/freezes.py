"""Freeze windows: when nothing goes out, once or every week, always with a time zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from fairlead.errors import FairleadError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as the policy writes them, Monday first."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_ONCE = {"reason", "start", "end"}
_WEEKLY = {"reason", "days", "from", "until", "zone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A window from ``start`` up to, and without, ``end``; both know their time zone."""

    reason: str
    start: datetime
    end: datetime

    def ending(self, now: datetime) -> datetime | None:
        """Return when the window that ``now`` lies in ends, ``None`` outside."""
        return self.end if self.start <= now < self.end else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyFreeze:
    """A window on each of ``days`` (0 is Monday), by the clocks of ``zone``.

    It runs from ``begins`` up to ``ends``; where that is not later on the same day, to the next day.
    """

    reason: str
    days: frozenset[int]
    begins: time
    ends: time
    zone: tzinfo

    def ending(self, now: datetime) -> datetime | None:
        """Return when the window that ``now`` lies in ends, ``None`` outside."""
        here = now.astimezone(self.zone)
        endings = []
        for day in (here.date() - timedelta(days=1), here.date()):
            start = datetime.combine(day, self.begins, self.zone)
            over = day if self.ends > self.begins else day + timedelta(days=1)
            end = datetime.combine(over, self.ends, self.zone)
            # Compared in UTC: within one zone Python compares clock faces, wrong when clocks change.
            if day.weekday() in self.days and start.astimezone(UTC) <= now < end.astimezone(UTC):
                endings.append(end)
        return max(endings, default=None)


def read_freeze(entry: object) -> Freeze | WeeklyFreeze:
    """Return the window that one entry of the policy's ``freeze`` means; raises FairleadError.

    Either ``reason``, ``start`` and ``end`` (date and time with an offset), or ``reason``, ``days``,
    ``from``, ``until`` (``HH:MM``; ``24:00`` ends a day) and ``zone`` (a name such as Europe/Berlin).
    """
    if not isinstance(entry, Mapping):
        raise _odd(f"{entry!r} is not a table")
    reason = entry.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise _odd("a window has no reason")
    odd = sorted(set(entry) - _ONCE) if "days" not in entry else sorted(set(entry) - _WEEKLY)
    if odd:
        raise _odd(f"{reason!r} has {odd[0]!r}, which means nothing there")
    if "days" not in entry:
        start, end = _moment(entry.get("start"), reason), _moment(entry.get("end"), reason)
        if start >= end:
            raise _odd(f"{reason!r} ends before it starts")
        return Freeze(reason=reason, start=start, end=end)
    days = entry["days"]
    if not isinstance(days, list | tuple) or not days or not all(day in DAYS for day in days):
        raise _odd(f"{reason!r} has days {days!r}, not a list out of {', '.join(DAYS)}")
    return WeeklyFreeze(
        reason=reason,
        days=frozenset(DAYS.index(day) for day in days),
        begins=_clock(entry.get("from"), reason),
        ends=time(0) if entry.get("until") == "24:00" else _clock(entry.get("until"), reason),
        zone=_zone(entry.get("zone"), reason),
    )


def _moment(value: object, reason: str) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise _odd(f"{reason!r} has {value!r}, not a date and time") from error
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _odd(f"{reason!r} has {value!s}, not a date and time with a time zone")
    return value


def _clock(value: object, reason: str) -> time:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise _odd(f"{reason!r} has {value!r}, not a time such as 16:00")
    return time(int(found[1]), int(found[2]))


def _zone(value: object, reason: str) -> tzinfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if value == "UTC":  # known without the machine's time zone data
        return UTC
    try:
        return ZoneInfo(value if isinstance(value, str) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _odd(f"{reason!r} has zone {value!r}, which this machine does not know") from error


def _odd(cause: str) -> FairleadError:
    return FairleadError(
        f"a freeze window in the policy cannot be read: {cause}",
        fix="write reason, start and end, such as 2026-12-19T18:00:00+01:00; or reason, "
        'days = ["fri"], from = "16:00", until = "24:00" and zone = "Europe/Berlin"',
    )
