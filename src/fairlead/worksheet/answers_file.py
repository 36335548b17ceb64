"""The file of dated self-assessment answers: read it, and add to it without touching what is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.worksheet.front_matter import YamlProblem, dump, read_yaml, words_of
from fairlead.worksheet.model import Answer
from fairlead.worksheet.writing import read_if_there, write_file

ANSWERS = "answers.yaml"


def read_answers(raw: bytes) -> tuple[Answer, ...]:
    """Return the answers in these bytes, in the file's order; raises ValueError (or YamlProblem)."""
    try:
        entries = read_yaml(raw.decode("utf-8"))
        if entries is None:
            return ()
        if not isinstance(entries, list):
            raise ValueError("it is a list of answers")
        return tuple(_answer(entry) for entry in entries)
    except KeyError as error:
        raise ValueError(f"an answer has no {error}") from error
    except TypeError as error:
        raise ValueError("an answer is a mapping with `date`, `prompt` and `score`") from error


def with_answers(raw: bytes | None, answers: Sequence[Answer]) -> bytes:
    """Return the file with answers added at its end, every byte before them as it was.

    Raises FairleadError where the file can't be read, or is written so that nothing can be added at its
    end (``[a, b]`` on one line).
    """
    before = raw or b""
    try:
        known = read_answers(before)
        gap = b"" if not before or before.endswith(b"\n") else b"\n"
        added = before + gap + dump([_entry(one) for one in answers]).encode()
        if read_answers(added) != (*known, *answers):
            raise YamlProblem("nothing can be added at its end", 1)
    except ValueError as error:
        line = f":{error.line}" if isinstance(error, YamlProblem) else ""
        raise FairleadError(
            f"{ANSWERS}{line} can't be added to: {error}",
            fix=f"mend {ANSWERS}: a list, `- date: …` in the first column, `prompt:`, `score:` below",
        ) from error
    return added


def add_answers(folder: Path, answers: Sequence[Answer]) -> None:
    """Add answers to a worksheet's file; raises FairleadError, with nothing written, where it can't."""
    before = read_if_there(folder / ANSWERS)
    write_file(folder / ANSWERS, with_answers(before, answers), expected=before)


def _answer(entry: dict[str, object]) -> Answer:
    day = words_of(entry["date"])
    date.fromisoformat(day)
    return Answer(
        date=day,
        prompt=words_of(entry["prompt"]),
        score=int(words_of(entry["score"])),
        note=words_of(entry.get("note")),
    )


def _entry(answer: Answer) -> dict[str, object]:
    entry: dict[str, object] = {
        "date": answer.date,
        "prompt": answer.prompt,
        "score": answer.score,
    }
    return {**entry, "note": answer.note} if answer.note else entry
