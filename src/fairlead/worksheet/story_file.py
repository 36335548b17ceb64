"""A story as a Markdown file: read it, and edit it without touching what wasn't asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from fairlead.worksheet.front_matter import (
    YamlProblem,
    dump,
    list_of,
    read_mapping,
    with_field,
    words_of,
)
from fairlead.worksheet.model import (
    FOLLOW_UPS,
    SECTIONS,
    Evidence,
    EvidenceKind,
    Problem,
    Section,
    Story,
    SwitchedOff,
)

MOST_BYTES = 1 << 20
"""A story file beyond this is not read: the longest answer one can tell is a hundredth of it."""

OURS = (
    "id",
    "title",
    "principles",
    "questions",
    "tags",
    "when",
    "confidentiality",
    "evidence",
    "lint",
)
"""The front-matter keys that mean something to us; others are kept as they are."""

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]+(?P<text>.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
Read = TypeVar("Read")
_OTHER_NAMES = {"follow ups": FOLLOW_UPS, "followups": FOLLOW_UPS, "extra": "extra details"}


def read_story(raw: bytes, *, path: str) -> tuple[Story | None, tuple[Problem, ...]]:
    """Return the story in these bytes, and what is wrong with them.

    No story comes back when the front matter can't be read or the file is too large: a story half
    read would be half checked. A wrong value of one key is a problem and leaves that key empty.
    """
    if len(raw) > MOST_BYTES:
        size = f"{len(raw) / (1 << 20):.1f} MB"
        return None, (
            Problem(
                path=path,
                line=0,
                cause=f"{size} is too long for a story; files over 1 MB are not read",
                fix="keep one story a file; move logs and attachments elsewhere and name them in Notes",
            ),
        )
    text = raw.decode("utf-8", "surrogateescape")
    front = _FRONT.match(text)
    body_at = front.end() if front else 0
    try:
        fields = read_mapping(front["yaml"]) if front else {}
    except YamlProblem as problem:
        return None, (
            Problem(
                path=path,
                line=problem.line + 1,
                cause=f"the front matter is not YAML: {problem.cause}",
                fix="mend that line; quote a value that holds `: ` or starts with a sign",
            ),
        )
    sections = _sections(text, body_at)
    problems: list[Problem] = []
    title = _first_heading(text, body_at)
    stem = path.rsplit("/", 1)[-1].removesuffix(".md")
    story = Story(
        id=_field(words_of, fields, "id", path, problems) or stem,
        title=_field(words_of, fields, "title", path, problems) or title or stem,
        sections=sections,
        principles=_field(list_of, fields, "principles", path, problems) or (),
        questions=_field(list_of, fields, "questions", path, problems) or (),
        tags=_field(list_of, fields, "tags", path, problems) or (),
        when=_field(words_of, fields, "when", path, problems) or "",
        confidentiality=_field(words_of, fields, "confidentiality", path, problems) or "",
        evidence=_field(_evidence, fields, "evidence", path, problems) or (),
        switched_off=_field(_switched_off, fields, "lint", path, problems) or (),
        path=path,
        raw=raw,
        extra={key: value for key, value in fields.items() if key not in OURS},
    )
    return story, tuple(problems)


def new_story(
    *,
    story_id: str,
    title: str,
    sections: Mapping[str, str],
    fields: Mapping[str, object] | None = None,
    empty: bool = False,
) -> bytes:
    """Return a new file: front matter, then the sections in the method's order.

    ``empty`` writes the headings of STAR, Lesson and Notes even where there is no text yet.
    """
    front = {"id": story_id, "title": title, **(fields or {})}
    parts = ["---\n", *(dump({key: value}) for key, value in front.items()), "---\n"]
    order = [*SECTIONS, *(name for name in sections if name not in SECTIONS)]
    for name in order:
        text = sections.get(name, "")
        if text:
            parts.append(f"\n## {heading_of(name)}\n\n{text}\n")
        elif empty and name not in {FOLLOW_UPS, "extra details"}:
            parts.append(f"\n## {heading_of(name)}\n")
    return "".join(parts).encode("utf-8", "surrogateescape")


def with_fields(raw: bytes, fields: Mapping[str, object]) -> bytes:
    """Return the file with front-matter keys set (``None`` removes one), all else byte for byte."""
    text = raw.decode("utf-8", "surrogateescape")
    front = _FRONT.match(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    yaml = front["yaml"] if front else ""
    for key, value in fields.items():
        yaml = with_field(yaml, key, value, newline=newline)
    if front:
        edited = text[: front.start("yaml")] + yaml + text[front.end("yaml") :]
    else:
        edited = f"---{newline}{yaml}---{newline}{newline}{text}"
    return edited.encode("utf-8", "surrogateescape")


def with_section(raw: bytes, name: str, content: str) -> bytes:
    """Return the file with one section's text replaced, or the section added, all else as it was.

    A new section goes before the first one that the method puts after it, else to the end.
    """
    text = raw.decode("utf-8", "surrogateescape")
    newline = "\r\n" if "\r\n" in text else "\n"
    front = _FRONT.match(text)
    spans = list(_spans(text, front.end() if front else 0))
    body = f"{newline}{content.strip()}{newline}".replace("\r\n", "\n").replace("\n", newline)
    for found, _, start, end in spans:
        if found == name:
            rest = newline if end < len(text) else ""
            edited = text[:start] + body + rest + text[end:]
            break
    else:
        later = SECTIONS[SECTIONS.index(name) + 1 :] if name in SECTIONS else ()
        at = next((begin for found, begin, _, _ in spans if found in later), len(text))
        before = text[:at]
        gap = "" if not before or before.endswith(newline * 2) else newline
        if before and not before.endswith("\n"):
            gap += newline
        rest = newline if at < len(text) else ""
        edited = f"{before}{gap}## {heading_of(name)}{newline}{body}{rest}{text[at:]}"
    return edited.encode("utf-8", "surrogateescape")


def heading_of(name: str) -> str:
    """Return a section's heading as a file shows it."""
    return name[:1].upper() + name[1:]


