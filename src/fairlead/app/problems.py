"""Errors as RFC 9457 problems: what was seen, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from fairlead.errors import FairleadError
from fairlead.records.model import NotHere

MEDIA_TYPE = "application/problem+json"

DESCRIPTION = "GET /api/v1/openapi.json describes every address and what it takes"


class Problem(BaseModel):
    """Why a request could not be answered, after RFC 9457; ``fix`` is what to do next."""

    type: str = Field(default="about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no change 7 here"])
    fix: str = Field(examples=["GET /api/v1/changes lists them"])
    request_id: str | None = Field(
        default=None, description="what the server's log has this request under, for its own defects"
    )


class Missing(FairleadError):
    """What a request names isn't here."""


class Refused(FairleadError):
    """A request that would be understood, but may not be done; ``status`` is HTTP's."""

    def __init__(
        self, cause: str, *, fix: str, status: int = 409, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(cause, fix=fix)
        self.status = status
        self.headers = headers


def answer_with_problems(app: FastAPI) -> None:
    """Have every error of the application answered as a problem."""

    @app.exception_handler(FairleadError)
    async def expected(request: Request, error: FairleadError) -> Response:
        if isinstance(error, Refused):
            return problem_response(error.status, error.cause, error.fix, headers=error.headers)
        return problem_response(
            404 if isinstance(error, Missing | NotHere) else 422, error.cause, error.fix
        )

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        more = len(error.errors()) - 1
        others = f", and {more} more" if more else ""
        return problem_response(422, f"{place}: {first['msg']}{others}", DESCRIPTION)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        detail = {
            404: f"there is nothing at {request.url.path[:200]!r}",
            405: f"{request.url.path[:200]!r} doesn't take {request.method}",
        }.get(error.status_code, str(error.detail))
        return problem_response(error.status_code, detail, DESCRIPTION, headers=error.headers)


def problem_response(
    status: int,
    detail: str,
    fix: str,
    *,
    headers: Mapping[str, str] | None = None,
    request_id: str | None = None,
) -> Response:
    """Return an answer that says what was seen and what to do; in ASCII, harmless on any terminal."""
    problem = Problem(
        title=title_of(status), status=status, detail=detail, fix=fix, request_id=request_id
    )
    content = problem.model_dump_json(exclude_none=True, ensure_ascii=True)
    return Response(content, status_code=status, media_type=MEDIA_TYPE, headers=headers)


_RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Titles that RFC 9110 has otherwise than older Pythons."""


def title_of(status: int) -> str:
    """Return the phrase that HTTP has for a status."""
    if status in _RENAMED:
        return _RENAMED[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
