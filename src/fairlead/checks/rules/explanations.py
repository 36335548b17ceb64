"""Looking up what is known of a rule: our own words for the common ones, a pointer for the others."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_FILES = (
    *("lint", "formatting", "complexity", "sast", "secrets", "dependencies", "workflows"),
    *("build", "licences", "types", "pyrefly", "tests", "coverage"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a rule is about.

    ``what`` is what the rule sees, ``why`` why that matters, ``fix`` how to mend it, ``suppress`` how
    to silence one finding so that the next reader knows it was meant, ``url`` the tool's own page.
    """

    rule: str
    check: str
    what: str
    why: str
    fix: str
    suppress: str
    url: str


@dataclass(frozen=True, slots=True)
class _Family:
    """What is said of every rule of one tool that has no text of its own."""

    pattern: re.Pattern[str]
    general: Explanation
    reasons: dict[str, str]

    def why(self, rule: str) -> str:
        """Return the reason that the rule's letters stand for, else the tool's general one."""
        letters = re.match(r"[A-Z]+", rule)
        begun = letters[0] if letters else ""
        for end in range(len(rule), 0, -1):
            if rule[:end] in self.reasons and (end >= len(begun) or begun.startswith("PL")):
                return self.reasons[rule[:end]]
        return self.general.why


def explain(rule: str) -> Explanation | None:
    """Return what is known of ``rule``, in any case; ``None`` when no check of ours has such a rule.

    A rule without a text of its own gets its tool's general one, with the address of its page.
    """
    specific, families = _texts()
    found = specific.get(rule.lower())
    if found:
        return found
    for family in families:
        if family.pattern.fullmatch(rule):
            general = family.general
            return Explanation(
                rule=rule,
                check=general.check,
                what=general.what.replace("{rule}", rule),
                why=family.why(rule),
                fix=general.fix.replace("{rule}", rule),
                suppress=general.suppress.replace("{rule}", rule),
                url=general.url.replace("{rule}", rule),
            )
    return None


def rules() -> tuple[str, ...]:
    """Return every rule that has a text of its own, by check and then in the order of the texts."""
    return tuple(found.rule for found in _texts()[0].values())


@functools.cache
def _texts() -> tuple[dict[str, Explanation], tuple[_Family, ...]]:
    specific: dict[str, Explanation] = {}
    families: list[_Family] = []
    for name in _FILES:
        document = tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text())
        general = document["general"]
        families.append(
            _Family(
                re.compile(general["pattern"]),
                _explanation("{rule}", document["check"], {}, general),
                document.get("families", {}),
            )
        )
        for rule, entry in document["rules"].items():
            specific[rule.lower()] = _explanation(rule, document["check"], entry, general)
    return specific, tuple(families)


def _explanation(rule: str, check: str, entry: dict[str, str], general: dict[str, str]) -> Explanation:
    texts = {
        part: entry.get(part, general[part]).replace("{rule}", rule)
        for part in ("what", "why", "fix", "suppress", "url")
    }
    return Explanation(rule=rule, check=check, **texts)
