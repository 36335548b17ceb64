"""Whether a text says who or what its figures come from.

The nouns that can name a source are without end (a shoebox, the altimeter, chalk on a lid), so this
looks at how they are put: what *shows* a figure, what it stands *in*, what one read it *by*, and who
counted. Where a noun alone has to decide, it is one that exists to hold figures.
"""

from __future__ import annotations

import re

from fairlead.worksheet.lint.prose import stems_of


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"[\w%][\w'’/&%.-]*[\w%]|[\w%]|[,;:.!?()–—]")
_RECORDS = _set_of(
    "account accounting analytics appendix book archive audit ballot benchmark billing bookkeeping"
    " calendar camera canary catalog catalogue census certificate checksum clicker clock count"
    " counter cctv crm data database diary ekg erp evaluation evidence exam export figure"
    " file folder funnel gauge graph handheld histogram history inventory invoice journal lab"
    " laboratory ledger lidar list log logger map measurement meter metric minutes_of monitor"
    " monitoring notebook numbers odometer panel payroll poll post-mortem postmortem printout probe"
    " profiler protocol query questionnaire rating reading receipt record recorder register registry"
    " report retrospective roll-call rota sample satellite scale scanner scoreboard scorecard sensor"
    " sheet slip spreadsheet statement statistic stat stopwatch survey table tacho tally telemetry"
    " test thermometer tick timer timesheet timestamp timing trace tracing tracker transcript"
    " weighbridge"
)
"""What exists to hold or to make figures; also every word that ends like one of ``_ENDINGS``."""
_ENDINGS = (
    "book", "log", "meter", "metre", "sheet", "list", "card", "graph", "board", "base", "stamp",
    "scope", "track", "chart", "count", "form", "metrics",
)  # fmt: skip
_NOT_RECORDS = _set_of(
    "keyboard backlog blog database-migration facebook notebook-computer cupboard skateboard"
    " onboard aboard board platform perform reform inform uniform transform kilometre kilometer"
    " centimetre millimetre metre perimeter discount account-holder wildcard cardboard discard"
    " shard"
)
_HOLDERS = _set_of(
    "app auditor accountant bill board box controller examiner inspector insurer regulator surveyor"
    " ranger desk document door fridge form job lid machine mailbox mail notice office paper phone"
    " portal programme program reception request result room scheduler screen script software system"
    " till tool wall website dashboard-page note tag card date letter review reviewer line queue"
    " page computer device unit terminal pipeline"
)
"""What can hold figures beside what else it does: only what it *shows* or *has* counts as one."""
_SYSTEMS = _set_of("system tool software app portal job")
"""Holders that are records when a word says of what: "in the lab system"."""
_TESTS = _set_of(
    "audit benchmark canary check comparison count drill election evaluation exam examination"
    " experiment inspection pilot poll ratio-test recheck recount rehearsal replay rerun retest"
    " review sample scan simulation study rescan survey test trial vote inventory stocktake stock-"
    " take"
)
_SHOWS = _set_of(
    "show shows showed shown record records recorded register registers registered log logs logged"
    " count counts counted measure measures measured grade graded grades confirm confirms confirmed"
    " indicate indicates indicated repeat repeats print printed prints document documents documented"
    " list lists listed note notes noted reveal reveals revealed prove proves proved track tracks"
    " tracked tally tallies tallied clock clocked clocks mark marks marked certify certified certifies"
)
"""Verbs whose subject is where a figure comes from, whatever it is."""
_TELLS = _set_of(
    "say says said tell tells told give gives gave have has had hold holds held put puts read reads"
    " report reports reported stand stands stood come comes came find finds found see sees saw seen"
    " name names named agree agrees agreed match matched matches compared compare fired keep keeps kept"
)
"""Verbs that anything can be the subject of: only a record or a holder makes them speak of a source."""
_AMOUNTS = _set_of("is was are were went fell dropped rose ended")
_PAPERS = _set_of("account bill counter invoice log meter statement ledger till payslip report")
"""What an amount stands on by itself: "the bill was 310 euros"."""
_PREPOSITIONS = _set_of("in by from per on via through with off at against under")
_NAMES_A_TOOL = _set_of("in by from per on via through off")
_OF_OPINIONS = _set_of("feedback satisfaction comment")
_ARTICLES = _set_of(
    "the our my its their his her this that these those same both all each every own whole"
)
_STOPS = _set_of(
    "a an and or but which who that where when while because so if than as is was were are be been"
    " had has have to for not no then until after before since"
)
_ADVERBS = _set_of("together alone still again never always even also already")
_EXTENTS = _set_of(
    "load size capacity hardware budget level price cost kind effort speed work traffic volume space"
    " machine machines servers hours"
)
"""What being the same says nothing of how it was counted: "the same load on half the machines"."""
_HAS = _set_of("has had have shows showed says said lists listed gives gave holds held names counts")
_LEADS_A_NOUN = _ARTICLES | _PREPOSITIONS | {"a", "an", "no"}
_EDGES = _set_of(", ; : . ! ? ( ) and but which that where while who when because")
_TIMES = re.compile(
    r"(?:second|minute|hour|day|night|morning|evening|noon|week|fortnight|month|quarter|year|decade"
    r"|season|term|semester|sprint|spring|summer|autumn|fall|winter|end|start|beginning|middle|time|way"
    r"|deadline|release|launch|holiday|weekend|then|date|pilot|rollout|period|latter|half|third|factor"
    r"|amount|number|rest|others?|team|customers?|users?|people|staff|management|board)s?$"
)
_DATES = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:uary|ruary|ch|il|ust|t?ember|ober)?$"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?$|Easter$|Christmas$|Whitsun$|Thanksgiving$"
    r"|Ramadan$|Black$|World$|Olympics$|I$|Q[1-4]$|H[12]$|FY.*|[A-Z]\d+$"
    r"|Europe$|Asia$|Africa$|America$|EMEA$|APAC$|US$|UK$|EU$|USA$|Spring$|Summer$|Autumn$|Winter$"
)
_CHANGE = re.compile(
    r"\b(?:improve|reduc|increas|decreas|drop|gain|growth|rise|uplift|declin|sign|less|fewer|more"
    r"|better|progress|interest)"
)
_TELLER = re.compile(
    r"\b(?:I|my (?:wife|colleague|sister|brother|boss|manager))(?:['’]ve| have| had)?"
    r"(?: again| still| also| then| just| \w+ly)? "
    r"(?:count|time[ds]?\b|measur|weigh|check|note[ds]?\b|watch|sampl|clock|record|track|survey|tall|ran"
    r" the|read|looked|tagg|search|film"
    r"|compar|kept|wrote|asked|took|saw\b(?! (?:a|an) )|stood|test|repeat|put|marked"
    r"|have the|know (?:it|this|that)|went through|plot|estimat|guess|reckon|calculat|observ)"
    r"|\b(?:as|while) I (?:watch|look|count)|\bI track\b|\bmy (?:own )?(?:count|estimate|tally|guess"
    r"|notes?|list|clicker|stopwatch|watch|diary|notebook|records?)\b"
)
_PHRASES = re.compile(
    r"\b(?:according to|going by|judging by|if you go by|as (?:seen|shown|measured|recorded"
    r"|reported|counted|tracked|logged) (?:by|in|on)|visible (?:in|on)|taken from|read (?:off|from)"
    r"|measured|timed|counted|weighed|surveyed|benchmarked|verified|audited|certified|sampled|tallied"
    r"|graded|estimated?|an estimate|source:"
    r"|c[oa]mes? (?:from|out of|off)|(?:drawn|copied|pulled|extracted) from|rough(?:ly)? guess"
    r"|(?:counts?|figures?|numbers?|data|values?) (?:are|is|were|was) from"
    r"|see (?:it|this|that|them) (?:in|on)"
    r"|(?:the |in the )same (?:way|manner|fashion)|findings? (?:was|were|is|are) closed"
    r"|A/B|signed (?:the|my|our|a|his|her|their) \w+|wrote (?:it|them|each|that) down|by what"
    r"|quer(?:y|ies)|ke(?:eps?|pt) (?:a |the )?(?:log|record|list|track|count|tally))\b",
    re.I,
)


