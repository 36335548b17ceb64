"""Answers to self-assessment prompts: dated, added to the user's file, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.worksheet.folder import ANSWERS, load
from fairlead.worksheet.front_matter import YamlProblem, dump, read_yaml
from fairlead.worksheet.model import Answer, Principle, Prompt, Worksheet
from fairlead.worksheet.writing import read_if_there, write_file

UNANCHORED = 5
"""How many steps the scale of a prompt has that comes without any in words."""


def steps_of(prompt: Prompt) -> int:
    """Return how many steps a prompt's scale has; the first is 1, the weakest."""
    return len(prompt.anchors) or UNANCHORED


def prompt_of(worksheet: Worksheet, prompt_id: str) -> Prompt:
    """Return a prompt by its id; raises FairleadError where no pack has it."""
    for principle in worksheet.principles:
        for prompt in principle.prompts:
            if prompt.id == prompt_id:
                return prompt
    raise FairleadError(
        f"there is no prompt {prompt_id!r}",
        fix="a principle's page, and its pack's file, list its prompts",
    )


def history_of(worksheet: Worksheet, prompt: Prompt) -> tuple[Answer, ...]:
    """Return the answers to a prompt, the oldest first; those of one day in the order of the file."""
    return tuple(
        sorted((one for one in worksheet.answers if one.prompt == prompt.id), key=lambda one: one.date)
    )


def last_assessed(worksheet: Worksheet, principle: Principle) -> str:
    """Return the date of the latest answer to any of a principle's prompts, ``""`` where none is."""
    ids = {prompt.id for prompt in principle.prompts}
    return max((one.date for one in worksheet.answers if one.prompt in ids), default="")


def record_answers(folder: Path, answers: Sequence[Answer]) -> None:
    """Add answers to the end of the worksheet's file; every byte that is there stays.

    Raises FairleadError, with nothing written, when a score isn't on its prompt's scale, the file can't
    be read, or is written so that nothing can be put behind it.
    """
    worksheet = load(folder)
    for one in answers:
        _check(worksheet, one)
    path = folder / ANSWERS
    before = read_if_there(path)
    known = _entries(path, before)
    added = [_as_entry(one) for one in answers]
    text = (before or b"").decode("utf-8", "surrogateescape")
    gap = "" if not text or text.endswith("\n") else "\n"
    data = f"{text}{gap}{dump(added)}"
    try:
        after = read_yaml(data)
    except YamlProblem:
        after = None
    if after != [*known, *added]:
        raise FairleadError(
            f"{path} is not a list with one `- date:` a line, so nothing can be put behind it",
            fix="write each answer as `- date: …` at the start of a line; nothing was changed",
        )
    write_file(path, data.encode("utf-8", "surrogateescape"), expected=before)


def _check(worksheet: Worksheet, answer: Answer) -> None:
    prompt = prompt_of(worksheet, answer.prompt)
    if not 1 <= answer.score <= steps_of(prompt):
        raise FairleadError(
            f"{answer.score} is not on the scale of this prompt",
            fix=f"answer with 1 to {steps_of(prompt)}",
        )
    try:
        date.fromisoformat(answer.date)
    except ValueError as error:
        raise FairleadError(f"{answer.date!r} is no date", fix="write it as 2026-11-30") from error


def _entries(path: Path, raw: bytes | None) -> list[object]:
    if not raw:
        return []
    try:
        value = read_yaml(raw.decode("utf-8"))
    except (YamlProblem, UnicodeDecodeError) as error:
        raise FairleadError(
            f"{path} can't be read: {error}", fix=f"mend {path}; nothing was changed"
        ) from error
    if value is None:
        return []
    if not isinstance(value, list):
        raise FairleadError(f"{path} is not a list of answers", fix=f"mend {path}; nothing was changed")
    return value


def _as_entry(answer: Answer) -> dict[str, str]:
    entry = {"date": answer.date, "prompt": answer.prompt, "score": str(answer.score)}
    return {**entry, "note": answer.note} if answer.note else entry
