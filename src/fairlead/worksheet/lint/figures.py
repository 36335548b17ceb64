"""Rules on what a story's figures lack: a figure at all, a baseline, an n, a window, a source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from fairlead.worksheet.lint.changes import (
    Change,
    Claim,
    changes_in,
    claims_in,
    linked,
)
from fairlead.worksheet.lint.cues import (
    NONE,
    SAME_DAY,
    UNKNOWN,
    UNNAMED,
    says_when,
    without_rates,
)
from fairlead.worksheet.lint.grounds import begun_at, can_be_computed, fits, metric_is_known
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import (
    Passage,
    Sentence,
    Telling,
    around,
    is_window,
    stems_of,
    text_before,
)
from fairlead.worksheet.lint.quantities import Kind, Quantity
from fairlead.worksheet.lint.sourcing import measures, names_source
from fairlead.worksheet.model import ACTION, EXTRA, LESSON, NOTES, RESULT, SITUATION, TASK, EvidenceKind

_STATED = re.compile(
    r"\b(?:average|mean|median|percentile|at most|longest|slowest|fastest|worst|takes?|took|taken"
    r"|lasts?|lasted|now)\b",
    re.I,
)
_CLOCK = re.compile(r"\b(?:at|by|until|from|before|to) \d{1,2}[:.]\d\d\b|\b\d{1,2} ?[ap]\.?m\b", re.I)
_NEVER = re.compile(
    r"\b(?:not|never|hasn't|haven't|hadn't|without an?y?)\b[^.]*\b(?:since|in the|for)\b", re.I
)
_OWN_WORK = re.compile(
    r"\b(?:made|did|converted|built|wrote|trained|delivered|migrated|moved|hired|completed|launched"
    r"|held|taught"
    r"|led|ran|gave|visited|published|shipped|released|onboarded|mentored"
    r"|coached)\s+(?:[a-z]+\s+){0,2}$",
    re.I,
)
_OFF_A_DATE = re.compile(
    r"\s*(?:before|ahead of|after|later?|early|earlier) (?:the|my|our|than)\b|\s*(?:late|early)\b", re.I
)
_GOES_ON = re.compile(r"\s*(?:that|this|so|which)\b")
_EVERY = re.compile(r"\b(?:every|per|each)\s+$", re.I)
_FASTER = re.compile(r"\s*(?:\w+\s+)?(?:faster|quicker|speedier|more quickly|slower)\b", re.I)


def no_number(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Result without a figure; "none since May" is one, and so is saying that it is unknown."""
    result = telling.passage(RESULT)
    if result is None or outcomes(result) or says_unknown(result):
        return
    for sentence in result.sentences:
        never = NONE.search(sentence.low) or _NEVER.search(sentence.text)
        if _CLOCK.search(sentence.text) or (never and says_when(without_rates(sentence.low))):
            return
    yield Spotted(
        passage=result, start=0, end=0, what="Result has no figure: how much, how many, how often?"
    )


