"""The words of the catalogue: findings, evaluations, results, and what a check is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from fairlead.changes.model import Change, FileChange
from fairlead.checks.shared import Shared
from fairlead.environments.model import Environment
from fairlead.processes import Completed


class Outcome(StrEnum):
    """How a check ended. ``not_evaluated`` is never a pass."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_EVALUATED = "not_evaluated"
    SKIPPED = "skipped"


class Severity(StrEnum):
    """SARIF's three levels."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check found.

    ``path`` is relative to the repository's root, ``""`` when it is about the change as a whole;
    ``line`` is 1-based, 0 when it is about the whole file. ``what`` says what was seen, ``why`` why it
    matters, ``fix`` the exact command or edit where there is one. ``context`` is what identifies the
    place beside its line number (the line's text, a symbol, a package), so that a fingerprint survives
    moved lines; with a ``measure`` (a complexity, say), a finding that the base has too is new
    again when it has grown: ``before`` is what it measured in the base. ``new`` is false when the base
    has it too. ``blocking`` is false for what is reported apart and doesn't count (``apart`` says why).
    ``shown`` are lines that tell more, as a tool printed them: a failed assertion, captured output.
    """

    rule: str
    severity: Severity
    path: str
    line: int
    what: str
    why: str
    fix: str
    context: str = ""
    measure: float | None = None
    url: str = ""
    fingerprint: str = ""
    new: bool = True
    blocking: bool = True
    apart: str = ""
    before: float | None = None
    shown: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it fails its check: new, not reported apart, and more than a note."""
        return self.new and self.blocking and self.severity is not Severity.NOTE


OURS = "comes with fairlead"
"""The origin of a tool that the project neither has nor pins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """Which tool gave a result: its version, where it came from, and whose configuration it read.

    ``origin`` is a phrase such as ``the project's .venv``, ``pinned by .pre-commit-config.yaml`` or
    ``comes with fairlead``; ``configuration`` such as ``pyproject.toml [tool.ruff]`` or ``defaults``.
    """

    name: str
    version: str
    origin: str
    configuration: str
    command: tuple[str, ...]

    @property
    def chosen(self) -> bool:
        """Whether the project chose it, by pinning, installing or configuring it."""
        return self.configuration != "defaults" or self.origin != OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A tool looked, and these are its findings; ``evidence`` says how it is known that it looked."""

    findings: tuple[Finding, ...]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEvaluated:
    """Nothing can be said of the whole: what stopped the tool, and what would mend it.

    ``findings`` are those it made before or beside that; they count, and their absence means nothing.
    """

    cause: str
    fix: str
    findings: tuple[Finding, ...] = ()


Evaluation = Evaluated | NotEvaluated


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One tree as a check sees it: written out, under one configuration.

    ``folder`` holds the tree and nothing else; a check only reads it. ``paths`` are the files the
    check is to look at, relative to ``folder``, in git's order. ``scratch`` is an empty folder of the
    check's own, for what its tool writes. ``side`` is ``head`` or ``base``.

    In scope ``project`` the folder is a copy of the check's own, which it may alter; ``environments``
    are those of the projects that the change concerns, as far as they could be had, and never none;
    ``shared`` is what the checks make for each other. ``state`` is a folder that stays between runs and
    that only the check itself writes, never its programs; ``None`` where nothing may stay. ``timeout``
    is how many seconds its programs have; ``changed`` tells the head's lines that the change added or
    altered. In the base, ``asked`` are the head's findings: the look is
    only to tell which of them the base has too.
    """

    folder: Path
    scratch: Path
    paths: tuple[str, ...]
    side: str
    change: Change
    tool: ToolUse
    settings: Mapping[str, object] = field(default_factory=dict)
    environments: tuple[Environment, ...] = ()
    shared: Shared = field(default_factory=lambda: Shared(Path()))
    state: Path | None = None
    timeout: float = 60.0
    changed: Callable[[], Mapping[str, Sequence[range]]] = dict
    asked: tuple[Finding, ...] = ()


class Run(Protocol):
    """Runs a program under the check's own limits, in its own group and a clean environment.

    In scope ``project`` it runs isolated: without the network, without the user's files, with the three
    folders of its view as the only ones that it may write.
    """

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        extra_env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Completed:
        """Run ``argv`` in ``cwd`` and return what it left; raises only when the run is stopped."""
        ...


class Scope(StrEnum):
    """What an evaluation depends on, beside the tool, its version, configuration and settings.

    ``files``: each file alone (and the names of the tree's other files); only changed files are looked
    at and each one's result is kept. ``tree``: everything in the tree; kept by tree. ``change``: more
    than the tree (approvals, the clock); never kept, and there is no base to compare with. No tree is
    written out for it: its view's folder is empty. ``project``: everything in the tree and the
    environments of its projects, whose code is executed: in a copy of the tree, isolated; kept by both.
    """

    FILES = "files"
    TREE = "tree"
    CHANGE = "change"
    PROJECT = "project"


class Check(Protocol):
    """One entry of the catalogue: a file of its own that wraps one well-kept tool."""

    @property
    def name(self) -> str:
        """The name that plans, policies and results use."""
        ...

    @property
    def title(self) -> str:
        """What it looks for, in a few words, for lists."""
        ...

    @property
    def tool(self) -> str:
        """The name of the tool's distribution on PyPI, ``""`` when no program is run."""
        ...

    @property
    def scope(self) -> Scope:
        """What its result depends on."""
        ...

    @property
    def configuration(self) -> tuple[str, ...]:
        """What steers it: file names (``ruff.toml``), sections (``pyproject.toml:tool.ruff``)."""
        ...

    def wants(self, file: FileChange) -> bool:
        """Whether this file is one that the check can look at (its kind; the policy chooses later)."""
        ...

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Look at ``view.paths`` (at all of the tree in scope ``tree``) and say what was found."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check said of a change.

    ``findings`` holds new and old ones, new first. ``because`` and ``fix`` say why it was skipped or
    not evaluated and what to do; both are ``""`` otherwise. ``cached`` is true when no tool ran.
    ``seconds`` is wall time, ``cpu_seconds`` the processor time of its tool and of reading what that
    said. ``evidence`` says how it is known that the tool looked. ``disturbance`` names a program that
    somebody else ended: what was not found then, or found, may come of that.
    """

    check: str
    outcome: Outcome
    seconds: float
    cached: bool
    findings: tuple[Finding, ...] = ()
    because: str = ""
    fix: str = ""
    tools: tuple[ToolUse, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: str = ""
    cpu_seconds: float = 0.0
    disturbance: str = ""