def _sections(text: str, body_at: int) -> tuple[Section, ...]:
    sections = []
    for name, _, start, end in _spans(text, body_at):
        lines = text[start:end].replace("\r\n", "\n").split("\n")
        first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
        kept = lines[first:]
        while kept and not kept[-1].strip():
            kept.pop()
        line = text.count("\n", 0, start) + 1 + (first if kept else 0)
        sections.append(Section(name=name, text="\n".join(kept), line=line))
    return tuple(sections)


def _spans(text: str, body_at: int) -> list[tuple[str, int, int, int]]:
    """Return each level-2 section: its name, where its heading, its text and its end are."""
    found: list[tuple[str, int, int]] = []
    fence = ""
    at = body_at
    for line in text[body_at:].split("\n"):
        bare = line.rstrip("\r")
        opened = _FENCE.match(bare)
        if fence:
            if opened and opened[1][0] == fence[0] and len(opened[1]) >= len(fence):
                fence = ""
        elif opened:
            fence = opened[1]
        elif bare.startswith("## ") and (heading := _HEADING.match(bare)):
            name = heading["text"].strip().strip("*_:").casefold()
            found.append((_OTHER_NAMES.get(name, name), at, min(at + len(line) + 1, len(text))))
        at += len(line) + 1
    ends = [*(begin for _, begin, _ in found), len(text)][1:]
    return [(name, begin, start, end) for (name, begin, start), end in zip(found, ends, strict=True)]


def _first_heading(text: str, body_at: int) -> str:
    found = re.compile(r"^#[ \t]+(.+?)[ \t]*\r?$", re.M).search(text, body_at)
    return found[1] if found else ""


def _field(
    read: Callable[[object], Read],
    fields: Mapping[str, object],
    key: str,
    path: str,
    problems: list[Problem],
) -> Read | None:
    if key not in fields:
        return None
    try:
        return read(fields[key])
    except ValueError as error:
        problems.append(
            Problem(path=path, line=0, cause=f"`{key}:` can't be read: {error}", fix=f"mend `{key}:`")
        )
        return None


def _evidence(value: object) -> tuple[Evidence, ...]:
    return tuple(_one_evidence(item) for item in _mappings(value))


def _one_evidence(item: Mapping[str, object]) -> Evidence:
    kind = words_of(item.get("kind")) or "typed"
    if kind not in set(EvidenceKind):
        raise ValueError(f"kind is {kind!r}; it is measured, attested or typed")
    return Evidence(
        figure=words_of(item.get("figure")),
        kind=EvidenceKind(kind),
        before=words_of(item.get("before")),
        after=words_of(item.get("after")),
        source=words_of(item.get("source")),
        attribution=words_of(item.get("attribution")),
    )


def _switched_off(value: object) -> tuple[SwitchedOff, ...]:
    if not isinstance(value, dict):
        raise ValueError("it is `CODE: reason`, one rule a line")
    return tuple(
        SwitchedOff(code=str(code).upper(), reason=words_of(reason).strip())
        for code, reason in value.items()
    )


def _mappings(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("it is a list, each entry with `figure:` and `kind:`")
    return [{str(key): one for key, one in item.items()} for item in value]
