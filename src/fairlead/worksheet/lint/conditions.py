"""The rule on before and after: whether both are the same statistic under the same condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from fairlead.worksheet.lint.changes import Change, changes_in, told_next
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Passage, Sentence, Telling, stems_of
from fairlead.worksheet.lint.quantities import Quantity
from fairlead.worksheet.model import ACTION, RESULT, SITUATION, TASK
from fairlead.worksheet.story_file import heading_of


@dataclass(frozen=True, slots=True)
class _Words:
    """Names with the words that stand for each, in one pattern, so that a text is read once."""

    pattern: re.Pattern[str]
    names: dict[str, str]


def _compiled(*patterns: tuple[str, str]) -> _Words:
    groups = {f"g{at}": name for at, (name, _) in enumerate(patterns)}
    alternatives = (f"(?P<g{at}>{pattern})" for at, (_, pattern) in enumerate(patterns))
    return _Words(re.compile("|".join(alternatives)), groups)


_STATISTICS = _compiled(
    ("average", r"\bon average\b|\baverage[ds]?\b|\bmean\b|\bavg\b|\btypical(?:ly)?\b"),
    ("median", r"\bmedian\b|\bp50\b|\b50th percentile\b"),
    ("99th percentile", r"\bp99(?:\.\d+)?\b|\b99(?:\.\d+)?th percentile\b"),
    ("high percentile", r"\bp(?:[6-8]\d|9[0-8])\b|\b(?:[6-8]\d|9[0-8])th percentile\b"),
    (
        "worst case",
        r"\b(?:cold|hott|hard|heavi|wett|dri|dark)est (?:\w+ )?(?:week|day|month|night|hour"
        r"|season|winter)\b"
        r"|\bup to (?:\w+ )?§|\bworst\b|\bmax(?:imum)?\b|\blongest\b|\bslowest\b|\bas (?:much|long"
        r"|high|many) as (?:\w+ )?§|\bpeak(?:ed|s)?"
        r" (?:at|of)\b|\breach(?:ed|ing) (?:\w+ ){0,2}§|\bspik(?:ed|ing) (?:to|at) (?:\w+ )?§"
        r"|§ (?:\S+ )?at (?:the )?most\b|\bat most (?:\w+ )?§",
    ),
    (
        "best case",
        r"\bbest (?:case|run|lap|day|week|time|result|of)\b|\bfastest\b|\bas little as\b|\bat best\b",
    ),
    ("upper bound", r"\b(?:under|less than|below|within|no more than|sub-?) ?(?:\w+ )?§"),
)
_CONDITIONS = _compiled(
    (
        "peak",
        r"\bat (?:the )?peak\b|(?<!off[- ])\bpeak (?:hours?|times?|load|season|traffic)\b"
        r"|(?<!off[- ])\bpeak (?:days?|weeks?|months?)\b"
        r"|\bbusy (?:hours?|times?|periods?|days?|season|nights?|evenings?)\b"
        r"|\b(?:is|was|are|were|it's) busy\b|\b(?:month|quarter|year)[ -]end\b"
        r"|\bbusiest\b|\brush\b|\blunch ?time\b"
        r"|\bworst (?:time|season|nights?|day)\b|\bunder load\b|\bon mondays\b|\bblack friday\b"
        r"|\bhigh load\b",
    ),
    (
        "quiet",
        r"\bat night\b|\boff-?peak\b|\bquiet\b|\bnormal (?:day|hours|load)\b|\bload is lowest\b"
        r"|\bidle\b|\bweekend\b|\b(?:satur|sun)day (?:nights?|mornings?|evenings?)\b|\bnothing else\b"
        r"|\bover the day\b|\ball hours\b|\bordinary day\b",
    ),
    ("test", r"\bstaging\b|\btest (?:system|environment)\b|\bon my laptop\b|\blocal(?:ly)?\b"),
    ("production", r"\bproduction\b|\bin the field\b|\blive\b"),
)
_CALM = frozenset({"quiet", "test"})
_CENTRES = frozenset({"average", "median", "99th percentile", "high percentile"})
_SAME_CONDITION = re.compile(
    r"\b(?:same|worst|longest|slowest|busiest|at any (?:time|hour)|at all (?:times|hours)"
    r"|under load|always"
    r"|whenever|max(?:imum)?|p9\d|at most|never)\b",
)
_WORST = re.compile(
    r"\b(?:worst|busiest|longest|slowest|max(?:imum)?|up to"
    r"|(?:deep|hard|hott|cold|larg|bigg|small|heavi|weak|steep|poor|high|low)est)\b"
)
_MEANS = {"average", "median"}


def changed_statistic(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a before and an after that are not the same statistic, or not under the same condition."""
    result, situation = telling.passage(RESULT), telling.passage(SITUATION)
    for passage in (result,) if result else ():
        for sentence in passage.sentences:
            for change in changes_in(sentence):
                said = _mismatch(passage, sentence, change, situation) or _condition_lost(
                    telling, passage, sentence, change
                )
                if said:
                    start, end = change.before.start, change.before.end
                    yield Spotted(passage=passage, start=start, end=end, what=said)
                    return
        for first, second in pairwise(passage.sentences):
            change = told_next(first, second)
            before = tags(second, change.before, None)[0] if change else ""
            after = tags(first, change.after, None)[0] if change else ""
            if change and before and after and _differ(before, after):
                one, two = written(passage.text, change.before), written(passage.text, change.after)
                yield Spotted(
                    passage=passage,
                    start=change.before.start,
                    end=change.before.end,
                    what=f'the before ("{one}") is {_a(before)}, the after ("{two}") {_a(after)}',
                )
                return


