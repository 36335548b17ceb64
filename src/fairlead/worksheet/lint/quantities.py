"""Figures in running text: how much, of what, in which unit; and what only looks like a figure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from fairlead.worksheet.lint.masking import masked
from fairlead.worksheet.lint.units import (
    FRACTIONS,
    MONEY,
    NOT_NOUNS,
    NUMBER_WORD,
    PLAIN,
    PLURALS,
    SCALES,
    SECONDS,
    SIZES,
    UNIT,
    WORDS,
)


class Kind(StrEnum):
    """What a quantity measures; two can be compared when kind and unit agree."""

    DURATION = "duration"
    PERCENT = "per cent"
    POINTS = "percentage points"
    MONEY = "money"
    SIZE = "size"
    FACTOR = "factor"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One figure: where it stands in the text, and its value.

    ``low`` and ``high`` are in ``unit`` (durations in seconds, sizes in bytes, metres, grams, …);
    they differ for a range. ``noun`` is what is counted, in lower case, ``""`` where nothing says;
    ``qualified`` are the words between figure and noun ("old" in "7 old cases"). ``weak`` figures are
    the words "one" and "a week", which are seldom meant as figures. ``factor`` is what the written
    number was multiplied with.
    """

    start: int
    end: int
    kind: Kind
    low: float
    high: float
    unit: str
    noun: str = ""
    qualified: str = ""
    weak: bool = False
    factor: float = 1.0

    @property
    def is_range(self) -> bool:
        """Whether it names two ends."""
        return self.low != self.high

    def same_unit(self, other: Quantity) -> bool:
        """Whether the two can be compared; counts need nouns that don't contradict each other."""
        if self.kind is not other.kind or self.unit != other.unit:
            return False
        if self.kind is not Kind.COUNT:
            return True
        return not self.noun or not other.noun or stem(self.noun) == stem(other.noun)


def _number(prefix: str) -> str:
    """Return the pattern of one number; the groups' names start with ``prefix``."""
    return (
        rf"(?:(?P<{prefix}money>[$€£¥₹])[ ]?)?(?P<{prefix}number>{PLAIN}|\b(?:{NUMBER_WORD})\b)"
        rf"(?P<{prefix}scale>(?:k|m|b|bn|mio)(?![\w%])"
        r"|[ ](?:hundred|thousand|million|billion|dozen)\b)?"
    )


_QUANTITY = re.compile(
    r"(?<![\w.,/#:-])"
    + _number("a")
    + rf"(?:[ -]?(?P<aunit>{UNIT})(?![\w-]))?"
    + rf"(?:[ ]?(?:[-–—]|to)[ ]?{_number('b')}(?!\w*[\d]))?"
    + rf"\+?(?:[ -]?(?P<unit>{UNIT})(?!\w))?",
)
_FRACTION = re.compile(
    r"\b(?P<words>(?:"
    + "|".join(sorted(map(re.escape, FRACTIONS), key=len, reverse=True))
    + r"))\b(?![ -](?:a dozen|an? (?:hour|year|day|minute|month)|hour|year|day|past|time|way|eaten))",
)
_VERBAL = re.compile(
    r"\b(?:doubl(?:ed|ing)|twice (?:as|the)|halv(?:ed|ing)|tripl(?:ed|ing)|trebled|threefold"
    r"|quadrupl(?:ed|ing)|fourfold|tenfold)\b",
)
_VERBAL_PARTS = ("doubl", "twice", "halv", "tripl", "trebl", "fold", "quadrupl")
_FACTORS = {"do": 2.0, "tw": 2.0, "ha": 0.5, "tr": 3.0, "th": 3.0, "qu": 4.0, "fo": 4.0, "te": 10.0}
_VERBAL_DURATION = re.compile(r"\bhalf (?:an? )?(?P<unit>hour|year|day|minute)\b")
_TWICE = re.compile(r"\b(?:twice|thrice)\b(?! (?:as|the))")
_PLENTY = re.compile(r"\b(?:dozens|hundreds|thousands|millions|billions)\b")
_AN_UNIT = re.compile(
    r"\b(?:within|under|below|in|than|every|about|over|after|least|most) (?P<words>an? "
    r"(?P<unit>second|minute|hour|day|week|fortnight|month|quarter|year))\b",
)
_ONE_IS_PRONOUN = re.compile(
    r" (?:of|who|that|which|is|was|can|could|has|had|may|must|might|would|will|brought|and|or|but|by"
    r"|in|on"
    r"|at|to|for|with|from|needs?|gets|picks|learns)\b|[.,;:)!?]|$",
)
_NOUN = re.compile(
    r" (?:of (?:the |our |its |their |these |those |all )?)?"
    r"(?P<words>[a-z][a-z'’-]*[a-z](?: [a-z][a-z'’-]*[a-z]){0,3})",
)
_BETWEEN = re.compile(r"\bbetween\s+$")


