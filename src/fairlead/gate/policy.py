"""What a policy says: which checks look at which natures, sizes and proofs, and what blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from fairlead.changes.model import Nature, Size
from fairlead.checks.custom import CustomCheck
from fairlead.environments.model import Declared

EVERY_NATURE = frozenset(Nature)
OUR_OWN = EVERY_NATURE - {Nature.GENERATED, Nature.VENDORED, Nature.DATA}
"""Natures of the files that people write by hand."""
CODE = frozenset({Nature.SOURCE, Nature.CONFIGURATION, Nature.INFRASTRUCTURE})
CHECKED = CODE | {Nature.TESTS, Nature.DEPENDENCIES, Nature.GENERATED, Nature.VENDORED}
"""Natures of the files that a type checker reads, or that steer what it reads."""
TESTED = EVERY_NATURE - {Nature.DOCUMENTATION}
"""Natures of the files that tests may read or execute."""

EXECUTING = 600.0
"""Seconds a check that executes the project's code may take unless the policy says otherwise."""
TIMEOUT = 60.0
"""Seconds a check may take unless the policy says otherwise."""


class Mode(StrEnum):
    """Whether a verdict holds a change back (``enforce``) or only says what it would do."""

    ENFORCE = "enforce"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPolicy:
    """What the policy says of one check.

    The check runs for files whose nature is in ``on``, from ``from_size`` upwards, and passes over
    files whose change is proved inert when ``skip_inert`` is true. Failures of a check that does not
    ``block`` are reported only. ``timeout`` is in seconds; ``environment`` names variables that its
    tool gets beside the usual ones; ``settings`` are the check's own. ``line`` is where the policy
    file speaks of it, 0 for a default.
    """

    enabled: bool = True
    on: frozenset[Nature] = EVERY_NATURE
    skip_inert: bool = True
    from_size: Size = Size.XS
    blocks: bool = True
    timeout: float = TIMEOUT
    environment: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy: ``source`` names the file and side it was read from, or says ``defaults``.

    ``fetch_tools`` allows installing a tool version that the project pins, ``fetch_environments``
    making the environment of a project that has none; nothing else uses the network. ``untrusted``
    says that any change may come from someone who isn't to run code here. With ``fail_fast`` checks
    that have not begun when one fails that blocks are skipped. ``environments`` is what is declared of
    the environment of each project, by its folder; ``""`` holds for all that aren't named.
    """

    mode: Mode = Mode.ENFORCE
    checks: Mapping[str, CheckPolicy] = field(default_factory=dict)
    custom: tuple[CustomCheck, ...] = ()
    fetch_tools: bool = True
    fetch_environments: bool = True
    untrusted: bool = False
    fail_fast: bool = False
    environments: Mapping[str, Declared] = field(default_factory=dict)
    source: str = "defaults"

    def of(self, check: str) -> CheckPolicy:
        """Return what is said of a check, the general default where nothing is."""
        return self.checks.get(check, CheckPolicy())


DEFAULT_CHECKS: Mapping[str, CheckPolicy] = {
    "lint": CheckPolicy(on=OUR_OWN, skip_inert=False),
    "format": CheckPolicy(on=OUR_OWN, skip_inert=False),
    "complexity": CheckPolicy(on=CODE),
    "sast": CheckPolicy(on=CODE | {Nature.GENERATED}),
    "secrets": CheckPolicy(skip_inert=False),
    "dependencies": CheckPolicy(on=CODE | {Nature.DEPENDENCIES}, timeout=120.0),
    "workflows": CheckPolicy(on=frozenset({Nature.INFRASTRUCTURE, Nature.CONFIGURATION})),
    "build": CheckPolicy(on=CODE | {Nature.DEPENDENCIES, Nature.DOCUMENTATION}, timeout=EXECUTING),
    "licences": CheckPolicy(on=frozenset({Nature.DEPENDENCIES}), timeout=EXECUTING),
    "vulnerabilities": CheckPolicy(on=CODE | {Nature.DEPENDENCIES, Nature.GENERATED}),
    "types": CheckPolicy(on=CHECKED, timeout=EXECUTING),
    "tests": CheckPolicy(on=TESTED, timeout=EXECUTING),
    "coverage": CheckPolicy(on=frozenset({Nature.SOURCE}), timeout=EXECUTING),
    "policy": CheckPolicy(skip_inert=False),
    "deployment": CheckPolicy(enabled=False, skip_inert=False),
}
"""What holds without any file. Lint, format and secrets look at inert changes too: layout and
comments are what the first two are about, and a comment can hold a password. Sast looks at generated
files, for an added file says of itself that it is generated. Deployment is off until the policy sets
one of its rules."""

DEFAULT_POLICY = Policy(checks=DEFAULT_CHECKS)


def amend(policy: Policy, name: str, **changes: object) -> Policy:
    """Return the policy with one check's fields changed; for tests and previews."""
    return replace(policy, checks={**policy.checks, name: replace(policy.of(name), **changes)})
