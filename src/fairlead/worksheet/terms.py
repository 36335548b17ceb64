"""From prose to the terms that a search compares: words without their endings, and shared ideas.

An idea is what different words have in common: whoever asks about a *setback* means the story in which
something *went wrong*. ``ideas.toml`` lists them; here a text is turned into its words' stems
(Snowball's English stemmer) followed by the ideas that its words and phrases stand for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol

from fairlead.worksheet.common_words import COMMON, WEAK
from fairlead.worksheet.ideas import read_ideas

IDEA = "idea:"
"""How the term of an idea starts; no word can, for words hold no colon."""

EXACT = "="
"""How a wording starts that means this form alone: *founded* has the stem of *found*."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Stemmer(Protocol):
    """The part of PyStemmer that is used here."""

    def stemWords(self, words: list[str]) -> list[str]:
        """Return the words' stems, in their order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A text's terms with how often each occurs, and for each the words of the text that gave it."""

    counts: Mapping[str, int]
    words: Mapping[str, tuple[str, ...]]


def read_terms(text: str, *, asking: bool = False) -> Terms:
    """Return the terms of a text; ``asking`` reads it as a question, whose words hint at other ideas.

    An idea counts once for each different wording that stands for it, so that a story which returns to
    it is about it, and one which repeats a single word is not.
    """
    words = words_of(text)
    stems = stem(words)
    counts: Counter[str] = Counter()
    said: dict[str, dict[str, None]] = {}
    for term, word in zip(stems, words, strict=True):
        if word not in COMMON:
            counts[term] += 1
            said.setdefault(term, {})[word] = None
    phrases = _phrases(asking)
    wordings: dict[str, set[tuple[str, ...]]] = {}
    for at, (first, word) in enumerate(zip(stems, words, strict=True)):
        for phrase, idea in (*phrases.get(first, ()), *phrases.get(EXACT + word, ())):
            end = _end_of(phrase, words, stems, at)
            if end:
                wordings.setdefault(IDEA + idea, set()).add(phrase)
                said.setdefault(IDEA + idea, {})[" ".join(words[at:end])] = None
    counts.update({term: len(different) for term, different in wordings.items()})
    return Terms(counts=counts, words={term: tuple(given) for term, given in said.items()})


def _end_of(phrase: tuple[str, ...], words: list[str], stems: list[str], at: int) -> int:
    """Return where the phrase that starts at ``at`` ends, 0 when it isn't there.

    Up to two common words may stand between its own: *missed the deadline* is *missed deadline*.
    """
    at += 1
    for wanted in phrase[1:]:
        skipped = 0
        while at < len(stems) and stems[at] != wanted and words[at] in COMMON and skipped < 2:
            at += 1
            skipped += 1
        if at == len(stems) or stems[at] != wanted:
            return 0
        at += 1
    return at


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case; writing without spaces gives pairs of letters.

    Pairs are how Chinese, Japanese and Thai are searched without a dictionary.
    """
    words: list[str] = []
    for match in _WORD.finditer(text.casefold()):
        word = match[0].replace("’", "'")
        if _unspaced(word) and len(word) > 2:
            words += (word[at : at + 2] for at in range(len(word) - 1))
        else:
            words.append(word.removesuffix("'s"))
    return words


def stem(words: Iterable[str]) -> list[str]:
    """Return each word without its ending, as Snowball's English algorithm has it."""
    return _stemmer().stemWords(list(words))


@cache
def weak_stems() -> frozenset[str]:
    """Return the stems of words that most stories could hold by chance."""
    return frozenset(stem(sorted(WEAK)))


@cache
def _stemmer() -> Stemmer:
    module = import_module("Stemmer")  # no types come with it
    return module.Stemmer("english")


@cache
def _phrases(asking: bool) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Index every wording of every idea by its first stem."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for idea in read_ideas():
        for wording in (*idea.both, *(idea.asked if asking else idea.told)):
            exact = wording.startswith(EXACT)
            phrase = (wording,) if exact else tuple(stem(words_of(wording)))
            found.setdefault(phrase[0], []).append((phrase, idea.name))
    return {first: tuple(dict.fromkeys(entries)) for first, entries in found.items()}


def _unspaced(word: str) -> bool:
    return any("\u0e00" <= sign <= "\u0eff" or "\u3040" <= sign <= "\u9fff" for sign in word)
