"""Figures that stand together and can't all be right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fairlead.worksheet.lint.changes import (
    Change,
    Claim,
    changes_in,
    claims_in,
    follows,
    in_one_unit,
    linked,
    told_next,
)
from fairlead.worksheet.lint.grounds import begun_at, fits
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Passage, Sentence, Telling, text_before
from fairlead.worksheet.lint.quantities import Kind, Quantity
from fairlead.worksheet.lint.sums import wrong_sums
from fairlead.worksheet.model import NOTES, RESULT, SITUATION

_OF = re.compile(r"^\s*(?:out )?of\s+(?:the |our |all |these |those |its |their )*$", re.I)
_DIFFERENCE = re.compile(
    r"^\s*(?:[\w-]+\s+)?(?:fewer|less|saved|more|shorter|lower|higher)\b(?!\s+than\b)", re.I
)
_LEADS_DIFFERENCE = re.compile(
    r"\b(?:sav(?:es|ed|ing)|an? (?:saving|gain|difference|drop|reduction|rise|increase) of)"
    r"\s+(?:us |them |everyone )?$",
    re.I,
)
_A_TIME = re.compile(r"\s*(?:[\w-]+\s+)?(?:a|an|per|every|in all|in total|altogether|for)\b", re.I)
_IS_HALF = re.compile(
    r"\b(?:which|that|this) (?:is|was) (?:about |roughly |nearly |just )?(?P<half>half|a third)\b", re.I
)


def arithmetic(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield shares, multiples and differences that don't follow from the figures beside them."""
    for name, passage in telling.passages.items():
        if name == NOTES:
            continue
        for at, sentence in enumerate(passage.sentences):
            if not sentence.quantities:
                continue
            yield from _in_sentence(passage, sentence)
            if at and follows(sentence):
                changes = changes_in(passage.sentences[at - 1])
                for claim in claims_in(sentence) if len(changes) == 1 else ():
                    yield from _wrong(passage, changes[0], claim)
                if len(changes) == 1:
                    yield from _wrong_difference(passage, sentence, changes[0], changes)
            for claim in claims_in(sentence) if at else ():
                told = told_next(passage.sentences[at - 1], sentence)
                if told:
                    yield from _wrong(passage, told, claim)
            if name == RESULT:
                yield from _since_situation(passage, sentence, telling.passage(SITUATION))


