"""Which findings of the head the base has too: by what they are about, not by where they stand.

A finding's identity is its check, its rule, its file (followed through renames) and the place's own
words with white space folded. Line numbers take no part, so that lines may move. Equal findings are
counted: one more of them than the base has makes one new, and which one is told by the changed lines.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from fairlead.checks.model import Finding

Lines = Mapping[str, Sequence[range]]
"""The head's lines that the change added or altered, by path."""


def fingerprint(check: str, finding: Finding, path: str) -> str:
    """Return the finding's identity as 32 hexadecimal digits; ``path`` is its file's in the head."""
    words = (check, finding.rule, path, " ".join(finding.context.split()))
    joined = "\0".join(words).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=16).hexdigest()


def identify(
    check: str, findings: Iterable[Finding], renames: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """Return the findings with their fingerprints; ``renames`` leads a base's path to the head's."""
    moved = renames or {}
    return tuple(
        replace(found, fingerprint=fingerprint(check, found, moved.get(found.path, found.path)))
        for found in findings
    )


def mark_new(
    head: Sequence[Finding], base: Iterable[Finding], changed: Callable[[], Lines]
) -> tuple[Finding, ...]:
    """Return the head's findings, in their order, ``new`` being true for those the base lacks.

    Of equal findings as many are new as the head has more than the base, those on changed lines
    first, then the last in the file. With measures, a finding is old as long as one of the base's that
    measures at least as much can be paired with it; one that is new for having grown says what it
    measured ``before``. Both must have been identified. ``changed`` is asked only when equal findings
    have to be told apart, for it may cost a look at the difference.
    """
    before: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in base:
        before[finding.fingerprint].append(finding)
    after: defaultdict[str, list[int]] = defaultdict(list)
    for index, finding in enumerate(head):
        after[finding.fingerprint].append(index)
    new: set[int] = set()
    for identity, places in after.items():
        known = before.get(identity, [])
        if not known:
            new.update(places)
            continue
        lines = changed() if len(places) > 1 else {}
        # The least likely to be new come first and take what the base has.
        order = sorted(
            places,
            key=lambda index: (
                head[index].measure or 0.0,
                _is_changed(head[index], lines),
                head[index].line,
            ),
        )
        new.update(_unmatched(order, head, known))
    return tuple(
        replace(found, new=True, before=_greatest(before.get(found.fingerprint, ())))
        if index in new
        else replace(found, new=False)
        for index, found in enumerate(head)
    )


def merge(first: Sequence[Finding], second: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what two looks at one tree found together, one of each; new if either calls it new.

    A finding is the same when its identity, its line and its words are; equal ones are counted, so that
    as many come back as the look that saw more of them has. The first look's order comes first.
    """
    merged = list(first)
    places: defaultdict[tuple[str, int, str], list[int]] = defaultdict(list)
    for index, finding in enumerate(merged):
        places[_spot(finding)].append(index)
    for finding in second:
        same = places[_spot(finding)]
        if not same:
            merged.append(finding)
            continue
        index = same.pop(0)
        if finding.new and not merged[index].new:
            merged[index] = finding
    return tuple(merged)


def _spot(finding: Finding) -> tuple[str, int, str]:
    return (finding.fingerprint, finding.line, finding.what)


def _is_changed(finding: Finding, lines: Lines) -> bool:
    return any(finding.line in span for span in lines.get(finding.path, ()))


def _greatest(known: Sequence[Finding]) -> float | None:
    return max((one.measure for one in known if one.measure is not None), default=None)


def _unmatched(order: Sequence[int], head: Sequence[Finding], known: Sequence[Finding]) -> list[int]:
    """Pair each of ``order`` with the least of ``known`` that measures as much; return those without.

    Both are taken in rising order of measure, which pairs as many as can be paired.
    """
    left = sorted(known, key=lambda finding: finding.measure or 0.0)
    alone: list[int] = []
    for index in order:
        measure = head[index].measure or 0.0
        while left and (left[0].measure or 0.0) < measure:
            left.pop(0)
        if left:
            left.pop(0)
        else:
            alone.append(index)
    return alone
