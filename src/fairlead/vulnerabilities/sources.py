"""Where advisories are imported from: OSV's zip, JSON lines, a folder of JSON or YAML files.

A source is not trusted. Nothing is written out of it; sizes are limited while reading, whatever the
archive claims; links are not followed.
"""

from __future__ import annotations

import gzip
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from fairlead.errors import FairleadError
from fairlead.vulnerabilities.osv import CorruptError

LARGEST_RECORD = 8 << 20
"""Bytes of one record; a larger one is counted as corrupt."""

LARGEST_SOURCE = 1 << 30
"""Bytes of a whole source, unpacked; a larger one is refused."""

_SUFFIXES = {".json", ".yaml", ".yml"}
_FETCH_AGAIN = (
    "fetch the file again from https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip"
)

Item = tuple[str, object | CorruptError]
"""The name of a record within its source, and the decoded record or why it could not be decoded."""


def read_source(source: Path) -> Iterator[Item]:
    """Yield every record of ``source`` in its own order; raises FairleadError for a source as a whole.

    A zip and a folder hold one record in a file, JSON lines (``.jsonl``, ``.ndjson``, also with
    ``.gz``) one in a line.
    """
    names = source.name.lower()
    try:
        if source.is_dir():
            yield from _folder(source)
        elif not source.exists():
            raise FairleadError(f"there is no {source}", fix="give a zip, a JSONL file or a folder")
        elif zipfile.is_zipfile(source):
            yield from _zip(source)
        elif names.endswith((".jsonl.gz", ".ndjson.gz")):
            with gzip.open(source, "rb") as lines:
                yield from _lines(lines)
        elif names.endswith((".jsonl", ".ndjson")):
            with source.open("rb") as lines:
                yield from _lines(lines)
        else:
            raise FairleadError(
                f"{source} is no zip, and its name does not end in .jsonl, .ndjson (or .gz)",
                fix="fairlead advisories import --help  says what can be imported",
            )
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise FairleadError(f"{source} cannot be read to its end: {error}", fix=_FETCH_AGAIN) from error


def _zip(source: Path) -> Iterator[Item]:
    with zipfile.ZipFile(source) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        for member in members:
            path = PurePosixPath(member.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts:
                raise FairleadError(
                    f"{source} holds {member.filename!r}, a path out of the archive: refused",
                    fix=_FETCH_AGAIN,
                )
            if member.flag_bits & 1:
                raise FairleadError(f"{source} is encrypted", fix=_FETCH_AGAIN)
        budget = _Budget(source)
        for member in members:
            if PurePosixPath(member.filename).suffix.lower() in _SUFFIXES:
                with archive.open(member) as file:
                    yield member.filename, _record(member.filename, _bounded(file, budget))


def _folder(source: Path) -> Iterator[Item]:
    budget = _Budget(source)
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if path.suffix.lower() in _SUFFIXES and path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    yield str(path.relative_to(source)), _record(name, _bounded(file, budget))


def _lines(lines: IO[bytes] | gzip.GzipFile) -> Iterator[Item]:
    budget = _Budget(Path(getattr(lines, "name", "the file")))
    number = 0
    while line := lines.readline(LARGEST_RECORD + 1):
        number += 1
        budget.spend(len(line))
        if len(line) > LARGEST_RECORD:
            while line and not line.endswith(b"\n"):  # the rest of the line is part of the same record
                line = lines.readline(LARGEST_RECORD + 1)
                budget.spend(len(line))
            yield f"line {number}", _too_large()
        elif line.strip():
            yield f"line {number}", _record("line.json", line)


class _Budget:
    """How many bytes a source may still give."""

    def __init__(self, source: Path) -> None:
        self.source, self.left = source, LARGEST_SOURCE

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise FairleadError(
                f"{self.source} unpacks to more than {LARGEST_SOURCE >> 20} MiB: refused",
                fix=_FETCH_AGAIN,
            )


def _bounded(file: IO[bytes], budget: _Budget) -> bytes:
    content = file.read(LARGEST_RECORD + 1)
    budget.spend(len(content))
    return content


def _record(name: str, content: bytes) -> object | CorruptError:
    if len(content) > LARGEST_RECORD:
        return _too_large()
    try:
        if name.lower().endswith(".json"):
            return json.loads(content)
        return _yaml(content)
    except (ValueError, RecursionError) as error:
        return CorruptError(f"it cannot be decoded: {str(error).splitlines()[0]}")


def _yaml(content: bytes) -> Any:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        # Every scalar stays text: 1.10 is a version here, not a number.
        return yaml.load(content, Loader=loader)  # noqa: S506 - the base loader builds text, lists, maps
    except yaml.YAMLError as error:
        raise CorruptError(" ".join(str(error).split())[:200]) from error


def _too_large() -> CorruptError:
    return CorruptError(f"it is larger than {LARGEST_RECORD >> 20} MiB")
