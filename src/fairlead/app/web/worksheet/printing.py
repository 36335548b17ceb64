"""Pages to take along: read here, or fetched as a file; confidential names are taken out of all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from fairlead.app.problems import Missing, Refused
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.rendering import show
from fairlead.worksheet.coverage import cover
from fairlead.worksheet.loop_file import story_of
from fairlead.worksheet.model import Worksheet
from fairlead.worksheet.output.document import Document
from fairlead.worksheet.output.formats import ENDINGS, write_document
from fairlead.worksheet.output.html_file import write_body
from fairlead.worksheet.output.pages import KINDS, coverage_page, page_of
from fairlead.worksheet.output.redaction import Redacted, redact

MEDIA_TYPES = {".md": "text/markdown", ".html": "text/html", ".pdf": "application/pdf"}


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add the list of what can be taken along, and each of it."""

    @router.get("/print")
    def choose() -> HTMLResponse:
        worksheet = desk.read()
        return show(desk, worksheet, "print.html", at="print", endings=ENDINGS)

    @router.get("/print/{name}")
    def output(name: str, story: Annotated[list[str], Query()] = []) -> Response:  # noqa: B006
        worksheet = desk.read()
        kind, dot, ending = name.partition(".")
        document = _document(desk, worksheet, kind, story)
        redacted = redact(document, worksheet.confidential)
        if not dot:
            return read_here(desk, worksheet, redacted, at="print")
        return as_file(redacted.document, f"{kind}{dot}{ending}")


def read_here(desk: Desk, worksheet: Worksheet, redacted: Redacted, *, at: str) -> HTMLResponse:
    """Return a document as a page of the worksheet, to read and to print from the browser."""
    return show(
        desk,
        worksheet,
        "read.html",
        at=at,
        document=redacted.document,
        body=write_body(redacted.document),
        places=redacted.places,
    )


def as_file(document: Document, name: str) -> Response:
    """Return a document as a file to keep, in the format of the name's ending; raises Missing."""
    ending = name[name.rfind(".") :]
    if ending not in ENDINGS:
        raise Missing(
            f"there is no format {ending}", fix=f"the name ends with one of {', '.join(ENDINGS)}"
        )
    return Response(
        write_document(document, ending),
        media_type=MEDIA_TYPES[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _document(desk: Desk, worksheet: Worksheet, kind: str, names: list[str]) -> Document:
    if kind == "coverage":
        return coverage_page(cover(worksheet, today=desk.today()))
    if kind not in KINDS:
        raise Missing(
            f"there is nothing called {kind!r} to print", fix=f"one of {', '.join(KINDS)}, coverage"
        )
    wanted = {story_of(name, worksheet) for name in names}
    stories = [one for one in worksheet.stories if not wanted or one.id in wanted]
    if not stories:
        raise Refused(
            "the worksheet has no stories to print",
            fix="import a document, or write a story",
            status=422,
        )
    return page_of(kind, worksheet, stories, desk.measurements())
