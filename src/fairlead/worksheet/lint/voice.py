"""Rules on who speaks and how surely: "we" for "I", adverbs for figures, names that must not leave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Sentence, Telling, is_window
from fairlead.worksheet.model import ACTION, NOTES, RESULT
from fairlead.worksheet.story_file import heading_of

_DOING = (
    "built|build|wrote|write|designed|design|implemented|implement|created|create|developed"
    "|develop|fixed|fix"
    "|migrated|migrate|refactored|refactor|rewrote|deployed|launched|shipped|released|rolled"
    " out|replaced"
    "|introduced|investigated|analy[sz]ed|debugged|profiled|tested|added|removed|changed|automated"
    "|configured|set up|moved|trained|documented|repaired|rebuilt|redesigned|optimi[sz]ed"
    "|reduced|improved"
    "|increased|decided|chose|started|began|ran|compared|looked|discussed|planned|hired"
    "|interviewed|presented"
    "|proposed|negotiated|organi[sz]ed|split|merged|installed|upgraded|scheduled|collected"
    "|listed|drew|asked"
    "|called|visited|convinced|held|cut|printed|had|got|went"
    " through|went|grouped|reviewed|mapped|identified"
    "|gathered|prototyped|drafted|integrated|consolidated|imported|extended|switched|tuned"
    "|scaled|patched"
    "|mitigated|escalated|resolved|solved|discovered|uncovered|established|coordinated|led"
    "|conducted|defined"
    "|figured out|worked|put|made|took|sent|wired|containeri[sz]ed|parallel[iy][sz]ed|cached"
    "|labelled|labeled"
    "|plotted|measured|monitored|reported|filmed|posted|announced|reached out|partnered|collaborated"
    "|brainstormed|iterated|delivered|broke|cleaned|validated|verified|modelled|modeled"
    "|simulated|invited"
    "|painted|swapped|wrapped|enabled|disabled|leveraged|adopted|evaluated|researched|tracked|found"
)
_ACHIEVING = (
    "built|implemented|created|developed|fixed|migrated|rewrote"
    "|automated|reduced"
    "|improved|increased|cut|eliminated|achieved|solved|resolved|designed"
    "|lowered|raised"
    "|halved|doubled|decreased|removed|optimi[sz]ed|boosted|accelerated|slashed"
    "|converted"
    "|prevented|introduced|replaced|simplified|streamlined|turned around"
)
_WHO = r"(?:we|our team|my team|the team|our group|the group|our squad)"
_LED = (
    r"(?:^|[.;:!?—–]\s+|\s-\s+|,\s+(?:and|but|so|then)\s+(?:then\s+|so\s+|also\s+|finally\s+)?"
    r"|\band\s+(?:then\s+)?"
    r"|\b(?:then|next|finally|eventually|later|afterwards|first|second|also|together)\b,?\s+"
    r"|^[^,;.]{2,60},\s+|^(?:In|On|By|After|Since|During|Over|Within|At|Every|Each|Last"
    r"|This)\s+(?:[\w'’-]+\s+){1,5})"
)
_ADVERBS = r"(?:(?:also|then|first|finally|quickly|successfully|eventually|even|\w+ly)\s+){0,2}"
_DID = re.compile(rf"{_LED}(?P<who>{_WHO})\s+{_ADVERBS}(?P<verb>{_DOING})\b(?!\s+to\s+be\b)", re.I)
_ACHIEVED = re.compile(
    rf"{_LED}(?P<who>{_WHO})\s+{_ADVERBS}(?:(?:were|was)\s+able\s+to\s+|managed\s+to\s+)?"
    rf"(?P<verb>{_ACHIEVING}|reduce|improve|increase|build|deliver|eliminate|achieve|solve|ship"
    rf"|launch)\b",
    re.I,
)
_JOINT = re.compile(
    r"\btogether\b|\bboth of us\b|\b(?:and|with) (?:I|me)\b|\beach other\b"
    r"|\bI (?:sat|met|worked|walked|went|spent|paired)\b[^.;]*\bwith\b[^.;]*\band we\b",
    re.I,
)
_ANY_OF_US = re.compile(r"\b(?:we|team|group|squad)\b", re.I)
_TELLER = re.compile(r"\bI\b")
_HAD_DONE = re.compile(
    r"\bhad\s+(?:\w+\s+){1,5}?(?:\w+ed|built|made|done|written|cut|sent|put|read)\b", re.I
)
_MUCH = (
    r"(?:significant|dramatic|drastic|substantial|considerabl|massive|great|vast|tremendous|enormous"
    r"|huge"
    r"|immense|marked|exponential|noticeabl|overwhelming|extreme|visibl|incredibl|hug|vastl|remarkabl"
    r"|radical|immeasurabl)(?:al)?(?:e)?(?:l?y)"
)
_MORE = (
    r"(?:faster|slower|better|worse|easier|harder|simpler|smoother|happier|calmer|quieter|cheaper"
    r"|shorter|longer"
    r"|lower|higher|smaller|larger|bigger|fewer|less|more|quicker|safer|stabler|cleaner|stronger"
    r"|sooner|earlier"
    r"|stable|reliable|pleasant|satisfied|improved|grateful|happy|positive)"
)
_CHANGED = (
    r"(?:improve|reduce|decrease|increase|drop|fall|fell|rise|rose|grow|grew|shrink|shrank|went|gone"
    r"|cut"
    r"|accelerat|speed|sped|boost|lower|rais|simplif|enhanc|declin|diminish|shorten|streamlin|eas|help"
    r"|optimi[sz]|strengthen|minimi[sz]|climb|lift)\w*"
)
_VAGUE = re.compile(
    rf"\b{_MUCH}\s+(?:\w+\s+){{0,2}}?{_MORE}\b"
    rf"|\b{_MUCH}\s+{_CHANGED}\b"
    rf"|\b{_CHANGED}\s+(?:\w+\s+){{0,6}}?(?P<adverb>{_MUCH}|a lot|a great deal|drastically)\b"
    rf"|\b(?:much|far|way|a lot|lots|so much|a great deal|a whole lot|ways?)\s+(?:more\s+)?{_MORE}\b"
    r"|\b(?:significant|dramatic|drastic|substantial|massive|huge|tremendous|considerable|enormous"
    r"|vast|immense"
    r"|great|major|overwhelming|remarkable|marked|noticeable|notable|big|sharp|radical|impressive)\s+"
    r"(?:\w+\s+){0,2}?(?:improvements?|reductions?|drops?|increases?|decreases?|gains?|growth"
    r"|savings?|impact"
    r"|boost|declines?|rise|relief|speed-?ups?|difference|uplift|cuts?|progress|success)\b",
    re.I,
)


_MAY_BE_VAGUE = re.compile(
    r"\b(?:signif|drama|drast|substan|consider|massiv|great|vast|tremend|enorm|huge|immens|mark"
    r"|expon|notic"
    r"|notab|overwhelm|extrem|visib|incred|remark|radic|immeas|much|far|way|lot|lots|major|big|sharp"
    r"|impress)",
    re.I,
)
_CLAUSE = re.compile(
    r",\s+(?:and|but|while)\s|\s+(?:and|but|while)\s+(?=(?:[\w'’-]+\s+){1,4}?(?:is|are|was|were|has"
    r"|have|had|went)\b)|;"
)


def we_for_i(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield Action and Result where "we" or "our team" is who does the work; once a section."""
    for name, pattern in ((ACTION, _DID), (RESULT, _ACHIEVED)):
        passage = telling.passage(name)
        if passage is None:
            continue
        spots = [spot for sentence in passage.sentences for spot in _doings(pattern, sentence)]
        if not spots:
            continue
        start, end, words = spots[0]
        more = f", and {len(spots) - 1} more" if len(spots) > 1 else ""
        yield Spotted(
            passage=passage,
            start=start,
            end=end,
            what=f'{heading_of(name)} says "{words}"{more}: the listener can\'t tell what you did',
        )


