"""Which stories answer a question that is typed in."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.rendering import show
from fairlead.worksheet.retrieval import ask, open_library, say_best, say_reasons

MOST = 5
"""How many stories are shown for a question."""

LONGEST = 2000
"""Signs of a question that are read."""


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the page that answers."""

    @router.get("/ask")
    def answer(q: str = "") -> HTMLResponse:
        worksheet = desk.read()
        question = " ".join(q[:LONGEST].split())
        reply = None
        if question and worksheet.stories:
            reply = ask(open_library(worksheet), question, limit=MOST)
        return show(
            desk,
            worksheet,
            "ask.html",
            at="ask",
            question=question,
            reply=reply,
            said=say_best(reply, name=lambda story: f"“{story.title}”") if reply else "",
            reasons=[list(say_reasons(one.reasons)) for one in reply.suggestions] if reply else [],
        )
