"""Which of an environment's packages a project asks for, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from fairlead.environments.model import Environment, folded


def closure(asks: Iterable[str], environment: Environment) -> frozenset[str]:
    """Return the folded names of what these requirements ask for, as far as it is installed.

    Markers are weighed for the environment's Python; lines that are no requirement are passed over.
    """
    values = environment.marker_values
    places = {name: place for folder in environment.packages for name, place in _metadata(folder)}
    seen: set[tuple[str, str]] = set()
    waiting = [wanted for line in asks for wanted in _wanted(line, "", values)]
    while waiting:
        reached = waiting.pop()
        name, extra = reached
        if reached not in seen and name in places:
            seen.add(reached)
            lines = _requires(places[name])
            waiting += [wanted for line in lines for wanted in _wanted(line, extra, values)]
    return frozenset(name for name, _ in seen)


def _wanted(line: str, extra: str, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what a requirement asks for, weighed for an extra: its name with each of its extras."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(line)
    except InvalidRequirement:
        return []
    if wanted.marker and not wanted.marker.evaluate({**values, "extra": extra}):
        return []
    return [(folded(wanted.name), each) for each in ("", *wanted.extras)]


def _metadata(packages: Path) -> Iterable[tuple[str, Path]]:
    for info in packages.glob("*.dist-info"):
        name = info.name.removesuffix(".dist-info").rpartition("-")[0]
        yield folded(name), info / "METADATA"


def _requires(metadata: Path) -> list[str]:
    from email.parser import HeaderParser  # only where a project has no lock

    try:
        text = metadata.read_text("utf-8", "replace")
    except OSError:
        return []
    return HeaderParser().parsestr(text).get_all("Requires-Dist", [])
