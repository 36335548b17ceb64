"""Rules on what a story's figures lack: a figure at all, a baseline, an n, a window, a source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.worksheet.lint.changes import changes_in, claims_in, linked, metric_is_known
from fairlead.worksheet.lint.model import Spotted, Surroundings
from fairlead.worksheet.lint.prose import Passage, Sentence, Telling, is_window, stems_of
from fairlead.worksheet.lint.quantities import Kind, Quantity, stem
from fairlead.worksheet.model import ACTION, EXTRA, LESSON, NOTES, RESULT, SITUATION, TASK, EvidenceKind

_UNKNOWN = re.compile(
    r"\b(?:I|we|nobody|no one) (?:do not|don't|didn't|did not|never|can't|cannot|couldn't|could not)"
    r" (?:yet )?(?:know|knew|measured?|say|tell|have (?:a |any |the )?(?:figure|number|data))"
    r"|\b(?:is|are|was|were|has been|have been|remains?) (?:unknown|never measured|not measured|not known"
    r"|unmeasured)\b|\bunknown\b|\bwas not measured\b|\bno(?:body| one) (?:has )?(?:ever )?measured\b"
    r"|\bone could (?:find out|measure|count)\b|\bI (?:would|could) (?:need|measure|find out|count)\b",
    re.I,
)
_NONE = re.compile(
    r"\b(?:none|zero|nobody|no one|not (?:one|a single)|no (?!longer\b|doubt\b|matter\b|more\b|idea\b)[\w-]+)\b", re.I
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
_UNIT = r"(?:days?|weeks?|fortnights?|months?|quarters?|years?|sprints?|terms?|semesters?|seasons?|weekends?|releases?)"
_NUMBER = r"(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|few|some|half a)"
_WHEN = re.compile(
    rf"\b(?:in|since|from|by|until|till|during|of|for|between|after|before|to|on|this|last|early|late|mid)[ -]"
    rf"(?:the (?:end|start|middle|beginning) of |early |late |mid-?)?{_MONTH}"
    r"|\b(?:in|since|from|by|until|during|of|for|throughout) (?:the (?:end|start|course) of )?(?:19|20)\d\d\b"
    r"|\bQ[1-4]\b|\b\d{1,2} " + _MONTH + rf"|\b{_MONTH} \d{{1,2}}\b"
    r"|\b(?:on|since|until|by) (?:a |the |that |last )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|\b(?:first|second) half of\b"
    r"|\b(?:in|over|during|through|throughout|for|since|that|this|last|next|following|of|until|after|the) "
    r"(?:the |that |this |last |its |our |my )?(?:next |following |last |first |two |whole |in )?"
    r"(?:spring|summer|autumn|winter|Easter|Christmas|Black Friday|holidays|harvest|exhibition)\b"
    rf"|\b(?:in|over|during|within|for|after|throughout|across|the|these|those|in the|of the) (?:the )?"
    rf"(?:(?:next|following|first|last|past|previous|two|three|four|five|six|eight|whole|same|subsequent|final"
    rf"|second|third|fourth|{_NUMBER})\s+){{1,3}}(?:full |whole |tax |spring |summer |autumn |winter |fiscal |school )?"
    rf"{_UNIT}\b"
    rf"|\b{_NUMBER} {_UNIT} (?:later|on|after|since|afterwards|from then)\b"
    rf"|\b(?:this|last|next|that|following) (?:\w+ )?(?:evening|morning|night|day|week|month|quarter|year"
    r"|spring|summer|autumn|winter|season|term|sprint|release)\b"
    r"|\bsince (?:then|that|the|I|we|it|they|she|he|launch|rollout|release|going)\b|\bthe year since\b"
    rf"|\b(?:year|quarter|month|week|half year|season)s? (?:since|after|before)\b|\bin its first\b|\bon day \w+\b"
    rf"|\bin week \w+\b|\b(?:in|at|by|before|until) the end of (?:the )?(?:\w+ )?{_UNIT}\b"
    rf"|\bover (?:the )?{_NUMBER} {_UNIT}\b|\b(?:in|within|after|for) (?:about |just |only |under |less than )?"
    rf"{_NUMBER} {_UNIT}\b|\byear[- ]over[- ]year\b|\byear[- ]on[- ]year\b|\b(?:Q[1-4]|H[12])\b"
    rf"|\b(?:in|during|over|after|since) (?:the |our |my )(?:\w+ ){{0,2}}(?:drill|session|mailing|survey|campaign"
    r"|pilot|trial|rollout|roll-out|test|review|season|release|night|day of|day itself|audit|cut|storm)\b"
    r"|\bon (?:election night|the (?:promised|last|first) day|the day)\b|\bin the \w+ (?:since|after|before)\b"
    r"|\bin (?:one|two|three|the) (?:\w+ )?(?:years?|months?|weeks?)\b",
    re.I,
)
_RATE = re.compile(
    r"(?<!\bhalf )(?<!\bin )(?<!\bafter )(?<!\bwithin )(?<!\bover )(?<!\bfor )\b(?:a|an|per|each|every) "
    r"(?:second|minute|hour|day|week|month|quarter|year)\b(?! (?:later|ago|after|since|on)\b)",
    re.I,
)
_SAME_DAY = re.compile(r"\b(?:on|by) the same day\b", re.I)
_TOOLS = (
    r"(?:Grafana|Kibana|Data[Dd]og|Prometheus|Splunk|CloudWatch|New Relic|Jira|JIRA|GitHub|GitLab|Jenkins|SonarQube"
    r"|Sentry|PagerDuty|OpsGenie|Opsgenie|Elastic\w*|Google Analytics|Tableau|Looker|Power BI|Excel|hyperfine|JMeter"
    r"|k6|Locust|APM|Zendesk|Salesforce|HubSpot|Amplitude|Mixpanel|Snowflake|BigQuery|Dynatrace|AppDynamics|Nagios"
    r"|Zabbix|ServiceNow|SurveyMonkey|Qualtrics|Lighthouse|Pingdom|Statuspage|CRM|ERP|SAP|NPS|CSAT|Honeycomb|Jaeger"
    r"|OpenTelemetry|pytest-benchmark|perf|Stripe|QuickBooks|Intercom|Typeform|Workday|Metabase)"
)
_STRONG = (
    r"(?:logs?|logbooks?|log book|histor(?:y|ies)|records?|register|ledger|dashboards?|monitoring|metrics?"
    r"|statistics|stats|surveys?|polls?|questionnaires?|exports?|quer(?:y|ies)|audits?|billing|counters?|diary"
    r"|inventory|catalogue|catalog|ticket system|ticketing system|tracker|probes?|benchmarks?|profilers?|traces?"
    r"|tracing|histograms?|database|analytics|telemetry|time ?stamps?|stopwatch|accounting|notebooks?|time sheets?"
    r"|timesheets?|roll call|checksums?|post-?mortems?|retrospectives?|observations?|spreadsheets?|A/B tests?"
    r"|feedback forms?|scorecards?|monitors?|bookkeeping|payroll|meters?|invoices?|samples?)"
)
_WEAK = (
    r"(?:books?|reports?|bills?|counts?|counting|sheets?|lists?|systems?|board|tools?|tags|tests?|drills?|data"
    r"|files?|tables?|calendars?|clock|timer|accounts?|figures|numbers|scanner|checklists?|wall|dates|reviews?"
    r"|tickets|mailbox|gauge|thermometer|scale|recorder|repository|auditors?|comparisons?|checks?|scans?"
    r"|simulations?|reception|office|team|manager|department|finance)"
)
_SAID = (
    r"(?:shows?|showed|says?|said|counted|records?|recorded|confirms?|confirmed|reported|indicates?|indicated"
    r"|proved?|found|has seen|have seen|had noted|noted|lists?|listed|tells?|put|holds?|matched|has held|has found"
    r"|have found|read|revealed|reveals)"
)
_SOURCE = re.compile(
    rf"\b{_TOOLS}\b|\baccording to\b|\b(?:by|in|from|per|on|via|through|with) (?!an?\b)(?:[\w'’-]+ ){{0,3}}?{_STRONG}\b"
    r"|\b(?:based on|as (?:seen|shown|measured|recorded|reported|counted)|shown (?:by|in|on)|going (?:by|from)"
    r"|judging (?:by|from)|visible (?:in|on)|tracked|pulled|taken from|read off)\b"
    rf"|\b(?:by|per) (?:the|our|its|their|his|her|my|[a-z]+['’]s|[a-z]+s['’]) (?:[\w'’-]+ ){{0,3}}?{_WEAK}\b"
    rf"|\b(?:the|our|its|their|his|her|my|its own|a second|[a-z]+['’]s|[a-z]+s['’]) (?:[\w'’-]+ ){{0,3}}?(?:{_STRONG}|{_WEAK})"
    rf" (?:\w+ ){{0,3}}?{_SAID}\b|\b{_STRONG} {_SAID}\b|\b(?:checksums?|counts?)\b[^;]{{0,40}}\bmatched\b"
    r"|\b(?:measured|timed|counted|recorded|surveyed|benchmarked|verified|audited|weighed|certified|sampled|logged)\b"
    r"|\b(?:I|my) (?:saw|had checked|checked|noted|watched|compared|took|asked|estimate[ds]?|guess|own estimate)\b"
    r"|\bestimated?\b|\bcompared .{0,40} and all\b|\b(?:while|as) I watched\b|\bI track(?:ed)?\b|\bquery\b"
    r"|\bA/B test|\bin (?:a |the )?(?:[\w-]+ ){0,2}(?:sample|survey|audit|test|benchmark|drill|load test)s?\b"
    r"|\b(?:audit|test|review|survey|check|inspection)\b[^.]{0,40}\b(?:found|showed|confirmed)\b"
    r"|, by (?:the|our|its|their|his|her|my|what|payroll|support)\b(?! (?:end|time|start|middle|beginning|way|summer"
    r"|spring|autumn|winter|deadline))|\bsigned the list\b|\bas [^.,]{0,40}\b(?:shows?|showed)\b"
    r"|\b(?:the|our) (?:\w+ ){0,2}?(?:bill|invoice|meter|counter|log|statement)s? (?:\w+ ){0,3}?(?:was|were|is|went|fell"
    r"|dropped|came)\b"
    r"|\btells me\b|\btold me\b|\bby what\b|\bas [\w ]{1,30} told\b",
    re.I,
)
_MEASURING_ACTION = re.compile(
    r"\b(?:dashboards?|monitoring|metrics|alerts)\b[^.]{0,60}\b(?:to )?(?:track|measure|watch|follow|compare|monitor)"
    r"|\b(?:track|measur|monitor)\w*\b[^.]{0,40}\b(?:before and after|improvements?|progress|the effect|the results?)"
    r"|\b(?:ran|run|running|left|let|kept)\b[^.]{0,40}\b(?:beside|side by side|next to|as a (?:control|comparison))\b"
    r"|\bload[- ]test(?:s|ed)?\b[^.]{0,40}\b(?:before and after|compare)|\bA/B test|\bat random\b|\bsample of\b",
    re.I,
)
_COUNT_PEOPLE = (
    r"(?:found|said|say|says|rated|rate|agreed|agree|reported|report|preferred|prefer|liked|answered|told|tell"
    r"|recommended?|would recommend|described|called|considered|felt|feel|thought|chose|wanted|adopted|completed"
    r"|attended|responded|passed)"
)
_MASS = frozenset(
    "time cpu memory ram capacity traffic budget cost costs effort code work load revenue sales power energy space"
    " disk bandwidth day week month year it them this that what which volume storage income spend spending money"
    " waste water weight light heat data processor processors utilisation utilization usage throughput value price"
    " speed size range normal maximum average peak income turnover profit margin area surface lines stock target"
    " goal plan quota limit original initial total".split()
)
_RATE_NOUNS = re.compile(
    r"\b(?:adoption|compliance|participation|satisfaction|approval|attendance|response rate|completion rate"
    r"|retention|engagement)\b",
    re.I,
)
_BOUNDARY = r"(?:most|many|all|any|some|the|our|its|comparable|other|of|at|those|what|those of|that of)"
_UNNAMED = re.compile(
    rf"\b(?:than|compared (?:to|with)|versus|vs\.?|against|relative to|above|below|beyond|exceed(?:s|ing|ed)?"
    rf"|outperform(?:s|ing|ed)?|ahead of|beats?|better than|as)\s+(?:{_BOUNDARY}\s+){{0,3}}"
    r"(?:(?:other|similar|comparable|typical|competing|peer|rival|equivalent)\s+(?:[\w-]+\s*){1,3}"
    r"|competitors?\b|the competition\b|the market\b|peers\b|others\b|everyone else\b|anyone else\b|most\b"
    r"|(?:the )?(?:industry|market|sector|national|company|global)(?:['’]s)?[ -](?:\w+ )?(?:average|standards?"
    r"|benchmarks?|norms?|median|mean|level|peers)\b)"
    r"|\b(?:industry|market|sector)[ -](?:average|standards?|benchmarks?|norms?)\b"
    r"|\bamong the (?:best|fastest|lowest|highest)\b|\bbest[- ]in[- ]class\b|\bindustry[- ]leading\b",
    re.I,
)


def no_number(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Result without a figure; "none since May" is one, and so is saying that it is unknown."""
    result = telling.passage(RESULT)
    if result is None or outcomes(result) or says_unknown(result):
        return
    for sentence in result.sentences:
        if _NONE.search(sentence.text) and _WHEN.search(_without_rates(sentence.text)):
            return
    yield Spotted(passage=result, start=0, end=0, what="Result has no figure: how much, how many, how often?")


