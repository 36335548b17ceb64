"""The built-in checks that wrap one tool each."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.checks.build import Build
from fairlead.checks.complexity import Complexity
from fairlead.checks.coverage import Coverage
from fairlead.checks.dependencies import Dependencies
from fairlead.checks.formatting import Formatting
from fairlead.checks.licences import Licences
from fairlead.checks.lint import Lint
from fairlead.checks.model import Check
from fairlead.checks.sast import Sast
from fairlead.checks.secrets import Secrets
from fairlead.checks.tests import Suite
from fairlead.checks.types import Types
from fairlead.checks.workflows import Workflows

NEEDS: Mapping[str, tuple[str, ...]] = {
    "coverage": ("tests",),
}
"""Which checks are to end before another begins: it uses what they leave."""


def executing_checks() -> tuple[Check, ...]:
    """Return the checks that execute the project's code, or need its environment, in their order."""
    return (Licences(), Types(), Build(), Suite(), Coverage())


def single_tool_checks() -> tuple[Check, ...]:
    """Return the static checks, one tool each, in the order in which plans and results list them.

    Quick tools come before slow ones: the runner relies on it where it doesn't know better.
    """
    return (
        Lint(),
        Formatting(),
        Complexity(),
        Sast(),
        Secrets(),
        Dependencies(),
        Workflows(),
    )
