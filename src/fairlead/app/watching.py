"""Following repositories: what is new in their refs is recorded, queued and read, in the background."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from fairlead.app.intake import plan_revision, take_in
from fairlead.app.platform import Platform
from fairlead.changes.git import Repository as GitRepository
from fairlead.errors import FairleadError
from fairlead.records.changes import unplanned
from fairlead.records.model import Repository
from fairlead.records.repositories import list_repositories, note_look
from fairlead.store.scratch import scratch_folder

_log = logging.getLogger("fairlead.watching")

EVERY = 2.0
"""Seconds between two looks at the refs of all watched repositories."""

PATIENCE = 30.0
"""Seconds that what is being read gets to its end when the platform stops."""

_AT_ONCE = 200


@dataclass(slots=True, kw_only=True)
class Watcher:
    """A thread that looks at the refs of watched repositories, and the memory of what it saw.

    ``fetch`` brings a repository that lies elsewhere up to date first. What is recorded and not read
    yet is read afterwards, newest first, also what an earlier process left.
    """

    platform: Platform
    fetch: Callable[[Repository], None] = lambda repository: None
    _seen: dict[int, str] = field(default_factory=dict)
    _unreadable: set[int] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, at once and then every two seconds."""
        self._thread = threading.Thread(target=self._follow, name="watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being read now."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=PATIENCE)

    def look(self) -> None:
        """Look once at every watched repository; one that can't be read says so on its page."""
        with self.platform.database.read() as connection:
            repositories = list_repositories(connection)
        for repository in repositories:
            if repository.watched and not self._stop.is_set():
                self._look_at(repository)
                self._read_what_is_new(repository)

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except DBAPIError as error:  # the store is away: what is new now will be new later
                _log.warning("the store can't be reached: %s", str(error).partition("\n")[0])
            self._stop.wait(EVERY)

    def _look_at(self, repository: Repository) -> None:
        try:
            self.fetch(repository)
            refs = refs_of(repository, self.platform)
            if self._seen.get(repository.id) == refs:
                return
            fresh = take_in(
                self.platform.database,
                repository,
                environ=self.platform.environ,
                clock=self.platform.clock,
            )
            if fresh:
                self.platform.notice()
            self._seen[repository.id] = refs
        except FairleadError as error:
            trouble = f"{error.cause}; {error.fix}"
            if trouble != repository.trouble:
                with self.platform.database.write() as unit:
                    note_look(unit, repository.id, at=self.platform.clock(), trouble=trouble)

    def _read_what_is_new(self, repository: Repository) -> None:
        with self.platform.database.read() as connection:
            waiting = unplanned(connection, repository.id, limit=_AT_ONCE)
        for revision in waiting:
            if self._stop.is_set():
                return
            if revision.id in self._unreadable:
                continue
            try:
                plan_revision(
                    self.platform.database,
                    repository,
                    revision,
                    environ=self.platform.environ,
                    clock=self.platform.clock,
                )
            except FairleadError:
                self._unreadable.add(revision.id)  # its run says why, with cause and fix


def refs_of(repository: Repository, platform: Platform) -> str:
    """Return what stands for all branches of a repository as they are now."""
    with scratch_folder(platform.environ) as scratch:
        git = GitRepository.open(Path(repository.folder), scratch=scratch, environ=platform.environ)
        listing = git.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads")
    return hashlib.sha256(listing).hexdigest()