def quantities_in(text: str) -> list[Quantity]:
    """Return the figures of a text, in order, none inside another.

    Dates, times of day, years, versions, identifiers and ordinals are not figures. A range is one
    quantity, "from 8 to 2 seconds" is two.
    """
    shown = masked(text)
    found: list[Quantity] = []

    for match in _VERBAL_DURATION.finditer(shown) if "half" in shown else ():
        found.append(_simple(match, Kind.DURATION, SECONDS[match["unit"].lower()] / 2, "s"))
        shown = _blank(shown, match.start(), match.end())
    for match in _VERBAL.finditer(shown) if any(part in shown for part in _VERBAL_PARTS) else ():
        found.append(_simple(match, Kind.FACTOR, _FACTORS[match[0][:2].lower()], "x"))
    for match in _TWICE.finditer(shown) if "ice" in shown else ():
        rate = re.match(r" (?:a|an|per|each|every)\b", shown[match.end() :], re.I)
        spoken = re.search(
            r"\b(?:ask(?:ed)?|think|thought|look(?:ed)?|check(?:ed)?|be|say) $", shown[: match.start()]
        )
        found.append(
            replace(_simple(match, Kind.COUNT, 2, ""), weak=rate is None and spoken is not None)
        )
    found += [_simple(match, Kind.COUNT, 100, "", noun="") for match in _PLENTY.finditer(shown)]
    for match in _FRACTION.finditer(shown):
        if _is_fraction(shown, match):
            found.append(_simple(match, Kind.PERCENT, FRACTIONS[match["words"].lower()], "%"))
            shown = _blank(shown, match.start(), match.end())
    for match in _QUANTITY.finditer(shown):
        found += _read(shown, match)
    for match in _AN_UNIT.finditer(shown) if " a" in shown else ():
        seconds = SECONDS[match["unit"].lower()]
        found.append(
            Quantity(
                start=match.start("words"),
                end=match.end("words"),
                kind=Kind.DURATION,
                low=seconds,
                high=seconds,
                unit="s",
                weak=True,
            )
        )
    return _together(text, sorted(found, key=lambda one: one.start))


def _together(text: str, found: list[Quantity]) -> list[Quantity]:
    """Join what belongs together: "4 minutes 40 seconds", "between 8 and 10 seconds"."""
    joined: list[Quantity] = []
    for one in found:
        last = joined[-1] if joined else None
        between = text[last.end : one.start] if last else ""
        if (
            last
            and one.kind is last.kind is Kind.DURATION
            and between in {" ", " and ", ", "}
            and one.high < last.low
        ):
            joined[-1] = replace(last, low=last.low + one.low, high=last.high + one.high, end=one.end)
        elif last and between == " " and _is_rest_of(last, one):
            rest = one.low * (1.0 if last.factor == 60 else 60.0)  # "6 minutes 40"
            joined[-1] = replace(last, low=last.low + rest, high=last.high + rest, end=one.end)
        elif (
            last and between == " and " and _BETWEEN.search(text[: last.start]) and last.low < one.high
        ):
            joined[-1] = _span(text, last, one)
        else:
            joined.append(one)
    return joined


def _is_rest_of(last: Quantity, one: Quantity) -> bool:
    plain = one.kind is Kind.COUNT and not one.noun and 0 < one.low < 60
    return plain and last.kind is Kind.DURATION and last.factor in {60.0, 3600.0} and not last.is_range


