"""Rules on figures that should agree across a story: statistic, condition, value, target."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from fairlead.worksheet.lint.changes import Change, changes_in, told_next
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Passage, Sentence, Telling, is_window, stems_of
from fairlead.worksheet.lint.quantities import Kind, Quantity, stem
from fairlead.worksheet.model import ACTION, RESULT, SITUATION, TASK
from fairlead.worksheet.story_file import heading_of

_STATISTICS = (
    ("average", r"\bon average\b|\baverage[ds]?\b|\bmean\b|\bavg\b|\btypical(?:ly)?\b"),
    ("median", r"\bmedian\b|\bp50\b|\b50th percentile\b"),
    ("99th percentile", r"\bp99(?:\.\d+)?\b|\b99(?:\.\d+)?th percentile\b"),
    ("high percentile", r"\bp(?:[6-8]\d|9[0-8])\b|\b(?:[6-8]\d|9[0-8])th percentile\b"),
    (
        "worst case",
        r"\bup to (?:\w+ )?§|\bworst\b|\bmax(?:imum)?\b|\blongest\b|\bslowest\b|\bas (?:much|long"
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
_CONDITIONS = (
    (
        "peak",
        r"\bat (?:the )?peak\b|(?<!off[- ])\bpeak (?:hours?|times?|load|season|traffic|days?|weeks?|months?)\b"
        r"|\bbusy (?:hours?|times?|periods?|days?|season|nights?|evenings?)\b"
        r"|\b(?:is|was|are|were|it's) busy\b|\b(?:month|quarter|year)[ -]end\b"
        r"|\bbusiest\b|\brush\b|\blunch ?time\b"
        r"|\bworst (?:time|season|nights?|day)\b|\bunder load\b|\bon Mondays\b|\bBlack Friday\b"
        r"|\bhigh load\b",
    ),
    (
        "quiet",
        r"\bat night\b|\boff-?peak\b|\bquiet\b|\bnormal (?:day|hours|load)\b|\bload is lowest\b"
        r"|\bidle\b|\bweekend\b|\b(?:Satur|Sun)day (?:nights?|mornings?|evenings?)\b|\bnothing else\b"
        r"|\bover the day\b|\ball hours\b|\bordinary day\b",
    ),
    ("test", r"\bstaging\b|\btest (?:system|environment)\b|\bon my laptop\b|\blocal(?:ly)?\b"),
    ("production", r"\bproduction\b|\bin the field\b|\blive\b"),
)
_SAME_CONDITION = re.compile(
    r"\b(?:same|worst|longest|slowest|busiest|at any (?:time|hour)|at all (?:times|hours)"
    r"|under load|always"
    r"|whenever|max(?:imum)?|p9\d|at most|never)\b",
    re.I,
)
_WORST = re.compile(r"\b(?:worst|busiest|longest|slowest|max(?:imum)?|up to)\b", re.I)
_MEANS = {"average", "median"}
_WHOLE = re.compile(r"\b(?:all|all of the|all the|each of the|of the|every one of the)\s+$", re.I)
_THE = re.compile(r"\b(?:the|our|my|those|these)\s+$", re.I)
_ADJECTIVE = re.compile(
    r"\w{3}(?:al|ed|ive|ous|ful|less|able|ible|ic|ior|ern|est|ary)\b"
    r"|\b(?:remaining|pending|running|existing|missing|old|new|large|small|big|open|main|key|core"
    r"|top|busy|other|different|separate|more"
    r"|further|extra|last"
    r"|first|next|best|worst|good|bad|free|full|empty|late|early|long|short|high|low|major|minor"
    r"|public|private)\b"
)
_PERIOD = (
    r"(?:19|20)\d\d|January|February|March|April|May|June|July|August|September|October|November|December"
    r"|spring|summer|autumn|winter|day|week|month|quarter|term|semester|season|year|period|batch|class|cohort"
)
_EVERY = re.compile(r"\bevery\s+$", re.I)
_INSTEAD_OF_EVERY = re.compile(
    r"\b(?:instead of|rather than|from|down from|up from|had been|used to be"
    r"|it was)\s+(?:once\s+)?every\s+$",
    re.I,
)
_RESTRICTS = re.compile(
    rf"^\s*(?:of|from)\s+(?:the\s+)?(?:[\w-]+\s+){{0,3}}?(?:{_PERIOD})\b"
    r"|^\W{0,2}(?:that|who|which|whose|where|with|from|I|we|whom)\b|^\s*,\s*(?:which|who)\b",
    re.I,
)


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
            before = _tags(second, change.before, None)[0] if change else ""
            after = _tags(first, change.after, None)[0] if change else ""
            if change and before and after and _differ(before, after):
                one, two = _words(passage.text, change.before), _words(passage.text, change.after)
                yield Spotted(
                    passage=passage,
                    start=change.before.start,
                    end=change.before.end,
                    what=f'the before ("{one}") is {_a(before)}, the after ("{two}") {_a(after)}',
                )
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
                _other_before(passage, sentence, situation)
                or _other_count(passage, sentence, situation)
                or _other_interval(passage, sentence, situation)
                if passage and name == RESULT
                else None
            )
            if spot:
                quantity, what = spot
                yield Spotted(passage=passage, start=quantity.start, end=quantity.end, what=what)
                return


def _mismatch(passage: Passage, sentence: Sentence, change: Change, situation: Passage | None) -> str:
    after = _tags(sentence, change.after, change.before)
    before = _tags(sentence, change.before, change.after)
    told = _told_before(situation, change.before) if situation else None
    ranged = ""
    told_text = told[0].text if told else ""
    if told:
        other, figure = told
        known = _tags(other, figure, None)
        if before[0] and known[0] and _differ(known[0], before[0]):
            first = _words(passage.text, change.before)
            told_as = _words(situation.text if situation else "", figure)
            return (
                f'the before is "{told_as}" in Situation, {_a(known[0])},'
                f' and "{first}" here, {_a(before[0])}'
            )
        before = (before[0] or known[0], before[1] or known[1])
        if figure.is_range and not change.before.is_range:
            ranged = _words(situation.text if situation else "", figure)
    first, second = _words(passage.text, change.before), _words(passage.text, change.after)
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
    if after[1] in {"quiet", "test"} and not before[1] and not _first(_CONDITIONS[1:3], told_text):
        return f'the after ("{second}") is for {after[1]} time, the before ("{first}") is not'
    return ""


def _condition_lost(telling: Telling, result: Passage, sentence: Sentence, change: Change) -> str:
    """Return what to say of a before that was told for the peak, when Result speaks of no peak."""
    if _first(_CONDITIONS[:1], result.text) or _SAME_CONDITION.search(result.text):
        return ""
    for name in (SITUATION, TASK, ACTION):
        told = _told_before(passage, change.before) if (passage := telling.passage(name)) else None
        known = _tags(*told, None) if told else ("", "")
        worst = known[0] == "worst case" and told and _WORST.search(told[0].text)
        lost = known[1] == "peak" or worst
        if passage is None or told is None or not lost:
            continue
        if not stems_of(told[0].text) & stems_of(sentence.text):
            continue
        first, second = _words(passage.text, told[1]), _words(result.text, change.after)
        quiet = _first(_CONDITIONS[1:2], sentence.text)
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
    tail = re.split(
        r"[;.]|,\s+(?:and|but|while|whereas|down|up|from|against|where|instead|in place)\b", after
    )[0]
    if other is not None and other.end <= one.start:
        # what stands before both belongs to both: "reduced the average time from 8 s to 2 s"
        shared = sentence.text[: other.start - sentence.start]
        head = (
            _first(_STATISTICS[:4], shared)
            if re.search(r"\bfrom\W+(?:[\w-]+\W+){0,3}$", shared)
            else ""
        )
    else:
        head = ""
    near = f"{' '.join(clause.split())} § {' '.join(tail.split()[:8])}"
    return _first(_STATISTICS, near) or head, _first(_CONDITIONS, near)


def _first(patterns: tuple[tuple[str, str], ...], text: str) -> str:
    found = [
        (match.start(), name)
        for name, pattern in patterns
        for match in re.finditer(pattern, text, re.I)
    ]
    order = [name for name, _ in patterns]
    return min(found, key=lambda one: (order.index(one[1]), one[0]))[1] if found else ""


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


def _other_total(telling: Telling, name: str, sentence: Sentence) -> tuple[Quantity, str] | None:
    """Return a whole that differs from the one the story began with: 12 services, then "all 14"."""
    for one in sentence.quantities:
        if one.kind is not Kind.COUNT or not one.noun or one.is_range or one.low < 3:
            continue
        before = sentence.text[: one.start - sentence.start]
        before = before[-40:]
        if not _WHOLE.search(before) and not (_THE.search(before) and one.low >= 5):
            continue
        after = sentence.text[one.end - sentence.start :].lower()
        rest = after.partition(one.noun)[2] if one.noun in after else after
        earlier = [
            (part, one)
            for part in (SITUATION, TASK)
            if part != name
            if (passage := telling.passage(part))
            for one in passage.quantities
        ]
        passage = telling.passage(name)
        inside = [one for one in passage.quantities if one.start < sentence.start] if passage else []
        alike = [
            (part, other)
            for part, other in earlier
            if other.kind is Kind.COUNT
            and _one_thing(one.noun, other.noun)
            and (
                other.qualified == one.qualified
                or not (one.qualified or _ADJECTIVE.search(other.qualified))
                or (not one.qualified and _WHOLE.search(before) and one.low < other.low)
            )
            and not other.is_range
        ]
        if (
            not alike
            or any(other.low == one.low and other.kind is Kind.COUNT for _, other in earlier)
            or any(
                other.low == one.low and stem(other.noun or one.noun) == stem(one.noun)
                for other in inside
            )
        ):
            continue
        totals = [(part, other) for part, other in alike if other.low > 1]
        if _RESTRICTS.match(rest) and not (
            _said_there(telling, totals, rest)
            or (_WHOLE.search(before) and _same_doing(telling, totals, rest))
        ):
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


def _same_doing(telling: Telling, totals: list[tuple[str, Quantity]], rest: str) -> bool:
    """Whether "who did the corrections" tells them apart by what they were said to do before."""
    clause = re.split(r"[,.;]|\b(?:have|has|had|are|were|is|was)\b", rest)[0]
    doing = {word[:7] for word in re.findall(r"[a-z]{7,}", clause)}
    for part, one in totals:
        for sentence in telling.passages[part].sentences:
            if one in sentence.quantities:
                told = sentence.text[one.end - sentence.start :].lower()
                if doing & {word[:7] for word in re.findall(r"[a-z]{7,}", told)}:
                    return True
    return False


def _one_thing(first: str, second: str) -> bool:
    """Whether two nouns name the same things: "services" are "microservices" told shorter."""
    one, other = stem(first), stem(second)
    return one == other or (len(one) >= 5 and other.endswith(one))


def _other_interval(
    passage: Passage, sentence: Sentence, situation: Passage
) -> tuple[Quantity, str] | None:
    """Return the "eight weeks" of "instead of every eight weeks" where Situation says another one."""
    for one in sentence.quantities:
        before = sentence.text[: one.start - sentence.start]
        if one.kind is not Kind.DURATION or not _INSTEAD_OF_EVERY.search(before):
            continue
        alike = [
            other
            for told in situation.sentences
            for other in told.quantities
            if other.kind is Kind.DURATION
            and _EVERY.search(told.text[: other.start - told.start])
            and stems_of(told.text) & stems_of(sentence.text)
        ]
        if len(alike) == 1 and not alike[0].low <= one.low <= alike[0].high:
            return one, (
                f'the before is "every {_words(passage.text, one)}" here and'
                f' "every {_words(situation.text, alike[0])}" in Situation'
            )
    return None


def _is_part(text: str, one: Quantity) -> bool:
    """Whether a figure is itself only a part: "31 of the 60", "1 in 4", a rate."""
    before, after = text[max(0, one.start - 12) : one.start], text[one.end : one.end + 12]
    return bool(
        re.match(r"\s*(?:of|in)\s", after) or re.search(r"\banother\s+$|\d (?:of|in)\s+$", before)
    )


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
        statistic = _tags(sentence, before, change.after)[0]
        if statistic:
            alike = [(other, one) for other, one in alike if _tags(other, one, None)[0] == statistic]
        if not alike or any(
            one.low <= before.low <= one.high or _close(one.low, before.low) for _, one in alike
        ):
            continue
        said = [one for _, one in alike if 0.1 <= one.low / before.low <= 10]
        if len(said) == 1 and len(alike) == 1:
            return before, (
                f'the before is "{_words(passage.text, before)}" here and'
                f' "{_words(situation.text, said[0])}" in Situation'
            )
    return None


def _other_count(
    passage: Passage, sentence: Sentence, situation: Passage
) -> tuple[Quantity, str] | None:
    """Return a count's before, where Situation counts the same things once, and otherwise."""
    for change in changes_in(sentence):
        before, noun = change.before, change.before.noun or change.after.noun
        if before.kind is not Kind.COUNT or not noun or before.is_range or before.qualified:
            continue
        told = [
            (part, one)
            for part in situation.sentences
            for one in part.quantities
            if one.kind is Kind.COUNT and not one.weak
        ]
        alike = [
            (part, one) for part, one in told if stem(one.noun) == stem(noun) and not one.qualified
        ]
        if len(alike) != 1 or any(one.low <= before.low <= one.high for _, one in told):
            continue
        part, one = alike[0]
        shared = (stems_of(part.text) & stems_of(sentence.text)) - {stem(noun)}
        hedged = re.search(
            r"\b(?:about|around|some|roughly|nearly|almost|over)\s+$", passage.text[: before.start]
        )
        if (
            shared
            and not hedged
            and 0.5 <= one.low / before.low <= 2
            and not _close(one.low, before.low)
        ):
            return before, (
                f'the before is "{_words(passage.text, before)}" here and'
                f' "{_words(situation.text, one, one.noun)}" in Situation'
            )
    return None


def _near(sentence: Sentence, one: Quantity) -> str:
    """Return the words of the clause in which a figure stands."""
    start, end = one.start - sentence.start, one.end - sentence.start
    left = re.split(r"[;,]\s+(?:and|but|so|because|while|whereas)\s|;", sentence.text[:start])[-1]
    right = re.split(r"[;,]\s+(?:and|but|so|because|while|whereas)\s|;", sentence.text[end:])[0]
    return f"{left} {right}"


def _close(first: float, second: float) -> bool:
    return abs(first - second) <= 0.02 * max(first, second)


def _words(text: str, one: Quantity, noun: str = "") -> str:
    said = " ".join(text[one.start : one.end].split())
    return f"{said} {noun}".strip()