def baseline(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a change in per cent whose before and after the story doesn't give."""
    result = telling.passage(RESULT)
    if result is None:
        return
    passages = [one for name, one in telling.passages.items() if name != NOTES]
    for at, sentence in enumerate(result.sentences):
        near = result.sentences[max(0, at - 1) : at + 2]
        if _UNNAMED.search(sentence.text):
            continue
        changes = changes_in(sentence)
        for claim in claims_in(sentence):
            one = claim.quantity
            halves = one.kind is Kind.FACTOR and one.low == 0.5
            if not (one.kind is Kind.PERCENT or halves) or claim.based or _is_faster(sentence, one):
                continue
            if any(linked(sentence, change, claim) for change in changes):
                continue
            if any(changes_in(other) and _shares_words(other, sentence) for other in near if other is not sentence):
                continue
            if metric_is_known(sentence, claim, passages):
                continue
            yield Spotted(
                passage=result,
                start=one.start,
                end=one.end,
                what=f'"{_around(sentence, one)}": from what to what? The story gives neither',
            )
            return


def faster(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield "60 % faster" without the two times: it can mean two different things."""
    for name in (RESULT, LESSON):
        passage = telling.passage(name)
        for at, sentence in enumerate(passage.sentences if passage else ()):
            near = passage.sentences[max(0, at - 1) : at + 2] if passage else ()
            if any(one.kind is Kind.DURATION for other in near for one in _ends(other)):
                continue
            for one in sentence.quantities:
                if one.kind is Kind.PERCENT and _is_faster(sentence, one):
                    share = one.low
                    less = share if share < 100 else 100 - 100 / (1 + share / 100)
                    other = 100 - 100 / (1 + share / 100)
                    yield Spotted(
                        passage=passage,
                        start=one.start,
                        end=one.end,
                        what=f'"{_around(sentence, one)}" can mean {less:.0f} % less time, or {share:.0f} % more'
                        f" done in the same time, which is {other:.0f} % less time",
                    )
                    return


def share(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a share of people or things without how many there were."""
    result = telling.passage(RESULT)
    if result is None:
        return
    for sentence in result.sentences:
        for one in sentence.quantities:
            noun = _shared(sentence, one)
            if noun is None or _n_is_known(noun, sentence, telling):
                continue
            yield Spotted(
                passage=result,
                start=one.start,
                end=one.end,
                what=f'"{_around(sentence, one)}": of how many? 85 % of 7 is not 85 % of 700',
            )
            return


def no_window(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Result whose figures have no time: when, or for how long, were they seen?"""
    result = telling.passage(RESULT)
    if result is None or not outcomes(result) or says_unknown(result):
        return
    if _WHEN.search(_SAME_DAY.sub(" ", _without_rates(result.text))):
        return
    if all(one.kind is Kind.DURATION and not _compared(sentence) for sentence, one in outcomes(result)):
        return
    sentence, first = max(outcomes(result), key=lambda pair: _claims(*pair))
    yield Spotted(
        passage=result,
        start=first.start,
        end=first.end,
        what=f'"{_around(sentence, first)}": when was that, or over how long?',
    )


def no_source(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Result with measured figures when nothing in the story says where they come from."""
    result = telling.passage(RESULT)
    if result is None or says_unknown(result):
        return
    measured = [
        (sentence, one)
        for sentence, one in outcomes(result)
        if one.kind is not Kind.DURATION or _compared(sentence)
    ]
    if not measured or any(one.kind is not EvidenceKind.TYPED for one in telling.story.evidence):
        return
    said = [telling.passage(name) for name in (RESULT, LESSON, EXTRA, NOTES)]
    if any(_SOURCE.search(one.text) for one in said if one):
        return
    action = telling.passage(ACTION)
    if action and _MEASURING_ACTION.search(action.text):
        return
    sentence, first = max(measured, key=lambda pair: _claims(*pair))
    yield Spotted(
        passage=result,
        start=first.start,
        end=first.end,
        what=f'"{_around(sentence, first)}": who or what counted that?',
    )


def no_scale(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a Situation without a figure, so that the listener can't tell large from small."""
    situation = telling.passage(SITUATION)
    if situation and not any(not one.weak for one in situation.quantities):
        yield Spotted(
            passage=situation, start=0, end=0, what="Situation has no figure: how many, how often, how large?"
        )


def comparator(telling: Telling, _: Surroundings) -> Iterator[Spotted]:
    """Yield a comparison with nobody in particular; once a story."""
    result = telling.passage(RESULT)
    found = _UNNAMED.search(result.text) if result else None
    if result and found:
        yield Spotted(
            passage=result,
            start=found.start(),
            end=found.end(),
            what=f'"{" ".join(found[0].split())}": which, and what was theirs?',
        )


def outcomes(result: Passage) -> list[tuple[Sentence, Quantity]]:
    """Return the figures that say what came out, and not only when."""
    return [
        (sentence, one)
        for sentence in result.sentences
        for one in _with_units(sentence)
        if not is_window(sentence, one) and not (one.weak and one.kind is Kind.DURATION) and not _is_rate(sentence, one)
        if not (one.weak and not one.noun)
    ]


def _with_units(sentence: Sentence) -> list[Quantity]:
    """Return a sentence's figures; a plain number that is compared with another has that one's unit."""
    ends = {end.start: end for end in _ends(sentence)}
    return [ends.get(one.start, one) for one in sentence.quantities]


def says_unknown(passage: Passage) -> bool:
    """Whether the text says that the figure isn't known, which is as good an answer as a figure."""
    return bool(_UNKNOWN.search(passage.text))


def _claims(sentence: Sentence, one: Quantity) -> int:
    """How much of a claim a figure is: a change most, then a share, then a count."""
    if any(one.start in {change.before.start, change.after.start} for change in changes_in(sentence)):
        return 3
    return 2 if one.kind in {Kind.PERCENT, Kind.FACTOR} else 1 if one.kind is not Kind.DURATION else 0


def _is_rate(sentence: Sentence, one: Quantity) -> bool:
    before = sentence.text[: one.start - sentence.start]
    return one.kind is Kind.DURATION and bool(re.search(r"\b(?:every|per|each)\s+$", before, re.I))


def _without_rates(text: str) -> str:
    return _RATE.sub(" ", text)


def _ends(sentence: Sentence) -> list[Quantity]:
    return [end for change in changes_in(sentence) for end in (change.before, change.after)]


def _compared(sentence: Sentence) -> bool:
    """Whether durations in a sentence are measured ones: compared, averaged or at a limit."""
    words = r"\b(?:average|mean|median|percentile|at most|longest|slowest|fastest|worst|takes?|took|now)\b"
    return bool(changes_in(sentence)) or bool(re.search(words, sentence.text, re.I))


def _is_faster(sentence: Sentence, one: Quantity) -> bool:
    after = sentence.text[one.end - sentence.start :]
    return bool(re.match(r"\s*(?:\w+\s+)?(?:faster|quicker|speedier|more quickly|slower)\b", after, re.I))


def _shares_words(first: Sentence, second: Sentence) -> bool:
    return bool(stems_of(first.text) & stems_of(second.text)) or bool(
        re.match(r"\s*(?:This|That|It|A|An)\b", second.text)
    )


def _shared(sentence: Sentence, one: Quantity) -> str | None:
    """Return what a percentage is a share of, ``""`` for people unnamed; None when it is no such share."""
    text = sentence.text[one.start - sentence.start : one.end - sentence.start]
    if one.kind is not Kind.PERCENT or not re.match(r"[\d.]+", text) or one.low >= 99 or one.is_range:
        return None
    after = sentence.text[one.end - sentence.start :]
    before = sentence.text[: one.start - sentence.start]
    found = re.match(
        r"\s+of\s+(?:(?:the|our|all|my|their|its|these|those|new|surveyed|such|every)\s+){0,2}(?P<words>[\w'’ -]{2,60})",
        after,
        re.I,
    )
    if found:
        words = [word for word in re.findall(r"[\w'’-]+", found["words"].lower())]
        plural = next((word for word in words[:4] if _plural(word)), "")
        first = words[0] if words else ""
        if first in _MASS or plural in _MASS or not plural:
            return None
        return stem(plural)
    if re.match(rf"\s+(?:also\s+|now\s+)?{_COUNT_PEOPLE}\b", after, re.I):
        return ""
    rate = _RATE_NOUNS.search(before[-60:]) and re.search(r"\b(?:to|at|of|reached|is|was|hit)\s+(?:about\s+)?$", before, re.I)
    named = re.match(r"\s+(?:\w+\s+)?(?:adoption|compliance|participation|satisfaction|approval|attendance|retention)\b", after, re.I)
    return "" if rate or named else None


def _plural(word: str) -> bool:
    return word in {"people", "staff", "children", "women", "men"} or (
        word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3
    )


def _n_is_known(noun: str, sentence: Sentence, telling: Telling) -> bool:
    result = telling.passage(RESULT)
    if result is None:
        return True
    at = result.sentences.index(sentence)
    near = " ".join(other.text for other in result.sentences[max(0, at - 1) : at + 2])
    if re.search(r"\bn ?= ?\d|\b\d[\d,]* (?:out )?of (?:the |our |all )?\d|\bout of \d", near):
        return True
    if re.search(
        r"\b\d[\d,]* (?:\w+ )?(?:responses|answers|respondents|participants|people asked|replies|interviews)\b"
        r"|\b(?:surveyed|asked|polled|interviewed|among|of) (?:the |all |our )?\d[\d,]* ",
        near,
        re.I,
    ):
        return True
    if not noun:
        return False
    return any(
        other.kind is Kind.COUNT and other.noun and stem(other.noun) == noun and other.low > 1
        for name in (SITUATION, TASK, ACTION, RESULT, EXTRA)
        if (passage := telling.passage(name))
        for other in passage.quantities
    )


def _around(sentence: Sentence, one: Quantity) -> str:
    """Return the figure with a few words on each side, as the reader will find it."""
    start, end = one.start - sentence.start, one.end - sentence.start
    before = " ".join(sentence.text[:start].split()[-2:])
    after = " ".join(sentence.text[end:].split()[:3]).rstrip(".,;:")
    return " ".join(f"{before} {sentence.text[start:end]} {after}".split())