def baseline(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a change in per cent whose before and after the story doesn't give."""
    result = telling.passage(RESULT)
    if result is None:
        return
    passages = [one for name, one in telling.passages.items() if name != NOTES]
    told = [one for name in (SITUATION, TASK, RESULT) if (one := telling.passage(name))]
    for at, sentence in enumerate(result.sentences):
        near = result.sentences[max(0, at - 1) : at + 2]
        here = near[:2] if at and _GOES_ON.match(sentence.low) else (sentence,)
        unnamed = UNNAMED.search(sentence.low)
        if unnamed and not unnamed[0].lower().startswith("compared"):
            continue
        changes = changes_in(sentence)
        for claim in claims_in(sentence):
            one = claim.quantity
            halves = one.kind is Kind.FACTOR and one.low == 0.5
            if not (one.kind is Kind.PERCENT or halves) or claim.based or _is_faster(sentence, one):
                continue
            if any(linked(sentence, change, claim) for change in changes):
                continue
            if any(
                changes_in(other) and _restates(sentence, claim, other)
                for other in near
                if other is not sentence
            ):
                continue
            if metric_is_known(sentence, claim, passages) or can_be_computed(claim, here, told):
                continue
            begun = begun_at(sentence, telling.passage(SITUATION))
            if any(linked(sentence, Change(before=end, after=end), claim) for _, end in begun):
                continue
            yield Spotted(
                passage=result,
                start=one.start,
                end=one.end,
                what=f'"{around(sentence, one)}": from what to what? The story gives neither',
            )
            return


def faster(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield "60 % faster" without the two times: it can mean two different things."""
    for name in (RESULT, LESSON):
        passage = telling.passage(name)
        for at, sentence in enumerate(passage.sentences if passage else ()):
            near = passage.sentences[max(0, at - 1) : at + 2] if passage else ()
            if any(one.kind is Kind.DURATION for other in near for one in _ends(other)):
                continue
            for one in sentence.quantities:
                if one.kind is Kind.PERCENT and _is_faster(sentence, one):
                    share = one.low
                    less = share if share < 100 else 100 - 100 / (1 + share / 100)
                    other = 100 - 100 / (1 + share / 100)
                    yield Spotted(
                        passage=passage,
                        start=one.start,
                        end=one.end,
                        what=f'"{around(sentence, one)}" can mean {less:.0f} % less time, or'
                        f" {share:.0f} % more done in the same time, which is {other:.0f} % less time",
                    )
                    return


def no_window(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Result whose figures have no time: when, or for how long, they were seen."""
    result = telling.passage(RESULT)
    if result is None or not outcomes(result) or says_unknown(result):
        return
    if says_when(SAME_DAY.sub(" ", without_rates(result.low))):
        return
    if all(one.kind is Kind.DURATION and not _compared(sentence) for sentence, one in outcomes(result)):
        return
    sentence, first = max(outcomes(result), key=lambda pair: _claims(*pair))
    yield Spotted(
        passage=result,
        start=first.start,
        end=first.end,
        what=f'"{around(sentence, first)}": when was that, or over how long?',
    )


def no_source(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Result with measured figures when nothing in the story says where they come from."""
    result = telling.passage(RESULT)
    if result is None or says_unknown(result):
        return
    measured = [
        (sentence, one)
        for sentence, one in outcomes(result)
        if one.kind is not Kind.DURATION or (_compared(sentence) and not _off_a_date(sentence, one))
    ]
    measured = [pair for pair in measured if not _own_work(*pair)]
    if not measured or any(one.kind is not EvidenceKind.TYPED for one in telling.story.evidence):
        return
    said = [telling.passage(name) for name in (RESULT, LESSON, EXTRA, NOTES)]
    if any(names_source(one.text) for one in said if one):
        return
    action = telling.passage(ACTION)
    if action and measures(action.text):
        return
    before = [telling.passage(name) for name in (SITUATION, TASK, ACTION)]
    known = frozenset().union(*(stems_of(one.text) for one in before if one))
    if any(names_source(one.text, known) for one in said if one):
        return
    sentence, first = max(measured, key=lambda pair: _claims(*pair))
    yield Spotted(
        passage=result,
        start=first.start,
        end=first.end,
        what=f'"{around(sentence, first)}": who or what counted that?',
    )


def no_scale(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Situation without a figure, so that the listener can't tell large from small."""
    situation = telling.passage(SITUATION)
    if situation and not any(not one.weak for one in situation.quantities):
        yield Spotted(
            passage=situation,
            start=0,
            end=0,
            what="Situation has no figure: how many, how often, how large?",
        )


def comparator(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a comparison with nobody in particular; once a story."""
    result = telling.passage(RESULT)
    found = UNNAMED.search(result.low) if result else None
    if result and found:
        yield Spotted(
            passage=result,
            start=found.start(),
            end=found.end(),
            what=f'"{_flat(result.text[found.start() : found.end()])}": which, and what was theirs?',
        )


@lru_cache(maxsize=64)
def outcomes(result: Passage) -> tuple[tuple[Sentence, Quantity], ...]:
    """Return the figures that say what came out, and not only when."""
    return tuple(
        (sentence, one)
        for sentence in result.sentences
        for one in _with_units(sentence)
        if not is_window(sentence, one)
        and not (one.weak and one.kind is Kind.DURATION)
        and not _is_rate(sentence, one)
        and not (one.weak and not one.noun)
        and not _is_passing(sentence, one)
    )


def _is_passing(sentence: Sentence, one: Quantity) -> bool:
    """Whether a count is of others who took something up, told in passing: "two other departments"."""
    written = sentence.text[one.start - sentence.start : one.end - sentence.start]
    return one.kind is Kind.COUNT and written.isalpha() and one.low <= 3 and "other" in one.qualified


def _with_units(sentence: Sentence) -> list[Quantity]:
    """Return a sentence's figures; a plain number that is compared with another has that one's unit."""
    ends = {end.start: end for end in _ends(sentence)}
    return [ends.get(one.start, one) for one in sentence.quantities]


@lru_cache(maxsize=64)
def says_unknown(passage: Passage) -> bool:
    """Whether the text says that the figure isn't known, which is as good an answer as a figure."""
    return bool(UNKNOWN.search(passage.low))


def _claims(sentence: Sentence, one: Quantity) -> int:
    """How much of a claim a figure is: a change most, then a share, then a count."""
    if any(one.start in {change.before.start, change.after.start} for change in changes_in(sentence)):
        return 3
    return 2 if one.kind in {Kind.PERCENT, Kind.FACTOR} else 1 if one.kind is not Kind.DURATION else 0


def _is_rate(sentence: Sentence, one: Quantity) -> bool:
    before = text_before(sentence, one.start - sentence.start)
    return one.kind is Kind.DURATION and bool(_EVERY.search(before))


def _ends(sentence: Sentence) -> list[Quantity]:
    return [end for change in changes_in(sentence) for end in (change.before, change.after)]


def _own_work(sentence: Sentence, one: Quantity) -> bool:
    """Whether a count is of the teller's own work, which needs no source: "built 12 services"."""
    if one.kind is not Kind.COUNT or _claims(sentence, one) > 1:
        return False
    return bool(_OWN_WORK.search(text_before(sentence, one.start - sentence.start)))


def _compared(sentence: Sentence) -> bool:
    """Whether durations in a sentence are measured ones: compared, averaged or at a limit."""
    return bool(changes_in(sentence)) or bool(_STATED.search(sentence.text))


def _off_a_date(sentence: Sentence, one: Quantity) -> bool:
    """Whether a duration says how far from a date something was: "three weeks before the deadline"."""
    return bool(_OFF_A_DATE.match(sentence.text[one.end - sentence.start :]))


def _is_faster(sentence: Sentence, one: Quantity) -> bool:
    after = sentence.text[one.end - sentence.start :]
    return bool(_FASTER.match(after))


def _restates(sentence: Sentence, claim: Claim, other: Sentence) -> bool:
    """Whether a claim says again, or goes on about, what the sentence beside it tells as a change."""
    if re.match(r"\s*(?:this|that|it|an?)\b", sentence.low):
        return True
    shared = stems_of(other.text) & stems_of(sentence.text)
    return len(shared) > 1 or (bool(shared) and any(fits(one, claim) for one in changes_in(other)))


def _flat(text: str) -> str:
    return " ".join(text.split())
