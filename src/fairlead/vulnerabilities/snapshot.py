"""The advisories on this machine: one SQLite file, written whole by an import, then only read."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fairlead.errors import FairleadError
from fairlead.vulnerabilities.model import Advisory, Affected, Ecosystem, Event, Level, Snapshot

if TYPE_CHECKING:  # only an import needs them; every check of a change asks how old the snapshot is
    from fairlead.vulnerabilities.osv import CorruptError

FILE = "advisories.sqlite"
"""The snapshot's name within its folder."""

LAYOUT = 1
"""The layout of the file; one of another layout is not read, only replaced."""

IMPORT = "fairlead advisories import FILE"
"""The command that makes a snapshot."""

_EXAMPLES = 5
_TABLES = """
create table meta (key text primary key, value text not null) without rowid;
create table advisory (
    ecosystem text not null, name text not null, id text not null, record text not null,
    primary key (ecosystem, name, id)
) without rowid;
"""


def import_snapshot(*sources: Path, into: Path, now: datetime) -> Snapshot:
    """Read every record of ``sources`` and make them the snapshot in folder ``into``.

    The snapshot that was there is replaced at the end, in one step, and stays as it is on any failure.
    Of two records with one id the later modified counts. A record that is corrupt, or modified later
    than a day after ``now``, is left out and counted; withdrawn ones and those about other ecosystems
    too. Raises FairleadError when a source cannot be read to its end, or nothing is left to keep.
    """
    try:
        into.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=into, prefix=".import-", suffix=".sqlite")
    except OSError as error:
        raise _unwritable(into, error) from error
    os.close(descriptor)
    written = Path(name)
    try:
        with closing(sqlite3.connect(written)) as store:
            # The file is thrown away if anything fails, so a journal would protect nothing.
            store.executescript("pragma journal_mode = off; pragma synchronous = off;" + _TABLES)
            snapshot = _fill(store, sources, now)
            store.execute(f"pragma user_version = {LAYOUT}")
            store.commit()
            store.execute("vacuum")
        with written.open("rb") as file:
            os.fsync(file.fileno())
        written.chmod(0o644)
        written.replace(into / FILE)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(into, error) from error
    finally:
        written.unlink(missing_ok=True)
    return snapshot


def read_snapshot(folder: Path) -> Snapshot | None:
    """Return what lies in ``folder``, ``None`` when nothing does; raises FairleadError when damaged."""
    if not (folder / FILE).exists():
        return None
    with _open(folder) as store:
        return _describe(store)


def read_advisories(folder: Path, packages: Iterable[tuple[Ecosystem, str]]) -> Iterator[Advisory]:
    """Yield the advisories about ``packages`` (ecosystem and normal name), by package and then id.

    Each one's ``affected`` holds the package it was asked for alone. Raises FairleadError when the
    snapshot is missing or damaged.
    """
    with _open(folder) as store:
        for ecosystem, name in packages:
            rows = store.execute(
                "select id, record from advisory where ecosystem = ? and name = ? order by id",
                (ecosystem.value, name),
            )
            for id_, record in rows:
                yield _decode(id_, ecosystem, name, json.loads(record))


def _fill(store: sqlite3.Connection, sources: Iterable[Path], now: datetime) -> Snapshot:
    from fairlead.vulnerabilities.osv import CorruptError
    from fairlead.vulnerabilities.sources import read_source

    latest: dict[str, datetime] = {}
    holders: dict[str, tuple[Ecosystem, ...]] = {}
    left_out: dict[str, str] = {}
    examples: list[str] = []
    corrupt = 0
    for source in sources:
        for name, item in read_source(source):
            try:
                advisory = _readable(item, now)
            except CorruptError as error:
                corrupt += 1
                if len(examples) < _EXAMPLES:
                    examples.append(f"{name}: {error}")
                continue
            known = latest.get(advisory.id)
            if known is not None and known >= advisory.modified:
                continue
            if known is not None and advisory.id in holders:
                store.execute("delete from advisory where id = ?", (advisory.id,))
            latest[advisory.id] = advisory.modified
            left_out.pop(advisory.id, None)
            holders.pop(advisory.id, None)
            if advisory.withdrawn or not advisory.affected:
                left_out[advisory.id] = "withdrawn" if advisory.withdrawn else "unsupported"
                continue
            holders[advisory.id] = tuple({each.ecosystem for each in advisory.affected})
            store.executemany("insert into advisory values (?, ?, ?, ?)", _encode(advisory))
    if not holders:
        raise FairleadError(
            f"no usable advisory in {', '.join(map(str, sources))}: {corrupt} corrupt, "
            f"{len(left_out)} withdrawn or about other ecosystems"
            + (f" ({examples[0]})" if examples else ""),
            fix="import an export of OSV, for example all.zip of the PyPI ecosystem from osv.dev",
        )
    digest = hashlib.sha256()
    for row in store.execute("select ecosystem, name, id, record from advisory order by 1, 2, 3"):
        digest.update("\0".join(row).encode() + b"\0")
    reasons = Counter(left_out.values())
    counts = Counter(ecosystem.value for held in holders.values() for ecosystem in held)
    snapshot = Snapshot(
        identity=digest.hexdigest(),
        newest=max(latest.values()),
        imported=now,
        advisories=dict(sorted(counts.items())),
        withdrawn=reasons["withdrawn"],
        unsupported=reasons["unsupported"],
        corrupt=corrupt,
        examples=tuple(examples),
    )
    store.executemany("insert into meta values (?, ?)", _meta(snapshot).items())
    return snapshot


