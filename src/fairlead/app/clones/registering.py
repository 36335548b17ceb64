"""Adding a repository by its address: a copy is made, and registered as one that isn't trusted."""

from __future__ import annotations

from fairlead.app.clones.copies import Copies
from fairlead.app.platform import Platform
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
        copies.discard(remote.url)
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
