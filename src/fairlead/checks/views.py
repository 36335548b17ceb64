"""The trees that checks look at: what is in them, written out when first asked for, verified later."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from fairlead.changes.git import Repository, encode_path, is_file
from fairlead.changes.tree import write_tree
from fairlead.checks.steering import Listing, Touch
from fairlead.errors import FairleadError
from fairlead.store.scratch import Memory, remove

_STEERING = (".cfg", ".ini", ".toml")


@dataclass(frozen=True, slots=True)
class Layout:
    """A tree under one configuration, not yet written out.

    ``name`` is unique in a run. ``side`` is ``head`` or ``base``. ``listing`` has every file that the
    tree will have, ``replace`` what differs from the tree that git stores. ``files`` are the paths of
    the regular ones, in git's order; the digests stand for all names, all content, and the content
    of what may steer a tool without being named by its check.
    """

    name: str
    side: str
    tree: str
    listing: Listing
    replace: Mapping[str, bytes | None]
    files: tuple[str, ...]
    names_digest: str
    content_digest: str
    steering_digest: str


def lay_out(
    name: str, side: str, tree: str, listing: Listing, replace: Mapping[str, bytes | None]
) -> Layout:
    """Return the layout of a tree, its listing as it will be once ``replace`` is in place."""
    if replace:
        listing = dict(listing)
        for path, content in replace.items():
            listing.pop(path, None)
            if content is not None:
                listing[path] = f"100644 {hashlib.sha256(content).hexdigest()}"
        listing = dict(sorted(listing.items(), key=lambda item: encode_path(item[0])))
    replaced = _digest(f"{path}\0{listing.get(path)}" for path in sorted(replace))
    return Layout(
        name=name,
        side=side,
        tree=tree,
        listing=listing,
        replace=replace,
        files=tuple(path for path, content in listing.items() if content.startswith("100")),
        names_digest=_digest(listing),
        content_digest=f"{tree} {replaced}" if replace else tree,
        steering_digest=_digest(
            f"{path}\0{content}" for path, content in listing.items() if path.endswith(_STEERING)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The trees that are compared, like with like.

    ``head`` and ``base`` are under their own configurations as far as those are the same. Where a
    check's own is touched, the head is compared with ``base_under_head`` and ``head_under_base`` with
    ``base_with_facts``: with what the head says that the project is, for which Pythons above all.
    """

    head: Layout
    base: Layout
    head_under_base: Layout
    base_under_head: Layout
    base_with_facts: Layout

    @property
    def all(self) -> tuple[Layout, ...]:
        """The layouts, each once."""
        own, other = (self.head, self.base), (self.head_under_base, self.base_under_head)
        return tuple({layout.name: layout for layout in (*own, *other, self.base_with_facts)}.values())

    def pairs(self, *, touched: bool) -> tuple[tuple[Layout, Layout], ...]:
        """Return which head is to be compared with which base, the head's configuration first."""
        if not touched:
            return ((self.head, self.base),)
        return ((self.head, self.base_under_head), (self.head_under_base, self.base_with_facts))


def lay_out_sides(base_tree: str, base: Listing, head_tree: str, head: Listing, touch: Touch) -> Sides:
    """Return the layouts of a change."""
    own_head = lay_out("head", "head", head_tree, head, {})
    own_base = lay_out("base", "base", base_tree, base, {})

    def of_head(name: str, replace: Mapping[str, bytes | None]) -> Layout:
        return lay_out(name, "head", head_tree, head, replace) if replace else own_head

    def of_base(name: str, replace: Mapping[str, bytes | None]) -> Layout:
        return lay_out(name, "base", base_tree, base, replace) if replace else own_base

    return Sides(
        head=own_head,
        base=own_base,
        head_under_base=of_head("head-under-base", touch.into_head),
        base_under_head=of_base("base-under-head", touch.into_base),
        base_with_facts=of_base("base-with-facts", touch.facts_into_base),
    )


Signature = Mapping[str, tuple[int, int, int, int]]


@dataclass(slots=True)
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    folder: Path | None = None
    signature: Signature = field(default_factory=dict)
    error: FairleadError | None = None


