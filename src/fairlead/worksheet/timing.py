"""How long a story takes to tell, against the method's budgets: one gauge a story."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairlead.worksheet.model import EXTRA, SPOKEN, Method, Story

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One budget of the method and what a story has for it; minutes at the fast and the slow pace."""

    sections: tuple[str, ...]
    words: int
    fast: float
    slow: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A story's spoken time; ``low`` and ``high`` are the budgets' sums without the extras."""

    words: int
    fast: float
    slow: float
    low: float
    high: float
    parts: tuple[Part, ...]


def spoken_words(text: str) -> list[str]:
    """Return the words that one would speak, in order; signs and list marks are none."""
    return _WORD.findall(text)


def gauge(story: Story, method: Method) -> Gauge:
    """Return how long a story takes at the user's pace, in minutes, in all and for each budget.

    Follow-ups and notes are never spoken. Extras count to the whole time, not to the budget: they are
    told if there is time left.
    """
    slow_pace, fast_pace = method.pace
    words = {name: len(spoken_words(story.text(name))) for name in SPOKEN}

    def minutes(count: int) -> tuple[float, float]:
        return count / fast_pace, count / slow_pace

    parts = []
    for budget in method.budgets:
        count = sum(words.get(name, 0) for name in budget.sections)
        fast, slow = minutes(count)
        parts.append(
            Part(
                sections=budget.sections,
                words=count,
                fast=fast,
                slow=slow,
                low=budget.low,
                high=budget.high,
            )
        )
    total = sum(words.values())
    fast, slow = minutes(total)
    asked = [part for part in parts if EXTRA not in part.sections]
    return Gauge(
        words=total,
        fast=fast,
        slow=slow,
        low=sum(part.low for part in asked),
        high=sum(part.high for part in asked),
        parts=tuple(parts),
    )


def told(one: Gauge) -> str:
    """Return the gauge in one line: words, minutes, and where that is on the way to the budget."""
    low, high = f"{one.low:g}", f"{one.high:g}"
    fast, slow = _minutes(one.fast), _minutes(one.slow)
    minutes = f"{fast} min" if fast == slow else f"{fast}–{slow} min"
    filled = min(20, round(20 * one.slow / one.high)) if one.high else 0
    bar = "#" * filled + "." * (20 - filled)
    return f"[{bar}] {one.words} words, {minutes} of {low}–{high}"


def _minutes(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value < 10 else f"{value:.0f}"
