"""The words by which a story says when, how it is known, of whom, and that it isn't known."""

from __future__ import annotations

import re

UNKNOWN = re.compile(
    r"\b(?:i|we|nobody|no one) (?:do not|don't|didn't|did not|never|can't|cannot|couldn't|could not)"
    r" (?:yet )?(?:know|knew|measured?|say|tell|have (?:a |any |the )?(?:figure|number|data))"
    r"|\b(?:is|are|was|were|has been|have been|remains?) (?:unknown|never measured|not measured"
    r"|not known"
    r"|unmeasured)\b|\bunknown\b|\bwas not measured\b|\bno(?:body| one) (?:has )?(?:ever )?measured\b"
    r"|\bone could (?:find out|measure|count)\b|\bi (?:would|could) (?:need|measure|find out|count)\b",
)
NONE = re.compile(
    r"\b(?:none|zero|nobody|no one|not (?:one|a single)|no (?!longer\b|doubt\b|matter\b|more\b"
    r"|idea\b)[\w-]+)\b",
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b"
)
_UNIT = (
    r"(?:days?|weeks?|fortnights?|months?|quarters?|years?|sprints?|terms?|semesters?|seasons?"
    r"|weekends?"
    r"|releases?)"
)
_NUMBER = (
    r"(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|few|some"
    r"|half a)"
)
WHEN = re.compile(
    rf"\b(?:in|since|from|by|until|till|during|of|for|between|after|before|to|on|this|last|early"
    rf"|late|mid)[ -]"
    rf"(?:the (?:end|start|middle|beginning) of |early |late |mid-?)?{_MONTH}"
    r"|\b(?:19[5-9]\d|20[0-4]\d)\b(?! [a-z]+s\b)"
    r"|\b(?:in|since|by|until|during|of|for|throughout) (?:the (?:end|start|course) of )?"
    r"(?:19|20)\d\d\b"
    r"|\b(?:easter|whitsun|pentecost|christmas|advent|lent|thanksgiving|halloween|carnival|ramadan|eid"
    r"|diwali|hanukkah|new year|world cup|olympics)\b"
    rf"|\b(?:day|week|month|quarter|year|sprint|season|term) (?:{_NUMBER})\b(?! times)"
    r"|\b(?:january|february|april|june|july|august|september|october|november|december)\b"
    r"|\bsince(?=[,.;])|\bafter (?:the|that|this) (?:half )?(?:year|month|week|quarter|season|term)\b"
    r"|\bat the (?:\w+ )?(?:fair|festival|show|tournament|exam|opening|final|election|championship)\b"
    r"|\b(?:so far|to date|post-(?:launch|release|migration)|ever since|next day|fy ?'?\d\d)\b"
    r"|\b(?:after|since|at|during|following|on) (?:the |our )?(?:[\w-]+ )?(?:launch|roll-?out"
    r"|release|migration"
    r"|go-live|cut-?over|switch|deployment|pilot|event|race|conference|simulation|experiment|trial"
    r"|upgrade|redesign)\b"
    r"|\bon \w+ day\b|\b(?:in|during) the (?:following|next|first|last|coming|subsequent) (?:weeks"
    r"|months|quarters|years)\b"
    r"|\bby the time\b|\b(?:over|in|across) (?:the |our )?(?:following|next|last|first"
    r"|past) [\d,]+ \w+|\b(?:course|space|span|period) of (?:the )?(?:\w+ ){0,2}(?:days|weeks|months"
    r"|years|quarters)\b|\bat the end of the (?:project|pilot|programme|program|course|trial)\b"
    r"|\bq[1-4]\b|\b\d{1,2} " + _MONTH + rf"|\b{_MONTH} \d{{1,2}}\b"
    r"|\b(?:on|since|until|by) (?:a |the |that |last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:first|second) half of\b"
    r"|\b(?:in|over|during|through|throughout|for|since|that|this|last|next|following|of|until|after"
    r"|the) "
    r"(?:the |that |this |last |its |our |my )?(?:next |following |last |first |two |whole |in )?"
    r"(?:spring|summer|autumn|winter|easter|christmas|black friday|holidays|harvest|exhibition)\b"
    rf"|\b(?:in|over|during|within|for|after|throughout|across|the|these|those|in the|of the) (?:the )?"
    rf"(?:(?:next|following|first|last|past|previous|two|three|four|five|six|eight|whole|same"
    rf"|subsequent|final"
    rf"|second|third|fourth|{_NUMBER})\s+){{1,3}}(?:full |whole |tax |spring |summer |autumn "
    rf"|winter |fiscal |school )?"
    rf"{_UNIT}\b"
    rf"|\b{_NUMBER} {_UNIT} (?:later|after|since|afterwards|from then|in(?=[,.;])"
    r"|on(?=[,.;:]| (?:i|we|they|she|he|nobody|no|all)\b))\b"
    rf"|\b(?:this|last|next|that|following) (?:\w+ )?(?:evening|morning|night|day|week|month|quarter"
    rf"|year"
    r"|spring|summer|autumn|winter|season|term|sprint|release)\b"
    r"|\bsince (?:then|that|the|i|we|it|they|she|he|launch|rollout|release|going)\b|\bthe year since\b"
    rf"|\b(?:year|quarter|month|week|half year|season)s? (?:since|after|before)\b|\bin its first\b"
    rf"|\bon day \w+\b"
    rf"|\bin week \w+\b|\b(?:in|at|by|before|until) the end of (?:the )?(?:\w+ )?{_UNIT}\b"
    rf"|\b(?:over|during|throughout|across) (?:the |that |this |its )(?:\w+ )?{_UNIT}\b"
    rf"|\bover (?:the )?{_NUMBER} {_UNIT}\b|\b(?:in|within|after|for) (?:about |just |only |under "
    rf"|less than )?"
    rf"{_NUMBER} {_UNIT}\b|\byear[- ]over[- ]year\b|\byear[- ]on[- ]year\b|\b(?:q[1-4]|h[12])\b"
    rf"|\b(?:in|during|over|after|since) (?:the |our |my )(?:\w+ ){{0,2}}(?:drill|session|mailing"
    rf"|survey|campaign"
    r"|pilot|trial|rollout|roll-out|test|review|season|release|night|day of|day itself|audit|cut"
    r"|storm)\b"
    r"|\bon (?:election night|the (?:promised|last|first) day|the day)\b|\bin the \w+ (?:since|after"
    r"|before)\b"
    r"|\bin (?:one|two|three|the) (?:\w+ )?(?:years?|months?|weeks?)\b",
)
RATE = re.compile(
    r"(?<!\bhalf )(?<!\bin )(?<!\bafter )(?<!\bwithin )(?<!\bover )(?<!\bfor )\b(?:a|an|per|each"
    r"|every) "
    r"(?:second|minute|hour|day|week|month|quarter|year)\b(?! (?:later|ago|after|since)\b)"
    r"(?! on(?:[,.;:]| (?:i|we|they|she|he|nobody|no|all)\b))",
)
SAME_DAY = re.compile(r"\b(?:on|by) the same day\b")
COUNT_PEOPLE = (
    r"(?:found|said|say|says|rated|rate|agreed|agree|reported|report|preferred|prefer|liked|answered"
    r"|told|tell"
    r"|recommended?|would recommend|described|called|considered|felt|feel|thought|chose|wanted"
    r"|adopted|completed"
    r"|attended|responded|passed)"
)
MASS = frozenset(
    [
        "hours",
        "days",
        "nights",
        "weeks",
        "months",
        "time",
        "cpu",
        "memory",
        "ram",
        "capacity",
        "traffic",
        "budget",
        "cost",
        "costs",
        "effort",
        "code",
        "work",
        "load",
        "revenue",
        "sales",
        "power",
        "energy",
        "space",
        "disk",
        "bandwidth",
        "day",
        "week",
        "month",
        "year",
        "it",
        "them",
        "this",
        "that",
        "what",
        "which",
        "volume",
        "storage",
        "income",
        "spend",
        "spending",
        "money",
        "waste",
        "water",
        "weight",
        "light",
        "heat",
        "data",
        "processor",
        "processors",
        "utilisation",
        "utilization",
        "usage",
        "throughput",
        "value",
        "price",
        "speed",
        "size",
        "range",
        "normal",
        "maximum",
        "average",
        "peak",
        "income",
        "turnover",
        "profit",
        "margin",
        "area",
        "surface",
        "lines",
        "stock",
        "target",
        "goal",
        "plan",
        "quota",
        "limit",
        "original",
        "initial",
        "total",
    ]
)
RATE_NOUNS = re.compile(
    r"\b(?:adoption|compliance|participation|satisfaction|approval|attendance|response rate"
    r"|completion rate"
    r"|retention|engagement)\b",
)
_BOUNDARY = r"(?:most|many|all|any|some|the|our|its|comparable|other|of|at|those|what|those of|that of)"
UNNAMED = re.compile(
    rf"\b(?:than|compared (?:to|with)|versus|vs\.?|against|relative to|above|below|beyond|exceed(?:s"
    rf"|ing|ed)?"
    rf"|outperform(?:s|ing|ed)?|ahead of|beats?|better than|as)\s+(?:(?:in|at|on|for|with"
    rf"|by)\s+)?(?:{_BOUNDARY}\s+){{0,3}}"
    r"(?:(?<!the )(?:other|similar|comparable|typical|competing|peer|rival|equivalent)\s+"
    r"(?!(?:\w+ )?(?:hours?|mornings?|evenings?|nights?|days?|weeks?|months?|years?|seasons?|times?"
    r"|occasions?)\b)(?:[\w-]+\s*){1,3}"
    r"|competitors?\b|the competition\b|the market\b|peers\b|others\b|everyone else\b|anyone else\b"
    r"|most\b"
    r"|(?:the )?(?:industry|market|sector|national|company|global)(?:['’]s)?[ -](?:\w+ )?(?:average"
    r"|standards?"
    r"|benchmarks?|norms?|median|mean|level|peers)\b)"
    r"|\bthan (?:[a-z'’-]+ ){0,5}?(?<!the )(?:other|similar|comparable|peer|rival"
    r"|competing) (?:[a-z-]+ )?"
    r"(?:compan(?:y|ies)|organi[sz]ations?|teams|shops|departments|firms|vendors|groups|sites|projects"
    r"|places|schools|hospitals|clinics|business(?:es)?|banks|providers|products|systems"
    r"|implementations"
    r"|institutions|offices|branches|suppliers|hotels|restaurants|cities|towns|plants|factories)\b"
    r"|\b(?:industry|market|sector)[ -](?:average|standards?|benchmarks?|norms?)\b"
    r"|\b(?:usual|normal|common|customary|standard) (?:in|for) (?:the|our|this) (?:industry|field"
    r"|sector|market|business|trade|region|country)\b"
    r"|\bno other [a-z]+\b[^.;]{0,50}\b(?:is|are|was|were|has|have|does|do|comes?|as)\b"
    r"|(?:^|[.;] |, (?:and |while |whereas ))(?:most |all |many )?(?:other|similar|comparable)"
    r" [a-z]+s\b[^.;,]{0,40}\b(?:more|less|longer|slower|worse|fewer|higher|later"
    r"|still|only|lose|struggle|never)\b"
    r"|\bamong the (?:best|fastest|lowest|highest)\b|\bbest[- ]in[- ]class\b|\bindustry[- ]leading\b",
)
_TIME = re.compile(
    rf"\b(?:at the|so far|to date|post-|ever|fy|after|before|during|following|on \w+ day|by the time"
    rf"|{_UNIT}|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tues|wednes|thurs|fri|satur"
    rf"|sun|spring"
    r"|summer|autumn|winter|easter|whitsun|pentecost|christmas|advent|lent|thanks|hallow|carnival"
    r"|ramadan|eid|diwali|hanukkah|new year|world|olympics|term|black|holiday|harvest|exhibition|since"
    r"|half|its first|evening"
    r"|morning|night|(?:19|20)\d\d|[qh][1-4]|drill|session|mailing|survey|campaign|pilot|trial|roll"
    r"|test|review"
    r"|audit|cut|storm|election)",
)


def says_when(text: str) -> bool:
    """Whether a text says when, or over how long, something was seen; rates must be gone from it."""
    last = -1
    for found in _TIME.finditer(text):
        start, end = max(0, found.start() - 60), found.end() + 30
        if found.start() > last and WHEN.search(text, start, end):
            return True
        last = found.start()
    return False


def without_rates(text: str) -> str:
    """Return a text without "a day", "per week" and the like, which don't say when."""
    return RATE.sub(" ", text)
