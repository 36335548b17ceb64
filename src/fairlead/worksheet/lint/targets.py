"""The rule on targets: what Task sets, and whether Result comes back to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.worksheet.lint.changes import changes_in, claims_in
from fairlead.worksheet.lint.cues import says_when, without_rates
from fairlead.worksheet.lint.figures import outcomes, says_unknown
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Passage, Sentence, Telling, is_window, stems_of, text_before
from fairlead.worksheet.lint.quantities import Kind, Quantity, stem
from fairlead.worksheet.model import RESULT, SITUATION, TASK

_ANSWERED = re.compile(
    r"\b(?:met|hit|reached|achieved|exceeded|beat|missed|kept|fulfilled|surpassed|ahead of"
    r"|short of)\b[^.;]{0,40}"
    r"\b(?:targets?|goals?|deadlines?|dates?|commitments?|sla|objectives?|plan|schedule|promises?"
    r"|limit)\b"
    r"|\b(?:on|in) time\b|\bon schedule\b|\bahead of (?:schedule|time|plan)\b|\bas (?:planned"
    r"|promised|agreed|asked)\b"
    r"|\b(?:the|my|our) (?:target|goal|deadline|objective)\b|\bthe promised\b|\boriginal deadline\b"
    r"|\bbefore the deadline\b",
    re.I,
)
_AIMED = re.compile(
    r"(?:\b(?:under|below|less than|fewer than|at least|more than|above|over|within|to|by"
    r"|no more than|at most|to have"
    r"|up to|no later than|than|wanted|want|need|needed|asked (?:[^.;]{0,30} )?for|get|reach|serve"
    r"|goal of"
    r"|target of|should (?:be|need|take)|only)"
    r"|\bto (?:onboard|migrate|move|train|convert|hire|sell|raise|close|deliver|ship|handle|process"
    r"|serve|support"
    r"|save|cover|translate|digiti[sz]e|vaccinate|test|review|build|answer|fill|recruit|sign|win"
    r"|place|open|install|produce|replace|publish|plant"
    r"|collect|retire|finish|complete|connect|enrol|register|repair|fix|switch off)"
    r"|\b(?:hiring|onboarding|migrating|moving|training|converting|selling|raising|closing"
    r"|delivering|serving|saving)"
    r"|^[^.;:]{2,40}:"
    r"|\bpromised (?:\w+ )?an? [\w-]+ (?:that|which) [\w ]{0,20}within)\s+"
    r"(?:the |all |another |our |an? |only |about |around |some |just |be |cost |stay )*$",
    re.I,
)
_AIM = re.compile(
    r"\b(?:want|need|ask|goal|target|aim|must|had to|have to|should|promis|commit|deliver"
    r"|finish|ready)",
    re.I,
)
_LEVEL = re.compile(
    r"\b(?:(?:goal|target) of|under|below|less than|fewer than|at most|no more than"
    r"|down to|to)\s+(?:\w+ )?$",
    re.I,
)
"""What leads a duration that something may take; "within" can lead one by which to be done, too."""
_GIVEN = re.compile(
    r"\b(?:given|gave me|(?<!to )(?:had|have|has)(?! to\b)|of the|the last|one of|two of|three of"
    r"|with)\s+(?:\w+\s+){0,2}$",
    re.I,
)
_BOUNDED = re.compile(r"\b(?:than|under|below|least|most)\s+$", re.I)
_ORDINALS = {
    3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth",
    11: "eleventh", 12: "twelfth",
}  # fmt: skip
_HALVE = re.compile(r"\bhal(?:ve|ving)\b|\bdouble\b|\bby half\b", re.I)
_CLOCK_BY = re.compile(
    r"\b(?:by|before|until|at|ends? by|end by)\s+(?:\d{1,2}:\d\d|\d{1,2} ?[ap]\.?m\b)", re.I
)
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b|\b\d{1,2} ?[ap]\.?m\b|\b\d{1,2} o'clock\b", re.I)
_DATE = re.compile(
    r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December) \d{1,2}\b"
)
_DAY = re.compile(
    _DATE.pattern
    + r"|(?i:\bby the end of\b)|\b(?:in|by|since|from|until|before|on|of) (?:early |late |mid-?)?"
    r"(?:January|February|March"
    r"|April|May|June|July|August|September|October|November|December)\b|\b(?:on )?day (?:\d+|one"
    r"|two|three|four|five|six|seven|eight|nine|ten)\b"
)


def unanswered_target(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a figure that Task set as a target and Result never comes back to."""
    task, result = telling.passage(TASK), telling.passage(RESULT)
    if task is None or result is None or says_unknown(result) or _ANSWERED.search(result.text):
        return
    for sentence in task.sentences:
        for one, words in _targets(sentence):
            if not _answers(telling, sentence, one, result):
                start = sentence.start + words.start() if one is None else one.start
                end = sentence.start + words.end() if one is None else one.end
                said = task.text[start:end]
                yield Spotted(
                    passage=task,
                    start=start,
                    end=end,
                    what=f'Task sets "{_context(task.text, start, end, said)}",'
                    " and Result doesn't say whether it was reached",
                )
                return


