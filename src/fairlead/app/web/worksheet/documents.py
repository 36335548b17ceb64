"""Bringing a document in, and packs of principles."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, Body, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.web.worksheet.rendering import show
from fairlead.errors import FairleadError
from fairlead.worksheet.documents.bringing_in import bring_in, names_known
from fairlead.worksheet.shipped import add_pack


def add_routes(router: APIRouter, desk: Desk) -> None:
    """Add what brings documents and packs in."""

    @router.get("/import")
    def form() -> HTMLResponse:
        return show(desk, desk.read(), "import.html", at="home", imported=None, name="")

    @router.post("/import")
    def paste(document: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "") -> HTMLResponse:
        if not document.strip():
            raise FairleadError(
                "nothing was pasted", fix="paste the document's text, or choose its file"
            )
        text = document.replace("\r\n", "\n")
        return bring(text.encode("utf-8", "replace"), name or "pasted.md")

    @router.post("/import/file")
    def upload(
        raw: Annotated[bytes, Body(media_type="application/octet-stream")] = b"", name: str = ""
    ) -> HTMLResponse:
        return bring(raw, name)

    @router.post("/packs")
    def packs(pack: Annotated[str, Form()] = "") -> RedirectResponse:
        add_pack(desk.folder, pack)
        return RedirectResponse("/worksheet#principles", status_code=303)

    def bring(raw: bytes, name: str) -> HTMLResponse:
        name = _file_name(name)
        imported = bring_in(desk.folder, raw, name=name, known=names_known(desk.folder))
        worksheet = desk.read()
        return show(desk, worksheet, "import.html", at="home", imported=imported, name=name)


def _file_name(name: str) -> str:
    """Return the last part of a name that a browser gave, which is never used as a path."""
    plain = "".join(sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable())
    return plain.lstrip(".")[:120] or "pasted.md"
