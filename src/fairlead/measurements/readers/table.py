"""CSV as people and spreadsheets write it: a header, then one measurement a line."""

from __future__ import annotations

import csv
import io

from fairlead.errors import FairleadError
from fairlead.measurements.model import Measurement
from fairlead.measurements.records import Given, field_of, read_record

_SHOWN = 5


def read_table(text: str, *, given: Given) -> tuple[Measurement, ...]:
    """Return the table's measurements in its order; ``,``, ``;`` and tab part columns.

    Raises FairleadError with the first five faults and their lines, whatever else is right: half an
    import is worse than none.
    """
    lines = text.lstrip("\ufeff")
    header = lines.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name for name in reader.fieldnames or () if name]
        _check_header(columns, given)
        found: list[Measurement] = []
        faults: list[str] = []
        for row in reader:
            if not any(cell for cell in row.values()):
                continue
            try:
                if None in row:
                    raise FairleadError("it has more cells than the header", fix="quote the cell")
                found.append(read_record(row, given=given))
            except FairleadError as fault:
                faults.append(f"line {reader.line_num}: {fault.cause}; {fault.fix}")
    except csv.Error as error:
        raise FairleadError(
            f"line {reader.line_num} is not CSV ({error})", fix="export the table as CSV again"
        ) from error
    if faults:
        more = f" (and {len(faults) - _SHOWN} more)" if len(faults) > _SHOWN else ""
        raise FairleadError(
            f"{len(faults)} of {len(found) + len(faults)} lines cannot be read, so none was imported",
            fix="mend these" + more + ":\n          " + "\n          ".join(faults[:_SHOWN]),
        )
    return tuple(found)


def _check_header(columns: list[str], given: Given) -> None:
    fields = {field_of(column) for column in columns}
    if "value" not in fields or not (given.metric or "metric" in fields):
        seen = ", ".join(columns[:8]) or "none"
        raise FairleadError(
            f"the first line names no column value or metric (it names: {seen})",
            fix="start with a header such as: metric,statistic,value,unit,n,window,condition",
        )
