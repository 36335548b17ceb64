"""The story editor: a text, what is said of it, and saving that never loses anybody's edit."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Header
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.responses import Response

from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.finding import find_draft, find_draft_of
from fairlead.app.web.worksheet.looking import look_at_draft
from fairlead.app.web.worksheet.rendering import file_address, show, story_address
from fairlead.errors import FairleadError
from fairlead.worksheet.editing import (
    Conflict,
    Draft,
    edited,
    save_draft,
    start_story,
    switch_off,
)
from fairlead.worksheet.model import Worksheet

JSON = "application/json"


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the editor, what it asks while one types, and new stories."""

    @router.get("/stories/{story_id:path}")
    def story(story_id: str) -> HTMLResponse:
        worksheet = desk.read()
        return editor(worksheet, find_draft_of(desk, worksheet, story_id))

    @router.get("/files/{name}")
    def file(name: str, accept: Annotated[str, Header()] = "") -> Response:
        draft = find_draft(desk, name)
        if accept.startswith(JSON):
            return JSONResponse(_as_document(draft))
        return editor(desk.read(), draft)

    @router.post("/files/{name}")
    def save(
        name: str,
        text: Annotated[str, Form()] = "",
        began: Annotated[str, Form()] = "",
        version: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        on: Annotated[str, Form()] = "",
        reason: Annotated[list[str], Form()] = [],  # noqa: B006, FastAPI copies it
        reason_for: Annotated[list[str], Form()] = [],  # noqa: B006
        accept: Annotated[str, Header()] = "",
    ) -> Response:
        fields = None
        if code or on:
            why = dict(zip(reason_for, reason, strict=False)).get(code, "")
            if code and not why.strip():
                raise FairleadError(
                    f"{code} isn't switched off without a reason",
                    fix="go back and say in a few words why the text is right as it stands",
                )
            fields = switch_off(edited(find_draft(desk, name), text), code or on, why)
        result = save_draft(desk.folder, name, text=text, began=began, version=version, fields=fields)
        if isinstance(result, Conflict):
            if accept.startswith(JSON):
                return JSONResponse(_as_document(result.theirs), status_code=409)
            return show(
                desk, desk.read(), "conflict.html", at="stories", status=409, conflict=result, name=name
            )
        if accept.startswith(JSON):
            return JSONResponse(_as_document(result))
        return RedirectResponse(f"{file_address(name)}?saved=1", status_code=303)

    @router.post("/files/{name}/look")
    def look(name: str, text: Annotated[str, Form()] = "") -> HTMLResponse:
        """Say what there is to say of a text; nothing is written."""
        worksheet = desk.read()
        draft = edited(find_draft(desk, name), text)
        seen, problems = look_at_draft(draft, worksheet, desk.measurements())
        return show(
            desk, worksheet, "beside.html", at="stories", look=seen, problems=problems, draft=draft
        )

    @router.get("/new")
    def new(title: str = "", principle: str = "", question: str = "") -> HTMLResponse:
        worksheet = desk.read()
        asked = next((one for _, one in worksheet.questions() if one.id == question), None)
        return show(
            desk,
            worksheet,
            "new.html",
            at="stories",
            title=title,
            chosen=principle,
            question=asked,
        )

    @router.post("/new")
    def start(
        title: Annotated[str, Form()] = "",
        principle: Annotated[str, Form()] = "",
        question: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        name = start_story(
            desk.read(),
            title,
            principles=(principle,) if principle else (),
            questions=(question,) if question else (),
        )
        return RedirectResponse(file_address(name), status_code=303)

    def editor(worksheet: Worksheet, draft: Draft) -> HTMLResponse:
        seen, problems = look_at_draft(draft, worksheet, desk.measurements())
        return show(
            desk, worksheet, "story.html", at="stories", look=seen, problems=problems, draft=draft
        )


def _as_document(draft: Draft) -> dict[str, object]:
    """Return a file as the editor's script reads it."""
    address = story_address(draft.story) if draft.story else file_address(draft.name)
    return {"text": draft.text, "version": draft.version, "address": address}
