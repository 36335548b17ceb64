"""How changes come in: a repository is registered, its branches and latest commits are read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.app.flow import Asked, plan_change
from fairlead.app.report import readable, report_json
from fairlead.changes.git import Repository as GitRepository
from fairlead.changes.ranges import default_branch, resolve
from fairlead.errors import FairleadError
from fairlead.measurements.observations import (
    AT_INTAKE,
    PLANNED,
    UNREADABLE,
    Metric,
    Observation,
    record,
)
from fairlead.records.changes import save_plan, submit
from fairlead.records.model import Kind, Repository, Revision, State
from fairlead.records.repositories import note_look, register
from fairlead.store.database import Database
from fairlead.store.scratch import scratch_folder
from fairlead.workers.ledger import enqueue

RECENT = 30
"""How many of the default branch's latest commits are read when a repository is new."""

_FIELDS = "%H%x00%P%x00%an%x00%ct%x00%s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A change as a repository's refs show it; ``base`` is ``""`` for a root commit."""

    key: str
    kind: Kind
    base: str
    head: str
    title: str
    author: str
    at: float
    state: State

    def as_submitted(self) -> dict[str, Any]:
        """Return it as the arguments of ``records.changes.submit``."""
        return {name: getattr(self, name) for name in self.__slots__}


def add_folder(
    database: Database, folder: Path, *, at: float, environ: Mapping[str, str]
) -> Repository:
    """Register the repository that a folder lies in; the same one again is no second.

    Raises FairleadError where there is none, or where it has no branch to compare with.
    """
    with scratch_folder(environ) as scratch:
        found = GitRepository.open(folder, scratch=scratch, environ=environ)
        branch, _ = default_branch(found)
    with database.write() as unit:
        return register(
            unit,
            name=found.folder.name.removesuffix(".git") or "repository",
            source=str(found.folder),
            folder=str(found.folder),
            default_branch=branch,
            at=at,
        )


def look(repository: Repository, *, environ: Mapping[str, str], recent: int = RECENT) -> list[Proposed]:
    """Return the changes that a repository's refs show, oldest first.

    They are the latest commits along the default branch, and each other branch against where it left
    it. Raises FairleadError when the repository can't be read.
    """
    with scratch_folder(environ) as scratch:
        git = GitRepository.open(Path(repository.folder), scratch=scratch, environ=environ)
        name, head = default_branch(git)
        found = list(_along(git, head.id, recent))[::-1]  # of one second, the parent comes first
        found += _branches(git, name, head.id)
    return sorted(found, key=lambda one: one.at)


