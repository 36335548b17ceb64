"""What the figures of a story stand on: measured, attested, or only typed.

A measured figure is bound to measurements before and after, and the change is computed from them
again. What the two don't share (statistic, condition, unit, window) is named, since a mean set beside
a worst case measures nothing; and what else changed at the time is asked, since measured is not caused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fairlead.errors import FairleadError
from fairlead.measurements.log import find_measurement
from fairlead.measurements.model import Measurement
from fairlead.measurements.units import comparable
from fairlead.worksheet.comparison import (
    Change,
    Objection,
    compute_change,
    object_to_pair,
    object_to_value,
    object_to_wording,
)
from fairlead.worksheet.figures import find_figures
from fairlead.worksheet.model import SPOKEN, Evidence, EvidenceKind, Story
from fairlead.worksheet.story_file import with_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one figure of a story stands on.

    ``figure`` is the story's wording, ``section`` and ``line`` where it is (line 0: no longer there).
    """

    figure: str
    section: str
    line: int
    kind: EvidenceKind
    evidence: Evidence | None = None
    change: Change | None = None
    single: Measurement | None = None
    objections: tuple[Objection, ...] = ()


def examine(story: Story, measurements: Sequence[Measurement]) -> tuple[Standing, ...]:
    """Return what every figure of the spoken story stands on, in the order in which they are told.

    One entry of evidence covers each figure inside its wording. Entries whose wording the story no
    longer has come last, with an objection.
    """
    standings: list[Standing] = []
    seen: set[int] = set()
    for section in (part for part in story.sections if part.name in SPOKEN):
        spans = [
            (*place, number)
            for number, entry in enumerate(story.evidence)
            if (place := _place(section.text, entry.figure))
        ]
        for figure in find_figures(section.text):
            number = next((n for start, end, n in spans if start <= figure.start < end), None)
            line = section.line + section.text.count("\n", 0, figure.start)
            if number is None:
                standings.append(
                    Standing(
                        figure=figure.text, section=section.name, line=line, kind=EvidenceKind.TYPED
                    )
                )
            elif number not in seen:
                seen.add(number)
                standings.append(_stand(story.evidence[number], section.name, line, measurements))
    for number, entry in enumerate(story.evidence):
        if number not in seen:
            standings.append(_left_behind(entry, story, measurements))
    return tuple(standings)


def make_evidence(
    figure: str,
    measurements: Sequence[Measurement],
    *,
    before: str = "",
    after: str = "",
    source: str = "",
    attribution: str = "",
) -> Evidence:
    """Return what a figure is said to stand on: measurements by the start of their ids, or a source.

    Raises FairleadError when neither or both are given, or an id is none.
    """
    measured = bool(before or after)
    if measured == bool(source):
        raise FairleadError(
            "it isn't clear what the figure stands on",
            fix="give a measurement before and one after, or a source: a document, a link or a name",
        )
    ids = [find_measurement(measurements, prefix).id if prefix else "" for prefix in (before, after)]
    return Evidence(
        figure=" ".join(figure.split()),
        kind=EvidenceKind.MEASURED if measured else EvidenceKind.ATTESTED,
        before=ids[0],
        after=ids[1],
        source=source,
        attribution=attribution,
    )


def weigh(entry: Evidence, measurements: Sequence[Measurement]) -> Standing:
    """Return what a figure would stand on if this were bound to it, wherever the story says it."""
    return _stand(entry, "", 0, measurements)


def bind(story: Story, evidence: Evidence) -> bytes:
    """Return the story's file with this evidence in it, in place of any for the same wording.

    Raises FairleadError when the story doesn't say the figure.
    """
    if not any(part.name in SPOKEN and _place(part.text, evidence.figure) for part in story.sections):
        raise FairleadError(
            f"{story.id} doesn't say {evidence.figure!r}",
            fix=f"repeat its own words; fairlead worksheet evidence {story.id} lists its figures",
        )
    kept = [one for one in story.evidence if one.figure.casefold() != evidence.figure.casefold()]
    return with_fields(story.raw, {"evidence": [_as_field(one) for one in [*kept, evidence]]})


def _stand(entry: Evidence, section: str, line: int, measurements: Sequence[Measurement]) -> Standing:
    standing = Standing(
        figure=entry.figure, section=section, line=line, kind=entry.kind, evidence=entry
    )
    if entry.kind is EvidenceKind.ATTESTED and not entry.source:
        return replace(standing, objections=(_no_source(entry),))
    if entry.kind is not EvidenceKind.MEASURED:
        return standing
    objections: list[Objection] = []
    before, after = (
        _bound(prefix, which, measurements, objections)
        for which, prefix in (("before", entry.before), ("after", entry.after))
    )
    if not entry.before and not entry.after:
        objections.append(
            Objection(
                what="it says measured and names no measurement",
                why="nobody can look it up",
                fix="add before: and after:, or say kind: attested with a source",
            )
        )
    change = None
    if before and after:
        objections += object_to_pair(before, after)
        if comparable(before.unit, after.unit):
            change = compute_change(before, after)
            objections += object_to_wording(entry.figure, change)
        if not entry.attribution:
            objections.append(_no_attribution(before, after))
    single = None if change else after or before
    if single and not (before and after):
        objections += object_to_value(entry.figure, single)
    return replace(standing, change=change, single=single, objections=tuple(objections))


def _left_behind(entry: Evidence, story: Story, measurements: Sequence[Measurement]) -> Standing:
    standing = _stand(entry, "", 0, measurements)
    gone = Objection(
        what=f"the story no longer says {entry.figure!r}",
        why="the evidence stands for words that were changed",
        fix=f"put the story's own words after figure: in {story.path or story.id}, or remove the entry",
    )
    return replace(standing, objections=(gone, *standing.objections))


def _bound(
    prefix: str, which: str, measurements: Sequence[Measurement], objections: list[Objection]
) -> Measurement | None:
    if not prefix:
        return None
    try:
        return find_measurement(measurements, prefix)
    except FairleadError as error:
        objections.append(
            Objection(what=f"{which}: {error.cause}", why="the figure hangs in the air", fix=error.fix)
        )
        return None


def _no_source(entry: Evidence) -> Objection:
    return Objection(
        what=f"{entry.figure!r} is attested by nobody",
        why="attested means that there is a document, a link or a name",
        fix="add source:, or leave the figure typed",
    )


def _no_attribution(before: Measurement, after: Measurement) -> Objection:
    between = (
        f" between {before.window} and {after.window}" if before.window and after.window else " then"
    )
    return Objection(
        what="attribution: not said",
        why="measured is not caused: traffic, hardware and others' changes move figures too",
        fix=f"what else changed{between}? Write it after attribution:, or that nothing did",
    )


def _place(text: str, wording: str) -> tuple[int, int] | None:
    """Return where the wording stands, whatever its case and wherever its lines break."""
    words = wording.split()
    if not words:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text, re.IGNORECASE)
    return found.span() if found else None


def _as_field(entry: Evidence) -> dict[str, str]:
    fields = {
        "figure": entry.figure,
        "kind": entry.kind.value,
        "before": entry.before,
        "after": entry.after,
        "source": entry.source,
        "attribution": entry.attribution,
    }
    return {name: said for name, said in fields.items() if said}
