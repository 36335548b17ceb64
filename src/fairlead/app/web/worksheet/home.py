"""The worksheet's first page: where it stands, what to do next, and everything that there is."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from fairlead.app.web.worksheet.assessing import courses_of, last_assessed
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.looking import around_stories, look_at
from fairlead.app.web.worksheet.rendering import show
from fairlead.worksheet.coverage import cover, next_steps, say_coverage
from fairlead.worksheet.editing import file_names
from fairlead.worksheet.folder import STORIES
from fairlead.worksheet.model import Problem, Worksheet
from fairlead.worksheet.shipped import NAMES, shipped_pack

MOST_STEPS = 5
"""How many of the next steps are shown; nobody does more at once."""


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the first page."""

    @router.get("")
    def home() -> HTMLResponse:
        worksheet = desk.read()
        coverage = cover(worksheet, today=desk.today())
        measurements = desk.measurements()
        around = around_stories(worksheet)
        here = {pack.id for pack in worksheet.packs}
        return show(
            desk,
            worksheet,
            "home.html",
            at="home",
            said=say_coverage(coverage),
            steps=list(next_steps(coverage))[:MOST_STEPS],
            more=max(0, len(list(next_steps(coverage))) - MOST_STEPS),
            columns=[
                (column, last_assessed(courses_of(worksheet, column.principle)))
                for column in coverage.columns
            ],
            rows=[
                (row, look_at(row.story, around, worksheet.method, measurements))
                for row in coverage.rows
            ],
            problems=[(one, file_of(one, worksheet)) for one in worksheet.problems],
            shipped=[shipped_pack(name) for name in NAMES if name not in here],
        )


def file_of(problem: Problem, worksheet: Worksheet) -> str:
    """Return the name of the story's file that a problem is about, ``""`` for any other file."""
    folder, _, name = problem.path.partition("/")
    return name if folder == STORIES and name in file_names(worksheet.folder) else ""
