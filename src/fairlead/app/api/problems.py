"""Errors as RFC 9457 problems: what was seen, and what to do about it."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from fairlead.errors import FairleadError

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """Why a request could not be answered, after RFC 9457; ``fix`` is what to do next."""

    type: str = Field(default="about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no change 7 here"])
    fix: str = Field(examples=["the board lists the changes that there are"])


class Missing(FairleadError):
    """What a request names isn't here."""


class Refused(FairleadError):
    """A request that would be understood, but may not be done; ``status`` is HTTP's."""

    def __init__(self, cause: str, *, fix: str, status: int = 409) -> None:
        super().__init__(cause, fix=fix)
        self.status = status


def answer_with_problems(app: FastAPI) -> None:
    """Have every error of the application answered as a problem."""

    @app.exception_handler(FairleadError)
    async def expected(request: Request, error: FairleadError) -> JSONResponse:
        status = 404 if isinstance(error, Missing) else getattr(error, "status", 422)
        return _problem(status, error.cause, error.fix)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return _problem(422, f"{place}: {first['msg']}", "see /api/v1/docs for what this address takes")

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return _problem(
            error.status_code, str(error.detail), "see /api/v1/docs for the addresses that there are"
        )


_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    503: "Service Unavailable",
}


def _problem(status: int, detail: str, fix: str) -> JSONResponse:
    problem = Problem(title=_TITLES.get(status, "Error"), status=status, detail=detail, fix=fix)
    return JSONResponse(problem.model_dump(), status_code=status, media_type=MEDIA_TYPE)
