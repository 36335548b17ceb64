"""What a claimed change rests on: the figures of the story from which it can be computed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, product

from fairlead.worksheet.lint.changes import Change, Claim, in_one_unit
from fairlead.worksheet.lint.prose import Passage, Sentence, is_window, stems_of
from fairlead.worksheet.lint.quantities import Kind, Quantity, stem


def _stems(words: str) -> set[str]:
    return {stem(word) for word in words.split()}


_GENERIC = {
    Kind.DURATION: _stems(
        "time latency delay duration wait speed length turnaround lag runtime uptime"
    ),
    Kind.MONEY: _stems("cost spend spending bill price revenue expense budget invoice"),
    Kind.SIZE: _stems("memory storage volume bandwidth footprint"),
}


_OF_WHOM = re.compile(
    r"(?<!number )(?<!amount )(?<!volume )(?<!rate )(?<!share )(?<!count )"
    r"\b(?:from|of|by|about|among|with|for)\s+(?:the |our |its |their |my )?\w+"
)
_CLAUSE = re.compile(
    r"[;:]|,\s+(?:and|but|while|which|by)\s|\s+(?:and|but)\s+(?=(?:the|our|we|I|customer|user)\b)"
)


def fits(change: Change, claim: Claim) -> bool:
    """Whether a claim follows from a change, at the precision that the figures are told with."""
    low, high = _ends(change.before), _ends(change.after)
    said = claim.quantity.low
    if min(low) <= 0 or (claim.quantity.kind is Kind.FACTOR and min(high) <= 0):
        return True
    if claim.quantity.kind is Kind.FACTOR:
        ratios = [max(b / a, a / b) for b in low for a in high if a > 0]
        wanted = 1 / said if said < 1 else said
        slack = (0.2 if claim.hedged else 0.06) * wanted
        near = min(ratios) - slack <= wanted <= max(ratios) + slack
        return near or (claim.speed and min(ratios) - slack <= wanted + 1 <= max(ratios) + slack)
    shares = [abs(a - b) / b * 100 for b in low for a in high]
    ways = [shares]
    if claim.speed and min(high) > 0:
        ways.append([(b / a - 1) * 100 for b in low for a in high])
    slack = 6.0 if claim.hedged else 3.0 if claim.worded else 0.8 if said == int(said) else 0.15
    return any(min(way) - slack <= said <= max(way) + slack for way in ways)


def _ends(quantity: Quantity) -> tuple[float, float]:
    """Return the least and the most that a figure as written can stand for."""
    if quantity.kind is Kind.COUNT or quantity.is_range:
        return quantity.low, quantity.high
    written = quantity.low / quantity.factor
    step = 1.0
    for digits in range(4):
        step = 10.0**-digits
        if abs(written * 10**digits - round(written * 10**digits)) < 1e-6:
            break
    half = 0.5 * step * quantity.factor
    return quantity.low - half, quantity.high + half


def can_be_computed(claim: Claim, here: Sequence[Sentence], passages: Sequence[Passage]) -> bool:
    """Whether two figures make the claimed change, or the claimed share of each other.

    One of the two is in the sentences around the claim, so that it isn't a coincidence.
    """
    near = [one for one in _amounts(here) if one is not claim.quantity]
    far = [
        one for passage in passages for one in _amounts(passage.sentences) if one is not claim.quantity
    ]
    pairs = [*combinations(near, 2), *product(near, far)]
    return any(_makes(first, second, claim) for first, second in pairs)


def _amounts(sentences: Sequence[Sentence]) -> list[Quantity]:
    return [
        one
        for sentence in sentences
        for one in sentence.quantities
        if not one.weak and one.kind is not Kind.FACTOR and not is_window(sentence, one)
    ]


def _makes(first: Quantity, second: Quantity, claim: Claim) -> bool:
    one, two = in_one_unit(first, second)
    if not one.same_unit(two) or one.low == two.low:
        return False
    if fits(Change(before=one, after=two), claim) or fits(Change(before=two, after=one), claim):
        return True
    share = 100 * min(one.low, two.low) / max(one.low, two.low)
    return claim.quantity.kind is Kind.PERCENT and abs(share - claim.quantity.low) < 0.5


def begun_at(sentence: Sentence, situation: Passage | None) -> list[tuple[Quantity, Quantity]]:
    """Return what a sentence's figure may have been before: a figure of Situation for the same thing.

    Each pair is the figure in Situation and the one in the sentence; both are in one unit and count
    the same things, or stand among the same words.
    """
    pairs = []
    for after in sentence.quantities:
        if (
            after.kind in {Kind.PERCENT, Kind.FACTOR, Kind.POINTS}
            or after.weak
            or is_window(sentence, after)
        ):
            continue
        for other in situation.sentences if situation else ():
            for before in other.quantities:
                if before.weak or is_window(other, before) or not before.same_unit(after):
                    continue
                counted = before.kind is Kind.COUNT and before.noun and after.noun
                if counted or (
                    before.kind is not Kind.COUNT and stems_of(sentence.text) & stems_of(other.text)
                ):
                    pairs.append((before, after))
    return pairs


def metric_is_known(sentence: Sentence, claim: Claim, passages: list[Passage]) -> bool:
    """Whether the story gives a figure for the very thing whose change is claimed.

    That is so where another sentence has a figure in the unit that the thing is measured in and shares
    the thing's words, or counts the thing itself.
    """
    start, end = claim.quantity.start - sentence.start, claim.quantity.end - sentence.start
    left = _OF_WHOM.sub(" ", _CLAUSE.split(sentence.text[:start])[-1])
    right = _CLAUSE.split(sentence.text[end:])[0]
    near = " ".join([*left.split()[-7:], *right.split()[:5]])
    if re.search(r"\b(?:who|which|that)\b", near, re.I):
        return False
    metric = stems_of(near)
    kind = next((kind for kind, words in _GENERIC.items() if metric & words), None)
    own = metric - set().union(*_GENERIC.values())
    for passage in passages:
        for other in passage.sentences:
            if other is sentence:
                continue
            for one in other.quantities:
                if is_window(other, one) or one.weak:
                    continue
                if kind and one.kind is kind and own & stems_of(other.text):
                    return True
                counted = one.kind is Kind.COUNT and one.noun and stem(one.noun) in own
                if not kind and counted and one.noun in near.lower():
                    return True
                if not kind and one.kind in _GENERIC and len(own & stems_of(other.text)) >= 2:
                    return True
    return False
