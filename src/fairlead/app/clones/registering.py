"""Adding a repository by its address: a copy is made, and registered as one that isn't trusted."""

from __future__ import annotations

from pathlib import Path

from fairlead.app.clones.addresses import is_remote
from fairlead.app.clones.copies import Copies
from fairlead.app.intake import add_folder
from fairlead.app.platform import Platform
from fairlead.app.problems import Refused
from fairlead.changes.git import Repository as GitRepository
from fairlead.changes.ranges import default_branch
from fairlead.errors import FairleadError
from fairlead.records.model import Repository
from fairlead.records.repositories import register
from fairlead.store.scratch import scratch_folder


def copies_of(platform: Platform) -> Copies:
    """Return where a platform keeps its copies, and what it may ask for them."""
    return Copies(
        folder=platform.settings.state / "clones",
        environ=platform.environ,
        private=platform.settings.git_hosts,
    )


def add_source(platform: Platform, copies: Copies, source: str) -> Repository:
    """Register the repository at an address, or, where nobody else can ask, in a folder.

    Raises FairleadError for what can't be read, Refused for a folder where others can ask.
    """
    if is_remote(source):
        return add_remote(platform, copies, source)
    if not platform.settings.loopback:
        raise Refused(
            "a folder can only be added where the platform listens on loopback alone",
            fix="at the server: fairlead repository add PATH; or add it by its url",
            status=403,
        )
    return add_folder(platform.database, Path(source), at=platform.clock(), environ=platform.environ)


def add_remote(platform: Platform, copies: Copies, url: str) -> Repository:
    """Copy and register the repository at an address; the same one again is no second.

    Its changes are read and checked, but it isn't trusted: they may not run code outside of isolation.
    Raises FairleadError for an address that isn't asked, can't be copied or has no branch.
    """
    remote, folder = copies.make(url)
    try:
        with scratch_folder(platform.environ) as scratch:
            found = GitRepository.open(folder, scratch=scratch, environ=platform.environ)
            branch, _ = default_branch(found)
    except FairleadError:
        copies.discard(remote.url, folder)
        raise
    with platform.database.write() as unit:
        return register(
            unit,
            name=remote.name,
            source=remote.url,
            folder=str(folder),
            default_branch=branch,
            at=platform.clock(),
            trusted=False,
        )
