"""Reading a repository with git, without configuration, hooks or filters of its owner taking part.

Objects are read through a private git folder that borrows the repository's objects as alternates: it
has no configuration, no hooks, no remotes (so that a missing object of a partial clone is missing,
never fetched) and attributes that turn every conversion off. Names (branches, revisions), the index
and the work tree are asked of the repository itself. Whatever has to be written as an object goes
to the private folder; the repository is only read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fairlead.changes.places import (
    ALWAYS,
    ANSWER_LIMIT,
    discover,
    is_hook_of,
    lent_stores,
    make_private,
    run_git,
    settings_of_the_user,
)
from fairlead.errors import FairleadError
from fairlead.processes import Completed, clean_environment

BLOB_LIMIT = 50_000_000
"""Bytes: a larger blob is not read."""

READ_LIMIT = 200_000_000
"""Bytes: once so many are read in one call of ``blobs``, the rest is not."""

_AT_ONCE = 8_000_000
"""Bytes: as much is read without asking for the sizes first, which takes one more process."""

EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""Ids of the tree without entries, which git knows without storing it."""

_MISSING = re.compile(
    r"(?:(?:unable to|could not|cannot) read|bad object|missing|unable to find|failed to read object)"
    r".*?\b([0-9a-f]{40,64})\b"
)

_ID = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a tree, below all its folders: git's mode, object id and path."""

    mode: int
    id: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository that is only read.

    ``folder`` is the top of its work tree, its git folder when it has none (``bare``). ``common_dir``
    is shared by all its work trees. ``object_format`` is ``sha1`` or ``sha256``. ``private`` is the
    git folder of our own, ``index`` the index that a commit would be made of.
    """

    folder: Path
    git_dir: Path
    common_dir: Path
    bare: bool
    object_format: str
    private: Path
    index: Path
    environment: Mapping[str, str] = field(repr=False)

    @classmethod
    def open(
        cls, folder: Path, *, scratch: Path, environ: Mapping[str, str] = os.environ
    ) -> Repository:
        """Find the repository that ``folder`` lies in; our own git folder is made under ``scratch``.

        ``scratch`` is the caller's, a new folder for each opening, removed by them at the end. In a
        hook, ``environ`` names the quarantine and the index that count; they are used when they belong
        to this repository. Raises FairleadError where there is none, or git refuses it.
        """
        if not folder.is_dir():
            raise FairleadError(
                f"there is no folder {folder}", fix="name an existing folder: --repo DIR"
            )
        environment = {**clean_environment(), **settings_of_the_user(environ), **ALWAYS}
        place = discover(folder, environment, environ)
        stores = [place.common_dir / "objects"]
        index = place.git_dir / "index"
        if is_hook_of(environ, place.git_dir):
            stores += lent_stores(environ, place.top)
            index = place.top / environ.get("GIT_INDEX_FILE", index)
        return cls(
            folder=place.top,
            git_dir=place.git_dir,
            common_dir=place.common_dir,
            bare=place.bare,
            object_format=place.object_format,
            private=make_private(scratch / "git", place.object_format, stores),
            index=index,
            environment=environment,
        )

    @property
    def empty_tree(self) -> str:
        """The id of the tree without entries."""
        return EMPTY_TREES[self.object_format]

    @property
    def shallow(self) -> bool:
        """Whether history was cut off when this was cloned."""
        return (self.common_dir / "shallow").exists()

    def git(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """Run git on names, index or work tree and return what it wrote; a failure raises."""
        return _answer(self.attempt(*words, stdin=stdin, env=env), words)

    def attempt(
        self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> Completed:
        """Run git on names, index or work tree; for calls whose failure means something."""
        places = {
            "GIT_DIR": str(self.git_dir),
            "GIT_OBJECT_DIRECTORY": str(self.private / "objects"),
            **({} if self.bare else {"GIT_WORK_TREE": str(self.folder)}),
        }
        return run_git(words, self.folder, {**self.environment, **places, **(env or {})}, stdin)

    def objects(
        self,
        *words: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> bytes:
        """Run git on objects alone, named by id, in the private folder; a failure raises."""
        return _answer(self._look(words, stdin, env, cwd), words)

    def _look(
        self,
        words: tuple[str, ...],
        stdin: bytes,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        max_output: int = ANSWER_LIMIT,
    ) -> Completed:
        places = {
            "GIT_DIR": str(self.private),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_ATTR_NOSYSTEM": "1",
        }
        environment = {**self.environment, **places, **(env or {})}
        return run_git(words, cwd or self.private, environment, stdin, max_output)

    def sizes(self, ids: Iterable[str]) -> dict[str, int | None]:
        """Return the size in bytes of each object, ``None`` for one that isn't here."""
        wanted = tuple(dict.fromkeys(ids))
        if not wanted:
            return {}
        answer = self.objects("cat-file", "--batch-check", stdin=_lines(wanted))
        sizes: dict[str, int | None] = {}
        for name, line in zip(wanted, answer.splitlines(), strict=True):
            words = line.split()
            sizes[name] = int(words[2]) if len(words) == 3 and words[2].isdigit() else None
        return sizes

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes | None]:
        """Return what each blob holds, ``None`` for one beyond the limits; raises for a missing one."""
        wanted = tuple(dict.fromkeys(ids))
        if not wanted:
            return {}
        words = ("cat-file", "--batch")
        done = self._look(words, _lines(wanted), max_output=_AT_ONCE)
        if not done.truncated:
            return _parse_batch(_answer(done, words), wanted)
        sizes = self.sizes(wanted)
        contents: dict[str, bytes | None] = dict.fromkeys(sizes)
        chosen, total = [], 0
        for name, size in sizes.items():
            if size is None:
                raise _missing(name)
            if size <= BLOB_LIMIT and total + size <= READ_LIMIT:
                chosen.append(name)
                total += size
        if chosen:
            contents.update(
                _parse_batch(self.objects("cat-file", "--batch", stdin=_lines(chosen)), chosen)
            )
        return contents

    def entries(self, tree: str) -> tuple[Entry, ...]:
        """Return every entry of a tree below all its folders, in git's order."""
        return parse_entries(self.objects("ls-tree", "-r", "-z", "--full-tree", tree))

    def find(self, tree: str, paths: Iterable[str]) -> dict[str, Entry]:
        """Return the entries that a tree has at these paths, by path."""
        wanted = tuple(dict.fromkeys(paths))
        found: dict[str, Entry] = {}
        for start in range(0, len(wanted), 1000):  # an argument list has its limits
            words = ("ls-tree", "-z", "--full-tree", tree, "--", *wanted[start : start + 1000])
            found.update({entry.path: entry for entry in parse_entries(self.objects(*words))})
        return found

    def read(self, tree: str, path: str) -> bytes | None:
        """Return what a file of a tree holds; ``None`` when there is none or it is beyond the limit."""
        entry = self.find(tree, [path]).get(path)
        return self.blobs([entry.id])[entry.id] if entry and is_file(entry.mode) else None