def _span(text: str, first: Quantity, last: Quantity) -> Quantity:
    """Return the range between two figures; the first takes the last one's unit where it has none."""
    low = first.low
    if first.kind is Kind.COUNT and last.kind is not Kind.COUNT and not first.noun:
        plain = re.search(r"[\d.,]+", text[last.start : last.end])
        number = _value(plain[0].rstrip(".,"), None) if plain else 0.0
        low = first.low * (last.low / number) if number else first.low
    return replace(last, start=first.start, low=low)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return a word without its endings, so that "delays" and "delayed" meet."""
    word = word.lower().replace("’", "'").removesuffix("'s").strip("'-")
    for ending, rest in (("ies", "y"), ("ying", "y"), ("ied", "y")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + rest
    for ending in ("ing", "ed", "es", "s", "er", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)].rstrip("e")
    return word


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _simple(match: re.Match[str], kind: Kind, value: float, unit: str, noun: str = "") -> Quantity:
    return Quantity(
        start=match.start(), end=match.end(), kind=kind, low=value, high=value, unit=unit, noun=noun
    )


def _is_fraction(text: str, match: re.Match[str]) -> bool:
    """Whether "a quarter" and the like mean a part of something and not three months."""
    before, after = (
        text[max(0, match.start() - 12) : match.start()],
        text[match.end() : match.end() + 9],
    )
    words = match["words"].lower()
    if "quarter" in words or words == "half" or words == "a half":
        parts = re.match(r" (?:of|the|as|that|what|its|their|our)\b|[.,;)]| a\b|$", after)
        led = re.search(r"\b(?:by|to|than|about|nearly|almost|roughly|over|in|cut)\s+$", before, re.I)
        if "quarter" in words:
            return bool(re.match(r" of (?!the year|20)", after) or re.search(r"\bby\s+$", before, re.I))
        return bool(parts and (led or re.match(r" (?:of|the|as|that|what|its|their|our)\b", after)))
    return True


def _read(text: str, match: re.Match[str]) -> list[Quantity]:
    """Return what one match says: a figure, a range, or the two ends of "from … to …"."""
    word = match["anumber"].lower()
    first = _value(match["anumber"], match["ascale"])
    unit = match["unit"] or match["aunit"] or ""
    end = match.end()
    if match["bnumber"] is None:
        return _one(text, match.start(), end, first, first, unit, match["amoney"], word)
    second = _value(match["bnumber"], match["bscale"])
    if match["bscale"] and not match["ascale"] and first < second and first < 1000:
        first *= second / _value(match["bnumber"], None)  # "2-3 million"
    led = re.search(
        r"\bfrom (?:(?:an? |the )?(?:average|mean|median|maximum|peak) (?:of )?|about |around "
        r"|up to |over |some )?"
        r"$",
        text[max(0, match.start() - 30) : match.start()],
        re.I,
    )
    if (led or second < first) and re.search(r"\bto\b", match[0]):
        a_unit = match["aunit"] or match["unit"] or ""
        b_unit = match["unit"] or match["aunit"] or ""
        gap = match.start("bmoney") if match["bmoney"] else match.start("bnumber")
        a_end = match.end("aunit") if match["aunit"] else match.end("anumber")
        money = match["amoney"] or match["bmoney"]
        return [
            *_one(text, match.start(), a_end, first, first, a_unit, money, word, noun_at=end),
            *_one(text, gap, end, second, second, b_unit, money, match["bnumber"].lower()),
        ]
    low, high = sorted((first, second))
    return _one(text, match.start(), end, low, high, unit, match["amoney"] or match["bmoney"], "")


def _one(
    text: str,
    start: int,
    end: int,
    low: float,
    high: float,
    unit: str,
    money: str | None,
    word: str,
    noun_at: int = 0,
) -> list[Quantity]:
    kind, base, factor = _kind(unit, money)
    qualified, noun = _noun(text, noun_at or end) if kind is Kind.COUNT else ("", "")
    weak = word == "one" and kind is Kind.COUNT
    if weak and _ONE_IS_PRONOUN.match(text, end):
        return []
    return [
        Quantity(
            start=start,
            end=end,
            kind=kind,
            low=low * factor,
            high=high * factor,
            unit=base,
            noun=noun,
            qualified=qualified,
            weak=weak,
            factor=factor,
        )
    ]


def _noun(text: str, at: int) -> tuple[str, str]:
    """Return the words that qualify what is counted, and what it is: a plural, else the next word."""
    after = _NOUN.match(text, at)
    words: list[str] = []
    for word in after["words"].lower().split() if after else []:
        if word in NOT_NOUNS or (word.endswith("ly") and word not in {"family", "supply"}):
            break
        words.append(word)
        if (word.endswith("s") and not word.endswith(("ss", "us"))) or word in PLURALS:
            break
    else:
        words = words[:1]
    if not words:
        return "", ""
    plural = words[-1].endswith("s") or words[-1] in PLURALS
    return (" ".join(words[:-1]), words[-1]) if plural else ("", words[0])


def _kind(unit: str, money: str | None) -> tuple[Kind, str, float]:
    name = unit.lower().replace("-", "")
    name = name if name.startswith("per") else name.rsplit(" ", 1)[-1]
    if money:
        return Kind.MONEY, MONEY[money], 1.0
    if name in MONEY:
        return Kind.MONEY, MONEY[name], 1.0
    if name in {"%", "percent", "per cent", "pct"}:
        return Kind.PERCENT, "%", 1.0
    if name.startswith("percentage point") or name in {"pp", "point", "points"}:
        return Kind.POINTS, "pp", 1.0
    if name in {"x", "×", "times", "fold"}:
        return Kind.FACTOR, "x", 1.0
    singular = name if name in SECONDS else name.removesuffix("s")
    if singular in SECONDS:
        return Kind.DURATION, "s", SECONDS[singular]
    if name in SIZES or name.removesuffix("s") in SIZES:
        factor, base = SIZES[name] if name in SIZES else SIZES[name.removesuffix("s")]
        return Kind.SIZE, base, factor
    return Kind.COUNT, "", 1.0


def _value(number: str, scale: str | None) -> float:
    text = number.lower().replace(",", "")
    value = WORDS[text] if text in WORDS else float(text)
    return value * SCALES[scale.strip().lower()] if scale else value
