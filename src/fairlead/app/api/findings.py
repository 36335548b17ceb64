"""Findings over HTTP, of one run or of all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from fairlead.app.api.answers import LARGEST, After, Limit, Listed, Said, Text, below, page
from fairlead.app.platform import Platform
from fairlead.records.runs import SoughtFindings, list_findings


class FindingSaid(Said):
    """One finding of a run: what, why it matters, and how to mend it.

    ``new`` says that the change added it, ``blocking`` that it holds the change back, ``apart`` why it
    doesn't count although it is there.
    """

    id: int = Field(examples=[5201])
    run_id: int = Field(examples=[1033])
    check: str = Field(examples=["sast"])
    rule: str = Field(examples=["B602"])
    severity: str = Field(examples=["error"], description="error, warning or note")
    path: str = Field(examples=["src/lab/run.py"])
    line: int = Field(examples=[5])
    what: str = Field(examples=["a shell runs a string that a caller chose"])
    why: str = Field(examples=["whoever controls `cmd` controls this machine"])
    fix: str = Field(examples=["subprocess.call(shlex.split(cmd))"])
    url: str = Field(examples=["https://bandit.readthedocs.io/en/latest/plugins/b602.html"])
    fingerprint: str = Field(examples=["6f1ed002ab5595859014ebf0951522d9"])
    new: bool
    blocking: bool
    apart: str = Field(examples=[""])


def routes(platform: Platform) -> APIRouter:
    """Return the routes below ``/findings``."""
    router = APIRouter(prefix="/findings", tags=["runs"])

    @router.get("", summary="List findings, newest first", response_model=Listed[FindingSaid])
    def list_(
        request: Request,
        run: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
        check: Annotated[Text, Query(examples=["sast"])] = "",
        rule: Annotated[Text, Query(examples=["B602"])] = "",
        path: Annotated[Text, Query(description="a file, or a folder with / at its end")] = "",
        new: Annotated[bool | None, Query(description="whether the change added it")] = None,
        blocking: bool | None = None,
        limit: Limit = 50,
        after: After = "",
    ) -> Response:
        sought = SoughtFindings(run=run, check=check, rule=rule, path=path, new=new, blocking=blocking)
        with platform.database.read() as connection:
            found = list_findings(connection, sought, limit=limit, below=below(after))
        lines = [FindingSaid.model_validate(one) for one in found.lines]
        return page(request, Listed[FindingSaid](items=lines, next=found.next))

    return router
