"""Ranking texts by BM25 over their terms, in a few dozen lines and with reasons.

The formula is that of Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and
Beyond* (2009), with fields weighted before saturation (BM25F). A person's folder holds dozens of
stories: a library with a matrix under it takes longer to import than this takes to answer, and
returns a number where a reader wants the words behind it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairlead.worksheet.terms import IDEA, Terms

SATURATION = 1.2
"""BM25's k1: how soon more of the same term stops to count."""

IDEA_SATURATION = 3.0
"""The same for ideas: one chance wording says little, the fourth still adds."""

LENGTH = 0.4
"""BM25's b: how far a long text is held to say everything by chance (0 not at all, 1 fully)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How well one text matches.

    ``share`` is of what a perfect text would score, in [0, 1]; a question of common words alone
    matches none perfectly. ``by_term`` holds what each term adds to the score, most first.
    """

    score: float
    share: float
    by_term: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Texts made comparable; ``frequencies`` are weighted by field and evened out for length."""

    frequencies: tuple[Mapping[str, float], ...]
    rarity: Mapping[str, float]


def build_index(texts: Sequence[Iterable[tuple[float, Terms]]]) -> Index:
    """Return the index of texts, each given as its fields with their weights."""
    counted: list[dict[str, float]] = []
    for fields in texts:
        frequencies: dict[str, float] = {}
        for weight, terms in fields:
            for term, count in terms.counts.items():
                frequencies[term] = frequencies.get(term, 0.0) + weight * count
        counted.append(frequencies)
    lengths = [sum(n for term, n in one.items() if ":" not in term) for one in counted]
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    evened = []
    holding: dict[str, int] = {}
    for frequencies, length in zip(counted, lengths, strict=True):
        even = 1 - LENGTH + LENGTH * length / mean if mean else 1.0
        evened.append({term: count / even for term, count in frequencies.items()})
        for term in frequencies:
            holding[term] = holding.get(term, 0) + 1
    rarity = {term: math.log(1 + (len(counted) - n + 0.5) / (n + 0.5)) for term, n in holding.items()}
    return Index(frequencies=tuple(evened), rarity=rarity)


def rank(index: Index, asked: Mapping[str, float]) -> tuple[Match, ...]:
    """Return how well each text matches the terms asked for by weight, in the texts' order."""
    unseen = math.log(1 + (len(index.frequencies) + 0.5) / 0.5)
    best = sum(weight * index.rarity.get(term, unseen) for term, weight in asked.items())
    best = max(best, unseen)
    matches = []
    for frequencies in index.frequencies:
        parts = [
            (term, weight * index.rarity[term] * _saturated(term, frequencies[term]))
            for term, weight in asked.items()
            if term in frequencies
        ]
        score = sum(part for _, part in parts)
        matches.append(
            Match(
                score=score,
                share=min(1.0, score / best) if best else 0.0,
                by_term=tuple(sorted(parts, key=lambda part: -part[1])),
            )
        )
    return tuple(matches)


def _saturated(term: str, frequency: float) -> float:
    """Return how much of a term's weight a frequency earns, in [0, 1)."""
    return frequency / (frequency + (IDEA_SATURATION if term.startswith(IDEA) else SATURATION))
