"""The changes that a branch has had: its commits along the first parents, each against its own."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.changes.commits import Commit, commit_named, find_commits
from fairlead.changes.git import Repository
from fairlead.changes.model import Range
from fairlead.changes.ranges import between
from fairlead.errors import FairleadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which changes of the past are meant.

    ``revisions`` is ``A..B`` (what B has and A has not) or where history ends; ``None`` for HEAD.
    ``last`` is how many changes at most, ``since`` a date that git reads, ``""`` for none. With
    ``single`` every commit that merges nothing is a change, else every step along the first parents is,
    and a merge then stands for all that it brought.
    """

    revisions: str | None = None
    last: int = 100
    since: str = ""
    single: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Changes of the past, newest first, and how many more were named than can be compared.

    ``cut_off`` have a parent that isn't in this clone; ``roots`` have none. ``head`` is where it ends.
    """

    head: Commit
    ranges: tuple[Range, ...]
    cut_off: int
    roots: int


def past_changes(repository: Repository, wanted: Wanted) -> Past:
    """Return the changes that were asked for.

    Raises FairleadError when the revisions name no commits, and when there is no change among them
    that can be compared with what was before it.
    """
    start, dots, end = (wanted.revisions or "HEAD").rpartition("..")
    if start.endswith("."):
        raise FairleadError(
            f"{wanted.revisions} is a comparison of two trees, not a stretch of history",
            fix=f"write two dots: {start.rstrip('.')}..{end}",
        )
    head = commit_named(repository, end or "HEAD")
    words = ["rev-list", f"--max-count={wanted.last}"]
    words += ["--no-merges"] if wanted.single else ["--first-parent"]
    words += [f"--since={wanted.since}"] if wanted.since else []
    words += [head.id, *([f"^{commit_named(repository, start or 'HEAD').id}"] if dots else [])]
    ids = repository.git(*words).decode("ascii").split()
    commits = find_commits(repository, ids)
    parents = find_commits(repository, [one.parents[0] for one in commits.values() if one.parents])
    ranges = tuple(
        between(repository, parents[one.parents[0]], one, one.id[:10])
        for one in commits.values()
        if one.parents and one.parents[0] in parents
    )
    roots = sum(not one.parents for one in commits.values())
    past = Past(head=head, ranges=ranges, cut_off=len(commits) - len(ranges) - roots, roots=roots)
    if not ranges:
        raise _nothing(repository, wanted, past)
    return past


def _nothing(repository: Repository, wanted: Wanted, past: Past) -> FairleadError:
    """Return why there is nothing to replay."""
    if past.cut_off:
        return FairleadError(
            f"no change can be replayed: the parent of {past.head.id[:10]} isn't in this clone"
            + (", which is shallow" if repository.shallow else ""),
            fix="git fetch --unshallow (in GitHub Actions: fetch-depth: 0 in actions/checkout)",
        )
    if past.roots:
        return FairleadError(
            f"no change can be replayed: {past.head.id[:10]} is the first commit and changes nothing",
            fix="commit once more, or name another branch: --branch NAME",
        )
    where = wanted.revisions or "HEAD"
    when = f" since {wanted.since}" if wanted.since else ""
    return FairleadError(
        f"{where} has no change{when}", fix=f"git log --first-parent {where} shows what there is"
    )