class Trees:
    """Trees on disk under one folder, shared by the checks that only read them.

    A tree is written when it is first asked for, by one thread while others that want it wait; to
    memory if there is some to spare.
    """

    def __init__(self, repository: Repository, folder: Path, memory: Memory | None = None) -> None:
        self._repository, self._folder, self._memory = repository, folder, memory
        self._spare = memory.spare if memory else 0
        self._size: int | None = None
        self._slots: dict[str, _Slot] = {}
        self._lock = threading.Lock()
        self._count = 0

    def shared(self, layout: Layout) -> Path:
        """Return the folder that holds this tree; raises FairleadError when it can't be written."""
        with self._lock:
            slot = self._slots.setdefault(layout.name, _Slot())
        with slot.lock:
            if slot.error:
                raise slot.error
            if slot.folder is None:
                try:
                    folder = self._write(layout, layout.name)
                except FairleadError as error:
                    slot.error = error
                    raise
                slot.signature = sign(folder)
                slot.folder = folder
            return slot.folder

    def own(self, layout: Layout, purpose: str) -> Path:
        """Return a new copy of this tree; raises FairleadError when it can't be written."""
        return self._write(layout, purpose)

    def empty(self, purpose: str) -> Path:
        """Return a new empty folder."""
        return self._new(self._folder, purpose)

    def _new(self, parent: Path, purpose: str) -> Path:
        with self._lock:
            self._count += 1
            # Without spaces, which many builds and the first lines of scripts can't stand.
            folder = parent / f"{self._count:02}-{purpose.replace(' ', '-')}"
        try:
            folder.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise _no_room(folder, error) from error
        return folder

    def altered(self) -> dict[str, tuple[str, ...]]:
        """Return the paths that are not as they were written, by the name of their shared tree."""
        found: dict[str, tuple[str, ...]] = {}
        for name, slot in self._slots.items():
            with slot.lock:
                if slot.folder:
                    paths = difference(slot.signature, sign(slot.folder))
                    if paths:
                        found[name] = paths
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Remove every tree; those in memory go with their folder."""
        remove(self._folder)

    def _place_for(self, layout: Layout) -> Path:
        """Return where a tree is to lie, taking its size from the memory that is to spare."""
        with self._lock:
            if self._memory is None:
                return self._folder
            if self._size is None:  # the trees of one change hardly differ in size
                self._size = _size(self._repository, layout.tree)
            if self._size > self._spare:
                return self._folder
            self._spare -= self._size
            return self._memory.folder

    def _write(self, layout: Layout, purpose: str) -> Path:
        folder = self._new(self._place_for(layout), purpose)
        try:
            write_tree(self._repository, layout.tree, folder, replace=layout.replace)
            if os.geteuid() != 0:  # nothing is read-only to root
                _protect(folder)
        except OSError as error:
            raise _no_room(folder, error) from error
        return folder


def sign(folder: Path) -> Signature:
    """Return what tells whether a file or folder below this one was written, by relative path.

    The time of the last change of state, which no program can set, shows also what was put back.
    """
    signature: dict[str, tuple[int, int, int, int]] = {"": _signed(folder.lstat())}
    pending = [("", os.fspath(folder))]
    while pending:
        prefix, place = pending.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                name = prefix + entry.name
                signature[name] = _signed(entry.stat(follow_symlinks=False))
                if entry.is_dir(follow_symlinks=False):
                    pending.append((f"{name}/", entry.path))
    return signature


def difference(before: Signature, after: Signature) -> tuple[str, ...]:
    """Return what differs between two signatures, files before the folders that hold them."""
    paths = {path for path in {**before, **after} if before.get(path) != after.get(path)}
    holders = {path.rpartition("/")[0] for path in paths}
    return tuple(sorted(paths - holders) or sorted(paths))


def listing_of(repository: Repository, tree: str) -> Listing:
    """Return the files of a tree that git stores, links and submodules among them."""
    return {entry.path: f"{entry.mode:o} {entry.id}" for entry in repository.entries(tree)}


def _size(repository: Repository, tree: str) -> int:
    """Return how many bytes the files of a tree take, blocks counted."""
    listing = repository.objects("ls-tree", "-r", "-l", "-z", "--full-tree", tree)
    sizes = (record.split(None, 4)[3] for record in listing.split(b"\0")[:-1])
    return sum(int(size) + 4096 for size in sizes if size.isdigit())


class Contents:
    """What files of trees hold, each read once, and those that are expected to be asked for at once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._expected: set[str] = set()
        self._read: dict[str, bytes | None] = {}

    def expect(self, listing: Listing, paths: Iterable[str]) -> None:
        """Read these with the first that is asked for; nothing is read if none is."""
        self._expected.update(_blobs(listing, paths).values())

    def read(self, listing: Listing, paths: Iterable[str]) -> dict[str, bytes]:
        """Return what regular files hold in git; others, and those beyond the limit, are left out."""
        blobs = _blobs(listing, paths)
        if not self._read.keys() >= set(blobs.values()):
            wanted = (self._expected | set(blobs.values())) - self._read.keys()
            self._read.update(self._repository.blobs(sorted(wanted)))
        found = {path: self._read[name] for path, name in blobs.items()}
        return {path: content for path, content in found.items() if content is not None}


def _blobs(listing: Listing, paths: Iterable[str]) -> dict[str, str]:
    """Return the ids of the regular files among these paths."""
    found: dict[str, str] = {}
    for path in paths:
        mode, _, name = listing.get(path, "0 ").partition(" ")
        if is_file(int(mode, 8)):
            found[path] = name
    return found


def _signed(status: os.stat_result) -> tuple[int, int, int, int]:
    return (
        status.st_ctime_ns,
        status.st_size if stat.S_ISREG(status.st_mode) else 0,
        status.st_mode,
        status.st_ino,
    )


def _protect(folder: Path) -> None:
    """Take the right to write from everything in the folder."""
    for place, _, files in os.walk(folder, topdown=False):
        for name in files:
            path = Path(place, name)
            status = path.lstat()
            if stat.S_ISREG(status.st_mode):
                path.chmod(stat.S_IMODE(status.st_mode) & ~0o222)
        Path(place).chmod(0o555)


def _digest(words: Iterable[str]) -> str:
    joined = "\0\0".join(words).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).hexdigest()


def _no_room(folder: Path, error: OSError) -> FairleadError:
    return FairleadError(
        f"the tree could not be written to {folder}: {error.strerror or error}",
        fix="make room there, or name another folder: TMPDIR=DIR fairlead check",
    )
