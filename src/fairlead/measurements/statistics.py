"""Statistics under one name each: ``avg`` and ``mean`` are one thing, ``p95`` and ``max`` are two."""

from __future__ import annotations

import re

VALUE = "value"
"""A reading by itself, of which no statistic is known."""

_SPELLINGS = {
    "": VALUE,
    "value": VALUE,
    "reading": VALUE,
    "mean": "mean",
    "avg": "mean",
    "average": "mean",
    "arithmetic mean": "mean",
    "median": "median",
    "med": "median",
    "min": "min",
    "minimum": "min",
    "best": "min",
    "best case": "min",
    "max": "max",
    "maximum": "max",
    "worst": "max",
    "worst case": "max",
    "peak": "max",
    "sum": "sum",
    "total": "sum",
    "count": "count",
    "number": "count",
    "rate": "rate",
    "share": "share",
    "ratio": "share",
    "proportion": "share",
    "percentage": "share",
    "stddev": "stddev",
    "std": "stddev",
    "standard deviation": "stddev",
}
_PERCENTILE = re.compile(
    r"(?:p(?P<p>\d{1,2}(?:\.\d+)?)"
    r"|(?P<th>\d{1,2}(?:\.\d+)?)(?:st|nd|rd|th)?[ -]?(?:percentile|%ile|pct)"
    r"|(?:quantile|q)[ =]?(?P<q>0?\.\d+))"
)


def parse_statistic(text: str) -> str:
    """Return the one spelling of a statistic: ``p95``, ``mean``, ``median``, ``max`` and so on.

    The 50th percentile is ``median``. A statistic of a statistic (``median of p95``) keeps both. A
    name that isn't known comes back in lower case: it still equals itself.
    """
    plain = " ".join(text.replace("_", " ").lower().split())
    if " of " in plain:
        outer, inner = plain.split(" of ", 1)
        return f"{parse_statistic(outer)} of {parse_statistic(inner)}"
    if match := _PERCENTILE.fullmatch(plain):
        fraction = match["q"]
        percent = float(fraction) * 100 if fraction else float(match["p"] or match["th"])
        return "median" if percent == 50 else f"p{percent:g}"
    return _SPELLINGS.get(plain, plain)
