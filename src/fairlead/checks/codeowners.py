"""CODEOWNERS: whose approval a path needs, by GitHub's rules, with GitLab's sections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

OWNERS_PATHS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the file may stand; the first of them that exists is the one that counts."""

_SECTION = re.compile(
    r"(?P<optional>\^?)\[(?P<name>[^\]]+)\](?:\[(?P<needed>\d+)\])?(?P<owners>(?:\s+\S+)*)"
)
_OWNER = re.compile(r"@[\w.-]+(?:/[\w./-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+")
_WORD = re.compile(r"(?:\\.|[^\\\s])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the file that is judged for itself; a file without sections is a single one, ``""``.

    ``needed`` is how many of a path's owners must approve, 0 where the section is optional.
    """

    name: str = ""
    needed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRule:
    """One line: a pattern and the owners of what it matches, none where ownership is lifted."""

    section: Section
    pattern: re.Pattern[str]
    owners: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """A CODEOWNERS file as read; ``skipped`` are the numbers of the lines that are no rule."""

    rules: tuple[OwnerRule, ...]
    skipped: tuple[int, ...] = ()

    def of(self, path: str) -> tuple[OwnerRule, ...]:
        """Return the rule that holds for ``path`` in each section, the last one that matches."""
        last: dict[str, OwnerRule] = {}
        for rule in self.rules:
            if rule.pattern.fullmatch(path):
                last[rule.section.name.casefold()] = rule
        return tuple(rule for rule in last.values() if rule.owners)


def read_owners(text: str) -> Owners:
    """Return the rules of a CODEOWNERS file in its order; lines that are none are skipped and told.

    As on GitHub there is no negation, no character range and no escaped ``#`` at the start. A pattern
    without owners takes a path's owners away, but has its section's default owners where there are any.
    """
    rules: list[OwnerRule] = []
    skipped: list[int] = []
    section, defaults = Section(), ()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = re.sub(r"(?:^|\s)#.*$", "", raw).strip()
        if not line:
            continue
        if head := _SECTION.fullmatch(line):
            section = Section(
                name=head["name"],
                needed=0 if head["optional"] else max(1, int(head["needed"] or 1)),
            )
            defaults = tuple(head["owners"].split())
            continue
        pattern, *owners = _WORD.findall(line)
        if pattern.startswith(("!", "\\#")) or "[" in pattern or not all(map(_OWNER.fullmatch, owners)):
            skipped.append(number)
            continue
        rules.append(
            OwnerRule(
                section=section,
                pattern=compile_pattern(pattern),
                owners=tuple(owners) or defaults,
                line=number,
            )
        )
    return Owners(rules=tuple(rules), skipped=tuple(skipped))


def compile_pattern(pattern: str) -> re.Pattern[str]:
    r"""Return what matches the paths of a CODEOWNERS pattern, in full and from the root.

    The rules are those of ``.gitignore`` (a slash at the start or inside anchors it, ``**`` crosses
    folders, a folder stands for all below it) but for one: ``docs/*`` matches files in ``docs`` and
    none deeper. A blank is written ``\ ``.
    """
    body = re.sub(r"\\(.)", r"\1", pattern)
    anchored = "/" in body.rstrip("/")
    folder = body.endswith("/")
    segments = body.strip("/").split("/")
    shallow = anchored and segments[-1] == "*"
    parts = [] if anchored or segments[0] == "**" else ["(?:.*/)?"]
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**":
            parts.append(".*" if last else "(?:.*/)?")
        else:
            parts.append(_segment(segment) + ("" if last else "/"))
    tail = "/.*" if folder else "" if shallow else "(?:/.*)?"
    return re.compile("".join(parts) + tail, re.DOTALL)


def _segment(segment: str) -> str:
    pieces: Iterable[str] = re.split(r"(\*+|\?)", segment)
    words = {"?": "[^/]"}
    return "".join(
        "[^/]*" if piece.startswith("*") else words.get(piece, re.escape(piece)) for piece in pieces
    )
