"""Commits by name: what a revision means, what history says of two of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from fairlead.changes.git import Repository
from fairlead.errors import FairleadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit as it is stored: its own id, its tree's, its parents' in order, its message."""

    id: str
    tree: str
    parents: tuple[str, ...]
    message: str

    @property
    def title(self) -> str:
        """The message's first line."""
        return self.message.partition("\n")[0].strip()


def find_commits(repository: Repository, names: Iterable[str]) -> dict[str, Commit]:
    """Return the commits that these revisions name; those that name none are left out.

    Raises FairleadError for a revision that is more than one, and for one that no revision can be.
    """
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        _refuse_what_cannot_be(name)
    asked = "".join(f"{name}^{{commit}}\n" for name in wanted)
    answer = repository.git("cat-file", "--batch", stdin=asked.encode("utf-8", "surrogateescape"))
    found: dict[str, Commit] = {}
    start = 0
    for name in wanted:
        end = answer.index(b"\n", start)
        words = answer[start:end].split()
        start = end + 1
        if words[-1] == b"ambiguous":
            raise FairleadError(
                f"{name!r} is the beginning of more than one object", fix="write more of its digits"
            )
        if len(words) == 3 and words[1] == b"commit":
            size = int(words[2])
            found[name] = _parse(words[0].decode("ascii"), answer[start : start + size])
            start += size + 1
    return found


def commit_named(repository: Repository, name: str) -> Commit:
    """Return the commit that a revision names; raises FairleadError with the nearest names."""
    found = find_commits(repository, [name]).get(name)
    if found:
        return found
    if name in {"HEAD", "@"} and not find_commits(repository, ["HEAD"]):
        raise FairleadError(
            "the repository has no commit yet",
            fix="git commit first, or look at what is prepared: --staged, --worktree",
        )
    near = difflib.get_close_matches(name, _names(repository), n=3, cutoff=0.5)
    shallow = " (this clone is shallow: git fetch --unshallow)" if repository.shallow else ""
    raise FairleadError(
        f"{name!r} is not a commit that this repository has{shallow}",
        fix=f"did you mean {', '.join(near)}?" if near else "git branch --all lists what there is",
    )


def first_parent(repository: Repository, commit: Commit) -> Commit | None:
    """Return a commit's first parent, ``None`` for a root; raises where history was cut off there."""
    if not commit.parents:
        return None
    parent = find_commits(repository, commit.parents[:1]).get(commit.parents[0])
    if parent is None:
        raise FairleadError(
            f"the parent of {commit.id[:10]} isn't in this clone"
            + (": it is shallow" if repository.shallow else ""),
            fix="git fetch --deepen=1 (in GitHub Actions: fetch-depth: 2 in actions/checkout)",
        )
    return parent


def merge_base(repository: Repository, one: Commit, other: Commit) -> Commit:
    """Return the best commit that both histories have; raises where there is none to be found."""
    if one.id == other.id:
        return one
    done = repository.attempt("merge-base", one.id, other.id)
    base = done.stdout.decode("ascii").strip() if done.code == 0 else ""
    found = find_commits(repository, [base]).get(base) if base else None
    if found:
        return found
    if repository.shallow:
        raise FairleadError(
            f"this clone is shallow: it ends before {one.id[:10]} and {other.id[:10]} meet",
            fix="git fetch --deepen=200, or git fetch --unshallow (in GitHub Actions: fetch-depth: 0)",
        )
    raise FairleadError(
        f"{one.id[:10]} and {other.id[:10]} have no history in common",
        fix="compare the two trees themselves: fairlead check A..B",
    )


def _parse(name: str, content: bytes) -> Commit:
    head, _, message = content.partition(b"\n\n")
    lines = [line.split(b" ", 1) for line in head.split(b"\n")]
    return Commit(
        id=name,
        tree=next(line[1].decode("ascii") for line in lines if line[0] == b"tree"),
        parents=tuple(line[1].decode("ascii") for line in lines if line[0] == b"parent"),
        message=message.decode("utf-8", "replace").strip("\n"),
    )


def _refuse_what_cannot_be(name: str) -> None:
    if not name or name.startswith("-"):
        raise FairleadError(
            f"{name!r} cannot be a revision",
            fix="fairlead check A..B, or one commit; --help lists options",
        )
    if any(ord(letter) < 32 or letter == "\x7f" for letter in name):
        raise FairleadError(
            f"{name!r} cannot be a revision", fix="git branch --all lists what there is"
        )


def _names(repository: Repository) -> list[str]:
    listing = repository.git("for-each-ref", "--format=%(refname:short)")
    return listing.decode("utf-8", "replace").splitlines()
