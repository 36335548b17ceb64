"""Changes in a sentence: a before and an after, and what the sentence claims of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from fairlead.worksheet.lint.prose import Sentence, is_window, text_before
from fairlead.worksheet.lint.quantities import Kind, Quantity

_FILL = r"(?:\W+(?!and\b|or\b)[\w'’-]+){0,4}?\W*$"
_FROM = re.compile(rf"\bfrom{_FILL}")
_TO = re.compile(r"^[^.;]{0,70}?\bto\b(?:\W+(?!and\b)[\w'’-]+){0,4}?\W*$")
_ARROW = re.compile(r"^\W*(?:→|->|-->|⇒|=>)\W*$")
_INSTEAD = re.compile(
    rf"\b(?:instead of|in place of|rather than|down from|up from|against|compared (?:to|with)|versus"
    rf"|vs\.?"
    rf"|had (?:been|taken|used|needed|cost|lasted|stood|averaged|required|run)|used to [a-z]+|it was"
    rf"|it took|it needed"
    rf"|previously|before that|in contrast to){_FILL}",
)
_COMMA_FROM = re.compile(r"[,(]\s*from\W+(?:(?:about|around|up to|an? average of|over)\s+)?$")
_COMMA_AFTER = re.compile(
    r"[,(]\s*(?:after|where (?:it|there|that) (?:was|were|had been))\s+"
    r"(?:the |about |an average of )?$"
)
_JUST_BEFORE = re.compile(r"\s*(?:before|previously)(?=[.,;)]|$)")
_IT_WAS = re.compile(
    r"^(?:[^.;]{0,60}\b)?(?:it|they|there|that|[\w-]+['’]s) (?:was|were|had been|had taken|took"
    r"|used to be)\s+(?:about |around |at |an average of |still |only )*$"
    r"|^(?:before|earlier|previously|until then)\b[^.;]{0,40}$",
)
_OF_WHOLE = re.compile(
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty))"
    r"\s+(?:out )?of"
    r"\s+(?:the |our |all )?$",
)
_LEADING = re.compile(r"^\W*(?:instead of|in place of|rather than|compared (?:to|with)|from)\b[^,]*$")
_HEDGE = re.compile(
    r"(?:about|around|roughly|nearly|almost|over|more than|some|approximately|approx\.?|~|close to"
    r"|at least"
    r"|up to|well over|just over|just under|under|circa|ca\.)\s*$",
)
_WORSE = r"(?:faster|quicker|slower|speedier)"
_CHANGE_NOUN = (
    r"(?:reductions?|increases?|improvements?|drops?|decreases?|declines?|cuts?|gains?|growth|rise"
    r"|boost|savings?"
    r"|uplift|jump|decline|fall|speed-?up)"
)
_AFTER = re.compile(
    rf"^\s*(?:[\w-]+\s+){{0,2}}?(?:{_CHANGE_NOUN}|fewer|less|more|higher|lower|{_WORSE}|shorter"
    rf"|longer|better"
    r"|smaller|larger|bigger|cheaper|below|above|(?:over|under) (?:the|our|my|what|last)"
    r"|worse|earlier|sooner|off|down|up|saved)\b"
)
_BEFORE = re.compile(
    r"(?:\b(?:by|down|up|fell|dropped|rose|grew|increased|decreased|improved|reduced|cut|saved"
    r"|saving|saves"
    rf"|gained|shrank|declined)|\b{_CHANGE_NOUN} of|\b(?:cut|slashed|reduced"
    rf"|dropped)\b[^.;]{{0,40}}\bin)\s+"
    r"(?:(?:about|around|nearly|almost|over|more than|roughly|some|another|an average of|up to|at least"
    r"|as much as|a further|approximately|close to|well over|just over|only|full|\w+ly)\s+)*$",
)
_RESTATED = re.compile(r"(?:\d[^.;]*, or|\bthat is|\bwhich is|\bi\.e\.),?\s+(?:about |roughly )?$")
_PART_OF = re.compile(r"\d (?:[a-z]+ )?(?:out )?of (?:the |our |all )?\d")
_SO = re.compile(r"\d[^.;]*,? (?:so|that is|that['’]s|which is|i\.e\.),? (?:about )?$")
_BEFORE_AFTER = re.compile(r"^\W*(?:[\w'’-]+\W+){0,3}?before\b")
_NOW = re.compile(r"^\W*(?:[\w'’-]+\W+){0,3}?(?:after(?:wards)?|now)\b")
_RELATED = re.compile(r"^\s*(?:This|That|These|It|Which|So|In other words|A|An)\b")
_OTHER_CLAUSE = re.compile(
    r";(?!\s*(?:that|this|which|it|so)\b)|\b(?:and|but|while|whereas|with)\s+(?!that\b|this\b|which\b"
    r"|so\b|it\b|thereby\b|thus\b|saved\b|hence\b)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A before and an after in one unit, both in the sentence; the first may be a plain number."""

    before: Quantity
    after: Quantity

    @property
    def start(self) -> int:
        """Where the first of the two starts."""
        return min(self.before.start, self.after.start)

    @property
    def end(self) -> int:
        """Where the second of the two ends."""
        return max(self.before.end, self.after.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A change that is said as a share or a multiple: "a 40 % drop", "halved".

    ``speed`` when it is said of speed ("faster"), which can be meant in two ways; ``hedged`` when it
    isn't meant exactly, ``worded`` when it is a word such as "half"; ``based`` is the figure that it
    names as its base ("than the 80 of before").
    """

    quantity: Quantity
    speed: bool
    hedged: bool
    worded: bool
    based: Quantity | None


@lru_cache(maxsize=256)
def changes_in(sentence: Sentence) -> tuple[Change, ...]:
    """Return the changes that a sentence states by two figures, in order."""
    found: list[Change] = []
    figures = [
        one
        for one in sentence.quantities
        if one.kind is not Kind.FACTOR and not _is_whole(sentence, one)
    ]
    for at, second in enumerate(figures):
        for first in reversed(figures[max(0, at - 3) : at]):
            pair = None if _is_sample(sentence, first) else _pair(sentence, first, second)
            if pair and not any(_overlap(pair, one) for one in found):
                found.append(pair)
                break
    return tuple(found)


@lru_cache(maxsize=256)
def claims_in(sentence: Sentence) -> tuple[Claim, ...]:
    """Return the changes that a sentence states as a share or a multiple."""
    claims = []
    for one in sentence.quantities:
        start, end = one.start - sentence.start, one.end - sentence.start
        before, after = text_before(sentence, start), sentence.low[end:]
        written = sentence.low[start:end].lower()
        if one.kind is Kind.PERCENT:
            changed = _AFTER.match(after) or _BEFORE.search(before)
            restated = _RESTATED.search(before) and not _PART_OF.search(before)
            if not (changed or restated):
                continue
        elif one.kind is Kind.FACTOR:
            verbal = written.endswith(("ed", "ing"))
            if (
                not verbal
                and not _SO.search(before)
                and not re.match(
                    rf"\s*(?:as (?:\w+)|{_WORSE}|more|less|fewer|higher|lower|better|shorter|smaller"
                    rf"|increase)",
                    after,
                )
                and not (written.startswith("twice") or "fold" in written)
            ):
                continue
        else:
            continue
        claims.append(
            Claim(
                quantity=one,
                speed=bool(re.match(rf"\s*(?:\w+\s+)?(?:{_WORSE}|as fast|as quick)", after)),
                hedged=bool(_HEDGE.search(before)),
                worded=not any(sign.isdigit() for sign in written),
                based=_base(sentence, one, after),
            )
        )
    return tuple(claims)


def told_next(first: Sentence, second: Sentence) -> Change | None:
    """Return the change whose before comes a sentence later: "… 13 minutes. Before it was 48"."""
    for before in second.quantities[:2]:
        if before.weak or is_window(second, before):
            continue
        if not _IT_WAS.search(second.low[: before.start - second.start]):
            return None
        for after in first.quantities:
            if after.weak or is_window(first, after) or after.kind is Kind.FACTOR:
                continue
            one, two = in_one_unit(before, after)
            if one.same_unit(two) and not _same(one, two):
                return Change(before=one, after=two)
        return None
    return None


def linked(sentence: Sentence, change: Change, claim: Claim) -> bool:
    """Whether a claim is about that change, and not about something else in the sentence."""
    if claim.speed and change.before.kind in {Kind.SIZE, Kind.MONEY}:
        return False
    if claim.quantity.start > change.end:
        between = sentence.low[change.end - sentence.start : claim.quantity.start - sentence.start]
    else:
        between = sentence.low[claim.quantity.end - sentence.start : change.start - sentence.start]
    return not _OTHER_CLAUSE.search(between)


def follows(second: Sentence) -> bool:
    """Whether a sentence goes on about what the one before it said."""
    return bool(_RELATED.match(second.text)) and not changes_in(second)


def _pair(sentence: Sentence, first: Quantity, second: Quantity) -> Change | None:
    lead = sentence.low[: first.start - sentence.start]
    between = sentence.low[first.end - sentence.start : second.start - sentence.start]
    if (
        _ARROW.match(between)
        or (_FROM.search(lead[-45:]) and _TO.match(between))
        or (_BEFORE_AFTER.match(between) and _NOW.match(sentence.low[second.end - sentence.start :]))
        or (_LEADING.match(lead) and "," in between and not lead.lower().lstrip().startswith("from"))
    ):
        before, after = first, second
    elif re.fullmatch(r"[^.;]*,\s*", between) and _JUST_BEFORE.match(
        sentence.low[second.end - sentence.start :]
    ):
        before, after = second, first
    elif _INSTEAD.search(between) or _COMMA_FROM.search(between) or _COMMA_AFTER.search(between):
        if re.match(r"\s*(?:to|→)\s", sentence.low[second.end - sentence.start :]):
            return None  # "…, from 8 to 2": the pair is the next one
        before, after = second, first
    else:
        return None
    before, after = in_one_unit(before, after)
    return (
        Change(before=before, after=after)
        if before.same_unit(after) and not _same(before, after)
        else None
    )


def in_one_unit(first: Quantity, second: Quantity) -> tuple[Quantity, Quantity]:
    """Let a plain number take the unit of the figure it is compared with."""
    if first.kind is Kind.COUNT and second.kind is not Kind.COUNT and not first.noun:
        return _as(first, second), second
    if second.kind is Kind.COUNT and first.kind is not Kind.COUNT and not second.noun:
        return first, _as(second, first)
    return first, second


def _as(plain: Quantity, like: Quantity) -> Quantity:
    return replace(
        plain,
        kind=like.kind,
        unit=like.unit,
        low=plain.low * like.factor,
        high=plain.high * like.factor,
    )


def _is_whole(sentence: Sentence, one: Quantity) -> bool:
    """Whether a count is the 24 of "three of 24", which is no end of a change."""
    before = text_before(sentence, one.start - sentence.start)
    return one.kind is Kind.COUNT and bool(_OF_WHOLE.search(before))


def _is_sample(sentence: Sentence, one: Quantity) -> bool:
    """Whether a count says over how many something was seen: "over 1,100 trains"."""
    before = sentence.low[: one.start - sentence.start]
    return (
        one.kind is Kind.COUNT
        and bool(one.noun)
        and bool(re.search(r"\b(?:over|across|among)\s+$|\d[^.;]*\bfor\s+$", before))
    )


def _same(first: Quantity, second: Quantity) -> bool:
    return (first.low, first.high) == (second.low, second.high)


def _overlap(first: Change, second: Change) -> bool:
    mine = {first.before.start, first.after.start}
    return bool(mine & {second.before.start, second.after.start})


def _base(sentence: Sentence, claim: Quantity, after: str) -> Quantity | None:
    """Return the figure that a claim names as its base: "40 % less than the 80,000 before"."""
    rest = sentence.low[claim.end - sentence.start :]
    for one in sentence.quantities:
        if one.start <= claim.end or one.kind in {Kind.PERCENT, Kind.FACTOR}:
            continue
        between = rest[: one.start - claim.end]
        if re.fullmatch(
            r"\s*(?:[\w-]+\s+){0,5}?(?:than|below|above|from|of|over|under)\s+(?:the|our|its|about"
            r"|what was)?\s*",
            between,
        ) and _AFTER.match(after):
            return one
        break
    return None
