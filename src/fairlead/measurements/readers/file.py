"""From a file, whatever its format, to measurements; one module per kind of source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.measurements.model import Measurement
from fairlead.measurements.readers.document import read_document
from fairlead.measurements.readers.table import read_table
from fairlead.measurements.records import NOTHING_GIVEN, Given

LIMIT = 64 << 20
"""How many bytes a file of measurements may have."""


def read_file(path: Path, *, given: Given = NOTHING_GIVEN) -> tuple[Measurement, ...]:
    """Return the measurements of a CSV or JSON file, by what is in it rather than by its name.

    Each one's source is the file's name, without its folder, unless the file or ``given`` says better.
    Raises FairleadError for a file that cannot be read or holds no measurement.
    """
    try:
        if path.stat().st_size > LIMIT:
            raise FairleadError(
                f"{path} is larger than {LIMIT >> 20} MiB",
                fix="import the summary, not the raw samples",
            )
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise FairleadError(
            f"{path} cannot be read ({error.strerror or error})", fix=f"ls -l {path}"
        ) from error
    except UnicodeDecodeError as error:
        raise FairleadError(
            f"{path} is not UTF-8 text (byte {error.start})", fix="save it as UTF-8 CSV or JSON"
        ) from error
    given = given if given.source else replace(given, source=path.name)
    read = read_document if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")) else read_table
    try:
        found = read(text, given=given)
    except FairleadError as error:
        raise FairleadError(f"{path}: {error.cause}", fix=error.fix) from error
    if not found:
        raise FairleadError(
            f"{path} holds no measurement", fix="check that this is the file that you meant"
        )
    return found
