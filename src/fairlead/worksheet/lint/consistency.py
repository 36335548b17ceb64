"""The rule on figures that should agree across a story: the same thing has one value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.worksheet.lint.changes import changes_in
from fairlead.worksheet.lint.conditions import tags, written
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Passage, Sentence, Telling, is_window, stems_of
from fairlead.worksheet.lint.quantities import Kind, Quantity, stem
from fairlead.worksheet.model import ACTION, RESULT, SITUATION, TASK
from fairlead.worksheet.story_file import heading_of

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
            f'"{written(telling.passages[name].text, one, one.noun)}" here,'
            f' "{written(spoken.text, other, other.noun)}" in {heading_of(part)}'
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
                f'the before is "every {written(passage.text, one)}" here and'
                f' "every {written(situation.text, alike[0])}" in Situation'
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
        statistic = tags(sentence, before, change.after)[0]
        if statistic:
            alike = [(other, one) for other, one in alike if tags(other, one, None)[0] == statistic]
        if not alike or any(
            one.low <= before.low <= one.high or _close(one.low, before.low) for _, one in alike
        ):
            continue
        said = [one for _, one in alike if 0.1 <= one.low / before.low <= 10]
        if len(said) == 1 and len(alike) == 1:
            return before, (
                f'the before is "{written(passage.text, before)}" here and'
                f' "{written(situation.text, said[0])}" in Situation'
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
                f'the before is "{written(passage.text, before)}" here and'
                f' "{written(situation.text, one, one.noun)}" in Situation'
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
