"""Matching locked packages against advisories, by the evaluation algorithm of the OSV schema."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from fairlead.vulnerabilities.model import (
    Advisory,
    Affected,
    Ecosystem,
    Event,
    Level,
    Locked,
    Match,
    Matched,
)
from fairlead.vulnerabilities.snapshot import read_advisories
from fairlead.vulnerabilities.versions import UnorderedError, is_prerelease, order

_AT_ONE_VERSION = {"fixed": 0, "introduced": 1, "last_affected": 2}
"""Order of events at one version, such that the doubtful cases count as affected."""

_LEVELS = list(Level)


def match_packages(packages: Sequence[Locked], folder: Path) -> Matched:
    """Look ``packages`` up in the snapshot in ``folder``; matches come in the packages' order.

    Records that share a name (id or alias) give one match. ``undecided`` says, a sentence each, which
    versions could not be compared; no match there means nothing. Raises FairleadError when the
    snapshot is missing or damaged.
    """
    wanted = dict.fromkeys((package.ecosystem, package.name) for package in packages)
    advisories: dict[tuple[Ecosystem, str], list[Advisory]] = {}
    for advisory in read_advisories(folder, wanted):
        key = (advisory.affected[0].ecosystem, advisory.affected[0].name)
        advisories.setdefault(key, []).append(advisory)
    matches: list[Match] = []
    undecided: list[str] = []
    for package in packages:
        known = advisories.get((package.ecosystem, package.name), [])
        hits, doubts = _hits(package, known)
        undecided += doubts
        matches += [_match(package, group, known) for group in merge(hits)]
    return Matched(matches=tuple(matches), undecided=tuple(undecided))


def affects(affected: Affected, version: str) -> bool:
    """Return whether ``version`` is affected: listed, or within one of the ranges.

    Raises UnorderedError when it is not listed and it, or an end of a range, cannot be ordered.
    """
    if version in affected.versions:
        return True
    if not affected.ranges and not affected.versions:
        # The schema's "all versions": a package named without saying which (malicious packages).
        return True
    key = order(affected.ecosystem, version)
    for listed in affected.versions:
        try:
            if order(affected.ecosystem, listed) == key:
                return True
        except UnorderedError:
            continue  # it was compared as text above, which is all that the list asks for
    return any(within(affected.ecosystem, range_, version) for range_ in affected.ranges)


def within(ecosystem: Ecosystem, range_: Sequence[Event], version: str) -> bool:
    """Return whether ``version`` is in the range that the events make, in whatever order they come.

    ``introduced`` and ``fixed`` include and exclude their own version, ``last_affected`` includes it,
    and with ``limit`` a version must lie below one of them. Raises UnorderedError.
    """
    key = order(ecosystem, version)
    limits = [event.version for event in range_ if event.kind == "limit"]
    if limits and not any(limit == "*" or key < order(ecosystem, limit) for limit in limits):
        return False
    ends = [
        (event.version != "0", order(ecosystem, event.version), _AT_ONE_VERSION[event.kind], event)
        for event in range_
        if event.kind != "limit"
    ]
    affected = False
    for above_all, end, _, event in sorted(ends, key=lambda each: each[:3]):
        # "0" is below every version, even below 0.dev1.
        reached = key >= end or not above_all
        if event.kind == "introduced" and reached:
            affected = True
        elif (event.kind == "fixed" and reached) or (event.kind == "last_affected" and key > end):
            affected = False
    return affected


def merge(advisories: Iterable[Advisory]) -> list[list[Advisory]]:
    """Group the advisories that share an id or an alias, directly or through others of them."""
    groups: list[tuple[set[str], list[Advisory]]] = []
    for advisory in advisories:
        names, members = {advisory.id, *advisory.aliases}, [advisory]
        apart = []
        for known, others in groups:
            if known & names:
                names, members = names | known, [*others, *members]
            else:
                apart.append((known, others))
        groups = [*apart, (names, members)]
    return [members for _, members in groups]


def _hits(package: Locked, advisories: Iterable[Advisory]) -> tuple[list[Advisory], list[str]]:
    hits, doubts = [], []
    for advisory in advisories:
        try:
            if any(affects(each, package.version) for each in advisory.affected):
                hits.append(advisory)
        except UnorderedError as error:
            doubts.append(f"{package.name} {package.version} against {advisory.id}: {error}")
    return hits, doubts


def _match(package: Locked, group: Sequence[Advisory], known: Sequence[Advisory]) -> Match:
    names = sorted({name for each in group for name in (each.id, *each.aliases)}, key=_by_renown)
    candidates = _fixes(package, known)
    own = {event.version for each in group for event in _events(each) if event.kind == "fixed"}
    worst = max(group, key=lambda each: (each.score or 0.0, -_LEVELS.index(each.level)))
    return Match(
        package=package,
        id=names[0],
        names=tuple(names),
        summary=next((each.summary for each in group if each.summary), ""),
        level=worst.level,
        score=worst.score,
        fixed=next((v for v in candidates if v in own and _spared(package, v, group)), None),
        clears=next((v for v in candidates if _spared(package, v, known)), None),
    )


def _fixes(package: Locked, advisories: Iterable[Advisory]) -> list[str]:
    """Return all fixed versions above the locked one, lowest first.

    Pre-releases are no fix, unless the locked version is one itself.
    """
    try:
        key = order(package.ecosystem, package.version)
        early = is_prerelease(package.ecosystem, package.version)
    except UnorderedError:
        return []
    above: dict[str, Any] = {}
    for advisory in advisories:
        for event in _events(advisory):
            try:
                end = order(package.ecosystem, event.version)
                final = early or not is_prerelease(package.ecosystem, event.version)
            except UnorderedError:
                continue  # an end that nobody can order is no version to recommend
            if event.kind == "fixed" and final and end > key:
                above[event.version] = end
    return sorted(above, key=lambda version: above[version])


def _spared(package: Locked, version: str, advisories: Iterable[Advisory]) -> bool:
    try:
        return not any(affects(each, version) for advisory in advisories for each in advisory.affected)
    except UnorderedError:
        return False


def _events(advisory: Advisory) -> Iterable[Event]:
    return (event for each in advisory.affected for range_ in each.ranges for event in range_)


def _by_renown(name: str) -> tuple[int, str]:
    """Sort CVE before GHSA before all others: the name most people and tools know comes first."""
    return next(
        (rank for rank, prefix in enumerate(("CVE-", "GHSA-")) if name.startswith(prefix)), 2
    ), name
