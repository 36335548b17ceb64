"""The check of locked versions against the advisories that were imported on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.changes.model import FileChange, Nature
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    NotEvaluated,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.errors import FairleadError
from fairlead.vulnerabilities.locks.names import is_lock

if TYPE_CHECKING:  # loaded where they are used: most runs look at no lock
    from fairlead.vulnerabilities.model import Level, Lock, Match, Snapshot

IMPORT = "fairlead advisories import FILE"
"""The command that mends a missing, stale or damaged snapshot."""

UNPINNED = "unpinned-requirements"
"""The rule under which a file that pins nothing at all is told of."""

UNTOUCHED = "the change leaves this version as it was; the advisory is not its doing"
"""Why an advisory on an entry that the base has too is reported apart."""


_WATCHED = {Nature.SOURCE, Nature.DEPENDENCIES, Nature.INFRASTRUCTURE}
_FRESH = "fresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class VulnerabilityRules:
    """What the policy says: the greatest age, what an advisory on an untouched entry does, exceptions.

    ``exclude`` are patterns in the manner of ``.gitignore`` for locks that are not to be looked at.
    """

    max_age_days: int = 7
    new_advisories: str = "report"
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VulnerabilityCheck:
    """Looks up every locked version of the tree in the snapshot that lies in ``advisories``.

    It knows that it evaluated when a snapshot of at most the policy's age was read, every lock of the
    tree was read to its end, every entry has a version, and each version could be compared. Beside
    the tree its result depends on ``dependence``, which a kept result must be told apart by.
    When it is ``watching``, it wants other files too, so that an advisory that came after a lock was
    written is seen with the next change.
    """

    advisories: Path
    now: datetime
    watching: bool = False
    name: str = "vulnerabilities"
    title: str = "locked versions with known vulnerabilities"
    tool: str = ""
    scope: Scope = Scope.TREE
    configuration: tuple[str, ...] = ()

    def wants(self, file: FileChange) -> bool:
        """Want every lock, by its name, on either side of the change."""
        if self.watching and file.nature in _WATCHED:
            return True
        return is_lock(file.path) or (file.old_path is not None and is_lock(file.old_path))

    def is_ready(self, settings: Mapping[str, object]) -> bool:
        """Whether there are advisories, and fresh enough for the policy."""
        return self.dependence(settings).endswith(_FRESH)

    def dependence(self, settings: Mapping[str, object]) -> str:
        """Return what identifies the snapshot and whether it is too old; never raises."""
        from fairlead.vulnerabilities.snapshot import read_snapshot

        try:
            rules, snapshot = read_rules(settings), read_snapshot(self.advisories)
        except FairleadError as error:
            return error.cause
        if snapshot is None:
            return "no advisories"
        return f"{snapshot.identity} {'stale' if _is_stale(snapshot, rules, self.now) else _FRESH}"

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Look at all locks of ``view.folder``; findings come by lock, then in the lock's order."""
        from fairlead.vulnerabilities.locks.read import read_locks
        from fairlead.vulnerabilities.matching import match_packages
        from fairlead.vulnerabilities.snapshot import read_snapshot

        try:
            rules = read_rules(view.settings)
            snapshot = read_snapshot(self.advisories)
            if snapshot is None:
                return NotEvaluated(
                    cause="no advisories have been imported on this machine", fix=IMPORT
                )
            if _is_stale(snapshot, rules, self.now):
                allowed = _count(rules.max_age_days, "day")
                return NotEvaluated(
                    cause=f"{describe_age(snapshot, self.now)}; the policy allows {allowed}",
                    fix=f"{IMPORT}  with a newer export of OSV, or raise max_age_days in the policy",
                )
            locks = read_locks(view.folder, lock_paths(view.folder, rules.exclude))
            packages = [package for lock in locks for package in lock.packages]
            matched = match_packages(packages, self.advisories)
        except FairleadError as error:
            return NotEvaluated(cause=error.cause, fix=error.fix)
        wishes = [lock for lock in locks if _pins_nothing(lock)]
        findings = (*_findings(matched.matches), *(_wish_finding(lock) for lock in wishes))
        problems = _problems([lock for lock in locks if lock not in wishes], snapshot)
        problems += [f"undecided: {doubt}" for doubt in matched.undecided]
        if not packages:
            problems += [f"{lock.path}: {_first(lock.unpinned)}" for lock in wishes]
        if problems:
            said = f"{'; '.join(problems[:3])}{_more(problems, 3)}"
            return NotEvaluated(
                cause=f"not every locked version could be looked up: {said}",
                fix="pin what is named there (uv lock, or uv pip compile), or list the file under "
                "`exclude` in [checks.vulnerabilities] of the policy",
                findings=findings,
            )
        counted = _count(len(packages), "locked version")
        counted += f" of {_count(len(locks) - len(wishes), 'lock')}"
        return Evaluated(
            findings=findings,
            evidence=f"looked {counted} up in {sum(snapshot.advisories.values())} advisories; "
            + describe_age(snapshot, self.now),
        )


def read_rules(settings: Mapping[str, object]) -> VulnerabilityRules:
    """Return the rules that a policy's settings hold; raises FairleadError for an odd value."""
    days = settings.get("max_age_days", VulnerabilityRules().max_age_days)
    new = settings.get("new_advisories", VulnerabilityRules().new_advisories)
    exclude = settings.get("exclude", ())
    if not isinstance(days, int) or days < 0:
        raise FairleadError(f"max_age_days is {days!r}", fix="set it to a number of days, such as 7")
    if new not in {"report", "block"}:
        raise FairleadError(
            f"new_advisories is {new!r}, none of report, block", fix='set it to "report" or "block"'
        )
    if not isinstance(exclude, list | tuple) or not all(isinstance(each, str) for each in exclude):
        raise FairleadError(f"exclude is {exclude!r}", fix='set it to a list such as ["docs/"]')
    return VulnerabilityRules(max_age_days=days, new_advisories=str(new), exclude=tuple(exclude))


