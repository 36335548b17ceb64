"""What a type checker is told, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.checks.model import Finding, Run, View
from fairlead.checks.ready import Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One project, ready to be looked at.

    ``targets`` are what is to be checked, from the project's folder; empty where its own configuration
    says. ``cache`` is a folder that the type checker may use as it likes.
    """

    ready: Ready
    view: View
    run: Run
    targets: tuple[str, ...]
    cache: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The errors of a project, and how it is known that the type checker looked.

    ``missing`` are the modules that could not be found, with the finding that says so. ``blocked`` says
    why nothing else was looked at, ``""`` otherwise.
    """

    findings: tuple[Finding, ...]
    missing: Mapping[str, Finding]
    evidence: str
    blocked: str = ""
