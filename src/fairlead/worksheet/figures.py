"""The figures that a text states: numbers with what they count or measure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fairlead.worksheet.common_words import COMMON

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = (
    r"%|‰|percent(?:age points?)?\b|per ?cent\b|x\b|×|times\b|fold\b|"
    r"(?:nano|micro|milli)?seconds?\b|secs?\b|[nµm]s\b|s\b|minutes?\b|mins?\b|hours?\b|hrs?\b|h\b|days?\b|"
    r"weeks?\b|months?\b|years?\b|[KMGT]i?B\b|bytes?\b|[kMG]?bit/s\b|requests?(?:/s| per second)\b"
)
_FIGURE = re.compile(
    rf"(?<![\w.,/-])(?P<currency>[$€£¥])?(?P<low>{_NUMBER})(?P<scale>[KkMB](?![A-Za-z]))?\+?"
    rf"(?:\s?[-–—]\s?(?P<high>{_NUMBER})(?P<scale2>[KkMB](?![A-Za-z]))?)?"
    rf"(?:[\s-]?(?P<unit>{_UNIT}))?(?P<noun>\s+[^\W\d_]+)?"
)
_NAMED = re.compile(r"[a-z,;]\s+[A-Z][\w+#-]*\s\Z")
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number in a text: its words there, and what they say.

    ``value`` is the higher end of a range and ``low`` the lower (equal otherwise), scaled (``700K`` is
    700,000). ``step`` is the size of the last digit given, so that 95 stands for 94.5 to 95.5.
    ``unit`` is as written, ``""`` when the number counts something.
    """

    text: str
    start: int
    end: int
    value: float
    low: float
    unit: str
    step: float


def find_figures(text: str) -> Iterator[Figure]:
    """Yield the figures of a text in its order; years, versions and list numbers aren't any."""
    for match in _FIGURE.finditer(text):
        unit = match["unit"] or match["currency"] or ""
        written = match["high"] or match["low"]
        if not unit and not match["scale"] and not match["high"] and _is_no_figure(text, match):
            continue
        scale = _SCALES.get((match["scale2"] or match["scale"] or "").lower(), 1.0)
        value = float(written.replace(",", "")) * scale
        low = float(match["low"].replace(",", "")) * _SCALES.get((match["scale"] or "").lower(), 1.0)
        counted = match["noun"] and not unit and match["noun"].strip().casefold() not in COMMON
        end = match.start("noun") if match["noun"] and not counted else match.end()
        yield Figure(
            text=" ".join(text[match.start() : end].split()),
            start=match.start(),
            end=end,
            value=value,
            low=min(low, value) if match["high"] else value,
            unit=unit,
            step=min(1.0, _step(written)) if unit.startswith(("%", "per")) else _step(written) * scale,
        )


def _is_no_figure(text: str, match: re.Match[str]) -> bool:
    """Tell a year, the number before a list's item, and a version from a figure."""
    number = match["low"]
    if re.fullmatch(r"(?:19|20)\d\d", number):
        return True
    if "." in number and _NAMED.search(text, 0, match.start()):
        return True  # Python 3.11
    line_start = text.rfind("\n", 0, match.start()) + 1
    after = text[match.end("low") : match.end("low") + 2]
    is_item = not text[line_start : match.start()].strip() and after[:1] in {".", ")"}
    return is_item or (after[:1] in {".", "/", ":"} and after[1:].isdigit())


def _step(written: str) -> float:
    """Return the size of the last digit that says something: 0.1 for 99.9, 1 for 95, 100 for 1,200."""
    digits = written.replace(",", "")
    if "." in digits:
        return 10.0 ** -len(digits.split(".")[1])
    zeros = len(digits) - len(digits.rstrip("0"))
    return 10.0 ** (zeros if len(digits) > zeros + 1 else max(0, zeros - 1))
