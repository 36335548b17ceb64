"""Which two trees are compared: from a range, the index, the work tree, a patch, or what CI says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from fairlead.changes.automation import Announced, announced
from fairlead.changes.commits import (
    Commit,
    commit_named,
    find_commits,
    first_parent,
    merge_base,
)
from fairlead.changes.git import Repository
from fairlead.changes.model import Range
from fairlead.changes.prepared import index_tree, patched_tree, worktree_tree
from fairlead.errors import FairleadError

_DEFAULTS = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)


def resolve(
    repository: Repository,
    *,
    revisions: str | None = None,
    staged: bool = False,
    worktree: bool = False,
    patch: Path | bytes | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Range:
    """Return the two trees that were asked for.

    ``revisions`` is ``A..B`` (tree A against tree B), ``A...B`` (their merge base against B), or one
    commit (against its first parent; a root against the empty tree). Nothing given: what GitHub's or
    GitLab's variables in ``environ`` announce, else the merge base with the default branch against
    HEAD, or, where HEAD has nothing of its own, its latest commit. ``staged``, ``worktree`` and
    ``patch`` (a file, or its content) are against HEAD. Raises FairleadError for what contradicts
    itself, isn't here or can't be applied.
    """
    asked = {
        "a range": revisions is not None,
        "--staged": staged,
        "--worktree": worktree,
        "--patch": patch is not None,
    }
    chosen = [name for name, given in asked.items() if given]
    if len(chosen) > 1:
        raise FairleadError(f"{' and '.join(chosen)} contradict each other", fix="give one of them")
    if repository.bare and (staged or worktree):
        raise FairleadError(
            f"{chosen[0]} needs a work tree, and {repository.folder} has none",
            fix="name a range: fairlead check A..B",
        )
    if staged:
        return _prepared(repository, index_tree(repository), "the index against HEAD")
    if worktree:
        return _prepared(repository, worktree_tree(repository), "the work tree against HEAD")
    if patch is not None:
        content, name = _patch(patch)
        return _prepared(repository, patched_tree(repository, content), f"{name} applied to HEAD")
    if revisions is not None:
        return _named(repository, revisions)
    said = announced(repository, environ)
    return _announced(repository, said) if said else _default(repository)


def everything(repository: Repository) -> Range:
    """Return the range from nothing to HEAD: all files as if they were new."""
    return between(repository, None, commit_named(repository, "HEAD"), "all files of HEAD")


def between(repository: Repository, base: Commit | None, head: Commit, label: str) -> Range:
    """Return the range from a commit's tree, or the empty one, to another's."""
    return Range(
        base_tree=base.tree if base else repository.empty_tree,
        head_tree=head.tree,
        base=base.id if base else None,
        head=head.id,
        label=label,
        title=head.title,
        message=head.message,
    )


def _named(repository: Repository, revisions: str) -> Range:
    if "..." in revisions:
        left, _, right = revisions.partition("...")
        one, other = (commit_named(repository, name or "HEAD") for name in (left, right))
        return between(repository, merge_base(repository, one, other), other, revisions)
    if ".." in revisions:
        left, _, right = revisions.partition("..")
        if right and not right.strip("0"):
            raise FairleadError(
                "the range ends in no commit: the branch was deleted", fix="there is nothing to check"
            )
        head = commit_named(repository, right or "HEAD")
        if left and not left.strip("0"):
            return _of_new_branch(repository, head)
        return between(repository, commit_named(repository, left or "HEAD"), head, revisions)
    return _latest(repository, commit_named(repository, revisions), revisions)


def _latest(repository: Repository, head: Commit, name: str) -> Range:
    parent = first_parent(repository, head)
    against = "its first parent" if parent else "nothing: it is a root"
    return between(repository, parent, head, f"{name} against {against}")


def _default(repository: Repository) -> Range:
    """Compare HEAD with where it left the default branch, or, on that branch, with its parent."""
    head = commit_named(repository, "HEAD")
    name, default = default_branch(repository)
    base = merge_base(repository, default, head)
    if base.id == head.id:
        return _latest(repository, head, f"HEAD (all of it on {name})")
    return between(repository, base, head, f"{name}...HEAD")


def _of_new_branch(repository: Repository, head: Commit) -> Range:
    """Compare with where the default branch was left; with nothing where there is none yet."""
    try:
        name, default = default_branch(repository)
    except FairleadError:
        return between(repository, None, head, f"{head.id[:10]} against nothing: the first branch")
    base = merge_base(repository, default, head)
    if base.id == head.id:
        return _latest(repository, head, f"{head.id[:10]} (all of it on {name})")
    return between(repository, base, head, f"{name}...{head.id[:10]}")


def default_branch(repository: Repository) -> tuple[str, Commit]:
    """Return the default branch's short name and commit; raises naming everything that was tried."""
    found = find_commits(repository, _DEFAULTS)
    tried = list(_DEFAULTS)
    if not found:
        done = repository.attempt("config", "init.defaultBranch")
        configured = done.stdout.decode("utf-8", "replace").strip()
        if done.code == 0 and configured:
            tried += [f"refs/remotes/origin/{configured}", f"refs/heads/{configured}"]
            found = find_commits(repository, tried[-2:])
    for name in tried:
        if name in found:
            return _short(repository, name), found[name]
    raise FairleadError(
        f"there is no default branch to compare with; tried {', '.join(map(_plain, tried))}",
        fix="name a range (fairlead check A..B), or: git remote set-head origin --auto",
    )


def _short(repository: Repository, name: str) -> str:
    """Name a branch as people do; origin/HEAD by what it stands for."""
    if not name.endswith("/HEAD"):
        return _plain(name)
    done = repository.attempt("symbolic-ref", "--quiet", name)
    return _plain(done.stdout.decode("utf-8", "replace").strip() or name)


def _plain(name: str) -> str:
    return name.removeprefix("refs/remotes/").removeprefix("refs/heads/")


def _announced(repository: Repository, said: Announced) -> Range:
    head = commit_named(repository, said.head)
    if said.new_branch:
        return _of_new_branch(repository, head)
    base = find_commits(repository, said.base).get(said.base[0])
    base = base or next(iter(find_commits(repository, said.base).values()), None)
    if base is None:
        if said.forced and not repository.shallow:
            return _of_new_branch(repository, head)
        raise FairleadError(
            f"{said.source} names the base {said.base[0]}, which isn't in this clone",
            fix=f"git fetch --depth=100 origin {said.base[0]} (GitHub Actions: fetch-depth: 0)",
        )
    start = base if said.exact else merge_base(repository, base, head)
    return between(repository, start, head, f"{start.id[:10]}..{head.id[:10]}, from {said.source}")


def _prepared(repository: Repository, tree: str, label: str) -> Range:
    head = find_commits(repository, ["HEAD"]).get("HEAD")
    return Range(
        base_tree=head.tree if head else repository.empty_tree,
        head_tree=tree,
        base=head.id if head else None,
        head=None,
        label=label,
    )


def _patch(patch: Path | bytes) -> tuple[bytes, str]:
    if isinstance(patch, bytes):
        return patch, "the patch"
    try:
        return patch.read_bytes(), patch.name
    except OSError as error:
        raise FairleadError(
            f"the patch {patch} cannot be read: {error.strerror}", fix="name a file: --patch FILE"
        ) from error