def parse_entries(listing: bytes) -> tuple[Entry, ...]:
    """Read what ``git ls-tree -z`` wrote."""
    entries = []
    for record in listing.split(b"\0")[:-1]:
        head, _, path = record.partition(b"\t")
        mode, _, name = head.split(b" ")[:3]
        entries.append(Entry(mode=int(mode, 8), id=name.decode("ascii"), path=decode_path(path)))
    return tuple(entries)


def decode_path(path: bytes) -> str:
    """Return a path as this package writes it: UTF-8, other bytes as surrogates."""
    return path.decode("utf-8", "surrogateescape")


def encode_path(path: str) -> bytes:
    """Return the bytes that git stores for a path."""
    return path.encode("utf-8", "surrogateescape")


def is_file(mode: int) -> bool:
    """Whether a mode is a regular file's."""
    return mode >> 12 == 0o10


def is_symlink(mode: int) -> bool:
    """Whether a mode is a symbolic link's."""
    return mode >> 12 == 0o12


def is_submodule(mode: int) -> bool:
    """Whether a mode is a submodule's."""
    return mode >> 12 == 0o16


def _lines(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode("ascii")


def _parse_batch(answer: bytes, names: Iterable[str]) -> dict[str, bytes | None]:
    """Cut what ``cat-file --batch`` wrote: a header line, the content, a newline, for each name."""
    contents: dict[str, bytes | None] = {}
    start = 0
    for name in names:
        end = answer.index(b"\n", start)
        header = answer[start:end].split()
        if header[-1] == b"missing":
            raise _missing(name)
        size = int(header[-1])
        contents[name] = answer[end + 1 : end + 1 + size]
        start = end + 2 + size
    return contents


def _answer(done: Completed, words: tuple[str, ...]) -> bytes:
    """Return what git wrote; raises FairleadError for anything but success."""
    if done.code == 0 and not done.truncated:
        return done.stdout
    command = next(word for word in words if not word.startswith("-") and "=" not in word)
    said = done.stderr.decode("utf-8", "replace").strip()
    if b"No space left" in done.stderr:
        raise FairleadError(
            "the disk is full", fix="free some space, or set TMPDIR to a folder that has it"
        )
    if found := _MISSING.search(said):
        raise _missing(found[1])
    if "not a tree object" in said:  # git doesn't say which; in a partial clone it isn't here
        raise _missing(next((word for word in words if _ID.fullmatch(word)), "of a tree"))
    if done.failure is not None:
        raise FairleadError(
            f"git could not be started: {done.failure}", fix="install git 2.30 or newer"
        )
    if done.timed_out or done.truncated:
        limit = "output" if done.truncated else "time"
        raise FairleadError(
            f"git {command} went beyond its limit of {limit} after {done.seconds:.0f} s",
            fix="check a smaller range: fairlead check A..B",
        )
    first = said.splitlines()[0] if said else f"exit status {done.code}"
    raise FairleadError(
        f"git {command} failed: {first.removeprefix('fatal: ').removeprefix('error: ')}",
        fix="git fsck says whether the repository is whole",
    )


def _missing(name: str) -> FairleadError:
    return FairleadError(
        f"object {name} isn't in this clone (it is partial or damaged), and nothing is fetched unasked",
        fix="git fetch --refetch --no-filter, which completes the clone; then the same command again",
    )
