"""What a change is: the values that reading one gives, and that every later stage works with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Nature(StrEnum):
    """What a file is for; a change has every nature that one of its files has."""

    DOCUMENTATION = "documentation"
    TESTS = "tests"
    SOURCE = "source"
    CONFIGURATION = "configuration"
    DEPENDENCIES = "dependencies"
    INFRASTRUCTURE = "infrastructure"
    DATA = "data"
    GENERATED = "generated"
    VENDORED = "vendored"


class Status(StrEnum):
    """What happened to a file."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    RETYPED = "retyped"


class Size(StrEnum):
    """How many lines count, in five steps; the limits are in ``size.py``."""

    XS = "XS"
    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class Proof(StrEnum):
    """Why a file's change cannot alter behaviour; there is no proof without a name."""

    SAME_SYNTAX_TREE = "same-syntax-tree"
    SAME_JSON_TOKENS = "same-json-tokens"
    SAME_YAML_EVENTS = "same-yaml-events"
    SAME_TOML_TOKENS = "same-toml-tokens"
    MOVED_DOCUMENT = "moved-document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment that steers a tool, which the change adds, alters or removes.

    ``check`` is the name of the check it silences (``lint``, ``types``, ``sast``, ``coverage``,
    ``format``, ``secrets``, ``complexity``, ``workflows``, …). ``line`` is 1-based in the head's file,
    in the base's when ``added`` is false.
    """

    check: str
    path: str
    line: int
    text: str
    added: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of a change.

    Paths are what git stores, decoded as UTF-8 with ``surrogateescape``, so that any bytes survive;
    ``path`` is the head's (the base's when deleted), ``old_path`` the base's when renamed. Modes are
    git's numbers (0 where there is no file on that side), blobs its object ids. ``added`` and
    ``deleted`` count lines; both are 0 for a binary file, a submodule and a symlink. ``uncounted``
    says why the size leaves its lines out (``lock file``, ``generated``, …), ``""`` when it counts.
    ``old_nature`` is what the base's file was for where that was something else, else ``None``.
    """

    path: str
    old_path: str | None
    status: Status
    old_mode: int
    mode: int
    old_blob: str | None
    blob: str | None
    added: int
    deleted: int
    binary: bool
    nature: Nature
    because: str
    old_nature: Nature | None = None
    uncounted: str = ""
    inert: Proof | None = None
    suppressions: tuple[Suppression, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Lines that the size does not count, and why: ``reason`` names the nature or the proof."""

    reason: str
    files: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The two trees that a change lies between.

    ``base_tree`` and ``head_tree`` are tree ids (the empty tree's for a root commit). ``base`` and
    ``head`` are commit ids where there are commits, else ``None`` (staged, worktree, patch).
    ``label`` is how to name the range to a person; ``title`` and ``message`` are the head commit's
    subject and whole message, ``""`` where there is none.
    """

    base_tree: str
    head_tree: str
    base: str | None
    head: str | None
    label: str
    title: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change as read: its range, its files in git's order, its natures, size and what was left out.

    ``natures`` are in order of the lines they have, most first. ``counted`` are the added and deleted
    lines that ``size`` is made of. ``notes`` say what was not looked at (submodules, LFS pointers,
    files beyond the limit), each a sentence.
    """

    range: Range
    files: tuple[FileChange, ...]
    natures: tuple[Nature, ...]
    size: Size
    counted: int
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        """Every comment that steers a tool, in the order of the files."""
        return tuple(found for file in self.files for found in file.suppressions)
