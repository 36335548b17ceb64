"""Building worksheets in memory and on disk for the tests of coverage, planning, search and output."""

from __future__ import annotations

from pathlib import Path

from fairlead.worksheet.model import Pack, Principle, Question, Story, Worksheet
from fairlead.worksheet.story_file import read_story

PACK = """\
id: small
title: Three principles
principles:
- id: ownership
  name: Ownership
  summary: Act for the whole, and for years.
  likely: true
  questions:
  - id: outside
    text: Tell me about a problem outside your job that you took on.
  - id: deadline
    text: Tell me about a commitment that you could not keep.
  follow_ups: [What would have happened without you?]
- id: dive-deep
  name: Dive Deep
  summary: Know the details and find the cause.
  questions:
  - id: cause
    text: Tell me about finding the root cause of an outage.
- id: frugality
  name: Frugality
  summary: Do more with less money.
  questions:
  - id: saving
    text: Tell me about saving money.
"""


def story(text: str, *, name: str = "a") -> Story:
    """Return the story in a file's text; fails the test when it has a problem."""
    found, problems = read_story(text.encode(), path=f"stories/{name}.md")
    assert found
    assert not problems
    return found


def small_pack(**questions: tuple[str, ...]) -> Pack:
    """Return a pack with one principle per name, each with the questions given."""
    return Pack(
        id="pack",
        title="Pack",
        principles=tuple(
            Principle(
                id=name,
                name=name.replace("_", " ").title(),
                summary="",
                questions=tuple(
                    Question(id=f"{name}/{number}", text=text)
                    for number, text in enumerate(texts, start=1)
                ),
            )
            for name, texts in questions.items()
        ),
    )


def worksheet(*stories: Story, pack: Pack | None = None) -> Worksheet:
    """Return a worksheet that lies nowhere."""
    return Worksheet(folder=Path(), stories=stories, packs=(pack,) if pack else ())


def write_folder(folder: Path, files: dict[str, str]) -> Path:
    """Write a worksheet's folder with the small pack and the files given."""
    for name, text in {"worksheet.yaml": "format: 1\n", "packs/small.yaml": PACK, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
