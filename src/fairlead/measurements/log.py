"""Where measurements are kept: one JSON object a line, only ever added to.

Lines of text rather than a database: the file lies in a folder that people keep under git and read
with their eyes, a year of it is a few thousand lines, and what a merge or an editor did to it can be
seen and mended. Every addition writes the whole file anew beside the old one and swaps it in, under a
lock on the folder, so that a crash or a second import at the same moment loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.measurements.model import Measurement, as_record
from fairlead.measurements.records import read_record
from fairlead.store.writing import held, write_lasting

FILE_NAME = "measurements.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What an import did: how many measurements are new, and how many were there before."""

    new: tuple[Measurement, ...]
    known: int


def read_log(path: Path) -> tuple[Measurement, ...]:
    """Return every measurement in the file, in the order of their import; none where there's no file.

    Raises FairleadError, with the line's number, for a line that isn't a measurement.
    """
    return tuple(_parse(_read_lines(path), path))


def add_to_log(path: Path, measurements: Iterable[Measurement]) -> Added:
    """Add the measurements that the file doesn't hold yet, all of them or none.

    The folder is made where it is missing. Lines that are there keep their bytes.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with held(path.parent):
            before = path.read_bytes() if path.exists() else b""
            known = {one.id for one in _parse(_lines_of(before), path)}
            new: dict[str, Measurement] = {}
            repeated = 0
            for one in measurements:
                if one.id in known or one.id in new:
                    repeated += 1
                else:
                    new[one.id] = one
            if new:
                gap = b"" if before.endswith(b"\n") or not before else b"\n"
                added = "".join(f"{_line(one)}\n" for one in new.values())
                write_lasting(path, before + gap + added.encode(), mode=0o600)
    except OSError as error:
        raise FairleadError(
            f"{path} could not be written ({error.strerror or error})",
            fix="make room or allow writing there, then import again; nothing was changed",
        ) from error
    return Added(new=tuple(new.values()), known=repeated)


def find_measurement(measurements: Iterable[Measurement], prefix: str) -> Measurement:
    """Return the one measurement whose id starts with ``prefix``; raises FairleadError otherwise."""
    found = [one for one in measurements if one.id.startswith(prefix.lower())]
    if len(found) == 1:
        return found[0]
    if not found:
        raise FairleadError(
            f"no measurement has an id that starts with {prefix!r}", fix="fairlead measurements list"
        )
    raise FairleadError(
        f"{len(found)} measurements have ids that start with {prefix!r}",
        fix=f"write more of it: {', '.join(one.id for one in found[:4])}",
    )


def _line(measurement: Measurement) -> str:
    record = {"id": measurement.id, **as_record(measurement)}
    return json.dumps(record, ensure_ascii=False)


def _read_lines(path: Path) -> list[bytes]:
    try:
        return _lines_of(path.read_bytes())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise FairleadError(
            f"{path} could not be read ({error.strerror or error})", fix=f"ls -l {path}"
        ) from error


def _lines_of(data: bytes) -> list[bytes]:
    return data.split(b"\n")


def _parse(lines: list[bytes], path: Path) -> Iterator[Measurement]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("it is not an object")
            record.pop("id", None)
            yield read_record(record)
        except (ValueError, RecursionError, FairleadError) as error:
            said = error.cause if isinstance(error, FairleadError) else str(error)
            raise FairleadError(
                f"{path}:{number} is not a measurement: {said}",
                fix=f"mend or remove line {number} of {path}, then run this again",
            ) from error
