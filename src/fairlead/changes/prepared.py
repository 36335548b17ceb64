"""Trees of what isn't committed yet: the index, the work tree, HEAD with a patch applied.

Each works on an index of its own, beside the private git folder, and writes objects there alone: the
user's index isn't even refreshed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from fairlead.changes.commits import find_commits
from fairlead.changes.git import Repository
from fairlead.errors import FairleadError
from fairlead.processes import Completed


def index_tree(repository: Repository) -> str:
    """Return the id of the tree that a commit would make now."""
    return _write(repository, _own_index(repository))


def worktree_tree(repository: Repository) -> str:
    """Return the id of the tree that a commit of everything not ignored would make.

    Clean filters don't run (they are programs, and some write into the repository): a file that has
    one is taken with the bytes it has in the work tree.
    """
    index = _own_index(repository)
    done = repository.attempt(
        *_without_filters(repository), "add", "--all", "--", ".", env={"GIT_INDEX_FILE": index}
    )
    if done.code != 0:
        raise FairleadError(
            f"the work tree cannot be read: {_said(done)}", fix="git status shows the file in the way"
        )
    return _write(repository, index)


def patched_tree(repository: Repository, patch: bytes) -> str:
    """Return the id of HEAD's tree with a patch applied; raises FairleadError where it doesn't fit."""
    head = find_commits(repository, ["HEAD"]).get("HEAD")
    tree = head.tree if head else repository.empty_tree
    if not patch.strip():
        return tree
    env = {"GIT_INDEX_FILE": str(repository.private / "index-of-patch")}
    repository.git("read-tree", tree, env=env)
    words = ("-c", "apply.ignoreWhitespace=no", "apply", "--cached", "--whitespace=nowarn", "-")
    done = repository.attempt(*words, stdin=patch, env=env)
    if done.code != 0:
        raise FairleadError(
            f"the patch doesn't apply to HEAD: {_said(done)}",
            fix="make it against HEAD: git diff --binary HEAD > FILE",
        )
    return _write(repository, env["GIT_INDEX_FILE"])


def _own_index(repository: Repository) -> str:
    """Copy the user's index; its time stays, by which git knows which entries may be out of date."""
    copy = repository.private / "index-of-user"
    try:
        shutil.copy2(repository.index, copy)
    except FileNotFoundError:
        Path(copy).unlink(missing_ok=True)  # nothing was ever staged: an index begins empty
    return str(copy)


def _write(repository: Repository, index: str) -> str:
    # Writing a tree, git looks again at files that changed in the index's own instant, through filters.
    words = (*_without_filters(repository), "write-tree")
    done = repository.attempt(*words, env={"GIT_INDEX_FILE": index})
    if done.code != 0:
        unmerged = b"unmerged" in done.stderr or b"unmerged" in done.stdout
        raise FairleadError(
            "the index holds a merge with conflicts" if unmerged else f"no tree: {_said(done)}",
            fix="resolve them (git status lists them), then git add"
            if unmerged
            else "git fsck says whether the repository is whole",
        )
    return done.stdout.decode("ascii").strip()


def _without_filters(repository: Repository) -> list[str]:
    """Return the options that empty every filter which the user's configuration defines."""
    listed = repository.attempt(
        "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$"
    )
    names = {name.rpartition(".")[0] for name in listed.stdout.decode("utf-8", "replace").split("\0")}
    return [
        word
        for name in sorted(names - {""})
        for setting in ("clean=", "process=", "required=false")
        for word in ("-c", f"{name}.{setting}")
    ]


def _said(done: Completed) -> str:
    said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
    first = said.splitlines()[0] if said else done.failure or f"exit status {done.code}"
    return first.removeprefix("fatal: ").removeprefix("error: ")
