"""From a table's row, or a JSON object, to a measurement: every reader of a format ends here."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fairlead.errors import FairleadError
from fairlead.measurements.model import Measurement, Window, parse_window
from fairlead.measurements.statistics import parse_statistic
from fairlead.measurements.units import parse_unit

NAMES = {
    "metric": "metric name measure measurement",
    "statistic": "statistic stat aggregation aggregate",
    "value": "value figure",
    "unit": "unit units",
    "n": "n count samples sample_size observations",
    "window": "window period",
    "start": "start from since",
    "end": "end to until",
    "condition": "condition conditions circumstances",
    "source": "source",
    "labels": "labels",
}
"""The fields of a record, and the column names that mean them."""

_FIELD_OF = {alias: field for field, aliases in NAMES.items() for alias in aliases.split()}
_NUMBER = re.compile(r"([+-]?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\D.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user says of everything that an import reads; used where the source itself is silent."""

    metric: str = ""
    statistic: str = ""
    unit: str = ""
    condition: str = ""
    window: Window | None = None
    source: str = ""


NOTHING_GIVEN = Given()


def field_of(column: str) -> str | None:
    """Return the field that a column's name means, ``None`` when it is none of ours."""
    return _FIELD_OF.get("_".join(column.lower().split()))


def read_record(record: Mapping[str, object], *, given: Given = NOTHING_GIVEN) -> Measurement:
    """Return the measurement that a record's fields say; what isn't a field becomes a label.

    Raises FairleadError for a missing metric or value, and for a value that isn't a finite number.
    """
    fields: dict[str, object] = {}
    labels: dict[str, str] = {}
    for column, said in record.items():
        field = field_of(column)
        if field is None:
            if said not in (None, ""):
                labels[column.strip()] = _plain(said)
        elif field in fields and fields[field] not in (None, ""):
            raise FairleadError(
                f"two columns both mean {field!r}", fix=f"keep one of them (the other is {column!r})"
            )
        else:
            fields[field] = said
    nested = fields.get("labels")
    if isinstance(nested, Mapping):
        labels.update({str(name): _plain(said) for name, said in nested.items()})
    elif nested not in (None, ""):
        labels["labels"] = _plain(nested)

    metric = _text(fields, "metric") or given.metric
    if not metric:
        raise FairleadError("there is no metric", fix="add a column metric, or say --metric NAME")
    value, unit_beside = _value(fields.get("value"))
    unit = _text(fields, "unit") or unit_beside or given.unit
    parse_unit(unit)
    return Measurement(
        metric=metric,
        statistic=parse_statistic(_text(fields, "statistic") or given.statistic),
        value=value,
        unit=unit,
        n=_count(fields.get("n")),
        window=_window(fields) or given.window,
        condition=_text(fields, "condition") or given.condition,
        source=_text(fields, "source") or given.source,
        labels=tuple(sorted(labels.items())),
    )


def _text(fields: Mapping[str, object], name: str) -> str:
    said = fields.get(name)
    if said is None:
        return ""
    if isinstance(said, (list, Mapping, bool)):
        raise FairleadError(f"{name} is not a text", fix=f"write {name} as a text in quotes")
    return " ".join(str(said).split())


def _plain(said: object) -> str:
    return said.strip() if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)


def _value(said: object) -> tuple[float, str]:
    """Return the number, and the unit that stands behind it in the same cell (``8 s``)."""
    if isinstance(said, bool) or said is None or said == "":
        raise FairleadError("there is no value", fix="add a column value with a number")
    unit = ""
    if isinstance(said, (int, float)):
        number = float(said)
    else:
        match = _NUMBER.fullmatch(str(said).strip())
        if not match or (match[2] or "").startswith(","):
            raise FairleadError(
                f"{str(said)!r} is not a number we can be sure of",
                fix="write it with a decimal point and without thousands separators: 1234.5",
            )
        number, unit = float(match[1]), (match[2] or "").strip()
    if not math.isfinite(number):
        raise FairleadError(f"{said!r} is not a finite number", fix="leave out what wasn't measured")
    return number, unit


def _count(said: object) -> int | None:
    if said is None or said == "":
        return None
    try:
        number = float(str(said))
    except ValueError:
        number = -1.0
    if isinstance(said, bool) or number < 0 or number % 1:
        raise FairleadError(
            f"n is {str(said)!r}, which is not a count",
            fix="n is how many observations there were: 500",
        )
    return int(number)


def _window(fields: Mapping[str, object]) -> Window | None:
    whole = fields.get("window")
    try:
        if isinstance(whole, Mapping):
            return parse_window(str(whole["start"]), str(whole["end"]))
        start = _text(fields, "window") or _text(fields, "start")
        return parse_window(start, _text(fields, "end")) if start else None
    except (ValueError, KeyError) as error:
        raise FairleadError(
            f"the window cannot be read ({error})",
            fix="write dates as 2026-03-01, times as 2026-03-01T09:00:00Z, a window as start/end",
        ) from error
