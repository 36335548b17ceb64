"""The words of a replay: a change as it would have been planned, and one that was really gated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fairlead.changes.model import Change, Nature, Proof, Size
from fairlead.risk.model import Band


class Kind(StrEnum):
    """What a change is, once; unlike natures, of which it may have several.

    Documents and files whose change is proved inert are put aside first: what is left names it.
    """

    DOCUMENTATION = "documentation"
    INERT = "inert"
    SOURCE = "source"
    SOURCE_AND_TESTS = "source and tests"
    SOURCE_AND_MORE = "source and more"
    TESTS = "tests"
    CONFIGURATION = "configuration"
    DEPENDENCIES = "dependencies"
    INFRASTRUCTURE = "infrastructure"
    DATA = "data"
    GENERATED = "generated"
    VENDORED = "vendored"
    MIXED = "mixed, no source"
    EMPTY = "empty"


LOW_RISK = frozenset({Kind.DOCUMENTATION, Kind.INERT})
"""Kinds that can't alter what a program does."""


def kind_of(change: Change) -> Kind:
    """Return what a change is by the natures of those of its files that are neither text nor inert."""
    if not change.files:
        return Kind.EMPTY
    left = {
        file.nature
        for file in change.files
        if file.nature is not Nature.DOCUMENTATION and file.inert is None
    }
    if not left:
        documents = all(file.nature is Nature.DOCUMENTATION for file in change.files)
        return Kind.DOCUMENTATION if documents else Kind.INERT
    if len(left) == 1:
        return Kind(str(left.pop()))
    if left == {Nature.SOURCE, Nature.TESTS}:
        return Kind.SOURCE_AND_TESTS
    return Kind.SOURCE_AND_MORE if Nature.SOURCE in left else Kind.MIXED


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of the past as the policy would have had it gated.

    ``run`` and ``skipped`` are names of checks in the catalogue's order; what the policy turns off is
    in neither. ``because`` says why each skipped one was.
    """

    base: str
    head: str
    title: str
    kind: Kind
    natures: tuple[Nature, ...]
    proofs: tuple[Proof, ...]
    size: Size
    band: Band
    files: int
    run: tuple[str, ...]
    skipped: tuple[str, ...]
    because: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long one check took, in seconds of wall time and of processor time, and how it ended."""

    seconds: float
    cpu_seconds: float
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gating:
    """One gating of a change: its checks by name, and the whole.

    ``seconds`` is the wait from reading the change to its last check's end, ``cpu_seconds`` the
    processor time of all that; for everything at once, of the checks alone.
    """

    checks: Mapping[str, Timing]
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A new problem that running everything found and the planned checks did not."""

    check: str
    rule: str
    path: str
    line: int
    what: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A change of the sample, gated twice: as planned, and with everything on the whole tree.

    ``open`` holds, by check, why everything could not be evaluated: nothing is known then of what
    skipping that check missed. ``at`` is the day it was measured, in ISO form.
    """

    head: str
    planned: Gating
    everything: Gating
    missed: tuple[Missed, ...]
    open: Mapping[str, str]
    at: str
