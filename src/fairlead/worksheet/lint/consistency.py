"""Rules on figures that should agree across a story: statistic, condition, value, target."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.worksheet.lint.changes import Change, changes_in
from fairlead.worksheet.lint.figures import outcomes, says_unknown
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Passage, Sentence, Telling, is_window, stems_of
from fairlead.worksheet.lint.quantities import Kind, Quantity, stem
from fairlead.worksheet.model import ACTION, RESULT, SITUATION, TASK
from fairlead.worksheet.story_file import heading_of

_STATISTICS = (
    ("average", r"\bon average\b|\baverage[ds]?\b|\bmean\b|\bavg\b|\btypical(?:ly)?\b"),
    ("median", r"\bmedian\b|\bp50\b|\b50th percentile\b"),
    ("high percentile", r"\bp9\d(?:\.\d)?\b|\b9\dth percentile\b|\b9\d\.\d+th percentile\b"),
    (
        "worst case",
        r"\bup to (?:\w+ )?§|\bworst\b|\bmax(?:imum)?\b|\blongest\b|\bslowest\b|\bas (?:much|long|high|many) as (?:\w+ )?§|\bpeak(?:ed|s)?"
        r" (?:at|of)\b|\breach(?:ed|ing) (?:\w+ ){0,2}§|\bspik(?:ed|ing) (?:to|at) (?:\w+ )?§|§ (?:\S+ )?at (?:the )?most\b|\bat most (?:\w+ )?§",
    ),
    ("best case", r"\bbest case\b|\bfastest\b|\bas little as\b|\bat best\b"),
    ("upper bound", r"\b(?:under|less than|below|within|no more than|sub-?) ?(?:\w+ )?§"),
)
_CONDITIONS = (
    (
        "peak",
        r"\bat (?:the )?peak\b|\bpeak (?:hours?|times?|load|season|traffic)\b|\bbusy\b|\bbusiest\b|\brush\b|\blunch ?time\b"
        r"|\bworst (?:time|season|nights?|day)\b|\bunder load\b|\bon Mondays\b|\bBlack Friday\b|\bhigh load\b",
    ),
    (
        "quiet",
        r"\bat night\b|\boff-?peak\b|\bquiet\b|\bnormal (?:day|hours|load)\b|\bload is lowest\b|\bidle\b|\bweekend\b"
        r"|\bover the day\b|\ball hours\b|\bordinary day\b",
    ),
    ("test", r"\bstaging\b|\btest (?:system|environment)\b|\bon my laptop\b|\blocal(?:ly)?\b"),
    ("production", r"\bproduction\b|\bin the field\b|\blive\b"),
)
_MEANS = {"average", "median"}
_ANSWERED = re.compile(
    r"\b(?:met|hit|reached|achieved|exceeded|beat|missed|kept|fulfilled|surpassed|ahead of|short of)\b[^.;]{0,40}"
    r"\b(?:targets?|goals?|deadlines?|dates?|commitments?|sla|objectives?|plan|schedule|promises?|limit)\b"
    r"|\b(?:on|in) time\b|\bon schedule\b|\bahead of (?:schedule|time|plan)\b|\bas (?:planned|promised|agreed|asked)\b"
    r"|\b(?:the|my|our) (?:target|goal|deadline|objective)\b|\bthe promised\b|\boriginal deadline\b|\bbefore the deadline\b",
    re.I,
)
_AIMED = re.compile(
    r"(?:\b(?:under|below|less than|fewer than|at least|more than|above|over|within|to|by|no more than|at most"
    r"|up to|no later than|than|wanted|want|need|needed|asked (?:[^.;]{0,30} )?for|get|reach|serve|goal of"
    r"|target of|should (?:be|need|take)|only)"
    r"|\bto (?:onboard|migrate|move|train|convert|hire|sell|raise|close|deliver|ship|handle|process|serve|support"
    r"|save|cover|translate|digiti[sz]e|vaccinate|test|review|build|answer)"
    r"|\bpromised (?:\w+ )?an? [\w-]+ (?:that|which) [\w ]{0,20}within)\s+"
    r"(?:the |all |another |our |an? |only |about |around |some |just |be |cost |stay )*$",
    re.I,
)
_GIVEN = re.compile(r"\b(?:given|gave me|had|have|has|of the|the last|one of|two of|three of|with)\s+(?:\w+\s+){0,2}$", re.I)
_HALVE = re.compile(r"\bhal(?:ve|ving)\b|\bdouble\b|\bby half\b", re.I)
_CLOCK_BY = re.compile(
    r"\b(?:by|before|until|at|ends? by|end by)\s+(?:\d{1,2}:\d\d|\d{1,2} ?[ap]\.?m\b)", re.I
)
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b|\b\d{1,2} ?[ap]\.?m\b|\b\d{1,2} o'clock\b", re.I)
_DATE = re.compile(
    r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}\b"
)
_DAY = re.compile(_DATE.pattern + r"|\b(?:on )?day (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b")
_WHOLE = re.compile(r"\b(?:all|all of the|all the|each of the|of the|every one of the)\s+$", re.I)
_THE = re.compile(r"\b(?:the|our|my|those|these)\s+$", re.I)
_RESTRICTS = re.compile(r"^\W{0,2}(?:that|who|which|whose|where|with|from|I|we|whom)\b|^\s*,\s*(?:which|who)\b", re.I)


def changed_statistic(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a before and an after that are not the same statistic, or not under the same condition."""
    result, situation = telling.passage(RESULT), telling.passage(SITUATION)
    for passage in (result,) if result else ():
        for sentence in passage.sentences:
            for change in changes_in(sentence):
                said = _mismatch(passage, sentence, change, situation)
                if said:
                    start, end = change.before.start, change.before.end
                    yield Spotted(passage=passage, start=start, end=end, what=said)
                    return


