"""Which of an environment's packages a project asks for, directly or through others."""

from __future__ import annotations

from collections.abc import Iterable
from email.parser import HeaderParser
from pathlib import Path

from fairlead.environments.model import Environment, folded


def closure(asks: Iterable[str], environment: Environment) -> frozenset[str]:
    """Return the folded names of what these requirements ask for, as far as it is installed.

    Markers are weighed for the environment's Python; lines that are no requirement are passed over.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    values = environment.marker_values
    places = {name: place for folder in environment.packages for name, place in _metadata(folder)}
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(line, frozenset({""})) for line in asks]
    while waiting:
        line, extras = waiting.pop()
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        name = folded(wanted.name)
        marker = wanted.marker
        if marker and not any(marker.evaluate({**values, "extra": extra}) for extra in extras):
            continue
        if name not in places:
            continue
        for extra in ("", *wanted.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                lines = _requires(places[name])
                waiting += [(each, frozenset({extra})) for each in lines]
    return frozenset(name for name, _ in seen)


def _metadata(packages: Path) -> Iterable[tuple[str, Path]]:
    for info in packages.glob("*.dist-info"):
        name = info.name.removesuffix(".dist-info").rpartition("-")[0]
        yield folded(name), info / "METADATA"


def _requires(metadata: Path) -> list[str]:
    try:
        text = metadata.read_text("utf-8", "replace")
    except OSError:
        return []
    return HeaderParser().parsestr(text).get_all("Requires-Dist", [])
