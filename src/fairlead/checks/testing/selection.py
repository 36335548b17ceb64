"""Which earlier record of what tests executed may be used for a tree, and where it lies.

A record tells which tests a change of Python code can affect. Of everything else that tests depend on
it tells nothing, so that all of that is part of its key: the environment, the configuration, data
files, the conftests, which modules there are. Under a new key nothing is recorded, and every test runs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.changes.attributes import Attributes
from fairlead.changes.model import Nature
from fairlead.changes.nature import Subject, classify
from fairlead.checks.kept import code_digest, digest
from fairlead.checks.kinds import is_test
from fairlead.store.folder import put_aside

TESTMON = "testmon.sqlite"
GRAPH = "imports.json"
PARSED = "parsed.json"
_PARTS = (TESTMON, GRAPH, PARSED)

_SERVICES = re.compile(
    r"^\.(?:circleci|devcontainer|forgejo|github|gitlab|idea|vscode)/"
    r"|(?:^|/)\.(?:editorconfig|gitattributes|gitignore|mailmap)$"
    r"|^\.(?:gitlab-ci|pre-commit-config|readthedocs)\.ya?ml$|(?:^|/)CODEOWNERS$"
)
"""Files that steer code hosts, editors and hooks: nothing that tests execute reads them."""

_FOLDER = "tests"
_MOST = 8
_PLAIN_FILE = 0o100644


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A tree as the choice of tests sees it.

    ``python`` are the digests of its Python files by path; ``rest`` stands for all else that a test may
    depend on: the names of the modules, and what the other files hold.
    """

    python: Mapping[str, str]
    rest: str


def read_sources(folder: Path, paths: Iterable[str]) -> Sources:
    """Return the sources of a tree; documents, and what steers code hosts, don't take part."""
    python: dict[str, str] = {}
    rest: list[str] = []
    for path in paths:
        if path.endswith(".py"):
            python[path] = _digest(folder / path)
            if not is_test(path):
                rest.append(path)
            elif path.rpartition("/")[2] == "conftest.py":
                rest.append(f"{path} {python[path]}")
        elif not _SERVICES.search(path) and not _is_document(path):
            rest.append(f"{path} {_digest(folder / path)}")
    return Sources(python=python, rest=digest(*rest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The place of one record; ``folder`` is ``None`` where nothing stays between runs."""

    folder: Path | None

    def take(self, into: Path) -> bool:
        """Copy the record to ``into`` and say whether there was one; one that has rotted is none."""
        if self.folder is None:
            return False
        try:
            for name in _PARTS:
                shutil.copyfile(self.folder / name, into / name)
            os.utime(self.folder)
            _require_whole(into)
        except (OSError, ValueError, sqlite3.Error):
            for name in _PARTS:
                (into / name).unlink(missing_ok=True)
            return False
        return True

    def put(self, made: Path) -> None:
        """Keep a new record in the place of the old one, as a whole; what can't be kept isn't."""
        if self.folder is None or not all((made / name).is_file() for name in _PARTS):
            return
        with contextlib.suppress(OSError):
            beginning = self.folder.with_name(
                f".{self.folder.name}.{os.getpid()}.{os.urandom(4).hex()}"
            )
            beginning.mkdir(parents=True)
            for name in _PARTS:
                shutil.copyfile(made / name, beginning / name)
            if self.folder.exists():
                put_aside(self.folder)
            beginning.rename(self.folder)
            _prune(self.folder.parent)


def shelf_of(state: Path | None, sources: Sources, *words: str) -> Shelf:
    """Return the place of the record for these sources; ``words`` are what else it depends on."""
    if state is None:
        return Shelf(folder=None)
    return Shelf(folder=state / _FOLDER / digest(code_digest(), sources.rest, *words))


def _require_whole(record: Path) -> None:
    """Raise ValueError or sqlite3.Error when a record can't be what was put: testmon would stumble."""
    for name in (GRAPH, PARSED):
        if not isinstance(json.loads((record / name).read_bytes()), dict):
            raise ValueError(name)
    with contextlib.closing(sqlite3.connect(record / TESTMON)) as database:
        if database.execute("pragma quick_check").fetchone() != ("ok",):
            raise ValueError(TESTMON)


def _prune(shelves: Path) -> None:
    """Keep the records that were used last, so that the state stays small."""
    kept = [place for place in shelves.iterdir() if not place.name.startswith(".")]
    kept.sort(key=lambda place: place.stat().st_mtime, reverse=True)
    for place in kept[_MOST:]:
        put_aside(place)


def _is_document(path: str) -> bool:
    subject = Subject(path=path, mode=_PLAIN_FILE, old=None, new=None)
    return classify(subject, Attributes()).nature is Nature.DOCUMENTATION


def _digest(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]