def contradiction(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a figure that another part of the story gives otherwise."""
    situation = telling.passage(SITUATION)
    if situation is None:
        return
    for name in (TASK, ACTION, RESULT):
        passage = telling.passage(name)
        for sentence in passage.sentences if passage else ():
            spot = _other_total(telling, name, sentence) or (
                _other_before(passage, sentence, situation) if passage and name == RESULT else None
            )
            if spot:
                quantity, what = spot
                yield Spotted(passage=passage, start=quantity.start, end=quantity.end, what=what)
                return


def unanswered_target(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a figure that Task set as a target and Result never comes back to."""
    task, result = telling.passage(TASK), telling.passage(RESULT)
    if task is None or result is None or says_unknown(result) or _ANSWERED.search(result.text):
        return
    for sentence in task.sentences:
        for one, words in _targets(sentence):
            if not _answers(telling, sentence, one, result):
                start = sentence.start + words.start() if one is None else one.start
                end = sentence.start + words.end() if one is None else one.end
                said = task.text[start:end]
                yield Spotted(
                    passage=task,
                    start=start,
                    end=end,
                    what=f'Task sets "{_context(task.text, start, end, said)}", and Result doesn\'t say whether'
                    " it was reached",
                )
                return


def _mismatch(passage: Passage, sentence: Sentence, change: Change, situation: Passage | None) -> str:
    after = _tags(sentence, change.after, change.before)
    before = _tags(sentence, change.before, change.after)
    told = _told_before(situation, change.before) if situation else None
    ranged = ""
    if told:
        other, figure = told
        known = _tags(other, figure, None)
        before = (before[0] or known[0], before[1] or known[1])
        if figure.is_range and not change.before.is_range:
            ranged = _words(situation.text if situation else "", figure)
    first, second = _words(passage.text, change.before), _words(passage.text, change.after)
    if before[0] and after[0] and _differ(before[0], after[0]):
        return f'the before ("{first}") is {_a(before[0])}, the after ("{second}") {_a(after[0])}'
    if before[1] and after[1] and before[1] != after[1]:
        return f'the before ("{first}") is for {before[1]} time, the after ("{second}") for {after[1]} time'
    if before[1] == "peak" and after[0] in _MEANS and before[0] not in _MEANS:
        return f'the before ("{first}") is at the peak, the after ("{second}") {_a(after[0])}'
    if (ranged or change.before.is_range) and after[0] and after[0] != "worst case":
        here = f', "{first}" here' if ranged else ""
        return f'the before is a range ("{ranged or first}"{here}), the after ("{second}") {_a(after[0])}'
    if ranged and not after[0]:
        return f'the before is "{ranged}" in Situation and "{first}" here'
    return ""


def _differ(before: str, after: str) -> bool:
    if {before, after} == {"average", "upper bound"} or {before, after} == {"median", "upper bound"}:
        return False
    return before != after


def _a(statistic: str) -> str:
    return f"{'an' if statistic[0] in 'aeiou' else 'a'} {statistic}"


def _tags(sentence: Sentence, one: Quantity, other: Quantity | None) -> tuple[str, str]:
    """Return the statistic and the condition that the words around a figure give it."""
    start, end = one.start - sentence.start, one.end - sentence.start
    left, right = 0, len(sentence.text)
    if other is not None and other.end <= one.start:
        left = other.end - sentence.start
    elif other is not None:
        right = other.start - sentence.start
    before, after = sentence.text[left:start], sentence.text[end:right]
    clause = re.split(r";|,\s+(?:and|but|while|whereas)\s", before)[-1]
    if other is not None and other.end <= one.start:
        clause = re.split(r"[;,(]|\b(?:instead of|in place of|down from|up from|against)\b", before)[-1]
    tail = re.split(r"[;.]|,\s+(?:and|but|while|whereas|down|up|from|against|where|instead|in place)\b", after)[0]
    if other is not None and other.end <= one.start:
        # what stands before both belongs to both: "reduced the average time from 8 s to 2 s"
        shared = sentence.text[: other.start - sentence.start]
        head = _first(_STATISTICS[:3], shared) if re.search(r"\bfrom\W+(?:[\w-]+\W+){0,3}$", shared) else ""
    else:
        head = ""
    near = f"{' '.join(clause.split())} § {' '.join(tail.split()[:8])}"
    return _first(_STATISTICS, near) or head, _first(_CONDITIONS, near)


def _first(patterns: tuple[tuple[str, str], ...], text: str) -> str:
    found = [
        (match.start(), name) for name, pattern in patterns for match in re.finditer(pattern, text, re.I)
    ]
    order = [name for name, _ in patterns]
    return min(found, key=lambda one: (order.index(one[1]), one[0]))[1] if found else ""


def _told_before(situation: Passage, before: Quantity) -> tuple[Sentence, Quantity] | None:
    """Return where Situation gives that very figure, or a range that begins or ends with it."""
    for sentence in situation.sentences:
        for one in sentence.quantities:
            if one.kind is before.kind and one.unit == before.unit and before.low in {one.low, one.high}:
                return sentence, one
    return None


def _other_total(telling: Telling, name: str, sentence: Sentence) -> tuple[Quantity, str] | None:
    """Return a whole that differs from the one the story began with: 12 services, then "all 14"."""
    order = [SITUATION, TASK, ACTION, RESULT]
    earlier = [
        (part, one)
        for part in order[: order.index(name)]
        if (passage := telling.passage(part))
        for one in passage.quantities
    ]
    passage = telling.passage(name)
    inside = [one for one in passage.quantities if one.start < sentence.start] if passage else []
    for one in sentence.quantities:
        if one.kind is not Kind.COUNT or not one.noun or one.is_range or one.low < 3:
            continue
        before = sentence.text[: one.start - sentence.start]
        after = sentence.text[one.end - sentence.start :]
        words = re.match(rf"\W*(?:{re.escape(one.qualified)}\W+)?{re.escape(one.noun)}", after, re.I)
        rest = after[words.end() :] if words else after
        whole = _WHOLE.search(before)
        if not whole and not (_THE.search(before) and one.low >= 5):
            continue
        alike = [
            (part, other)
            for part, other in earlier
            if other.kind is Kind.COUNT
            and stem(other.noun) == stem(one.noun)
            and other.qualified == one.qualified
            and not other.is_range
        ]
        if not alike or any(other.low == one.low for _, other in alike) or any(
            other.low == one.low and stem(other.noun or one.noun) == stem(one.noun) for other in inside
        ):
            continue
        totals = [(part, other) for part, other in alike if other.low > 1]
        if _RESTRICTS.match(rest) and not _said_there(telling, totals, rest):
            continue
        if not totals or one.qualified:
            continue
        part, other = totals[0]
        spoken = telling.passage(part)
        if spoken is None or _is_part(spoken.text, other):
            continue
        return one, (
            f'"{_words(telling.passages[name].text, one, one.noun)}" here,'
            f' "{_words(spoken.text, other, other.noun)}" in {heading_of(part)}'
        )
    return None


def _said_there(telling: Telling, totals: list[tuple[str, Quantity]], rest: str) -> bool:
    words = " ".join(rest.split()[:4]).rstrip(".,;").lower()
    return any(words in telling.passages[part].text.lower() for part, _ in totals)


def _is_part(text: str, one: Quantity) -> bool:
    """Whether a figure is itself only a part: "31 of the 60", "1 in 4", a rate."""
    before, after = text[max(0, one.start - 12) : one.start], text[one.end : one.end + 12]
    return bool(re.match(r"\s*(?:of|in)\s", after) or re.search(r"\banother\s+$|\d (?:of|in)\s+$", before))


def _other_before(
    passage: Passage, sentence: Sentence, situation: Passage
) -> tuple[Quantity, str] | None:
    """Return a before that Situation gave with another value for the same thing."""
    for change in changes_in(sentence):
        before = change.before
        if before.kind not in {Kind.DURATION, Kind.MONEY, Kind.SIZE, Kind.PERCENT} or before.is_range:
            continue
        own = stems_of(sentence.text)
        alike = [
            (other, one)
            for other in situation.sentences
            for one in other.quantities
            if one.kind is before.kind
            and one.unit == before.unit
            and not one.weak
            and not is_window(other, one)
            and own & stems_of(_near(other, one))
        ]
        if not alike or any(one.low <= before.low <= one.high or _close(one.low, before.low) for _, one in alike):
            continue
        said = [one for _, one in alike if 0.1 <= one.low / before.low <= 10]
        if len(said) == 1 and len(alike) == 1:
            return before, (
                f'the before is "{_words(passage.text, before)}" here and'
                f' "{_words(situation.text, said[0])}" in Situation'
            )
    return None


def _near(sentence: Sentence, one: Quantity) -> str:
    """Return the words of the clause in which a figure stands."""
    start, end = one.start - sentence.start, one.end - sentence.start
    left = re.split(r"[;,]\s+(?:and|but|so|because)\s|;", sentence.text[:start])[-1]
    right = re.split(r"[;,]\s+(?:and|but|so|because)\s|;", sentence.text[end:])[0]
    return f"{left} {right}"


def _close(first: float, second: float) -> bool:
    return abs(first - second) <= 0.02 * max(first, second)


def _targets(sentence: Sentence) -> Iterator[tuple[Quantity | None, re.Match[str]]]:
    whole = re.compile(re.escape(sentence.text[:1]))
    anything = whole.match(sentence.text)
    for one in sentence.quantities:
        before = sentence.text[: one.start - sentence.start]
        if is_window(sentence, one) and not re.search(r"\bwithin\s+(?:the\s+)?$", before, re.I):
            continue
        if _GIVEN.search(before) or one.kind is Kind.FACTOR or (one.weak and one.kind is Kind.COUNT):
            continue
        ahead = re.match(r"\s*(?:ahead|in advance|earlier)\b", sentence.text[one.end - sentence.start :])
        agent = one.kind is Kind.COUNT and one.noun and re.search(r"\bby\s+(?:\w+\s+)?$", before, re.I)
        if agent:
            continue
        if (ahead or _AIMED.search(before)) and anything and not _is_every(before):
            yield one, anything
    for pattern in (_HALVE, _CLOCK_BY):
        found = pattern.search(sentence.text)
        if found:
            yield None, found


def _is_every(before: str) -> bool:
    return bool(re.search(r"\b(?:per|every|each)\s+$", before, re.I))


def _answers(telling: Telling, task: Sentence, target: Quantity | None, result: Passage) -> bool:
    figures = outcomes(result)
    if target is None:
        if _CLOCK_BY.search(task.text) and not _HALVE.search(task.text):
            return bool(_CLOCK.search(result.text))
        return bool(figures)
    if target.kind is Kind.DURATION:
        near = [
            one
            for sentence in result.sentences
            for one in sentence.quantities
            if one.kind is Kind.DURATION
            and 1e-3 <= one.low / max(target.low, 1e-9) <= 1e3
            and not _is_period(sentence, one)
        ]
        ended = target.weak and re.search(r"\bby the end of\b", result.text, re.I)
        return bool(near or ended) or (target.low >= 86400 and bool(_DAY.search(result.text)))
    if target.kind is Kind.COUNT:
        return _count_answers(telling, task, target, result)
    if target.kind is Kind.PERCENT:
        fraction = not re.match(r"[\d.]", task.text[target.start - task.start :])
        return any(
            one.kind in {Kind.PERCENT, Kind.FACTOR} or _is_share(sentence, one) for sentence, one in figures
        ) or ((fraction or _says_by(task, target)) and any(changes_in(sentence) for sentence in result.sentences))
    return any(one.kind is target.kind and one.unit == target.unit for _, one in figures)


def _is_period(sentence: Sentence, one: Quantity) -> bool:
    """Whether a duration is how long something was watched, which answers no target."""
    before = sentence.text[: one.start - sentence.start]
    led = re.search(
        r"\b(?:over|for|during|throughout|since|in the|in these|in those|the last|the next|the past|the first)"
        r"\s+(?:\w+\s+){0,2}$",
        before,
        re.I,
    )
    after = sentence.text[one.end - sentence.start :]
    return bool(led or re.match(r"\s*since\b", after)) and one.high >= 86400


def _says_by(task: Sentence, target: Quantity) -> bool:
    return bool(re.search(r"\bby\s+(?:\w+\s+)?$", task.text[: target.start - task.start], re.I))


def _is_share(sentence: Sentence, one: Quantity) -> bool:
    after = sentence.text[one.end - sentence.start :]
    return one.kind is Kind.COUNT and bool(re.match(r"\s*(?:\w+\s+){0,2}(?:out )?(?:of|in) (?:the |our |all )?\d", after))


def _count_answers(telling: Telling, task: Sentence, target: Quantity, result: Passage) -> bool:
    situation = telling.passage(SITUATION)
    nouns = {stem(target.noun)} if target.noun else set()
    nouns |= {stem(one.noun) for one in task.quantities if one.noun}
    whole = _whole_of(task, target)
    told = [one for one in situation.quantities if one.noun] if situation else []
    nouns |= {stem(one.noun) for one in told if whole is None or one.low == whole}
    words = stems_of(task.text)
    money = situation is not None and any(one.kind is Kind.MONEY for one in situation.quantities)
    for sentence, one in outcomes(result):
        if one.kind is Kind.COUNT:
            if one.low == target.low:
                return True
            about = stems_of(sentence.text)
            if one.noun and (stem(one.noun) in nouns or stem(one.noun) in words):
                return True
            if _is_share(sentence, one) and not _of_time(sentence, one):
                return True
            if not one.noun and (about & (words | nouns)):
                return True
            if not one.noun and not target.noun and 0.1 <= one.low / max(target.low, 1e-9) <= 10:
                return True
        if one.kind is Kind.MONEY and money and not target.noun:
            return True
        bare = not target.noun and target.low >= 2 and not re.search(r"\bfewer\b|\bnumber of\b", task.text)
        if one.kind is Kind.DURATION and bare and _time_in(situation):
            return True
    return _says_none(result, words | nouns)


def _whole_of(task: Sentence, target: Quantity) -> float | None:
    """Return the 600 of "400 of the 600"."""
    rest = [one for one in task.quantities if one.start > target.start]
    between = task.text[target.end - task.start : rest[0].start - task.start] if rest else ""
    return rest[0].low if re.fullmatch(r"\s*(?:out )?of (?:the |our )?", between) else None


def _time_in(situation: Passage | None) -> bool:
    return situation is not None and any(
        one.kind is Kind.DURATION and not is_window(sentence, one) and not one.weak
        for sentence in situation.sentences
        for one in sentence.quantities
    )


def _of_time(sentence: Sentence, one: Quantity) -> bool:
    after = sentence.text[one.end - sentence.start :]
    return bool(re.match(r"\s*(?:\w+\s+){0,2}(?:out )?(?:of|in) (?:the |our |all )?[\d,]+ (?:days|weeks|months|years)", after))


def _says_none(result: Passage, words: set[str]) -> bool:
    return any(
        re.search(r"\b(?:no|none|zero|nobody)\b", sentence.text, re.I) and stems_of(sentence.text) & words
        for sentence in result.sentences
    )


def _words(text: str, one: Quantity, noun: str = "") -> str:
    said = " ".join(text[one.start : one.end].split())
    return f"{said} {noun}".strip()


def _context(text: str, start: int, end: int, said: str) -> str:
    before = " ".join(text[:start].split()[-3:])
    after = " ".join(text[end:].split()[:3]).rstrip(".,;")
    return " ".join(f"{before} {said} {after}".split())
