"""Rules on a story's shape: its parts, their ends, their share, what is said twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Passage, Sentence, Telling, words_of
from fairlead.worksheet.model import ACTION, LESSON, NOTES, RESULT, STAR
from fairlead.worksheet.story_file import heading_of

LEAST_ACTION = 0.4
"""The share of Action below which it is thin; the budgets give it 5 to 6 of 7 to 10 minutes."""

_OPEN_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "into",
        "onto",
        "over",
        "under",
        "between",
        "among",
        "through",
        "during",
        "before",
        "after",
        "about",
        "against",
        "within",
        "without",
        "and",
        "or",
        "but",
        "nor",
        "so",
        "because",
        "since",
        "although",
        "though",
        "while",
        "if",
        "unless",
        "until",
        "when",
        "where",
        "whether",
        "which",
        "who",
        "whose",
        "whom",
        "that",
        "than",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "can",
        "could",
        "should",
        "may",
        "might",
        "must",
        "not",
        "no",
        "my",
        "our",
        "your",
        "his",
        "her",
        "its",
        "their",
        "this",
        "these",
        "those",
        "every",
        "each",
        "both",
        "either",
        "neither",
        "some",
        "any",
        "very",
        "more",
        "most",
        "also",
        "even",
        "then",
        "i",
        "we",
        "you",
        "he",
        "she",
        "they",
        "it",
    ]
)
_OPENERS = {"The", "A", "An", "My", "Our", "This", "These", "And", "But", "I", "We", "They", "It", "In"}
_PUNCTUATION = ".,;:!?()[]\"'“”‘’*_"
_SIGNS = re.compile(r"[^\w]+")
_CLOSERS = ('"', "'", "”", "’", ")", "]", "*", "_", "`", "»")
_LEARNED = re.compile(
    r"\blearn(?:ed|t|ing)?\b(?! (?:from [^.,;]{1,40} )?that \d)|\blessons?\b|\bdifferently\b"
    r"|\bin hindsight\b|\blooking back\b"
    r"|\bnext time\b"
    r"|\bI (?:should|could|would|ought)(?:n't| not)?(?: to)?(?: now| rather| also| still)?"
    r"(?: have\b(?! to\b)| begin\b| start\b| do\b| ask\b| put\b| write\b| never\b| not\b)"
    r"|\btaught me\b|\btoday I (?:would|begin|start|ask)\b|\bif I (?:did|had|were) (?:it|to)\b"
    r"|\bI (?:now|regret|wish)\b|\bnot again\b|\btakeaway\b|\brealis?zed that\b",
    re.I,
)
_ASKS = re.compile(
    r"\bdifferent(?:ly)?\b.*\?|\blearn(?:ed|t)?\b|\bhindsight\b|\bwould you change\b"
    r"|\bknowing what you know\b"
    r"|\bdone better\b|\bimproved? (?:on|upon)\b|\bdo it again\b|\bdo (?:that|the same) again\b"
    r"|\blesson\b"
    r"|\bregret",
    re.I | re.S,
)
_SAYS_DIFFERENCE = re.compile(r"\bdiffering|\bdifferent (?:opinion|view|team)", re.I)


def missing_sections(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield one spot for the sections of STAR that say nothing."""
    names = [heading_of(name) for name in STAR if telling.passage(name) is None]
    if names and len(names) < len(STAR):
        said = " and ".join(names) if len(names) < 3 else ", ".join(names[:-1]) + " and " + names[-1]
        kind = "is" if len(names) == 1 else "are"
        yield Spotted(passage=None, start=0, end=0, what=f"{said} {kind} missing")
    elif names:
        yield Spotted(passage=None, start=0, end=0, what="no part of STAR says anything yet")


