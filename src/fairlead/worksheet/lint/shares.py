"""The rule on shares: "85 % of developers" leaves open of how many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import floor

from fairlead.worksheet.lint.cues import COUNT_PEOPLE, MASS, RATE_NOUNS
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Sentence, Telling, around
from fairlead.worksheet.lint.quantities import Kind, Quantity, stem
from fairlead.worksheet.model import ACTION, EXTRA, RESULT, SITUATION, TASK

_OPINION = re.compile(
    rf"(?:\s+of)?(?:\s+[\w'’-]+){{0,3}}?\s+(?:{COUNT_PEOPLE}|ticked|gave"
    r"|were (?:happy|content|satisfied))\b"
    r"|\s+of (?:the |our )?[\w-]+ (?:who|that)\b",
    re.I,
)
"""A share of what people said, or of some of them: its n is how many answered, not how many exist."""
_ASKED = re.compile(r"\b(?:asked|surveyed|polled|interviewed)\s+(?:the |all |our |my )?$")


def share(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a share of people or things without how many there were."""
    result = telling.passage(RESULT)
    if result is None:
        return
    for sentence in result.sentences:
        for one in sentence.quantities:
            noun = _shared(sentence, one)
            if noun is None or _n_is_known(noun, one, sentence, telling):
                continue
            yield Spotted(
                passage=result,
                start=one.start,
                end=one.end,
                what=f'"{around(sentence, one)}": of how many? 85 % of 7 is not 85 % of 700',
            )
            return


def _shared(sentence: Sentence, one: Quantity) -> str | None:
    """Return what a percentage is a share of, ``""`` for people unnamed; None when it is none."""
    text = sentence.low[one.start - sentence.start : one.end - sentence.start]
    if one.kind is not Kind.PERCENT or not re.match(r"[\d.]+", text) or one.low >= 99 or one.is_range:
        return None
    after = sentence.low[one.end - sentence.start :]
    before = sentence.low[: one.start - sentence.start]
    if re.match(r"\s+of\s+(?:those|these|them|the same|it|its [\w ]{2,30}? of \d)\b", after, re.I):
        return None
    found = re.match(
        r"\s+of\s+(?:(?:the|our|all|my|their|its|these|those|new|surveyed|such"
        r"|every)\s+){0,2}(?P<words>[\w'’ -]{2,60})",
        after,
        re.I,
    )
    if found:
        words = re.findall(r"[\w'’-]+", found["words"].lower())
        plural = next((word for word in words[:4] if _plural(word)), "")
        first = words[0] if words else ""
        if first in MASS or plural in MASS or not plural:
            return None
        return stem(plural)
    if re.match(rf"\s+(?:also\s+|now\s+)?{COUNT_PEOPLE}\b", after, re.I):
        return ""
    if re.match(r"\s+(?:were|are|had|have)\b", after) and re.search(
        r"(?:^|[,;]\s+(?:and |but )?)$", before
    ):
        return ""
    rate = RATE_NOUNS.search(before[-60:]) and re.search(
        r"\b(?:to|at|of|reached|is|was|hit)\s+(?:about\s+)?$", before, re.I
    )
    named = re.match(
        r"\s+(?:\w+\s+)?(?:adoption|compliance|participation|satisfaction|approval|attendance"
        r"|retention)\b",
        after,
        re.I,
    )
    return "" if rate or named else None


def _plural(word: str) -> bool:
    return word in {"people", "staff", "children", "women", "men"} or (
        word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3
    )


def _can_be_share(share: Quantity, whole: float) -> bool:
    """Whether a share, rounded to whole per cents, can be one of so many: 87 % can't be one of 8."""
    exact = round(share.low / 100 * whole) / whole * 100
    return share.low in {round(exact), floor(exact + 0.5)} or abs(exact - share.low) < 0.5


def _n_is_known(noun: str, one: Quantity, sentence: Sentence, telling: Telling) -> bool:
    result = telling.passage(RESULT)
    if result is None:
        return True
    at = result.sentences.index(sentence)
    near = " ".join(other.text for other in result.sentences[max(0, at - 1) : at + 2])
    if re.search(r"\bn ?= ?\d", near) or re.search(
        r"\d (?:out )?of (?:the |our |all )?\d", sentence.text
    ):
        return True
    if re.search(
        r"\b\d[\d,]* (?:\w+ )?(?:responses|answers|respondents|participants|people asked|replies"
        r"|interviews)\b"
        r"|\b(?:surveyed|asked|polled|interviewed|among) (?:the |all |our )?\d[\d,]* ",
        near,
        re.I,
    ):
        return True
    if not noun:
        return False
    opinion = _OPINION.match(sentence.text, one.end - sentence.start)
    return any(
        other.kind is Kind.COUNT
        and stem(other.noun) == noun
        and other.low >= 5
        and not other.qualified
        and _can_be_share(one, other.low)
        and (not opinion or _ASKED.search(passage.low[: other.start]))
        for name in (SITUATION, TASK, ACTION, RESULT, EXTRA)
        if (passage := telling.passage(name))
        for other in passage.quantities
    )
