"""Figures of one sentence that should add up: parts and their whole, and the same time in two units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from fairlead.worksheet.lint.model import Spotted
from fairlead.worksheet.lint.prose import Passage, Sentence
from fairlead.worksheet.lint.quantities import Kind, Quantity, stem

_OF_ALL = re.compile(r"(?<!\d )(?:^|[\s(])(?:out )?of (?:the |our |these |those |all )?$", re.I)
_OF = re.compile(r"\s*(?:out )?of\s+(?:the |our |all |these |those |its )*", re.I)
_THE_OTHER = re.compile(r"\b(?:the|all) (?:other|remaining)\s+$", re.I)
_NESTED = re.compile(
    r"\b(?:of (?:which|them|these|those|whom)|including|among (?:them|these)|some of|at least|up to"
    r"|more than|both|again|also|too)\b",
    re.I,
)
_TOTAL_AFTER = re.compile(r"\s*(?:[\w-]+\s+)?(?:in all|in total|altogether|all told)\b", re.I)
_TOTAL_BEFORE = re.compile(
    r"\b(?:in all|in total|altogether|a total of|which makes|making)\s+(?:about\s+)?$", re.I
)
_ABOUT = re.compile(r"\b(?:about|around|roughly|nearly|almost|some|over|more than|under)\s+$", re.I)
_EACH = re.compile(r"\s*(?:[\w-]+\s+)?(?:each|apiece|per [a-z]+)\b", re.I)
_MAKES = re.compile(
    r"\b(?:which|that|this) (?:is|was|makes|means|gives|equals)\s+(?:about\s+)?$|\bthat['’]s\s+$", re.I
)
_THAN = re.compile(r"\s*(?:[\w-]+\s+)?(?:fewer|less|more) than (?:the |our |my )?", re.I)
_IN_OTHER_WORDS = re.compile(r",? (?:or|that is|i\.e\.),? |, that['’]s |\s?=\s?|\s\(", re.I)
_WRITTEN_UNIT = re.compile(r"[a-z]+$", re.I)
_LONGEST_CONVERTED = 3600.0
"""In seconds: a day can mean 8 hours of work and a week 5 days, so only up to hours is compared."""


def wrong_sums(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    """Yield parts that don't make their whole, and a time that is another one in its other unit.

    More than the whole is wrong where three parts or more are listed; less is not, since a list need
    not be complete, but for "the other 7", which says that it is.
    """
    if len(sentence.quantities) < 2:
        return
    yield from _more_than_whole(passage, sentence)
    yield from _others(passage, sentence)
    yield from _total(passage, sentence)
    yield from _share_of_two(passage, sentence)
    yield from _converted(passage, sentence)
    yield from _fewer_than(passage, sentence)
    yield from _two_shares(passage, sentence)


def _more_than_whole(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    for whole in sentence.quantities:
        if whole.kind is not Kind.COUNT or not _OF_ALL.search(_before(sentence, whole)):
            continue
        rest = [one for one in sentence.quantities if one.start > whole.end]
        listed = _after(sentence, whole)
        if len(rest) < 3 or _NESTED.search(listed) or re.search(r"\d of\b|;", listed):
            continue
        if not all(_counts_alike(one, whole) for one in rest):
            continue
        added = sum(one.low for one in rest)
        if added > whole.low:
            yield _spot(passage, whole, f"{_list(rest)} are {added:,.0f} together")


def _others(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    figures = sentence.quantities
    for at in range(len(figures) - 2):
        part, whole, other = figures[at : at + 3]
        joined = passage.text[part.end : whole.start]
        if (
            _OF.fullmatch(joined)
            and part.kind is Kind.COUNT
            and _counts_alike(other, whole)
            and _THE_OTHER.search(_before(sentence, other))
            and abs(part.low + other.low - whole.low) > 0.5
        ):
            yield _spot(
                passage, other, f"{part.low:,.0f} of {whole.low:,.0f} leave {whole.low - part.low:,.0f}"
            )


def _total(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    for total in sentence.quantities:
        before = _before(sentence, total)
        if not (_TOTAL_AFTER.match(_after(sentence, total)) or _TOTAL_BEFORE.search(before)):
            continue
        parts = [one for one in sentence.quantities if one.end <= total.start]
        made = _made_of(sentence, parts, total)
        if made is None:
            continue
        slack = max(0.5 * total.factor, 0.06 * made if _ABOUT.search(before) else 0.01 * made)
        if abs(made - total.low) > slack:
            yield _spot(passage, total, f"the figures before it make {made / total.factor:,.0f}")


def _made_of(sentence: Sentence, parts: Sequence[Quantity], total: Quantity) -> float | None:
    """Return what the parts make: a count of so much each, or a sum; None where that isn't clear."""
    if any(one.is_range or one.weak for one in [*parts, total]) or len(parts) < 2:
        return None
    count, each = parts[-2], parts[-1]
    per_one = [one for one in parts if _EACH.match(_after(sentence, one))]
    if per_one:
        clear = len(parts) == 2 and per_one == [each] and count.kind is Kind.COUNT
        return count.low * each.low if clear and each.kind is total.kind else None
    words = sentence.text[: total.start - sentence.start]
    listed = all(
        re.fullmatch(r"(?:\s+[\w'’-]+){0,4}?\s*(?:,|,? and|,? plus|\+)\s+(?:another\s+)?", gap)
        for gap in (
            words[one.end - sentence.start : two.start - sentence.start] for one, two in pairwise(parts)
        )
    )
    alike = all(one.kind is total.kind and one.unit == total.unit for one in parts)
    return (
        sum(one.low for one in parts) if listed and alike and total.kind is not Kind.PERCENT else None
    )


