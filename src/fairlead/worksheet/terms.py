"""From prose to the terms that a search compares: words without their endings, and shared ideas.

An idea is what different words have in common: whoever asks about a *setback* means the story in which
something *went wrong*. ``ideas.py`` lists them; here a text is turned into its words' stems
(Snowball's English stemmer) followed by the ideas that its words and phrases stand for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from fairlead.worksheet.ideas import IDEAS

IDEA = "idea:"
"""How the term of an idea starts; no word can, for words hold no colon."""

EXACT = "="
"""How a wording starts that means this form alone: *founded* has the stem of *found*."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_COMMON = frozenset(
    """a about above after again all also always am an and any anyone anything are aren't as asked at be
    because been before being below between both but by can can't cannot could couldn't describe did
    didn't do does doesn't doing don't done during each even ever every example few for from further gave
    get give given go got had hadn't has hasn't have haven't having he her here hers herself him himself
    his how however i i'd i'll i'm i've if in instance into is isn't it it's its itself just kind let like
    made make many me more most much my myself no nor not now of off often on once one only onto or other
    others our ours ourselves out over own particular per please quite rather really recall same say she
    should shouldn't situation since so some someone something such take tell than that that's the their
    theirs them themselves then there these they they're thing things this those though through time times
    to too took two under until up upon us use very via walk was wasn't we we'd we're we've well went were
    weren't what what's when where whether which while who whom whose why will with within without won't
    would wouldn't yet you you'd you'll you're you've your yours yourself example experience share work
    worked working""".split()
)
"""Words that say nothing of what a story is about, an interviewer's own phrases among them."""

_WEAK = frozenset(
    """able add affect area ask based become begin best better big bring build business call came case
    change choice colleague come company complete cover create day deal develop different difficult do
    done early easy effect end expect face fact feel find first follow found full general go goal good
    great group handle happen hard help high idea important improve include increase involve issue job
    keep know large last late lead learn leave level life line long look lot low main matter mean meet
    month move need new next number old open order organisation organization outcome part people person
    place plan play point possible present problem product project provide put question reach reason
    result role run same see serve service set show side significant small solution solve start step stop
    strong support sure system take talk task team term thing think today together turn try understand
    user view wait want way week win wish word world year""".split()
)
"""Words that most stories could hold by chance; a match on one alone says little."""


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
        if word not in _COMMON:
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
        while at < len(stems) and stems[at] != wanted and words[at] in _COMMON and skipped < 2:
            at += 1
            skipped += 1
        if at == len(stems) or stems[at] != wanted:
            return 0
        at += 1
    return at


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case; text without spaces between words gives pairs of letters.

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
    return frozenset(stem(sorted(_WEAK)))


@cache
def _stemmer():  # noqa: ANN202 - the type is the extension module's own
    import Stemmer

    return Stemmer.Stemmer("english")


@cache
def _phrases(asking: bool) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Index every wording of every idea by its first stem."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for idea in IDEAS:
        for wording in (*idea.both, *(idea.asked if asking else idea.told)):
            exact = wording.startswith(EXACT)
            phrase = (wording,) if exact else tuple(stem(words_of(wording)))
            found.setdefault(phrase[0], []).append((phrase, idea.name))
    return {first: tuple(dict.fromkeys(entries)) for first, entries in found.items()}


def _unspaced(word: str) -> bool:
    return any("\u0e00" <= sign <= "\u0eff" or "\u3040" <= sign <= "\u9fff" for sign in word)
