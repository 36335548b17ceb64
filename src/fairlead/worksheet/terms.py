"""From prose to the terms that a search compares: words without their endings, and shared ideas.

An idea is what different words have in common: whoever asks about a *setback* means the story in which
something *went wrong*. ``ideas.toml`` lists them; here a text is turned into its words without
their endings, followed by the ideas that its words and phrases stand for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fairlead.worksheet.common_words import COMMON, WEAK
from fairlead.worksheet.ideas import read_ideas

IDEA = "idea:"
"""How the term of an idea starts; no word can, for words hold no colon."""

EXACT = "="
"""How a wording starts that means this form alone: *founded* has the stem of *found*."""

NUMBER = "#"
"""What stands for any number in a wording: *# weeks late*."""

_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve "
    "twenty thirty forty fifty sixty hundred thousand several"
)
_NUMBER_WORDS = frozenset(_NUMBERS.split())
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


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
    stems = [stem(word) for word in words]
    shapes = [
        NUMBER if word.isdigit() or word in _NUMBER_WORDS else one
        for word, one in zip(words, stems, strict=True)
    ]
    counts: Counter[str] = Counter()
    said: dict[str, dict[str, None]] = {}
    for term, word in zip(stems, words, strict=True):
        if word not in COMMON:
            counts[term] += 1
            said.setdefault(term, {})[word] = None
    phrases = _phrases(asking)
    wordings: dict[str, set[tuple[str, ...]]] = {}
    for at, (first, word) in enumerate(zip(shapes, words, strict=True)):
        for phrase, idea in (*phrases.get(first, ()), *phrases.get(EXACT + word, ())):
            end = _end_of(phrase, words, shapes, at)
            if end:
                wordings.setdefault(IDEA + idea, set()).add(phrase)
                said.setdefault(IDEA + idea, {})[" ".join(words[at:end])] = None
    counts.update({term: len(different) for term, different in wordings.items()})
    return Terms(counts=counts, words={term: tuple(given) for term, given in said.items()})


def _end_of(phrase: tuple[str, ...], words: list[str], shapes: list[str], at: int) -> int:
    """Return where the phrase that starts at ``at`` ends, 0 when it isn't there.

    Up to two common words may stand between its own: *missed the deadline* is *missed deadline*.
    """
    at += 1
    for wanted in phrase[1:]:
        skipped = 0
        while at < len(shapes) and shapes[at] != wanted and words[at] in COMMON and skipped < 2:
            at += 1
            skipped += 1
        if at == len(shapes) or shapes[at] != wanted:
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


def stem(word: str) -> str:
    """Return a word without the endings of plurals, past tenses and participles.

    Only inflection goes: *founded* and *founding* are one, *conversion* and *conversation* stay two,
    which stemmers for whole libraries make one. The form is for comparing, not for reading.
    """
    if len(word) <= 3:
        return word
    if word.endswith("ies"):
        word = f"{word[:-3]}y"
    elif word.endswith("sses"):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and any(sign in "aeiouy" for sign in rest):
            doubled = rest[-1] == rest[-2] and rest[-1] not in "lsz" and len(rest) > 3
            word = rest[:-1] if doubled else rest
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > 3 and word.endswith("y") else word


@cache
def weak_stems() -> frozenset[str]:
    """Return the stems of words that most stories could hold by chance."""
    return frozenset(map(stem, WEAK))


@cache
def _phrases(asking: bool) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Index every wording of every idea by its first stem."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for idea in read_ideas():
        for wording in (*idea.both, *(idea.asked if asking else idea.told)):
            exact = wording.startswith(EXACT)
            phrase = (wording,) if exact else _shape(wording)
            found.setdefault(phrase[0], []).append((phrase, idea.name))
    return {first: tuple(dict.fromkeys(entries)) for first, entries in found.items()}


def _shape(wording: str) -> tuple[str, ...]:
    return tuple(
        part if part == NUMBER else stem(word)
        for part in wording.split()
        for word in ([part] if part == NUMBER else words_of(part))
    )


def _unspaced(word: str) -> bool:
    return any("\u0e00" <= sign <= "\u0eff" or "\u3040" <= sign <= "\u9fff" for sign in word)