_MEASURING = re.compile(
    r"\b(?:dashboards?|monitoring|metrics|alerts)\b[^.]{0,60}\b(?:to )?(?:track|measure|watch|follow"
    r"|compare|monitor)"
    r"|\b(?:track|measur|monitor)\w*\b[^.]{0,40}\b(?:before and after|improvements?|progress"
    r"|the effect|the results?)"
    r"|\b(?:ran|run|running|left|let|kept)\b[^.]{0,40}\b(?:beside|side by side|next to"
    r"|as a (?:control|comparison))\b"
    r"|\bload[- ]test(?:s|ed)?\b[^.]{0,40}\b(?:before and after|compare)|\bA/B test|\bat random\b"
    r"|\bsample of\b|\b(?:timed|weighed|sampled|counted|clocked|chalk(?:ed)?|note[ds]?|log(?:ged|s)?)"
    r" (?:up |down )?(?:every|each|all)\b",
    re.I,
)
_TOOL_IN_ACTION = re.compile(
    r"\b(?:pull|export|quer|took|take|read|extract|look|fetch|download|collect|group|saw|found|check)\w*\b"
    r"[^.;]{0,60}?\b(?:from|in|at|out of) (?:our |the )?(?P<name>[A-Z][\w.-]*)"
)


def measures(action: str) -> bool:
    """Whether Action says how the figures were watched, or names the tool that they were taken from."""
    return bool(_MEASURING.search(action)) or any(
        not _DATES.match(found["name"]) for found in _TOOL_IN_ACTION.finditer(action)
    )


