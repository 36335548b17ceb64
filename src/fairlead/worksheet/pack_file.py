"""A pack of principles as a YAML file: read it, and write one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fairlead.worksheet.front_matter import YamlProblem, dump, list_of, read_yaml, words_of
from fairlead.worksheet.model import Pack, Principle, Problem, Prompt, Question

MOST_BYTES = 4 << 20
"""A pack beyond this is not read."""


def read_pack(raw: bytes, *, path: str) -> tuple[Pack | None, tuple[Problem, ...]]:
    """Return the pack in these bytes, or None and the problem that stops it from being read.

    The file has ``id``, ``title``, ``note`` and ``principles``: each with ``id``, ``name``,
    ``summary``, ``likely``, ``questions``, ``prompts`` and ``follow_ups``. A question or prompt is
    its text, or ``id`` and ``text`` (a prompt's ``anchors`` beside them); without an id it is numbered.
    """
    try:
        if len(raw) > MOST_BYTES:
            raise YamlProblem(f"{len(raw) / (1 << 20):.1f} MB is too long for a pack", 1)
        value = read_yaml(raw.decode("utf-8"))
        if not isinstance(value, dict) or not isinstance(value.get("principles"), list):
            raise YamlProblem("a pack has `principles:`, a list", 1)
        pack = _pack(value, path, raw)
    except (YamlProblem, ValueError) as error:
        line = error.line if isinstance(error, YamlProblem) else 0
        fix = "mend it, or take the file out of packs/"
        return None, (Problem(path=path, line=line, cause=f"not a pack: {error}", fix=fix),)
    return pack, ()


def write_pack(pack: Pack) -> bytes:
    """Return a pack as its file; reading it gives the same pack."""
    head: dict[str, object] = {"id": pack.id, "title": pack.title}
    if pack.note:
        head["note"] = pack.note
    parts = [dump(head), "principles:\n" if pack.principles else "principles: []\n"]
    for principle in pack.principles:
        lines = dump([_principle_out(principle)]).splitlines(keepends=True)
        parts.append("\n" + "".join(f"  {line}" if line.strip() else line for line in lines))
    return "".join(parts).encode()


def slug(name: str) -> str:
    """Return a name as an id: lower-case words joined by hyphens; letters of any script stay."""
    return "-".join(re.findall(r"\w+", re.sub(r"['’]", "", name.casefold()))) or "unnamed"


def _pack(value: Mapping[str, object], path: str, raw: bytes) -> Pack:
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    entries = value["principles"]
    assert isinstance(entries, list)  # noqa: S101 - read_pack has looked
    principles = tuple(_principle(_mapping(entry)) for entry in entries)
    ids = [principle.id for principle in principles]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"two principles have the id {twice[0]!r}")
    return Pack(
        id=words_of(value.get("id")) or stem,
        title=words_of(value.get("title")) or stem,
        note=words_of(value.get("note")),
        principles=principles,
        path=path,
        raw=raw,
    )


def _principle(entry: Mapping[str, object]) -> Principle:
    name = words_of(entry.get("name")) or words_of(entry.get("id"))
    if not name:
        raise ValueError("a principle has neither name nor id")
    principle_id = words_of(entry.get("id")) or slug(name)
    return Principle(
        id=principle_id,
        name=name,
        summary=words_of(entry.get("summary")).strip(),
        questions=tuple(
            Question(id=f"{principle_id}/{key}", text=words_of(one["text"]))
            for key, one in _items(entry.get("questions"))
        ),
        prompts=tuple(
            Prompt(
                id=f"{principle_id}/{key}",
                text=words_of(one["text"]),
                anchors=list_of(one.get("anchors")),
            )
            for key, one in _items(entry.get("prompts"))
        ),
        follow_ups=list_of(entry.get("follow_ups")),
        likely=entry.get("likely") is True,
    )


def _items(value: object) -> list[tuple[str, Mapping[str, object]]]:
    """Return questions or prompts with their ids inside the principle, which are unique."""
    entries: Sequence[object] = value if isinstance(value, list) else []
    items: list[tuple[str, Mapping[str, object]]] = []
    for number, entry in enumerate(entries, 1):
        one = _mapping(entry) if isinstance(entry, dict) else {"text": words_of(entry)}
        if not one.get("text"):
            raise ValueError(f"entry {number} of a list of questions or prompts has no text")
        items.append((words_of(one.get("id")) or str(number), one))
    keys = [key for key, _ in items]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"two questions or prompts of one principle have the id {twice[0]!r}")
    return items


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError("each principle is a mapping with a `name:`")
    return {str(key): item for key, item in value.items()}


def _principle_out(principle: Principle) -> dict[str, object]:
    out: dict[str, object] = {"id": principle.id, "name": principle.name, "summary": principle.summary}
    if principle.likely:
        out["likely"] = True
    for kind, items in (("questions", principle.questions), ("prompts", principle.prompts)):
        out[kind] = [_item_out(principle, number, one) for number, one in enumerate(items, 1)]
    if principle.follow_ups:
        out["follow_ups"] = list(principle.follow_ups)
    return out


def _item_out(principle: Principle, number: int, item: Question | Prompt) -> object:
    """Return a question or prompt as short as it can be written: its text alone where that says all."""
    key = item.id.removeprefix(f"{principle.id}/")
    anchors = item.anchors if isinstance(item, Prompt) else ()
    if key == str(number) and not anchors:
        return item.text
    out: dict[str, object] = {"id": key, "text": item.text}
    return {**out, "anchors": list(anchors)} if anchors else out
