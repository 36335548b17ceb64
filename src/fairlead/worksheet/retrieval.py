"""Which stories answer a question: by its words, by the ideas behind them, and by principles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import fmean, pstdev

from fairlead.worksheet.model import FOLLOW_UPS, LESSON, RESULT, Principle, Story, Worksheet
from fairlead.worksheet.ranking import Index, Match, build_index, rank
from fairlead.worksheet.terms import IDEA, Terms, read_terms, weak_stems

PRINCIPLE = "principle:"
"""How the term of a principle starts, beside words and ideas."""

_IDEA_WEIGHT = 2.0
_WEAK_WEIGHT = 0.35
_PRINCIPLE_WEIGHT = 3.0
_TITLE, _TAGS, _ANSWERED, _ENDING = 2.0, 2.0, 2.0, 0.5


class Fit(StrEnum):
    """How far a story answers a question, in words."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


STRONG_FROM, FAIR_FROM = 0.9, 0.55
"""From where on ``stand_out`` is called so; the benchmark of the search says how often rightly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a story matches: an idea, a principle or a word, and the story's own words for it."""

    kind: str
    name: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One story for a question: how far it fits and the strongest reasons, most first."""

    story: Story
    fit: Fit
    share: float
    reasons: tuple[Reason, ...]
    declared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What ``ask`` found: stories, best first; the principles that are asked for; follow-ups."""

    question: str
    principles: tuple[Principle, ...]
    suggestions: tuple[Suggestion, ...]
    follow_ups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A worksheet made searchable; build it once for many questions."""

    stories: tuple[Story, ...]
    principles: tuple[Principle, ...]
    terms: tuple[Terms, ...]
    by_story: Index
    by_principle: Index
    declared: Mapping[str, frozenset[str]]


def open_library(worksheet: Worksheet) -> Library:
    """Return the worksheet made searchable: texts, tags, and the questions said to be answered."""
    wording = {question.id: question.text for _, question in worksheet.questions()}
    declared = {
        story.id: frozenset(_plain(wording.get(said, said)) for said in story.questions)
        for story in worksheet.stories
    }
    terms = tuple(read_terms(f"{story.title}\n{story.spoken}") for story in worksheet.stories)
    return Library(
        stories=worksheet.stories,
        principles=worksheet.principles,
        terms=terms,
        by_story=build_index(
            [
                _story_fields(story, said, [wording.get(one, one) for one in story.questions])
                for story, said in zip(worksheet.stories, terms, strict=True)
            ]
        ),
        by_principle=build_index([_principle_fields(one) for one in worksheet.principles]),
        declared=declared,
    )


def ask(library: Library, question: str, *, limit: int = 5) -> Reply:
    """Return which stories answer a question, at most ``limit``, and what will be asked after them.

    A story whose front matter says that it answers this very question comes first.
    """
    after = _principles_behind(library, question)
    matches = match_question(library, question, principles=after)
    plain = _plain(question)
    found = []
    standings = stand_out(matches)
    whole = zip(library.stories, library.terms, matches, standings, strict=True)
    for story, terms, match, standing in whole:
        declared = plain in library.declared[story.id]
        share = 1.0 if declared else match.share
        if share > 0:
            found.append(
                Suggestion(
                    story=story,
                    fit=Fit.STRONG if declared else fit_of(standing),
                    share=share,
                    reasons=_reasons(match, terms, library.principles),
                    declared=declared,
                )
            )
    found.sort(key=lambda one: (-one.share, one.story.id))
    principles = tuple(library.principles[at] for at in after)
    best = found[0].story if found else None
    return Reply(
        question=question,
        principles=principles,
        suggestions=tuple(found[:limit]),
        follow_ups=_follow_ups(best, principles),
    )


def say_best(reply: Reply, *, name: Callable[[Story], str]) -> str:
    """Return in one sentence which story to tell, as surely as the search is; ``name`` names it."""
    if not reply.suggestions:
        return "No story answers this."
    best = reply.suggestions[0]
    if best.declared or best.fit is Fit.STRONG:
        return f"Tell {name(best.story)}."
    if best.fit is Fit.FAIR:
        return f"Probably {name(best.story)}."
    return f"Nothing fits well; {name(best.story)} comes closest."


def say_reasons(reasons: Sequence[Reason]) -> Iterator[str]:
    """Yield two lines at most: the ideas with the story's words for them, then principles and words."""
    ideas = [
        f"{one.name} ({', '.join(one.words[:3])})" if one.words else one.name
        for one in reasons
        if one.kind == "idea"
    ]
    if ideas:
        yield f"about {'; '.join(ideas[:3])}"
    principles = [one.name for one in reasons if one.kind == "principle"]
    words = [one.name for one in reasons if one.kind == "word"]
    rest = [f"tagged {', '.join(principles)}"] if principles else []
    rest += [f"says {', '.join(words[:5])}"] if words else []
    if rest:
        yield "; ".join(rest)