def cut_off(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield sections whose last sentence has no end."""
    told = [one for name, one in telling.passages.items() if name != NOTES and one.sentences]
    for passage in told:
        last = passage.sentences[-1]
        if last.closed or last.text.rstrip().endswith((*_CLOSERS, ".", "!", "?", "…", ":")):
            continue
        others = [one.sentences[-1] for one in told if one is not passage]
        if _breaks_off(last) or _alone_is_open(last, others, telling, passage):
            words = last.text.split()
            yield Spotted(
                passage=passage,
                start=last.end - len(" ".join(words[-1:])),
                end=last.end,
                what=f'{heading_of(passage.name)} ends in mid-sentence: "…{" ".join(words[-5:])}"',
            )


def repeated(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a sentence of one section that stands in a later section, too, word for word."""
    told = [one for name, one in telling.passages.items() if name != NOTES]
    spoken = [_plain(passage.text) for passage in told]
    for at, passage in enumerate(told):
        for sentence in passage.sentences if at + 1 < len(told) else ():
            longest = max(sentence.low.split(), key=len, default="").strip(_PUNCTUATION)
            if not any(longest in other.low for other in told[at + 1 :]):
                continue
            said = _plain(sentence.text)
            words = said.split()
            if len(words) < 6:
                continue
            for other, text in zip(told[at + 1 :], spoken[at + 1 :], strict=True):
                if said in text:
                    yield _copy(words, passage, other)


def thin_action(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield an Action that is a small part of what is told, and not its longest part."""
    parts = {name: telling.passage(name) for name in STAR}
    action = parts[ACTION]
    words = {name: passage.words for name, passage in parts.items() if passage}
    total = sum(words.values())
    if action is None or len(words) < 3 or total < 40:
        return
    share = words[ACTION] / total
    if share < LEAST_ACTION and words[ACTION] < max(words.values()):
        longest = max(words, key=lambda name: words[name])
        yield Spotted(
            passage=action,
            start=0,
            end=0,
            what=f"Action is {share:.0%} of what is told ({words[ACTION]} of {total} words);"
            f" {heading_of(longest)} is longer ({words[longest]})",
        )


def no_lesson(telling: Telling, around: Surroundings) -> Iterator[Spotted]:
    """Yield a story that answers a question about what was learned, and doesn't say it."""
    asked = [around.questions.get(question, question) for question in telling.story.questions]
    asking = [text for text in asked if _ASKS.search(text) and not _SAYS_DIFFERENCE.search(text)]
    if not asking or telling.passage(LESSON):
        return
    result = telling.passage(RESULT)
    if not any(_LEARNED.search(one.text) for name, one in telling.passages.items() if name != NOTES):
        yield Spotted(
            passage=result,
            start=max(0, len(result.text) - 1) if result else 0,
            end=len(result.text) if result else 0,
            what=f'the question asks what you learned or would change ("{_short(asking[0])}"),'
            " and the story doesn't say",
        )


def _plain(text: str) -> str:
    """Return the words alone, in lower case, one blank around each."""
    return f" {_SIGNS.sub(' ', text.lower().replace('’', '')).strip()} "


def _breaks_off(last: Sentence) -> bool:
    text = last.text.rstrip()
    if text.endswith((",", ";", "(", "-", "–", "—", "/")):
        return True
    words = words_of(text)
    if not words or len(words) < 3:
        return False
    if re.search(
        r"\b(?:up|on|in|over|out|off|back|through|about|more|most|so|it|that|this|not|no|both|then)$",
        text,
    ):
        # such words end sentences as well: "what it runs on", "I did it"
        return (
            words[-1] in {"that", "this", "then", "about", "over", "in", "on", "so"}
            and not last.item
            and (words[-2] in _OPEN_WORDS or words[-1] in {"that", "then"})
        )
    return words[-1] in _OPEN_WORDS


def _alone_is_open(last: Sentence, others: list[Sentence], telling: Telling, passage: Passage) -> bool:
    """Whether a sentence without its full stop stands out among sections that close theirs."""
    prose = [one for one in others if not one.item]
    words = last.text.split()
    if 1 < len(words) <= 3 and words[0] in _OPENERS and all(one.closed for one in prose):
        return not last.item and not re.search(r"\d", last.text)
    if last.item or len(last.text.split()) < 6 or not prose or not all(one.closed for one in prose):
        return False
    if re.search(r"[\d%)\]]$", last.text.rstrip()):
        return False
    present = [name for name in STAR if telling.passage(name)]
    is_end = bool(present) and passage.name == present[-1]
    return len(prose) >= 2 or (is_end and present[-1] != RESULT)


def _copy(words: list[str], first: Passage, second: Passage) -> Spotted:
    for sentence in second.sentences:
        if f" {' '.join(words)} " in _plain(sentence.text):
            start, end = sentence.start, sentence.end
            break
    else:
        start = end = 0
    return Spotted(
        passage=second,
        start=start,
        end=end,
        what=f"{heading_of(second.name)} repeats a sentence of {heading_of(first.name)}:"
        f' "{_short(" ".join(words))}"',
    )


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:12]) + (" …" if len(words) > 12 else "")
