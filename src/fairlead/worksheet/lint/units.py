"""Number words, units with their factors, and the patterns that only look like figures."""

from __future__ import annotations

import re

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS: dict[str, float] = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{
        f"{ten}{gap}{one}": 10 * tens + ones
        for tens, ten in enumerate(_TENS, 2)
        for ones, one in enumerate(_ONES[1:10], 1)
        for gap in "- "
    },
    "a dozen": 12,
    "half a dozen": 6,
    "a hundred": 100,
    "a thousand": 1000,
    "a million": 1e6,
}
SCALES = {
    "k": 1e3,
    "m": 1e6,
    "mio": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "hundred": 1e2,
    "dozen": 12.0,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
}
SECONDS = {
    "ns": 1e-9, "nanosecond": 1e-9, "µs": 1e-6, "us": 1e-6, "microsecond": 1e-6, "ms": 1e-3,
    "msec": 1e-3, "millisecond": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0,
    "minute": 60.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "day": 86400.0, "night": 86400.0,
    "weekday": 86400.0, "workday": 86400.0, "week": 604800.0, "weekend": 172800.0,
    "fortnight": 1209600.0, "month": 2629800.0, "quarter": 7889400.0, "year": 31557600.0,
}  # fmt: skip
SIZES = {
    "byte": (1.0, "B"), "bytes": (1.0, "B"), "kb": (1e3, "B"), "kib": (1024.0, "B"),
    "mb": (1e6, "B"), "mib": (1048576.0, "B"), "gb": (1e9, "B"), "gib": (1073741824.0, "B"),
    "tb": (1e12, "B"), "pb": (1e15, "B"), "mm": (1e-3, "m"), "cm": (1e-2, "m"), "km": (1e3, "m"),
    "metre": (1.0, "m"), "metres": (1.0, "m"), "meter": (1.0, "m"), "meters": (1.0, "m"),
    "mg": (1e-3, "g"), "g": (1.0, "g"), "kg": (1e3, "g"), "tonne": (1e6, "g"), "tonnes": (1e6, "g"),
    "w": (1.0, "W"), "kw": (1e3, "W"), "mw": (1e6, "W"), "kwh": (1e3, "Wh"), "mwh": (1e6, "Wh"),
    "gwh": (1e9, "Wh"), "litre": (1.0, "l"), "litres": (1.0, "l"), "liter": (1.0, "l"),
    "liters": (1.0, "l"), "rps": (1.0, "/s"), "qps": (1.0, "/s"), "tps": (1.0, "/s"),
    "mbps": (1e6, "bit/s"), "gbps": (1e9, "bit/s"),
}  # fmt: skip
MONEY = {
    "$": "$", "usd": "$", "dollar": "$", "dollars": "$", "€": "€", "eur": "€", "euro": "€",
    "euros": "€", "£": "£", "gbp": "£", "pound": "£", "pounds": "£", "chf": "CHF", "¥": "¥", "yen": "¥",
    "inr": "INR", "₹": "INR", "rupees": "INR",
}  # fmt: skip
FRACTIONS = {
    "half": 50.0, "a half": 50.0, "one half": 50.0, "a third": 100 / 3, "one third": 100 / 3,
    "two thirds": 200 / 3, "two-thirds": 200 / 3, "a quarter": 25.0, "one quarter": 25.0,
    "three quarters": 75.0, "three-quarters": 75.0, "a fifth": 20.0, "one fifth": 20.0,
    "two fifths": 40.0, "a tenth": 10.0, "one tenth": 10.0, "a twentieth": 5.0,
}  # fmt: skip
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAYS = r"(?:working |business |calendar |consecutive |full )?days?"
UNIT = (
    r"ns|µs|us|ms|msecs?|milli-?seconds?|microseconds?|nanoseconds?|secs?|seconds?|s|mins?|minutes?"
    rf"|hours?|hrs?|h|{_DAYS}|nights?|weekdays?|workdays?|weeks?|weekends?|fortnights?|months?"
    r"|quarters?|years?"
    r"|bytes?|[kmgt]i?b|pb|mm|cm|km|met(?:er|re)s?|mg|kg|g|tonnes?|[km]?w|[kmg]wh|lit(?:er|re)s?"
    r"|[rqt]ps|[mg]bps|usd|eur|gbp|chf|inr|dollars?|euros?|pounds?|yen|rupees"
    r"|%|percent(?:age points?)?|per[ ]cent|pct|pp|x|×|times|fold|points?"
)
_TEN, _UNIT_WORD = "|".join(_TENS), "|".join(_ONES[1:10])
NUMBER_WORD = (
    rf"(?:half )?a (?:dozen|hundred|thousand|million)|(?:{_TEN})(?:[- ](?:{_UNIT_WORD}))?"
    rf"|{'|'.join(reversed(_ONES))}"
)
PLAIN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"

