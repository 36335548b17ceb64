"""Whether an environment is the one that a project asks for."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.environments.model import Environment, Project, folded
from fairlead.environments.overlay import distributions
from fairlead.environments.recipes import Recipe


def misfits(environment: Environment, recipe: Recipe) -> tuple[str, ...]:
    """Return what is installed in another version than is locked, and what is asked for and missing.

    What is locked and not installed may belong to another group, or to another system.
    """
    there = distributions(environment)
    found = [
        f"{name} {there[name]} (locked: {', '.join(sorted(versions))})"
        for name, versions in sorted(recipe.locked.items())
        if name in there and there[name] not in versions and not _equal(there[name], versions)
    ]
    found += [
        f"no {name}"
        for name in _unmet(recipe.asks, there, environment)
        if name not in recipe.locked or name not in there
    ]
    return tuple(found)


def refuses_python(project: Project, environment: Environment) -> str:
    """Return why a project can't be executed with an environment's Python, ``""`` when it can."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if not project.requires_python:
        return ""
    version = ".".join(str(part) for part in environment.version)
    try:
        # Only the first two numbers are known; a project that asks for a third is asked for these.
        met = SpecifierSet(project.requires_python).contains(f"{version}.999", prereleases=True)
        met = met or SpecifierSet(project.requires_python).contains(version, prereleases=True)
    except InvalidSpecifier:
        return ""
    if met:
        return ""
    return (
        f"{environment.origin} has Python {version}, and {project.place} asks for "
        f"{project.requires_python}"
    )


def missing_to_build(project: Project, environment: Environment) -> tuple[str, ...]:
    """Return what building a project takes and its environment hasn't, in the build system's words."""
    from packaging.requirements import InvalidRequirement, Requirement

    there, missing = distributions(environment), list[str]()
    for line in project.build_requires or ():
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            missing.append(line)
            continue
        if wanted.marker and not wanted.marker.evaluate({**environment.marker_values, "extra": ""}):
            continue
        version = there.get(folded(wanted.name))
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            missing.append(line)
    return tuple(missing)


def _unmet(asks: tuple[str, ...], there: Mapping[str, str], environment: Environment) -> list[str]:
    from packaging.requirements import InvalidRequirement, Requirement

    found: list[str] = []
    for line in asks:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        if wanted.marker and not wanted.marker.evaluate({**environment.marker_values, "extra": ""}):
            continue
        version = there.get(folded(wanted.name))
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            found.append(str(wanted.name) + (f" {wanted.specifier}" if version else ""))
    return found


def _equal(version: str, others: frozenset[str]) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version) in {Version(other) for other in others}
    except InvalidVersion:
        return False