def _share_of_two(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    for share in sentence.quantities:
        if (
            share.kind is not Kind.PERCENT
            or share.is_range
            or not _MAKES.search(_before(sentence, share))
        ):
            continue
        counts = [one for one in sentence.quantities if one.end <= share.start]
        if len(counts) < 2 or any(one.kind is not Kind.COUNT or one.is_range for one in counts):
            continue
        part, whole = sorted(counts[-2:], key=lambda one: one.low)
        if ";" in passage.text[counts[-2].end : share.start] or part.low == whole.low:
            continue
        if part.low <= 0 or not (_counts_alike(part, whole) or _counts_alike(whole, part)):
            continue
        right = part.low / whole.low * 100
        ways = [way for pair in combinations(counts, 2) for way in _shares_of(*pair)]
        written = passage.text[share.start : share.end]
        slack = 4.0 if not written[0].isdigit() or _ABOUT.search(_before(sentence, share)) else 0.6
        if all(abs(way - share.low) > slack for way in ways):
            yield _spot(passage, share, f"{part.low:,.0f} of {whole.low:,.0f} is {right:.0f} %")


def _shares_of(first: Quantity, second: Quantity) -> tuple[float, ...]:
    """Return what two counts can be of each other in per cent: part, rest, more, multiple."""
    part, whole = sorted((first.low, second.low))
    if part <= 0:
        return (0.0, 100.0)
    right = part / whole * 100
    return (right, 100 - right, (whole / part - 1) * 100, whole / part * 100)


def _converted(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    for first, second in pairwise(sentence.quantities):
        between = passage.text[first.end : second.start]
        joined = _IN_OTHER_WORDS.fullmatch(between)
        if first.kind is not Kind.DURATION or second.kind is not Kind.DURATION or not joined:
            continue
        if first.factor == second.factor or max(first.factor, second.factor) > _LONGEST_CONVERTED:
            continue
        ends = re.match(r"\s*[,.;:)]|\s*$", _after(sentence, second))
        units = [_WRITTEN_UNIT.search(passage.text[one.start : one.end]) for one in (first, second)]
        if not ends or not all(units) or first.is_range or second.is_range:
            continue
        slack = 0.5 * max(first.factor, second.factor) * 0.1 + 0.06 * first.low
        if abs(first.low - second.low) > slack:
            yield _spot(passage, second, f"{first.low / second.factor:,.1f} in that unit")


def _fewer_than(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    """Yield the 35 of "33 days, 35 fewer than the 60 of before"."""
    for at in range(len(sentence.quantities) - 2):
        left, said, base = sentence.quantities[at : at + 3]
        between = passage.text[said.end : base.start]
        plain = not (left.is_range or said.is_range or base.is_range or said.weak)
        if not plain or not _THAN.fullmatch(between):
            continue
        now, apart, before = (one.low / one.factor for one in (left, said, base))
        if said.kind is Kind.PERCENT or said.kind is Kind.FACTOR or now == before:
            continue
        if abs(abs(before - now) - apart) > 0.05 * max(before, now) and not _ABOUT.search(
            _before(sentence, said)
        ):
            yield _spot(
                passage, said, f"{now:,.0f} and {before:,.0f} are {abs(before - now):,.0f} apart"
            )


def _two_shares(passage: Passage, sentence: Sentence) -> Iterator[Spotted]:
    """Yield the 20 % of "7 of 63, compared with 18 of 60, so 20 % rather than 30 %"."""
    figures = sentence.quantities
    for at in range(len(figures) - 5):
        part, whole, other, rest, first, second = figures[at : at + 6]
        joined = [passage.text[one.end : two.start] for one, two in ((part, whole), (other, rest))]
        counts = all(one.kind is Kind.COUNT and one.low > 0 for one in (part, whole, other, rest))
        shares = first.kind is second.kind is Kind.PERCENT
        if not (counts and shares and all(_OF.fullmatch(gap) for gap in joined)):
            continue
        right = (part.low / whole.low * 100, other.low / rest.low * 100)
        for said, is_so, few in ((first, right[0], part), (second, right[1], other)):
            if abs(said.low - is_so) > 0.6 and min(abs(said.low - one) for one in right) > 0.6:
                whole_of = whole if few is part else rest
                yield _spot(passage, said, f"{few.low:,.0f} of {whole_of.low:,.0f} is {is_so:.0f} %")


def _counts_alike(part: Quantity, whole: Quantity) -> bool:
    """Whether a count can be one of the things that the whole counts: "12 failed" of "15 releases"."""
    if part.kind is not Kind.COUNT or whole.kind is not Kind.COUNT or part.is_range:
        return False
    named = part.noun.endswith("s") and not part.noun.endswith("ss")
    return not named or stem(part.noun) == stem(whole.noun)


def _before(sentence: Sentence, one: Quantity) -> str:
    return sentence.text[: one.start - sentence.start]


def _after(sentence: Sentence, one: Quantity) -> str:
    return sentence.text[one.end - sentence.start :]


def _list(parts: Sequence[Quantity]) -> str:
    *most, last = [f"{one.low:,.0f}" for one in parts]
    return f"{', '.join(most)} and {last}"


def _spot(passage: Passage, one: Quantity, right: str) -> Spotted:
    said = " ".join(passage.text[one.start : one.end].split())
    return Spotted(
        passage=passage, start=one.start, end=one.end, what=f'{right}, and the story says "{said}"'
    )
