"""The folder that the user owns, as it lies on disk.

::

    worksheet.yaml        what marks the folder: `format: 1`, pace, budgets, likely principles
    stories/*.md          one story a file: front matter, then ## Situation, ## Task, …
    packs/*.yaml          one pack of principles a file, each principle with questions and prompts
    answers.yaml          self-assessment: a list of `date`, `prompt`, `score`, `note`
    confidential.txt      names that must not leave, one a line; a line with `#` first is a comment
    imports/              documents that were imported, byte for byte, and which part became what

Plain text is the only truth: nothing is cached, and an edit in any editor counts at the next command.
Other files and folders are left alone. A story's front matter, every key optional::

    ---
    id: search-latency            # the file's stem when missing
    title: Search performance
    principles: [invent-and-simplify]
    questions: [invent-and-simplify/2, "Tell me about a time you simplified something."]
    tags: [backend, elasticsearch]
    when: 2024-05
    confidentiality: internal
    evidence:
      - {figure: 400 ms, kind: measured, before: <measurement>, after: <measurement>}
      - {figure: 85 %, kind: attested, source: "survey of May 2024", attribution: "new hardware too"}
    lint:
      WS309: the dashboard is gone; I say so when asked
    ---
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.worksheet.answers_file import ANSWERS, read_answers
from fairlead.worksheet.front_matter import YamlProblem, list_of, read_mapping
from fairlead.worksheet.model import (
    DEFAULT_METHOD,
    Answer,
    Budget,
    Method,
    Pack,
    Problem,
    Story,
    Worksheet,
)
from fairlead.worksheet.pack_file import read_pack
from fairlead.worksheet.story_file import read_story
from fairlead.worksheet.writing import read_if_there, write_file

MARK = "worksheet.yaml"
STORIES, PACKS, IMPORTS = "stories", "packs", "imports"
CONFIDENTIAL = "confidential.txt"

FORMAT = 1
"""The layout described above; a folder with another number was written by another version."""


def find_folder(start: Path) -> Path:
    """Return the worksheet's folder: ``start``, a folder above it, or ``worksheet`` inside it.

    Raises FairleadError when there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / MARK).is_file():
            return folder
    if (start / "worksheet" / MARK).is_file():
        return start / "worksheet"
    raise FairleadError(
        f"there is no worksheet in {start}", fix="fairlead worksheet init, or name it with --folder DIR"
    )


def load(folder: Path) -> Worksheet:
    """Return everything that the folder holds; what can't be read is among ``problems``.

    Raises FairleadError when the folder is no worksheet or was written in another format.
    """
    problems: list[Problem] = []
    method, likely = _read_settings(folder, problems)
    stories: dict[str, Story] = {}
    for path, raw in _files(folder, STORIES, (".md",), problems):
        story, found = read_story(raw, path=path)
        problems += found
        if story and (first := stories.get(story.id)):
            problems.append(
                Problem(
                    path=path,
                    line=0,
                    cause=f"the id {story.id!r} is that of {first.path}, too",
                    fix=f"give {path} an id of its own; until then it is left out",
                )
            )
        elif story:
            stories[story.id] = story
    packs: list[Pack] = []
    for path, raw in _files(folder, PACKS, (".yaml", ".yml"), problems):
        pack, found = read_pack(raw, path=path)
        problems += found
        if pack:
            packs.append(pack)
    return Worksheet(
        folder=folder,
        method=method,
        stories=tuple(stories.values()),
        packs=tuple(packs),
        answers=_read_answers(folder, problems),
        confidential=_read_confidential(folder),
        likely=likely,
        problems=tuple(problems),
    )