def match_question(
    library: Library, question: str, *, principles: Mapping[int, float] | None = None
) -> tuple[Match, ...]:
    """Return how well each story matches a question, in the stories' order.

    ``principles`` are those that the question is after, by their place, with a weight in [0, 1]; left
    out, they are inferred from the packs' own wording.
    """
    after = _principles_behind(library, question) if principles is None else principles
    asked = _weights(read_terms(question, asking=True))
    for at, weight in after.items():
        asked[PRINCIPLE + library.principles[at].id] = _PRINCIPLE_WEIGHT * weight
    return rank(library.by_story, asked)


def stand_out(matches: Sequence[Match]) -> tuple[float, ...]:
    """Return for each match how far it stands out, 0 for not at all.

    That is its distance from the mean score in standard deviations, times the root of its share of a
    perfect score: a story has to answer the question, and to answer it better than the others do.
    """
    scores = [match.score for match in matches]
    if not any(scores):
        return (0.0,) * len(scores)
    mean, spread = fmean(scores), pstdev(scores)
    return tuple(
        max(0.0, (match.score - mean) / spread if spread else 1.0) * sqrt(match.share)
        for match in matches
    )


def fit_of(standing: float) -> Fit:
    """Return the word for how far a story stands out."""
    if standing >= STRONG_FROM:
        return Fit.STRONG
    return Fit.FAIR if standing >= FAIR_FROM else Fit.WEAK


def _principles_behind(library: Library, question: str) -> dict[int, float]:
    """Return the principles that a question is after, at most three, by how sure that is, in [0, 1]."""
    plain = _plain(question)
    for at, principle in enumerate(library.principles):
        if any(_plain(one.text) == plain for one in principle.questions):
            return {at: 1.0}
    matches = rank(library.by_principle, _weights(read_terms(question, asking=True)))
    order = sorted(range(len(matches)), key=lambda at: -matches[at].score)[:3]
    if not order or not matches[order[0]].score:
        return {}
    top = matches[order[0]].score
    return {at: matches[at].share for at in order if matches[at].score >= 0.6 * top}


def _weights(terms: Terms) -> dict[str, float]:
    weak = weak_stems()
    return {
        term: _IDEA_WEIGHT if term.startswith(IDEA) else _WEAK_WEIGHT if term in weak else 1.0
        for term in terms.counts
    }


def _story_fields(story: Story, whole: Terms, answered: Sequence[str]) -> Iterable[tuple[float, Terms]]:
    yield 1.0, whole
    yield _TITLE, read_terms(story.title)
    yield _ENDING, read_terms(f"{story.text(RESULT)}\n{story.text(LESSON)}")
    if story.tags:
        yield _TAGS, read_terms(" ".join(story.tags).replace("-", " "))
    for question in answered:
        yield _ANSWERED, read_terms(question, asking=True)
    if story.principles:
        names = {PRINCIPLE + one: 1 for one in story.principles}
        yield 1.0, Terms(counts=names, words={})


def _principle_fields(principle: Principle) -> Iterable[tuple[float, Terms]]:
    yield 2.0, read_terms(principle.name, asking=True)
    yield 1.0, read_terms(principle.summary, asking=True)
    for question in principle.questions:
        yield 1.0, read_terms(question.text, asking=True)
    for prompt in principle.prompts:
        yield 0.3, read_terms(prompt.text, asking=True)


def _reasons(match: Match, terms: Terms, principles: Sequence[Principle]) -> tuple[Reason, ...]:
    names = {principle.id: principle.name for principle in principles}
    reasons = []
    for term, _ in match.by_term:
        if term.startswith(PRINCIPLE):
            principle = term.removeprefix(PRINCIPLE)
            reasons.append(Reason(kind="principle", name=names.get(principle, principle)))
        elif term.startswith(IDEA):
            words = terms.words.get(term, ())
            reasons.append(Reason(kind="idea", name=term.removeprefix(IDEA), words=words[:4]))
        else:
            reasons.append(Reason(kind="word", name=(terms.words.get(term) or (term,))[0]))
    return tuple(reasons)


def _follow_ups(story: Story | None, principles: Sequence[Principle]) -> tuple[str, ...]:
    """Return what to expect next: what the story's author noted, then the principles' patterns."""
    noted = story.text(FOLLOW_UPS).splitlines() if story else []
    lines = [line.strip().lstrip("-*0123456789. ").strip() for line in noted]
    patterns = [pattern for principle in principles for pattern in principle.follow_ups]
    return tuple(dict.fromkeys([*filter(None, lines), *patterns]))


def _plain(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip("?.! ")
