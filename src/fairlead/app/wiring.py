"""Where everything is put together: which checks there are, and what each of them is given."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from fairlead.changes.git import Repository, is_file
from fairlead.checks.catalogue import NEEDS, executing_checks, single_tool_checks
from fairlead.checks.codeowners import OWNERS_PATHS
from fairlead.checks.complexity import Complexity, tell_growth_apart
from fairlead.checks.coverage import Coverage
from fairlead.checks.dependencies import Dependencies, know_modules
from fairlead.checks.deployment import DeploymentCheck, DeploymentInputs
from fairlead.checks.model import Check
from fairlead.checks.runner import Request
from fairlead.checks.types import Types, read_type_settings
from fairlead.checks.vulnerabilities import VulnerabilityCheck, read_rules, tell_apart
from fairlead.gate.plan import PlannedCheck
from fairlead.gate.policy import Policy
from fairlead.gate.policy_check import PolicyCheck
from fairlead.store.folder import user_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who stands behind a change, as the caller says: ``None`` when nothing was said of approvals."""

    approvers: tuple[str, ...] | None = None
    author: tuple[str, ...] = ()
    title: str = ""


def built_in_checks(
    *,
    inputs: DeploymentInputs | None = None,
    vulnerabilities: VulnerabilityCheck | None = None,
    environ: Mapping[str, str] = os.environ,
) -> tuple[Check, ...]:
    """Return the catalogue in the order in which plans and verdicts list it."""
    now = inputs.now if inputs else datetime.now(UTC)
    return (
        *single_tool_checks(),
        *executing_checks(),
        vulnerabilities or VulnerabilityCheck(advisories=advisories_folder(environ), now=now),
        PolicyCheck(),
        DeploymentCheck(inputs=inputs or DeploymentInputs(now=now)),
    )


def all_checks(
    policy: Policy,
    *,
    inputs: DeploymentInputs,
    has_locks: Callable[[], bool],
    environ: Mapping[str, str],
) -> tuple[Check, ...]:
    """Return the catalogue and, after it, the policy's own checks in its order.

    ``has_locks`` says whether the head has a lock file; it is asked only where there are advisories.
    """
    looked_up = VulnerabilityCheck(advisories=advisories_folder(environ), now=inputs.now)
    if looked_up.is_ready(policy.of(looked_up.name).settings) and has_locks():
        looked_up = replace(looked_up, watching=True)
    engine = read_type_settings(policy.of("types").settings).engine
    built_in = built_in_checks(inputs=inputs, vulnerabilities=looked_up, environ=environ)
    return (
        *(replace(check, engine=engine) if isinstance(check, Types) else check for check in built_in),
        *policy.custom,
    )


def deployment_inputs(
    repository: Repository, base_tree: str, people: People, *, policy: Policy, now: datetime
) -> DeploymentInputs:
    """Return what the deployment check is told: the people, the clock, the base's CODEOWNERS.

    Where the policy doesn't have the check run, nothing is read for it.
    """
    found = repository.find(base_tree, OWNERS_PATHS) if policy.of("deployment").enabled else {}
    files = [path for path in OWNERS_PATHS if path in found and is_file(found[path].mode)]
    path = files[0] if files else "CODEOWNERS"
    owners = repository.read(base_tree, path) if files else None
    return DeploymentInputs(
        now=now,
        approvers=people.approvers,
        author=people.author,
        owners=None if owners is None else owners.decode("utf-8", "replace"),
        owners_path=path,
        title=people.title,
    )


def request(check: Check, planned: PlannedCheck, policy: Policy) -> Request:
    """Return how a planned check is to be run under the policy."""
    said = policy.of(check.name)
    stamp, settle, settings = "", tuple, said.settings
    if isinstance(check, VulnerabilityCheck):
        stamp = check.dependence(said.settings)
        settle = partial(tell_apart, rules=read_rules(said.settings))
    elif isinstance(check, Complexity):
        settle = tell_growth_apart
    elif isinstance(check, Dependencies):
        settle = know_modules
    elif isinstance(check, Coverage):
        settings = {**settings, "tests": policy.of("tests").settings}
    return Request(
        check=check,
        paths=tuple(file.path for file in planned.files if file.blob),
        natures=said.on,
        settings=settings,
        stamp=stamp,
        settle=settle,
        needs=NEEDS.get(check.name, ()),
        timeout=said.timeout,
        environment=said.environment,
    )


def advisories_folder(environ: Mapping[str, str]) -> Path:
    """Return where the imported advisories lie."""
    return user_cache(environ) / "advisories"
