"""The worksheet over HTTP, to be read alone: coverage, stories, what the lint finds."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from fastapi import APIRouter, Response

from fairlead.app.api.documents import document
from fairlead.app.platform import Platform
from fairlead.app.problems import Missing, Refused
from fairlead.worksheet.coverage import cover
from fairlead.worksheet.folder import load
from fairlead.worksheet.lint.model import surroundings
from fairlead.worksheet.lint.running import lint_story
from fairlead.worksheet.lint.telling import as_json
from fairlead.worksheet.model import Worksheet
from fairlead.worksheet.output.json_document import coverage_document, stories_document


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/worksheet``."""
    router = APIRouter(prefix="/worksheet", tags=["worksheet"])

    @router.get(
        "/coverage",
        summary="Show which principles and questions have a story",
        description="What `fairlead worksheet coverage --format json` prints.",
        response_model=dict[str, object],
    )
    def coverage() -> Response:
        today = datetime.fromtimestamp(platform.clock(), UTC).date()
        return document(coverage_document(cover(_worksheet(platform), today=today)))

    @router.get(
        "/stories",
        summary="List the stories, without their text",
        response_model=dict[str, object],
    )
    def stories() -> Response:
        sheet = _worksheet(platform)
        return document({"items": stories_document(sheet.stories, sheet.method)})

    @router.get(
        "/lint",
        summary="Show what a listener would stumble over",
        description="What `fairlead worksheet lint --format json` prints.",
        response_model=dict[str, object],
    )
    def lint() -> Response:
        sheet = _worksheet(platform)
        around = surroundings(sheet.questions(), sheet.confidential)
        verdicts = [lint_story(story, around) for story in sheet.stories]
        return document(json.loads(as_json(verdicts, sheet.method, sheet.problems)))

    return router


def _worksheet(platform: Platform) -> Worksheet:
    """Return the worksheet; others than the person at this machine are refused, as on its pages."""
    if not platform.settings.open_to_this_machine:
        raise Refused(
            "a worksheet is private: it is shown on its owner's machine alone",
            fix="there: fairlead worksheet open DIR",
            status=403,
        )
    folder = platform.settings.worksheet
    if folder is None:
        raise Missing(
            "this platform shows no worksheet", fix="start it with one: fairlead up --worksheet DIR"
        )
    return load(folder)
