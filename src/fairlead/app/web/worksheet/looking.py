"""Everything that is said beside a story's text: findings, minutes, what its figures stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.measurements.model import Measurement
from fairlead.worksheet.editing import Draft
from fairlead.worksheet.evidence import Standing, examine
from fairlead.worksheet.lint.model import Surroundings, Verdict, surroundings
from fairlead.worksheet.lint.running import lint_story
from fairlead.worksheet.model import EvidenceKind, Method, Problem, Story, Worksheet
from fairlead.worksheet.timing import Gauge, gauge


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One story looked at."""

    story: Story
    verdict: Verdict
    gauge: Gauge
    standings: tuple[Standing, ...]

    def found(self, weight: str) -> int:
        """Return how many findings have this weight."""
        return sum(one.weight == weight for one in self.verdict.findings)

    def figures(self, kind: str) -> int:
        """Return how many figures are of this kind."""
        return sum(one.kind == kind for one in self.standings)

    @property
    def weakened(self) -> int:
        """How many figures something is said against."""
        return sum(bool(one.objections) for one in self.standings)

    @property
    def typed_only(self) -> bool:
        """Whether no figure stands on more than the author's word."""
        return all(one.kind is EvidenceKind.TYPED for one in self.standings)


def look_at(
    story: Story, around: Surroundings, method: Method, measurements: Sequence[Measurement]
) -> Look:
    """Return what is said of a story."""
    return Look(
        story=story,
        verdict=lint_story(story, around),
        gauge=gauge(story, method),
        standings=examine(story, measurements),
    )


def around_stories(worksheet: Worksheet) -> Surroundings:
    """Return what rules look at beside a story."""
    return surroundings(worksheet.questions(), worksheet.confidential)


def look_at_draft(
    draft: Draft, worksheet: Worksheet, measurements: Sequence[Measurement]
) -> tuple[Look | None, tuple[Problem, ...]]:
    """Return what is said of a text that may not be saved yet, and what keeps it from being read.

    A text that can't be read as a story isn't looked at, and its problems say why.
    """
    if draft.story is None:
        return None, draft.problems
    path = draft.story.path
    same = next(
        (one for one in worksheet.stories if one.id == draft.story.id and one.path != path), None
    )
    problems = list(draft.problems)
    if same:
        problems.append(
            Problem(
                path=path,
                line=0,
                cause=f"the id {same.id!r} is that of {same.path}, too",
                fix="give one of the two an `id:` of its own; until then one of them is left out",
            )
        )
    look = look_at(draft.story, around_stories(worksheet), worksheet.method, measurements)
    return look, tuple(problems)
