"""Self-assessment: prompts with their scales and what was answered before; answering them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse

from fairlead.app.problems import Refused
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.finding import find_principle
from fairlead.app.web.worksheet.rendering import principle_address
from fairlead.worksheet.answers_file import add_answers
from fairlead.worksheet.model import Principle, Worksheet
from fairlead.worksheet.self_assessment import Course, answer_to, courses


def courses_of(worksheet: Worksheet, principle: Principle) -> tuple[Course, ...]:
    """Return a principle's prompts with the answers to them, in the packs' order."""
    return tuple(one for one in courses(worksheet) if one.principle.id == principle.id)


def last_assessed(known: tuple[Course, ...]) -> str:
    """Return the date of the latest answer to any of these prompts, ``""`` where there is none."""
    return max((one.last.date for one in known if one.last), default="")


async def _filled_in(request: Request) -> Mapping[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the address that answers go to."""

    @router.post("/answers")
    def answer(
        filled: Annotated[Mapping[str, str], Depends(_filled_in)],
        principle: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        one = find_principle(desk.read(), principle)
        answers = [
            answer_to(
                prompt, score, " ".join(filled.get(f"note-{number}", "").split()), today=desk.today()
            )
            for number, prompt in enumerate(one.prompts)
            if (score := filled.get(f"score-{number}", ""))
        ]
        if not answers:
            raise Refused("no prompt was answered", fix="choose a step for at least one", status=422)
        add_answers(desk.folder, answers)
        return RedirectResponse(f"{principle_address(one.id)}#assess", status_code=303)