def _in_sentence(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    changes = changes_in(sentence)
    claims = [one for one in claims_in(sentence) if not _is_end(one.quantity, changes)]
    for claim in claims:
        change = _of_base(sentence, claim) or next(
            (one for one in _nearest(changes, claim) if linked(sentence, one, claim)), None
        )
        if change and not any(fits(one, claim) for one in changes):
            yield from _wrong(passage, change, claim)
    for change in changes:
        yield from _wrong_difference(passage, sentence, change, changes)
        yield from _wrong_half(passage, sentence, change)
    yield from _wrong_shares(passage, sentence)
    yield from wrong_sums(passage, sentence)
    for claim in claims:
        falls = re.search(
            r"\b(?:reduc|decreas|cut|drop|fell|lower|less|fewer|sav)", sentence.text, re.I
        )
        if claim.quantity.kind is Kind.PERCENT and claim.quantity.low > 100 and falls and not changes:
            spot = claim.quantity
            yield Spotted(
                passage=passage,
                start=spot.start,
                end=spot.end,
                what=f"nothing can fall by {_number(spot.low)} %: 100 % less is none",
            )


def _since_situation(
    passage: Passage, sentence: Sentence, situation: Passage | None
) -> Iterator[Spotted]:
    """Yield a share that doesn't follow from the figure beside it and the one in Situation."""
    claims = [one for one in claims_in(sentence) if one.quantity.kind is Kind.PERCENT]
    if changes_in(sentence) or len(claims) != 1 or claims[0].based or situation is None:
        return
    pairs = [pair for pair in begun_at(sentence, situation) if pair[0].low != pair[1].low]
    restated = text_before(sentence, claims[0].quantity.start - sentence.start).endswith(
        ("that is ", "or ")
    )
    if (
        restated
        or len(pairs) != 1
        or fits(change := Change(before=pairs[0][0], after=pairs[0][1]), claims[0])
    ):
        return
    if not linked(sentence, Change(before=change.after, after=change.after), claims[0]):
        return
    spot = claims[0].quantity
    before, after = _text(situation, change.before), _text(passage, change.after)
    yield Spotted(
        passage=passage,
        start=spot.start,
        end=spot.end,
        what=f"{before} (Situation) → {after} is {_right(change, claims[0])},"
        f' and the story says "{_text(passage, spot)}"',
    )


def _is_end(quantity: Quantity, changes: Sequence[Change]) -> bool:
    return any(quantity.start in {one.before.start, one.after.start} for one in changes)


def _nearest(changes: Sequence[Change], claim: Claim) -> list[Change]:
    return sorted(
        changes,
        key=lambda one: min(abs(one.end - claim.quantity.start), abs(one.start - claim.quantity.end)),
    )


def _of_base(sentence: Sentence, claim: Claim) -> Change | None:
    """Return the change between a claim's named base and the figure before the claim."""
    base = claim.based
    if base is None:
        return None
    for one in reversed(sentence.quantities):
        if one.start < claim.quantity.start:
            if _is_end(one, changes_in(sentence)):
                return None
            before, after = in_one_unit(base, one)
            if before.kind is after.kind and before.unit == after.unit:
                return Change(before=before, after=after) if after.same_unit(before) else None
    return None


def _wrong(passage: Passage, change: Change, claim: Claim) -> Iterator[Spotted]:
    if fits(change, claim):
        return
    before, after = _text(passage, change.before), _text(passage, change.after)
    yield Spotted(
        passage=passage,
        start=claim.quantity.start,
        end=claim.quantity.end,
        what=f"{before} → {after} is {_right(change, claim)},"
        f' and the story says "{_text(passage, claim.quantity)}"',
    )


def _right(change: Change, claim: Claim) -> str:
    before, after = change.before, change.after
    if claim.quantity.kind is Kind.FACTOR:
        ratio = max(before.low / after.low, after.low / before.low)
        return f"{_number(ratio)} times"
    share = abs(after.low - before.low) / before.low * 100
    words = f"{_number(share)} % {'less' if after.low < before.low else 'more'}"
    if before.kind is Kind.PERCENT:
        words = f"{_number(abs(after.low - before.low))} percentage points, or {words}"
    if claim.speed and after.low < before.low:
        words += f" time, or {_number((before.low / after.low - 1) * 100)} % more speed"
    return words


def _wrong_difference(
    passage: Passage, sentence: Sentence, change: Change, changes: Sequence[Change]
) -> Iterator[Spotted]:
    for one in sentence.quantities:
        if _is_end(one, changes) or one.start < change.end or one.weak:
            continue
        rest = sentence.text[one.end - sentence.start :]
        same = one.kind is change.after.kind and one.unit == change.after.unit
        if one.kind is Kind.POINTS and change.after.kind is Kind.PERCENT:
            same = True
        led = _LEADS_DIFFERENCE.search(text_before(sentence, one.start - sentence.start))
        saved = led and not _A_TIME.match(rest) and 0.3 < one.low / _apart(change) < 3
        if (
            not same
            or not (_DIFFERENCE.match(rest) or saved)
            or re.match(r"\s*\w+ (?:a|per|each|every) (?:hour|day|week|month|year|\w+er)\b", rest)
        ):
            continue
        right = _apart(change)
        if abs(right - one.low) > 0.51 * max(change.after.factor, change.before.factor):
            unit = max(change.after.factor, 1e-12)
            yield Spotted(
                passage=passage,
                start=one.start,
                end=one.end,
                what=f"{_text(passage, change.before)} → {_text(passage, change.after)} differ by"
                f' {_number(right / unit)}, and the story says "{_text(passage, one)}"',
            )


def _apart(change: Change) -> float:
    return abs(change.before.low - change.after.low)


def _wrong_half(passage: Passage, sentence: Sentence, change: Change) -> Iterator[Spotted]:
    found = _IS_HALF.search(sentence.text)
    if not found or change.before.low <= 0 or sentence.start + found.start() < change.end:
        return
    said = 0.5 if found["half"].lower() == "half" else 1 / 3
    ratio = change.after.low / change.before.low
    if abs(ratio - said) > 0.05 and abs(1 - ratio - said) > 0.05:
        yield Spotted(
            passage=passage,
            start=sentence.start + found.start("half"),
            end=sentence.start + found.end("half"),
            what=f"{_text(passage, change.after)} is {ratio:.0%} of {_text(passage, change.before)},"
            f' and the story says "{found["half"]}"',
        )


def _wrong_shares(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    """Yield "34 of 40 (80 %)" and "50, or 2.5 % of the 20,000" where the share is another."""
    figures = sentence.quantities
    for at, share in enumerate(figures):
        if share.kind is not Kind.PERCENT or share.is_range:
            continue
        parts = _parts_beside(passage, sentence, at)
        if parts is None or parts[1].low <= 0:
            continue
        part, whole = parts
        right = part.low / whole.low * 100
        written = _text(passage, share)
        decimals = len(written.split(".")[1].rstrip("% ")) if re.search(r"\d\.\d", written) else 0
        slack = 0.51 * 10**-decimals + 0.05
        hedged = _hedged(passage, share) or not written[0].isdigit()
        if abs(right - share.low) > (4.0 if hedged else max(slack, 0.6 if decimals == 0 else slack)):
            yield Spotted(
                passage=passage,
                start=share.start,
                end=share.end,
                what=f"{_number(part.low)} of {_number(whole.low)} is {_number(right)} %,"
                f' and the story says "{written}"',
            )


def _parts_beside(passage: Passage, sentence: Sentence, at: int) -> tuple[Quantity, Quantity] | None:
    figures = sentence.quantities
    share = figures[at]

    def of(first: Quantity, second: Quantity) -> bool:
        counts = first.kind is second.kind is Kind.COUNT and not first.is_range
        return (
            counts
            and bool(_OF.match(passage.text[first.end : second.start]))
            and first.low <= second.low
        )

    if at >= 2 and of(figures[at - 2], figures[at - 1]):
        between = passage.text[figures[at - 1].end : share.start]
        if re.fullmatch(r"(?:\s+[\w-]+){0,3}?\s*[,(–—-]+\s*(?:or |i\.e\. |that is |about )?", between):
            return figures[at - 2], figures[at - 1]
    if at + 2 < len(figures) and of(figures[at + 1], figures[at + 2]):
        between = passage.text[share.end : figures[at + 1].start]
        if re.fullmatch(r"[^.;]{0,30}?[,(–—]\s*(?:or |i\.e\. )?", between) and not re.search(
            r"\d", between
        ):
            return figures[at + 1], figures[at + 2]
    if at >= 1 and at + 1 < len(figures) and figures[at - 1].kind is figures[at + 1].kind is Kind.COUNT:
        between = passage.text[figures[at - 1].end : share.start]
        if re.fullmatch(
            r"[^.;]{0,40}?(?:, or|\(|, i\.e\.|, that is|, which is)\s*(?:about )?", between
        ) and _OF.match(passage.text[share.end : figures[at + 1].start]):
            return figures[at - 1], figures[at + 1]
    return None


def _hedged(passage: Passage, share: Quantity) -> bool:
    before = passage.text[max(0, share.start - 16) : share.start]
    return bool(
        re.search(r"(?:about|around|roughly|nearly|almost|over|some|~|under)\s*$", before, re.I)
    )


def _text(passage: Passage, quantity: Quantity) -> str:
    return " ".join(passage.text[quantity.start : quantity.end].split())


def _number(value: float) -> str:
    if abs(value - round(value)) < 0.05 or abs(value) >= 20:
        return f"{round(value):,}"
    return f"{value:.1f}"