def take_in(
    database: Database,
    repository: Repository,
    *,
    environ: Mapping[str, str],
    clock: Callable[[], float] = time.time,
    recent: int = RECENT,
) -> list[Revision]:
    """Record what a repository's refs show now; return the revisions that are new, oldest first.

    Their runs are queued in the transaction that records them, so that none is forgotten: of every
    one, but of a repository that was never looked at only the latest, for what went in long ago needs
    no verdict today. Raises FairleadError when the repository can't be read.
    """
    try:
        proposed = look(repository, environ=environ, recent=recent)
    except FairleadError as error:
        with database.write() as unit:
            note_look(unit, repository.id, at=clock(), trouble=f"{error.cause}; {error.fix}")
        raise
    fresh: list[Revision] = []
    with database.write() as unit:
        for one in proposed:
            revision, new = submit(unit, repository_id=repository.id, **one.as_submitted())
            if new:
                fresh.append(revision)
        for revision in fresh if repository.looked_at is not None else fresh[-1:]:
            enqueue(unit, revision_id=revision.id, repository_id=repository.id, at=clock())
        note_look(unit, repository.id, at=clock())
    return fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What became of a change that was submitted."""

    change_id: int
    revision_id: int
    run_id: int
    title: str


def submit_range(
    database: Database,
    folder: Path,
    *,
    revisions: str | None,
    title: str = "",
    everything: bool = False,
    at: float,
    environ: Mapping[str, str],
) -> Submitted:
    """Record a range of a repository's commits as a change and queue its run.

    The repository is registered if it wasn't. ``revisions`` is what ``fairlead check`` takes; the
    change is the branch where nothing is named and HEAD is on one. Raises FairleadError for what isn't
    a range, and for one whose head is no commit.
    """
    repository = add_folder(database, folder, at=at, environ=environ)
    return submit_to(
        database,
        repository,
        folder=folder,
        revisions=revisions,
        title=title,
        everything=everything,
        at=at,
        environ=environ,
    )


def submit_to(
    database: Database,
    repository: Repository,
    *,
    folder: Path | None = None,
    revisions: str | None,
    title: str = "",
    everything: bool = False,
    at: float,
    environ: Mapping[str, str],
) -> Submitted:
    """Record a range of a registered repository's commits and queue its run, as ``submit_range`` does.

    ``folder`` is the work tree whose HEAD is meant where nothing is named, the repository's own if none
    is given.
    """
    with scratch_folder(environ) as scratch:
        git = GitRepository.open(folder or Path(repository.folder), scratch=scratch, environ=environ)
        asked = resolve(git, revisions=revisions, environ=environ)
        if asked.head is None:
            raise FairleadError("only commits can be submitted", fix="git commit first")
        author = git.git("log", "-1", "--format=%an", asked.head, "--")
        branch = git.attempt("symbolic-ref", "--quiet", "--short", "HEAD")
    on_branch = revisions is None and branch.code == 0
    name = readable(branch.stdout.decode("utf-8", "surrogateescape").strip())
    is_branch = on_branch and name != repository.default_branch
    with database.write() as unit:
        revision, _ = submit(
            unit,
            repository_id=repository.id,
            key=f"branch {name}" if is_branch else f"range {asked.label}",
            kind=Kind.BRANCH if is_branch else Kind.RANGE,
            base=asked.base or "",
            head=asked.head,
            title=title or readable(asked.title),
            author=readable(author.decode("utf-8", "surrogateescape").strip()),
            at=at,
        )
        run_id = enqueue(
            unit,
            revision_id=revision.id,
            repository_id=repository.id,
            at=at,
            everything=everything,
        )
    return Submitted(
        change_id=revision.change_id,
        revision_id=revision.id,
        run_id=run_id,
        title=title or readable(asked.title),
    )


def plan_revision(
    database: Database,
    repository: Repository,
    revision: Revision,
    *,
    environ: Mapping[str, str],
    clock: Callable[[], float] = time.time,
) -> None:
    """Plan one revision and keep what came of it, with how long that took.

    Raises FairleadError when it can't be read, which is observed, too.
    """
    began = time.monotonic()

    def observed(outcome: str, nature: str = "", inert: bool = False) -> list[Observation]:
        return [
            Observation(
                metric=Metric.PLAN,
                value=time.monotonic() - began,
                at=clock(),
                repository_id=repository.id,
                nature=nature,
                inert=inert,
                outcome=outcome,
                condition=AT_INTAKE,
            )
        ]

    try:
        report = plan_change(asked_for(repository, revision), environ=environ)
    except FairleadError:
        with database.write() as unit:
            record(unit, observed(UNREADABLE))
        raise
    with database.write() as unit:
        save_plan(unit, revision.id, report_json(report))
        record(unit, observed(PLANNED, report.nature, report.inert))


def asked_for(repository: Repository, revision: Revision) -> Asked:
    """Return what the gate is asked for a revision."""
    commits = f"{revision.base}..{revision.head}" if revision.base else revision.head
    return Asked(folder=Path(repository.folder), revisions=commits)


def _along(git: GitRepository, head: str, recent: int) -> Iterator[Proposed]:
    """Give the latest commits along a branch, each against its first parent."""
    log = git.git("log", "--first-parent", f"-{recent}", "-z", f"--format={_FIELDS}", head, "--")
    for commit, parents, author, at, title in _records(log, 5):
        yield Proposed(
            key=f"commit {commit}",
            kind=Kind.COMMIT,
            base=parents.partition(" ")[0],
            head=commit,
            title=title,
            author=author,
            at=float(at),
            state=State.MERGED,
        )


def _branches(git: GitRepository, default: str, head: str) -> Iterator[Proposed]:
    """Give every local branch that has commits of its own."""
    fields = "%(refname:short)%00%(objectname)%00%(authorname)%00%(committerdate:unix)%00%(subject)%00"
    listing = git.git("for-each-ref", f"--no-merged={head}", f"--format={fields}", "refs/heads")
    for name, commit, author, at, title in _records(listing, 5):
        if name == default:
            continue
        done = git.attempt("merge-base", head, commit)
        if done.code != 0:
            continue  # no history in common: there is nothing to compare with
        yield Proposed(
            key=f"branch {name}",
            kind=Kind.BRANCH,
            base=done.stdout.decode("ascii").strip(),
            head=commit,
            title=title,
            author=author,
            at=float(at),
            state=State.OPEN,
        )


def _records(listing: bytes, width: int) -> Iterator[list[str]]:
    words = [readable(word.decode("utf-8", "surrogateescape")) for word in listing.split(b"\0")]
    words = [word.removeprefix("\n") for word in words]
    for start in range(0, len(words) - width + 1, width):
        yield words[start : start + width]