def _mismatch(passage: Passage, sentence: Sentence, change: Change, situation: Passage | None) -> str:
    after = tags(sentence, change.after, change.before)
    before = tags(sentence, change.before, change.after)
    told = _told_before(situation, change.before) if situation else None
    ranged = ""
    told_text = told[0].low if told else ""
    if told:
        other, figure = told
        known = tags(other, figure, None)
        if before[0] and known[0] and _differ(known[0], before[0]):
            first = written(passage.text, change.before)
            told_as = written(situation.text if situation else "", figure)
            return (
                f'the before is "{told_as}" in Situation, {_a(known[0])},'
                f' and "{first}" here, {_a(before[0])}'
            )
        before = (before[0] or known[0], before[1] or known[1])
        if figure.is_range and not change.before.is_range:
            ranged = written(situation.text if situation else "", figure)
    first, second = written(passage.text, change.before), written(passage.text, change.after)
    if before[0] and after[0] and _differ(before[0], after[0]):
        return f'the before ("{first}") is {_a(before[0])}, the after ("{second}") {_a(after[0])}'
    if before[1] and after[1] and before[1] != after[1]:
        times = f'the before ("{first}") is for {before[1]} time'
        return f'{times}, the after ("{second}") for {after[1]} time'
    if before[1] == "peak" and after[0] in _MEANS and before[0] not in _MEANS:
        return f'the before ("{first}") is at the peak, the after ("{second}") {_a(after[0])}'
    if (ranged or change.before.is_range) and after[0] and after[0] != "worst case":
        here = f', "{first}" here' if ranged else ""
        return (
            f'the before is a range ("{ranged or first}"{here}), the after ("{second}") {_a(after[0])}'
        )
    if ranged and not after[0]:
        return f'the before is "{ranged}" in Situation and "{first}" here'
    if after[1] in _CALM and not before[1] and not _first(_CONDITIONS, told_text, _CALM):
        return f'the after ("{second}") is for {after[1]} time, the before ("{first}") is not'
    return ""


def _condition_lost(telling: Telling, result: Passage, sentence: Sentence, change: Change) -> str:
    """Return what to say of a before that was told for the peak, when Result speaks of no peak."""
    if _first(_CONDITIONS, result.low) == "peak" or _SAME_CONDITION.search(result.low):
        return ""
    for name in (SITUATION, TASK, ACTION):
        told = _told_before(passage, change.before) if (passage := telling.passage(name)) else None
        known = tags(*told, None) if told else ("", "")
        worst = told and known[0] == "worst case" and _WORST.search(told[0].low)
        lost = known[1] == "peak" or worst
        if passage is None or told is None or not lost:
            continue
        if not stems_of(told[0].text) & stems_of(sentence.text):
            continue
        first, second = written(passage.text, told[1]), written(result.text, change.after)
        quiet = _first(_CONDITIONS, sentence.low, frozenset({"quiet"}))
        when = f"for {quiet} time" if quiet else "for no condition at all"
        kind = "for peak time" if known[1] == "peak" else "a worst case"
        before = f'the before ("{first}" in {heading_of(name)}) is {kind}'
        return f'{before}, the after ("{second}") {when}'
    return ""


def _differ(before: str, after: str) -> bool:
    if {before, after} == {"average", "upper bound"} or {before, after} == {"median", "upper bound"}:
        return False
    return before != after


def _a(statistic: str) -> str:
    return f"{'an' if statistic[0] in 'aeiou' else 'a'} {statistic}"


def tags(sentence: Sentence, one: Quantity, other: Quantity | None) -> tuple[str, str]:
    """Return the statistic and the condition that the words around a figure give it, or ``""``."""
    start, end = one.start - sentence.start, one.end - sentence.start
    left, right = 0, len(sentence.low)
    if other is not None and other.end <= one.start:
        left = other.end - sentence.start
    elif other is not None:
        right = other.start - sentence.start
    before, after = sentence.low[left:start], sentence.low[end:right]
    clause = re.split(r";|,\s+(?:and|but|while|whereas)\s", before)[-1]
    if other is not None and other.end <= one.start:
        clause = re.split(r"[;,(]|\b(?:instead of|in place of|down from|up from|against)\b", before)[-1]
    tail = re.split(
        r"[;.]|,\s+(?:and|but|while|whereas|down|up|from|against|where|instead|in place)\b", after
    )[0]
    if other is not None and other.end <= one.start:
        # what stands before both belongs to both: "reduced the average time from 8 s to 2 s"
        shared = sentence.low[: other.start - sentence.start]
        head = (
            _first(_STATISTICS, shared, _CENTRES)
            if re.search(r"\bfrom\W+(?:[\w-]+\W+){0,3}$", shared)
            else ""
        )
    else:
        head = ""
    near = f"{' '.join(clause.split())} § {' '.join(tail.split()[:8])}"
    return _first(_STATISTICS, near) or head, _first(_CONDITIONS, near)


def _first(words: _Words, text: str, among: frozenset[str] | None = None) -> str:
    """Return the first name, in the order of the patterns, whose words the text has, or ``""``."""
    found = {match.lastgroup for match in words.pattern.finditer(text)}
    names = (name for group, name in words.names.items() if group in found)
    return next((name for name in names if among is None or name in among), "")


def _told_before(situation: Passage, before: Quantity) -> tuple[Sentence, Quantity] | None:
    """Return where Situation gives that very figure, or a range that begins or ends with it."""
    for sentence in situation.sentences:
        for one in sentence.quantities:
            if (
                one.kind is before.kind
                and one.unit == before.unit
                and before.low in {one.low, one.high}
            ):
                return sentence, one
    return None


def written(text: str, one: Quantity, noun: str = "") -> str:
    """Return a figure as the text has it, with what it counts."""
    said = " ".join(text[one.start : one.end].split())
    return f"{said} {noun}".strip()