def _targets(sentence: Sentence) -> Iterator[tuple[Quantity | None, re.Match[str]]]:
    whole = re.compile(re.escape(sentence.text[:1]))
    anything = whole.match(sentence.text)
    for one in sentence.quantities:
        before = text_before(sentence, one.start - sentence.start)
        if is_window(sentence, one) and not re.search(r"\bwithin\s+(?:the\s+)?$", before, re.I):
            continue
        given = _GIVEN.search(before) and not _BOUNDED.search(before)
        if given or one.kind is Kind.FACTOR or (one.weak and one.kind is Kind.COUNT):
            continue
        ahead = re.match(
            r"\s*(?:ahead|in advance|earlier)\b", sentence.text[one.end - sentence.start :]
        )
        agent = one.kind is Kind.COUNT and one.noun and re.search(r"\bby\s+(?:\w+\s+)?$", before, re.I)
        if agent:
            continue
        ahead = ahead and _AIM.search(sentence.text)
        if (ahead or _AIMED.search(before)) and anything and not _is_every(before):
            yield one, anything
    for pattern in (_HALVE, _CLOCK_BY):
        found = pattern.search(sentence.text)
        if found:
            yield None, found


def _is_every(before: str) -> bool:
    return bool(re.search(r"\b(?:per|every|each)\s+$", before, re.I))


def _answers(telling: Telling, task: Sentence, target: Quantity | None, result: Passage) -> bool:
    figures = outcomes(result)
    if target is None:
        if _CLOCK_BY.search(task.text) and not _HALVE.search(task.text):
            return bool(_CLOCK.search(result.text))
        return bool(figures)
    if target.kind is Kind.DURATION:
        near = [
            one
            for sentence in result.sentences
            for one in sentence.quantities
            if one.kind is Kind.DURATION
            and 1e-3 <= one.low / max(target.low, 1e-9) <= 1e3
            and not _is_period(sentence, one)
        ]
        long = target.low >= 28 * 86400  # a month and more is when to be done, not how long it may take
        dated = bool(_DAY.search(result.text)) or (long and says_when(without_rates(result.low)))
        before = task.text[: target.start - task.start]
        when = target.low >= 86400 and (long or not _LEVEL.search(before))
        return bool(near) or (when and dated)
    if target.kind is Kind.COUNT:
        return _count_answers(telling, task, target, result)
    if target.kind is Kind.PERCENT:
        fraction = not re.match(r"[\d.]", task.text[target.start - task.start :])
        change = fraction or _says_by(task, target)
        return any(
            (one.kind in {Kind.PERCENT, Kind.FACTOR} and (change or _may_be_level(task, sentence, one)))
            or (_is_share(sentence, one) and _is_same(telling, task, sentence))
            for sentence, one in figures
        ) or (change and any(changes_in(sentence) for sentence in result.sentences))
    return any(one.kind is target.kind and one.unit == target.unit for _, one in figures)


def _may_be_level(task: Sentence, sentence: Sentence, one: Quantity) -> bool:
    """Whether a per cent can be where something stands: no change is, but one of the same thing."""
    claimed = any(claim.quantity.start == one.start for claim in claims_in(sentence))
    return not claimed or bool(stems_of(task.text) & stems_of(sentence.text))


def _is_same(telling: Telling, task: Sentence, sentence: Sentence) -> bool:
    """Whether a sentence of Result speaks of what Task or Situation speak of."""
    situation = telling.passage(SITUATION)
    known = stems_of(task.text) | (stems_of(situation.text) if situation else frozenset())
    return bool(known & stems_of(sentence.text))