def save_story(folder: Path, story: Story, raw: bytes) -> Story:
    """Write a story's new bytes over those it was read from, and return it as read again.

    A story without a ``path`` is new and goes to ``stories/<id>.md``. Raises FairleadError, with
    nothing written, when the file has changed since, can't be written, or wouldn't be read back.
    """
    path = story.path or f"{STORIES}/{story.id}.md"
    written, problems = read_story(raw, path=path)
    if written is None:
        raise FairleadError(f"{path}: {problems[0].cause}", fix=problems[0].fix)
    write_file(folder / path, raw, expected=story.raw if story.path else None)
    return written


def _files(
    folder: Path, name: str, endings: tuple[str, ...], problems: list[Problem]
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a part of the folder by path; hidden files are not ours."""
    for path in sorted((folder / name).glob("*")):
        if path.suffix not in endings or path.name.startswith(".") or not path.is_file():
            continue
        relative = path.relative_to(folder).as_posix()
        try:
            yield relative, path.read_bytes()
        except OSError as error:
            problems.append(
                Problem(
                    path=relative,
                    line=0,
                    cause=f"the file can't be read: {error.strerror}",
                    fix=f"make it readable: chmod u+r {relative}",
                )
            )


def _read_settings(folder: Path, problems: list[Problem]) -> tuple[Method, tuple[str, ...]]:
    raw = read_if_there(folder / MARK)
    if raw is None:
        raise FairleadError(
            f"{folder} is not a worksheet: it has no {MARK}", fix=f"fairlead worksheet init {folder}"
        )
    try:
        settings = read_mapping(raw.decode("utf-8"))
    except (YamlProblem, UnicodeDecodeError) as error:
        raise FairleadError(
            f"{folder / MARK} is not YAML: {error}", fix=f"mend {folder / MARK}"
        ) from error
    if settings.get("format", FORMAT) not in {FORMAT, str(FORMAT)}:
        raise FairleadError(
            f"{folder} has the format {settings['format']}; this Fairlead reads {FORMAT}",
            fix="use the Fairlead that wrote it, or a newer one",
        )
    try:
        return _method(settings), list_of(settings.get("likely"))
    except (ValueError, TypeError, KeyError) as error:
        problems.append(
            Problem(
                path=MARK,
                line=0,
                cause=f"pace, budgets or likely can't be read ({error}); the method's own are used",
                fix="`pace: [120, 150]` in words a minute; `budgets:` a list of sections and minutes",
            )
        )
        return DEFAULT_METHOD, ()


def _method(settings: Mapping[str, object]) -> Method:
    method = DEFAULT_METHOD
    if "pace" in settings:
        slow, fast = sorted(int(words) for words in list_of(settings["pace"]))
        if slow < 1:
            raise ValueError("a pace is above 0")
        method = replace(method, pace=(slow, fast))
    budgets = settings.get("budgets")
    if budgets is not None:
        if not isinstance(budgets, list):
            raise TypeError("budgets is a list")
        method = replace(method, budgets=tuple(_budget(entry) for entry in budgets))
    return method


def _budget(entry: Mapping[str, object]) -> Budget:
    low, high = sorted(float(minutes) for minutes in list_of(entry["minutes"]))
    return Budget(
        sections=tuple(name.casefold() for name in list_of(entry["sections"])), low=low, high=high
    )


def _read_answers(folder: Path, problems: list[Problem]) -> tuple[Answer, ...]:
    try:
        return read_answers(read_if_there(folder / ANSWERS) or b"")
    except ValueError as error:
        line = error.line if isinstance(error, YamlProblem) else 0
        fix = "each answer has `date`, `prompt` and `score`; until it is mended no answer counts"
        problems.append(
            Problem(path=ANSWERS, line=line, cause=f"answers can't be read: {error}", fix=fix)
        )
        return ()


def _read_confidential(folder: Path) -> tuple[str, ...]:
    raw = read_if_there(folder / CONFIDENTIAL) or b""
    lines = raw.decode("utf-8", "replace").splitlines()
    names = (line.strip() for line in lines if not line.startswith("#"))
    return tuple(dict.fromkeys(name for name in names if name))