def vague(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Result that says how much by an adverb, with no figure in the sentence; once a story."""
    passage = telling.passage(RESULT)
    if passage is None:
        return
    spots = [
        (sentence.start + found.start(), sentence.start + found.end(), found[0])
        for sentence in passage.sentences
        if _MAY_BE_VAGUE.search(sentence.text)
        for found in _VAGUE.finditer(sentence.text)
        if not _has_figure(sentence, found)
    ]
    if spots:
        start, end, words = spots[0]
        others = [f'"{_flat(text)}"' for _, _, text in spots[1:4]]
        more = f", and so do {', '.join(others)}" if others else ""
        yield Spotted(
            passage=passage,
            start=start,
            end=end,
            what=f'"{_flat(words)}" says how much by feeling{more}',
        )


def confidential(telling: Telling, around: Surroundings) -> Iterator[Spotted]:
    """Yield each name from the user's own list, once a section; whole words, in any case."""
    names = sorted((name for name in around.confidential if name.strip()), key=len, reverse=True)
    if not names:
        return
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names), re.I)
    for name, passage in telling.passages.items():
        if name == NOTES:
            continue  # never spoken, never exported
        seen: set[str] = set()
        for found in pattern.finditer(passage.text):
            if found[0].casefold() not in seen:
                seen.add(found[0].casefold())
                yield Spotted(
                    passage=passage,
                    start=found.start(),
                    end=found.end(),
                    what=f'"{found[0]}" is on your list of confidential names',
                )


def _has_figure(sentence: Sentence, found: re.Match[str]) -> bool:
    """Whether the clause of a vague word has a figure, too."""
    edges = [0, *(edge.start() for edge in _CLAUSE.finditer(sentence.text)), len(sentence.text)]
    start = max(edge for edge in edges if edge <= found.start())
    end = min(edge for edge in edges if edge >= found.end())
    inside = [one for one in sentence.quantities if start <= one.start - sentence.start < end]
    return any(not is_window(sentence, one) and not (one.weak and not one.noun) for one in inside)


def _doings(pattern: re.Pattern[str], sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    if not _ANY_OF_US.search(sentence.text) or _JOINT.search(sentence.text):
        return
    for found in pattern.finditer(sentence.text):
        verb = found["verb"].lower()
        if verb in {"had", "got"} and not _HAD_DONE.match(sentence.text, found.start("verb")):
            continue
        if found["who"].lower() != "we" and pattern is _ACHIEVED:
            continue  # what a team reached is a result, unless the teller hides in a "we"
        if _TELLER.search(sentence.text, 0, found.start("who")):
            continue  # "I went to her, and we worked out": the teller has said who
        start, end = found.start("who"), found.end("verb")
        yield sentence.start + start, sentence.start + end, sentence.text[start:end]


def _flat(text: str) -> str:
    return " ".join(text.split())