def _is_period(sentence: Sentence, one: Quantity) -> bool:
    """Whether a duration is how long something was watched, which answers no target."""
    before = sentence.text[: one.start - sentence.start]
    led = re.search(
        r"\b(?:over|for|during|throughout|since|in the|in these|in those|the last|the next|the past"
        r"|the first)"
        r"\s+(?:\w+\s+){0,2}$",
        before,
        re.I,
    )
    after = sentence.text[one.end - sentence.start :]
    return bool(led or re.match(r"\s*since\b", after)) and one.high >= 86400


def _says_by(task: Sentence, target: Quantity) -> bool:
    return bool(re.search(r"\bby\s+(?:\w+\s+){0,3}$", task.text[: target.start - task.start], re.I))


def _is_share(sentence: Sentence, one: Quantity) -> bool:
    after = sentence.text[one.end - sentence.start :]
    return one.kind is Kind.COUNT and bool(
        re.match(r"\s*(?:\w+\s+){0,2}(?:out )?(?:of|in) (?:the |our |all )?\d", after)
    )


def _count_answers(telling: Telling, task: Sentence, target: Quantity, result: Passage) -> bool:
    situation = telling.passage(SITUATION)
    nouns = {stem(target.noun)} if target.noun else set()
    nouns |= {stem(one.noun) for one in task.quantities if one.noun}
    whole = _whole_of(task, target)
    told = [one for one in situation.quantities if one.noun] if situation else []
    nouns |= {stem(one.noun) for one in told if whole is None or one.low == whole}
    words = stems_of(task.text)
    money = situation is not None and any(one.kind is Kind.MONEY for one in situation.quantities)
    if _is_told_of(target, result):
        return True
    for sentence, one in outcomes(result):
        if one.kind is Kind.COUNT and not (_is_share(sentence, one) and _of_time(sentence, one)):
            if one.low == target.low:
                return True
            about = stems_of(sentence.text)
            if one.noun and (stem(one.noun) in nouns or stem(one.noun) in words):
                return True
            if _is_share(sentence, one):
                return True
            if not one.noun and (about & (words | nouns)):
                return True
            if not one.noun and not target.noun and 0.1 <= one.low / max(target.low, 1e-9) <= 10:
                return True
        if one.kind is Kind.MONEY and money and not target.noun:
            return True
        bare = (
            not target.noun and target.low >= 2 and not re.search(r"\bfewer\b|\bnumber of\b", task.text)
        )
        if one.kind is Kind.DURATION and bare and _time_in(situation):
            return True
        told_so = situation is not None and any(one.same_unit(other) for other in situation.quantities)
        if one.kind is Kind.SIZE and bare and told_so:
            return True
        alone = one.kind is Kind.COUNT and bare and not nouns
        if alone and 0.1 <= one.low / max(target.low, 1e-9) <= 10:
            return True
    return _says_none(result, frozenset(words | nouns))


def _is_told_of(target: Quantity, result: Passage) -> bool:
    """Whether Result comes to "the eleventh" of eleven, or tells of the very thing with a figure."""
    if _ORDINALS.get(int(target.low), "\0") in result.low:
        return True
    counted = [sentence for sentence in result.sentences if sentence.quantities]
    return bool(target.noun) and any(stem(target.noun) in stems_of(one.text) for one in counted)


def _whole_of(task: Sentence, target: Quantity) -> float | None:
    """Return the 600 of "400 of the 600"."""
    rest = [one for one in task.quantities if one.start > target.start]
    between = task.text[target.end - task.start : rest[0].start - task.start] if rest else ""
    return rest[0].low if re.fullmatch(r"\s*(?:out )?of (?:the |our )?", between) else None


def _time_in(situation: Passage | None) -> bool:
    return situation is not None and any(
        one.kind is Kind.DURATION and not is_window(sentence, one) and not one.weak
        for sentence in situation.sentences
        for one in sentence.quantities
    )


def _of_time(sentence: Sentence, one: Quantity) -> bool:
    after = sentence.text[one.end - sentence.start :]
    return bool(
        re.match(
            r"\s*(?:\w+\s+){0,2}(?:out )?(?:of|in) (?:the |our |all )?[\d,]+ (?:days|weeks|months"
            r"|years)",
            after,
        )
    )


def _says_none(result: Passage, words: frozenset[str]) -> bool:
    return any(
        re.search(r"\b(?:no|none|zero|nobody)\b", sentence.text, re.I)
        and stems_of(sentence.text) & words
        for sentence in result.sentences
    )


def _context(text: str, start: int, end: int, said: str) -> str:
    before = " ".join(text[:start].split()[-3:])
    after = " ".join(text[end:].split()[:3]).rstrip(".,;")
    return " ".join(f"{before} {said} {after}".split())
