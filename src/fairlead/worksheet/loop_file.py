"""Reading a loop: from a YAML file, or from what was typed.

::

    title: Backend role, 3 December
    interviewers:
      - name: Ana
        principles: [Customer Obsession, Dive Deep]
      - name: Ben
        principles: {Ownership: 2, Earn Trust: 1}    # how many stories each
        knows: [search-latency]                      # has heard it before
    never: [old-story]
    likely: [Ownership]
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.worksheet.front_matter import YamlProblem, read_mapping
from fairlead.worksheet.model import Principle, Worksheet
from fairlead.worksheet.planner import Interviewer, Loop
from fairlead.worksheet.writing import read_if_there

MOST_SLOTS = 200
"""How many stories a loop can ask for; beyond, something was mistyped."""

_EXAMPLE = "interviewers: [{name: Ana, principles: [Ownership, Dive Deep]}]"
_KEYS = ("title", "interviewers", "never", "likely")
_INTERVIEWER_KEYS = ("name", "principles", "knows")


def read_loop(path: Path, worksheet: Worksheet) -> Loop:
    """Return the loop in a file; raises FairleadError for names that the worksheet doesn't have."""
    raw = read_if_there(path)
    if raw is None:
        raise FairleadError(f"there is no file {path}", fix=f"write one: {_EXAMPLE}")
    try:
        said = read_mapping(raw.decode("utf-8"))
    except (YamlProblem, UnicodeDecodeError) as error:
        raise FairleadError(f"{path} is not YAML: {error}", fix=f"write it so: {_EXAMPLE}") from error
    _only(said, _KEYS, path.name)
    entries = said.get("interviewers")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise FairleadError(f"{path} names no interviewers", fix=f"write it so: {_EXAMPLE}")
    interviewers = []
    for number, entry in enumerate(entries, start=1):
        _only(entry, _INTERVIEWER_KEYS, f"interviewer {number}")
        name = str(entry.get("name") or f"interviewer {number}")
        interviewers.append(
            Interviewer(
                name=name,
                principles=_principles(entry.get("principles"), name, worksheet),
                known=frozenset(
                    story_of(one, worksheet) for one in _names(entry.get("knows"), "knows")
                ),
            )
        )
    return make_loop(
        interviewers,
        worksheet,
        title=str(said.get("title") or path.stem),
        never=_names(said.get("never"), "never"),
        likely=_names(said.get("likely"), "likely"),
    )


def read_interviewer(text: str, worksheet: Worksheet) -> Interviewer:
    """Return the interviewer that ``Ana: Ownership, Dive Deep`` describes."""
    name, colon, principles = text.partition(":")
    if not colon:
        raise FairleadError(
            f"{text!r} doesn't say after which principles", fix="--with 'Ana: Ownership, Dive Deep'"
        )
    return Interviewer(
        name=name.strip(),
        principles=_principles([one for one in principles.split(",") if one.strip()], name, worksheet),
    )


def make_loop(
    interviewers: Sequence[Interviewer],
    worksheet: Worksheet,
    *,
    title: str,
    never: Iterable[str] = (),
    likely: Iterable[str] = (),
) -> Loop:
    """Return a loop that can be planned; raises FairleadError for one that can't."""
    if not interviewers:
        raise FairleadError("the loop has no interviewers", fix="--with 'Ana: Ownership, Dive Deep'")
    names = [one.name for one in interviewers]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise FairleadError(
            f"two interviewers are called {twice!r}", fix="tell them apart: Ana 1, Ana 2"
        )
    slots = sum(len(one.principles) for one in interviewers)
    if slots > MOST_SLOTS:
        raise FairleadError(
            f"the loop asks for {slots} stories", fix=f"up to {MOST_SLOTS} can be planned"
        )
    return Loop(
        title=title,
        interviewers=tuple(interviewers),
        never=frozenset(story_of(one, worksheet) for one in never),
        likely=frozenset(principle_of(one, worksheet).id for one in likely),
    )


def principle_of(name: str, worksheet: Worksheet) -> Principle:
    """Return the principle with this id or name; raises FairleadError with the nearest one."""
    wanted = " ".join(name.casefold().split())
    for principle in worksheet.principles:
        if wanted in {principle.id.casefold(), " ".join(principle.name.casefold().split())}:
            return principle
    names = [principle.name for principle in worksheet.principles]
    if not names:
        raise FairleadError(
            "the worksheet has no principles", fix="fairlead worksheet packs, to see and add some"
        )
    raise FairleadError(f"there is no principle {name!r}", fix=_instead(name, names))


def story_of(name: str, worksheet: Worksheet) -> str:
    """Return the id of the story with this id; raises FairleadError with the nearest one."""
    if worksheet.story(name.strip()):
        return name.strip()
    raise FairleadError(
        f"there is no story {name.strip()!r}",
        fix=_instead(name, [story.id for story in worksheet.stories]),
    )


def _instead(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"one of: {', '.join(names[:20]) or 'none yet'}"


def _principles(said: object, name: str, worksheet: Worksheet) -> tuple[Principle, ...]:
    if isinstance(said, Mapping):
        counts = [(str(one), str(number)) for one, number in said.items()]
    else:
        counts = [(one, "1") for one in _names(said, "principles")]
    if not counts:
        raise FairleadError(f"{name.strip()} asks after nothing", fix=f"write it so: {_EXAMPLE}")
    found: list[Principle] = []
    for one, number in counts:
        if not number.isdecimal() or not 0 < int(number) <= 10:
            raise FairleadError(
                f"{name.strip()} wants {number} stories for {one}", fix="a number from 1 to 10"
            )
        found += [principle_of(one, worksheet)] * int(number)
    return tuple(found)


def _names(said: object, key: str) -> tuple[str, ...]:
    if said is None:
        return ()
    if isinstance(said, str):
        return tuple(one.strip() for one in said.split(",") if one.strip())
    if not isinstance(said, list) or not all(isinstance(one, (str, int)) for one in said):
        raise FairleadError(f"{key} is not a list of names", fix=f"{key}: [one, another]")
    return tuple(str(one) for one in said)


def _only(said: Mapping[str, object], keys: Sequence[str], where: str) -> None:
    for key in said:
        if key not in keys:
            raise FairleadError(
                f"{where} has {key!r}, which means nothing here", fix=_instead(key, keys)
            )