def _readable(item: object | CorruptError, now: datetime) -> Advisory:
    from fairlead.vulnerabilities.osv import CorruptError, read_record

    if isinstance(item, CorruptError):
        raise item
    advisory = read_record(item)
    if advisory.modified > now + timedelta(days=1):
        # One such date would make the snapshot look fresh for ever.
        raise CorruptError(f"it claims to be modified on {advisory.modified:%Y-%m-%d}, in the future")
    return advisory


def _encode(advisory: Advisory) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each package; entries about one package (several ranges) share a row."""
    entries: dict[tuple[Ecosystem, str], list[Affected]] = {}
    for each in advisory.affected:
        entries.setdefault((each.ecosystem, each.name), []).append(each)
    for (ecosystem, name), affected in entries.items():
        record = {
            "aliases": advisory.aliases,
            "summary": advisory.summary,
            "level": advisory.level,
            "score": advisory.score,
            "modified": advisory.modified.isoformat(),
            "ranges": [
                [(event.kind, event.version) for event in range_]
                for each in affected
                for range_ in each.ranges
            ],
            "versions": [version for each in affected for version in each.versions],
        }
        compact = json.dumps(record, ensure_ascii=True, separators=(",", ":"))
        yield ecosystem.value, name.encode("utf-8", "replace").decode(), advisory.id, compact


def _decode(id_: str, ecosystem: Ecosystem, name: str, record: dict) -> Advisory:
    return Advisory(
        id=id_,
        aliases=tuple(record["aliases"]),
        summary=record["summary"],
        level=Level(record["level"]),
        score=record["score"],
        modified=datetime.fromisoformat(record["modified"]),
        withdrawn=False,
        affected=(
            Affected(
                ecosystem=ecosystem,
                name=name,
                ranges=tuple(
                    tuple(Event(kind=kind, version=version) for kind, version in range_)
                    for range_ in record["ranges"]
                ),
                versions=tuple(record["versions"]),
            ),
        ),
    )


def _meta(snapshot: Snapshot) -> dict[str, str]:
    return {
        "identity": snapshot.identity,
        "newest": snapshot.newest.isoformat(),
        "imported": snapshot.imported.isoformat(),
        "advisories": json.dumps(snapshot.advisories),
        "withdrawn": str(snapshot.withdrawn),
        "unsupported": str(snapshot.unsupported),
        "corrupt": str(snapshot.corrupt),
        "examples": json.dumps(snapshot.examples),
    }


def _describe(store: sqlite3.Connection) -> Snapshot:
    meta = dict(store.execute("select key, value from meta"))
    return Snapshot(
        identity=meta["identity"],
        newest=datetime.fromisoformat(meta["newest"]),
        imported=datetime.fromisoformat(meta["imported"]),
        advisories=json.loads(meta["advisories"]),
        withdrawn=int(meta["withdrawn"]),
        unsupported=int(meta["unsupported"]),
        corrupt=int(meta["corrupt"]),
        examples=tuple(json.loads(meta["examples"])),
    )


@contextmanager
def _open(folder: Path) -> Generator[sqlite3.Connection]:
    """Open the snapshot for reading; whatever shows it to be damaged becomes a FairleadError."""
    path = folder / FILE
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as store:
            (layout,) = store.execute("pragma user_version").fetchone()
            if layout != LAYOUT:
                raise FairleadError(
                    f"the advisories in {path} have layout {layout}, not {LAYOUT}", fix=IMPORT
                )
            yield store
    except (sqlite3.Error, KeyError, ValueError, TypeError) as error:
        raise FairleadError(f"the advisories in {path} cannot be read: {error}", fix=IMPORT) from error


def _unwritable(into: Path, error: Exception) -> FairleadError:
    return FairleadError(
        f"the advisories cannot be written to {into}: {error}",
        fix="free space there, or choose another folder: fairlead advisories import --into FOLDER FILE",
    )