NUMBERED = frozenset({
    "phase", "step", "tier", "level", "story", "part", "version", "grade", "chapter", "section",
    "article", "room", "floor", "line", "port", "page", "class", "figure", "table", "question",
    "item", "option", "number", "issue", "ticket", "pr", "layer", "error", "http", "status",
    "code", "python", "java", "node", "rhel", "ubuntu", "windows", "oauth", "tls", "ssl", "iso",
    "category", "priority", "severity", "sev", "wave", "stage", "appendix", "group", "bus",
    "route", "highway", "day", "week",
})  # fmt: skip
"""What is numbered: a digit or number word behind it says which one, not how many."""

DIGITS_THAT_ARE_NONE = re.compile(
    r"(?<!\w)(?=#?[A-Za-z]*\.?[ -]?\d)(?:"  # where a digit is in this word or begins the next, and not
    # at every letter, which would take half of the lint's time
    + "|".join(
        f"(?i:{pattern})" if flags else pattern
        for pattern, flags in (
            (r"\b\d{4}-\d{2}(?:-\d{2})?\b", 0),
            (r"\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b", 0),
            (rf"\b(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?(?: of)? {_MONTHS}\b(?:,? \d{{4}})?", re.I),
            (
                rf"(?<!\bin )\b{_MONTHS}\.? \d{{1,2}}(?:st|nd|rd|th)?\b"
                r"(?!%| ?per ?cent|[.,]\d)(?:,? \d{4})?",
                re.I,
            ),
            (r"\b(?:19[5-9]\d|20[0-4]\d)s?\b(?![ -]?(?:%|[a-z]+s\b|ms\b|people\b|staff\b))", re.I),
            (
                r"\b(?:in|since|from|of|until|by|spring|summer|autumn|fall|winter) (?:19[5-9]\d"
                r"|20[0-4]\d)\b",
                re.I,
            ),
            (r"\b[0-2]?\d:[0-5]\d(?::\d\d)?(?: ?[ap]\.?m\b\.?)?", re.I),
            (r"\b\d{1,2} ?[ap]\.m\.|\b\d{1,2} ?[ap]m\b", re.I),
            (r"\b1[- ](?:on|to)[- ]1\b|\b1:1s?\b", re.I),
            (
                r"\b24/7\b|\b24x7\b|\b9[- ]to[- ]5\b|\b50[/-]50\b|\b360[- ]degree\b|\b80/20\b",
                re.I,
            ),
            (r"\bv?\d+\.\d+\.\d+(?:\.\d+)*\b", re.I),
            (r"(?:#|\b[A-Z]{2,}-)\d+\b", 0),
            (r"\b[A-Za-z]+\d[\w.-]*", 0),
            (r"\b\d+(?:st|nd|rd|th)\b", re.I),
            (r"\b[45]xx\b|\b[234]D\b|\b[23]FA\b|\b\d+-bit\b", re.I),
            (r"(?<=[a-z,;] )[A-Z][a-z]+[A-Z]?\w* \d+(?:\.\d+)+\b(?!%| ?[a-z])", 0),
        )
    )
    + ")"
)
"""Dates, times of day, years, versions and identifiers: digits that say no how much."""

NUMBERED_THING = re.compile(
    rf"\b(?P<thing>exit code|no\.|[a-z]+) (?:\d+(?:\.\d+)*|(?:{NUMBER_WORD}))\b"
    rf"(?!%| ?per ?cent| times| of \d|[ -]?(?:{UNIT})\b)"
)
"""For text in lower case: a word with a number behind it, to blank where it is among ``NUMBERED``."""

TURNS_OF_PHRASE = re.compile(
    rf"\b(?:(?:at|until|from|by|before|after|past) (?:{NUMBER_WORD}|\d{{1,2}})(?= o'clock\b)"
    r"|(?:one[- ](?:on|to)[- ]one|one by one|two[- ]factor|(?:no|any|every|some) ?one"
    r"|(?:one|two) (?:another|things?|hand|side|point)(?!\w| \d)"
    r"|one (?:day|time)(?=,| i\b| we\b| when\b)|at one time"
    r"|zero[- ](?:downtime|trust|day|touch)|one[- ](?:page|off|way|time|stop)|(?:second|first) half"
    r"|one half of the time)\b)",
)
"""For text in lower case: number words that say no how much."""

NOT_NOUNS = {
    "until", "till", "next",
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "by", "per", "each", "every", "and", "or",
    "but", "from", "with", "without", "instead", "before", "after", "where", "when", "which", "that",
    "who", "had", "has", "have", "was", "were", "is", "are", "as", "it", "they", "then", "than", "more",
    "less", "fewer", "out", "over", "under", "since", "within", "against", "times", "would", "down",
    "up", "ago", "later", "earlier", "only", "so", "if", "not", "all", "went", "came", "could", "can",
    "did", "found", "took", "needed", "used", "between", "during", "together", "alone", "now", "still",
    "again", "below", "above", "whereas", "while", "because", "though", "compared", "versus", "vs",
}  # fmt: skip
"""Words behind a figure that it doesn't count."""

PLURALS = {"people", "children", "men", "women", "staff", "data", "feet", "teeth", "mice", "criteria"}
"""Plurals that don't end in s."""
