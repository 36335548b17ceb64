"""Self-assessment: prompts with their scales and what was answered before; answering them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse

from fairlead.app.problems import Refused
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.finding import find_principle
from fairlead.app.web.worksheet.rendering import principle_address
from fairlead.worksheet.assessment import history_of, record_answers, steps_of
from fairlead.worksheet.model import Answer, Principle, Prompt, Worksheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauged:
    """A prompt with its scale and its answers, the oldest first; ``steps`` are numbers with words."""

    prompt: Prompt
    steps: tuple[tuple[int, str], ...]
    history: tuple[Answer, ...]


def gauged(worksheet: Worksheet, principle: Principle) -> tuple[Gauged, ...]:
    """Return a principle's prompts as a page asks them."""
    return tuple(
        Gauged(
            prompt=prompt,
            steps=tuple(
                (step, prompt.anchors[step - 1] if prompt.anchors else "")
                for step in range(1, steps_of(prompt) + 1)
            ),
            history=history_of(worksheet, prompt),
        )
        for prompt in principle.prompts
    )


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
        today = desk.today().isoformat()
        answers = [
            Answer(
                date=today,
                prompt=prompt.id,
                score=int(score),
                note=" ".join(filled.get(f"note-{number}", "").split()),
            )
            for number, prompt in enumerate(one.prompts)
            if (score := filled.get(f"score-{number}", "")).isdecimal()
        ]
        if not answers:
            raise Refused("no prompt was answered", fix="choose a step for at least one", status=422)
        record_answers(desk.folder, answers)
        return RedirectResponse(f"{principle_address(one.id)}#assess", status_code=303)
