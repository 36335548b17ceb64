"""The matrix of stories, principles and questions, and stories as a list."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.rendering import show
from fairlead.worksheet.coverage import abbreviate, cover, say_coverage, stories_for


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the matrix."""

    @router.get("/coverage")
    def matrix() -> HTMLResponse:
        worksheet = desk.read()
        coverage = cover(worksheet, today=desk.today())
        names = [column.principle.name for column in coverage.columns]
        return show(
            desk,
            worksheet,
            "coverage.html",
            at="coverage",
            coverage=coverage,
            said=say_coverage(coverage),
            short=abbreviate(names),
            questions=[
                (
                    column,
                    [
                        (question, stories_for(coverage, column.principle.id, question.id))
                        for question in column.principle.questions
                    ],
                )
                for column in coverage.columns
            ],
        )
