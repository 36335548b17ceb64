"""A principle's page: its questions with the stories that answer them, and naming a story for one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from fairlead.app.problems import Refused
from fairlead.app.web.worksheet.assessing import courses_of
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.finding import find_principle
from fairlead.app.web.worksheet.rendering import principle_address, show
from fairlead.worksheet.coverage import cover, stories_for
from fairlead.worksheet.editing import Conflict, name_of, open_draft, save_draft, tag


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the pages of principles."""

    @router.get("/principles/{principle_id:path}")
    def principle(principle_id: str) -> HTMLResponse:
        worksheet = desk.read()
        one = find_principle(worksheet, principle_id)
        coverage = cover(worksheet, today=desk.today())
        column = next(each for each in coverage.columns if each.principle.id == one.id)
        return show(
            desk,
            worksheet,
            "principle.html",
            at="principles",
            principle=one,
            column=column,
            questions=[
                (question, stories_for(coverage, one.id, question.id)) for question in one.questions
            ],
            courses=courses_of(worksheet, one),
        )

    @router.post("/name")
    def name_story(
        story: Annotated[str, Form()] = "",
        principle: Annotated[str, Form()] = "",
        question: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        worksheet = desk.read()
        one = find_principle(worksheet, principle)
        asked = next((each for each in one.questions if each.id == question), None)
        if worksheet.story(story) is None:
            raise Refused(
                "no story was chosen" if not story else f"there is no story {story!r}",
                fix="choose one of the list, or write a new one",
                status=422,
            )
        draft = open_draft(desk.folder, name_of(worksheet, story))
        fields = tag(draft, principle=one.id, question=asked.id if asked else "")
        saved = save_draft(
            desk.folder,
            draft.name,
            text=draft.text,
            began=draft.text,
            version=draft.version,
            fields=fields,
        )
        if isinstance(saved, Conflict):
            raise Refused(
                f"{draft.name} was changed at the same moment", fix="name the story once more"
            )
        anchor = f"#question-{one.questions.index(asked) + 1}" if asked else ""
        return RedirectResponse(f"{principle_address(one.id)}{anchor}", status_code=303)
