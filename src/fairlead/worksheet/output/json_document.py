"""What a worksheet shows, as values that JSON holds: for programs, in a terminal and over HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.worksheet.coverage import Coverage, Strength, next_steps
from fairlead.worksheet.model import Method, Story
from fairlead.worksheet.timing import gauge


def coverage_document(coverage: Coverage) -> dict[str, object]:
    """Return the coverage as JSON holds it: principles with gaps first, then stories."""
    return {
        "questions": {"answered": coverage.answered, "asked": coverage.asked},
        "principles": [
            {
                "id": column.principle.id,
                "name": column.principle.name,
                "likely": column.principle.likely,
                "gap": column.is_gap,
                "stories": list(column.stories),
                "closest": column.closest.id if column.closest else None,
                "open_questions": [
                    {"id": question.id, "text": question.text} for question in column.open_questions
                ],
                "self_assessment": {
                    "answered": column.assessed.answered,
                    "prompts": column.assessed.prompts,
                    "weakest": column.assessed.weakest.prompt.id if column.assessed.weakest else None,
                },
            }
            for column in coverage.columns
        ],
        "stories": [
            {
                "id": row.story.id,
                "title": row.story.title,
                "stands_for": row.carries,
                "alone_for": list(row.alone_for),
                "overused": row.overused,
                "age_years": row.age,
                "old": row.old,
                "cells": [
                    {
                        "principle": cell.principle,
                        "strength": cell.strength.value,
                        "answers": list(cell.answered),
                        "suggested": [
                            {"question": one, "fit": fit.value} for one, fit in cell.suggested
                        ],
                    }
                    for cell in row.cells
                    if cell.strength is not Strength.NONE
                ],
            }
            for row in coverage.rows
        ],
        "unknown_principles": [{"name": name, "story": story} for name, story in coverage.unknown],
        "next": [step.sentence for step in next_steps(coverage)],
    }


def stories_document(stories: Sequence[Story], method: Method) -> list[dict[str, object]]:
    """Return the stories without their text: what they are about, and how long they take to tell."""
    return [
        {
            "id": story.id,
            "title": story.title,
            "path": story.path,
            "principles": list(story.principles),
            "questions": list(story.questions),
            "tags": list(story.tags),
            "words": gauge(story, method).words,
        }
        for story in stories
    ]