def lock_paths(folder: Path, exclude: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the paths of all locks under ``folder``, sorted, but for those that ``exclude`` names."""
    found = [
        Path(root, name).relative_to(folder).as_posix()
        for root, _, names in os.walk(folder)
        for name in names
        if is_lock(Path(root, name).relative_to(folder).as_posix())
    ]
    if exclude:
        from pathspec import GitIgnoreSpec

        left_out = GitIgnoreSpec.from_lines(exclude)
        found = [path for path in found if not left_out.match_file(path)]
    return tuple(sorted(found))


def tell_apart(findings: Iterable[Finding], rules: VulnerabilityRules) -> tuple[Finding, ...]:
    """Mark the findings that the base has too (``new`` false), once they have been compared with it.

    They come from an advisory on an entry that the change left alone. They block only where the policy
    says so; then ``new`` is true, for what is new is the advisory.
    """
    block = rules.new_advisories == "block"
    return tuple(
        replace(finding, new=block, blocking=block, apart=UNTOUCHED)
        if not finding.new and finding.rule != UNPINNED
        else finding
        for finding in findings
    )


def describe_age(snapshot: Snapshot, now: datetime) -> str:
    """Return a clause on how old the advisories are, and on what the import left out."""
    old = _count(snapshot.age(now).days, "day")
    said = f"the newest advisory is of {snapshot.newest:%Y-%m-%d}, {old} old"
    if snapshot.corrupt:
        said += f"; {snapshot.corrupt} corrupt records were left out"
    return said


def _is_stale(snapshot: Snapshot, rules: VulnerabilityRules, now: datetime) -> bool:
    return snapshot.age(now) > timedelta(days=rules.max_age_days)


def _pins_nothing(lock: Lock) -> bool:
    """Return whether a requirements file is a list of wishes: what is installed stands elsewhere."""
    readable = lock.kind == "requirements" and not lock.problems
    return readable and not lock.packages and bool(lock.unpinned)


def _problems(locks: Iterable[Lock], snapshot: Snapshot) -> list[str]:
    problems = []
    for lock in locks:
        if lock.problems or lock.unpinned:
            problems.append(f"{lock.path}: {_first((*lock.problems, *lock.unpinned))}")
        absent = sorted(
            {package.ecosystem.value for package in lock.packages} - snapshot.advisories.keys()
        )
        if absent:
            problems.append(f"{lock.path}: no {absent[0]} advisories have been imported")
    return problems


def _findings(matches: Iterable[Match]) -> list[Finding]:
    """One finding for each lock, package and advisory; several locked versions share it."""
    grouped: dict[tuple[str, str, str], list[Match]] = {}
    for match in matches:
        grouped.setdefault((match.package.path, match.package.name, match.id), []).append(match)
    return [_finding(group) for group in grouped.values()]


def _finding(group: Sequence[Match]) -> Finding:
    first = group[0]
    versions = list(dict.fromkeys(match.package.version for match in group))
    others = [name for name in first.names if name != first.id]
    rating = first.level if first.score is None else f"{first.level}, CVSS {first.score}"
    known = f" (also known as {', '.join(others[:3])})" if others else ""
    return Finding(
        rule=first.id,
        severity=_severity(first.level),
        path=first.package.path,
        line=first.package.line,
        what=f"{first.package.name} {', '.join(versions)}: {first.id} (severity {rating})",
        why=f"{first.summary or 'the advisory gives no summary'}{known}",
        fix="; ".join(dict.fromkeys(_fix(match) for match in group)),
        context=f"{first.package.name} {first.id}",
        measure=float(len(versions)),
        url=f"https://osv.dev/vulnerability/{first.id}",
    )


def _fix(match: Match) -> str:
    name, version = match.package.name, match.fixed
    if version is None:
        return (
            f"no fixed version of {name} above {match.package.version} is known: "
            "replace it, or have an exception with an end date approved"
        )
    commands = {
        "uv.lock": f"uv lock --upgrade-package '{name}=={version}'",
        "poetry.lock": f"poetry update {name}  (to {version} or later)",
        "pdm.lock": f"pdm update {name}  (to {version} or later)",
        "Pipfile.lock": f"pipenv upgrade '{name}>={version}'",
        "package-lock.json": f"npm update {name}  (to {version} or later)",
        "Cargo.lock": f"cargo update -p {name}@{match.package.version} --precise {version}",
    }
    edit = commands.get(Path(match.package.path).name, f"{name}=={version}")
    # The lowest version that clears all is worth naming when this fix alone would leave others open.
    more = f"; {match.clears} clears every advisory known for it" if match.clears != version else ""
    return edit + (more if match.clears else "")


def _severity(level: Level) -> Severity:
    return Severity.WARNING if level in {"medium", "low"} else Severity.ERROR


def _wish_finding(lock: Lock) -> Finding:
    return Finding(
        rule=UNPINNED,
        severity=Severity.NOTE,
        path=lock.path,
        line=0,
        what=f"nothing in {lock.path} was looked up: {_first(lock.unpinned)}",
        why="which versions it leads to is decided at every installation anew",
        fix=f"uv pip compile {lock.path} -o requirements.lock.txt, and install from that",
        context=lock.path,
        blocking=False,
        apart="not looked up: nothing in it is pinned",
    )


def _first(items: Sequence[str]) -> str:
    return f"{items[0]}{_more(items)}"


def _more(items: Sequence[object], shown: int = 1) -> str:
    return f" and {len(items) - shown} more" if len(items) > shown else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
