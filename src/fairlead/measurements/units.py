"""Units: what a spelling measures, and how two figures are brought to one scale.

Only what people put in such figures: durations, amounts of data, shares, factors, rates of these, and
counts of things. Any other word is a unit of its own ("tickets") that compares with itself alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.errors import FairleadError


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit as written, what it measures, and how many of the dimension's own unit it is.

    The dimensions' own units are the second, the byte and one; ``dimension`` is ``time``, ``data``,
    ``ratio``, a noun in the singular for counts of things, or two of these around a ``/`` for rates.
    """

    symbol: str
    dimension: str
    factor: float


_TIME = {
    "ns nanosecond nanoseconds": 1e-9,
    "us µs μs microsecond microseconds": 1e-6,
    "ms msec millisecond milliseconds": 1e-3,
    "s sec secs second seconds": 1.0,
    "min mins minute minutes": 60.0,
    "h hr hrs hour hours": 3600.0,
    "d day days": 86_400.0,
    "wk week weeks": 604_800.0,
}
_DATA = {
    "b byte bytes": 1.0,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "tb": 1e12,
    "kib": 2.0**10,
    "mib": 2.0**20,
    "gib": 2.0**30,
    "tib": 2.0**40,
    "bit bits": 1 / 8,
    "kbit": 1e3 / 8,
    "mbit": 1e6 / 8,
    "gbit": 1e9 / 8,
}
_RATIO = {
    "% percent pct": 0.01,
    "‰": 0.001,
    "x × times fold": 1.0,
    "ratio 1": 1.0,
}
_KNOWN = {
    spelling: (dimension, factor)
    for dimension, table in (("time", _TIME), ("data", _DATA), ("ratio", _RATIO))
    for spellings, factor in table.items()
    for spelling in spellings.split()
}
_RATES = {"rps": "requests/s", "qps": "queries/s", "tps": "transactions/s", "rpm": "requests/min"}
_AMBIGUOUS = {
    "m": "write min for minutes; for a length write metres",
    "mo": "months differ in length: write days",
    "month": "months differ in length: write days",
    "months": "months differ in length: write days",
    "year": "years differ in length: write days",
    "years": "years differ in length: write days",
}


def parse_unit(text: str) -> Unit:
    """Return what a spelling of a unit means; ``""`` is a plain number.

    Raises FairleadError for a spelling that people use for two different things.
    """
    symbol = " ".join(text.split())
    plain = symbol.lower()
    plain = _RATES.get(plain, plain)
    if " per " in plain:
        plain = plain.replace(" per ", "/")
    if plain.endswith("/m"):
        plain += "in"
    if "/" in plain:
        above, below = (parse_unit(part.strip()) for part in plain.split("/", 1))
        return Unit(
            symbol=symbol,
            dimension=f"{above.dimension or '1'}/{below.dimension}",
            factor=above.factor / below.factor,
        )
    if plain in _AMBIGUOUS:
        raise FairleadError(f"the unit {symbol!r} can mean two things", fix=_AMBIGUOUS[plain])
    if plain in _KNOWN:
        dimension, factor = _KNOWN[plain]
        return Unit(symbol=symbol, dimension=dimension, factor=factor)
    return Unit(symbol=symbol, dimension=_singular(plain), factor=1.0)


def comparable(one: str, other: str) -> bool:
    """Say whether figures in these units can be set beside each other."""
    return parse_unit(one).dimension == parse_unit(other).dimension


def convert(value: float, *, unit: str, into: str) -> float:
    """Return ``value`` in another unit of its dimension; raises FairleadError for another's."""
    start, end = parse_unit(unit), parse_unit(into)
    if start.dimension != end.dimension:
        raise FairleadError(
            f"{unit or 'a plain number'} and {into or 'a plain number'} don't measure the same thing",
            fix="compare two figures of one kind, or correct the unit where it was imported",
        )
    return value * (start.factor / end.factor)


def _singular(word: str) -> str:
    """Return a noun's singular as far as comparing needs it: tickets and ticket are one unit."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word
