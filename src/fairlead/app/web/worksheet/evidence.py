"""What figures stand on, and binding one to a measurement, a document or a name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from fairlead.app.problems import Refused
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.finding import find_story
from fairlead.app.web.worksheet.rendering import evidence_address, show
from fairlead.errors import FairleadError
from fairlead.worksheet.evidence import bind, examine, make_evidence, weigh
from fairlead.worksheet.folder import save_story


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the list of all figures, and the page that binds one."""

    @router.get("/evidence")
    def figures() -> HTMLResponse:
        worksheet = desk.read()
        measurements = desk.measurements()
        return show(
            desk,
            worksheet,
            "evidence.html",
            at="evidence",
            examined=[(story, examine(story, measurements)) for story in worksheet.stories],
            measurements=measurements,
        )

    @router.get("/evidence/{story_id:path}")
    def figure(
        story_id: str,
        figure: str = "",
        before: str = "",
        after: str = "",
        source: str = "",
        attribution: str = "",
        again: str = "",
    ) -> HTMLResponse:
        worksheet = desk.read()
        story = find_story(worksheet, story_id)
        measurements = desk.measurements()
        standings = examine(story, measurements)
        held = next((one for one in standings if one.figure == figure), None)
        entry = held.evidence if held else None
        if entry and not again:
            before, after, source = entry.before, entry.after, entry.source
            attribution = entry.attribution
        weighed, refused = None, None
        if figure and (before or after or source):
            try:
                weighed = weigh(
                    make_evidence(
                        figure,
                        measurements,
                        before=before,
                        after=after,
                        source=source,
                        attribution=attribution,
                    ),
                    measurements,
                )
            except FairleadError as error:
                refused = error
        return show(
            desk,
            worksheet,
            "bind.html" if figure else "figures.html",
            at="evidence",
            story=story,
            figure=figure,
            standings=standings,
            held=held,
            before=before,
            after=after,
            source=source,
            attribution=attribution,
            again=again,
            weighed=weighed,
            refused=refused,
            measurements=measurements,
        )

    @router.post("/evidence/{story_id:path}")
    def keep(
        story_id: str,
        figure: Annotated[str, Form()] = "",
        before: Annotated[str, Form()] = "",
        after: Annotated[str, Form()] = "",
        source: Annotated[str, Form()] = "",
        attribution: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        worksheet = desk.read()
        story = find_story(worksheet, story_id)
        entry = make_evidence(
            figure,
            desk.measurements(),
            before=before,
            after=after,
            source=source.strip(),
            attribution=" ".join(attribution.split()),
        )
        try:
            save_story(desk.folder, story, bind(story, entry))
        except FairleadError as error:
            raise Refused(error.cause, fix=error.fix) from error
        return RedirectResponse(evidence_address(story), status_code=303)