def names_source(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a text says who or what its figures come from.

    ``known`` are the stems of what the story spoke of before. A thing that comes up only beside a
    figure, where a source would stand, is taken for one: "the roster had 22 members".
    """
    if _PHRASES.search(text) or _TELLER.search(text):
        return True
    words = _WORD.findall(text)
    low = [word.lower().replace("’", "'") for word in words]
    return any(
        _stands_in(words, low, at)
        or _is_told_by(words, low, at)
        or _speaks(words, low, at)
        or _stands_alone(words, low, at)
        or (bool(known) and (_is_new_in(low, at, known) or _is_new_and_has(low, at, known)))
        for at in range(len(words))
    )


def _is_new_in(low: list[str], at: int, known: frozenset[str]) -> bool:
    """Whether a figure stands in, on or by a thing that comes up only here: "… 22, on the roster"."""
    if low[at] not in _NAMES_A_TOOL or at + 2 >= len(low):
        return False
    if low[at + 1] not in _ARTICLES and not low[at + 1].endswith(("'s", "s'")):
        return False
    clause = at
    while clause and (low[clause - 1] not in _EDGES or low[clause - 1] == ","):
        clause -= 1
    to = at + 2
    while to < len(low) and to < at + 6 and low[to][0].isalpha() and low[to] not in _AFTER_A_NOUN:
        to += 1
    phrase = low[at + 2 : to]
    timed = any(_TIMES.match(word) for word in phrase)
    return not timed and _is_figure(low[clause:at]) and any(_is_new(one, known) for one in phrase[-2:])


def _is_new_and_has(low: list[str], at: int, known: frozenset[str]) -> bool:
    """Whether a thing that comes up only here has a figure: "the roster had 22 members"."""
    if low[at] not in _HAS or at < 2 or not _is_figure(low[at + 1 : at + 4]):
        return False
    led = low[max(0, at - 4) : at - 1]
    one = low[at - 1]  # a thing, and not the things that are counted
    single = not one.endswith(("s", "ly")) and one not in _ADVERBS
    return single and any(word in _ARTICLES for word in led) and _is_new(one, known)


def _is_new(word: str, known: frozenset[str]) -> bool:
    plain = word.removesuffix("'s")
    return len(plain) > 3 and plain.isalpha() and plain not in _PEOPLE and not stems_of(plain) <= known


def _stands_in(words: list[str], low: list[str], at: int) -> bool:
    """Whether a preposition here leads to a record: "in the gate book", "from GitHub's statistics"."""
    named_after = low[at] in {":", "("}
    if low[at] not in _PREPOSITIONS and not named_after:
        return False
    definite, told = False, -9
    for to in range(at + 1, min(at + 7, len(words))):
        word = low[to]
        if word in _ARTICLES or word.endswith(("'s", "s'")):
            definite = True
            continue
        ends = to + 1 >= len(words) or not low[to + 1][0].isalpha() or low[to + 1] in _AFTER_A_NOUN
        name = words[to][0].isupper() and not _DATES.match(words[to])
        whole = all(one[0].isupper() for one in words[at + 1 + definite : to + 1])  # "New Relic"
        if name and ends and whole and low[at] in _NAMES_A_TOOL:
            return low[at] != "in" or _is_figure(low[max(0, at - 20) : at])  # not "in Berlin 3 of 40"
        if word in _STOPS or not word[0].isalpha():
            if word in {"a", "an"} and to == at + 1:
                continue
            return False
        kind = _kind(word)
        if kind == "record" or (kind == "holder" and low[to - 1] in _OF_OPINIONS):
            told = to
        if ends:
            a_record = to - told <= 1 and low[at + 1] not in {"a", "an"}  # "log", "log files"
            if kind == "test" or (a_record and (definite or not named_after)):
                return True
            return _is_held(low, at, to, definite=definite)
    return False


def _is_held(low: list[str], at: int, to: int, *, definite: bool) -> bool:
    """Whether a noun that can hold figures beside what else it does is put so that it does."""
    word = low[to]
    if definite and word.removesuffix("s") in _PAPERS:
        return True
    if word in _SYSTEMS and to > at + 2:
        return True
    if _kind(word) != "holder":
        return False
    return low[to - 1] == "same" or (definite and low[at] in {"by", "per", "from", "off"})


def _stands_alone(words: list[str], low: list[str], at: int) -> bool:
    """Whether a source is only named: "November, Datadog: p50 of 180 ms", "same scales"."""
    if _kind(low[at]) == "record" and low[at + 1 : at + 2] == ["again"]:
        return True
    if low[at] == "same" and at + 1 < len(words):
        head = low[at + 1]
        counted = head[0].isdigit()  # "on the same 4,000 kilometres"
        return counted or (
            head[0].isalpha() and not _TIMES.match(head) and head not in _EXTENTS | _STOPS
        )
    named = words[at][0].isupper() and not _DATES.match(words[at])
    if not named or at + 1 >= len(words):
        return False
    return (low[at + 1] == ":" and low[at - 1] == ",") or (low[at + 1] == ")" and low[at - 1] == "(")


def _is_told_by(words: list[str], low: list[str], at: int) -> bool:
    """Whether a figure is said *by* something, which is not who did it: "6.2 km by the altimeter"."""
    led = low[at - 1] if at else ","
    if at + 2 >= len(words) or not (low[at] in {"by", "per"} or (low[at] == "from" and led == ",")):
        return False
    if led.endswith(("ed", "en", "ut", "ell", "ew", "se", "own", "wn")) and led not in {"seven"}:
        return False  # "used by the", "fell by the"
    if low[at + 1] not in _ARTICLES and not low[at + 1].endswith(("'s", "s'")):
        return False
    head = next((word for word in low[at + 2 : at + 5] if word not in _ARTICLES), "")
    timed = any(_TIMES.match(word) for word in low[at + 2 : at + 5])
    return bool(head) and head[0].isalpha() and not timed and head not in _STOPS


def _speaks(words: list[str], low: list[str], at: int) -> bool:
    """Whether the verb here has a source for its subject: "the membership cards say 3 of 29"."""
    word, led = low[at], low[at - 1] if at else "."
    reports = word in {"reports", "reported"} and not (led.endswith("s") or _is_figure([led]))
    shows = word in _SHOWS or reports  # and not "users reported", "92 reported spots"
    if not (shows or word in _TELLS or word in _AMOUNTS) or led in _LEADS_A_NOUN:
        return False  # the last are nouns: "no record", "in logs"
    if word in {"say", "says", "said"} and led == "," and at + 2 < len(words):
        return low[at + 1] in _ARTICLES or words[at + 1][0].isupper()  # "…, says the match database"
    subject = _subject(low, at)
    if not subject:
        return False
    if word in _AMOUNTS:
        return any(one.removesuffix("s") in _PAPERS for one in subject) and not _counted(low, at)
    kinds = {_kind(one) for one in subject}
    holds = word in {"has", "have", "had"}
    after = low[at + 1 : at + 6]
    if kinds != {""} and not _counted(low, at):
        if not holds:
            return _is_figure(low[max(0, at - 12) : at + 14])
        sure = "record" in kinds and not any(one.endswith(("ed", "en")) for one in after[:3])
        return sure or _is_figure(after) or after[:1] in (["both"], ["all"], ["each"])
    if holds and at > 2 and words[at - 1][0].isupper() and not _DATES.match(words[at - 1]):
        return _is_figure(after[:2])  # "in 2020 Sentry had 18"
    return shows and _is_shown(subject, low, at)


def _is_shown(subject: list[str], low: list[str], at: int) -> bool:
    """Whether a verb of showing has a figure, and a subject that isn't people or what is counted."""
    if "%" in "".join(subject) or subject[-1] in _PEOPLE:
        return False
    change = _CHANGE.search(" ".join(low[at + 1 : at + 6]))
    return _is_figure(low[max(0, at - 12) : at + 14]) and not change


def _subject(low: list[str], at: int) -> list[str]:
    """Return the words before a verb back to where its clause begins."""
    first = at
    while first and at - first < 9 and low[first - 1] not in {",", ";", ":", ".", "!", "?", "(", ")"}:
        if low[first - 1] in {
            "and",
            "but",
            "which",
            "that",
            "where",
            "while",
            "who",
            "when",
            "because",
        }:
            break
        first -= 1
    return [word for word in low[first:at] if word[0].isalpha() or "%" in word]


def _counted(low: list[str], at: int) -> bool:
    """Whether the subject is itself what is counted: "3,200 invoices", "no record"."""
    return any(
        _kind(low[one]) and (low[one - 1] in _FIGURES or low[one - 1][0].isdigit())
        for one in range(max(1, at - 5), at)
    )


def _is_figure(words: list[str]) -> bool:
    return any(word[0].isdigit() or word in _FIGURES for word in words)


def _kind(word: str) -> str:
    """Return "test", "record" or "holder" for a noun that can be a source, else ``""``."""
    for one in (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"):
        one = one.removeprefix("re-")
        if one in _NOT_RECORDS:
            return ""
        if one in _TESTS:
            return "test"
        if one in _RECORDS:
            return "record"
        if one in _HOLDERS:
            return "holder"
    singular = word.removesuffix("s")
    return "record" if len(singular) > 4 and singular.endswith(_ENDINGS) else ""


_PEOPLE = _set_of(
    "team group people staff department everyone everybody management user customer nobody"
    " we i they it he she you"
)
_AFTER_A_NOUN = _set_of(
    "in on of at for from to with and or as where which that it is was are were has had have both"
    " from against compared after before between too again we i you they he she there by over"
)
_FIGURES = _set_of(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred thousand half third quarter none no twice double"
)
