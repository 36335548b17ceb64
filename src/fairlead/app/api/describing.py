"""The OpenAPI document: beside what FastAPI knows, what every address may answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from fairlead.app.api.idempotency import HEADER, LONGEST
from fairlead.app.problems import MEDIA_TYPE, Problem, title_of

DESCRIPTION = """\
Changes, the checks that they need, and what was decided on them.

Lists come newest first, a page at a time: `next` in the body and `Link: rel="next"` name the page that
follows. Answers to `GET` have an `ETag`; with `If-None-Match` an answer that you have already is a 304;
`HEAD` is answered as `GET` is, without the body.
A `POST` with an `Idempotency-Key` is done once, however often it is sent within a day. Every error is a
problem after RFC 9457, with its cause in `detail` and what to do in `fix`.

Beyond a loopback address every request shows a token: `Authorization: Bearer TOKEN`, made with
`fairlead token create NAME --scope read|submit|admin`.
"""

_EVERYWHERE = {
    400: "The request could not be read",
    401: "No token was shown, or one that opens nothing",
    403: "The token's scope doesn't reach, or another site's page sent the request",
    404: "What the address names isn't here",
    413: "The request is too large",
    421: "The platform doesn't answer to the name that was asked for",
    422: "The request says something that can't be done",
    429: "Too many wrong tokens came from there",
    500: "A defect of Fairlead",
    503: "It can't be done just now",
}
_WRITING = {409: "It contradicts how things stand, or a request with the same key is being carried out"}

_CONFLICT_IN_EVENTS = {409: "The store has no event of that number yet: it is another one"}


def describe(app: FastAPI) -> None:
    """Have the application's OpenAPI document say all that its addresses may answer."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary=app.summary,
        description=DESCRIPTION,
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "of `fairlead token create`",
        }
    }
    components["responses"] = {
        _name(status): _problem(status, said) for status, said in {**_EVERYWHERE, **_WRITING}.items()
    }
    document["security"] = [{"token": []}, {}]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    responses: dict[str, Any] = operation["responses"]
    statuses = dict(_EVERYWHERE)
    if method != "get":
        statuses |= _WRITING
    elif path.endswith("/events"):
        statuses |= _CONFLICT_IN_EVENTS
    else:
        responses["304"] = {"description": "The answer is the one that If-None-Match names"}
        operation.setdefault("parameters", []).append(_header("If-None-Match", "an ETag that you have"))
    if method == "post":
        operation.setdefault("parameters", []).append(
            _header(HEADER, "a random word; the same again only repeats the answer", LONGEST)
        )
    for status in statuses:
        responses[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}


def _header(name: str, said: str, longest: int | None = None) -> Mapping[str, object]:
    schema: dict[str, object] = {"type": "string"}
    if longest:
        schema |= {"minLength": 1, "maxLength": longest, "pattern": "^[!-~]+$"}
    return {"name": name, "in": "header", "required": False, "description": said, "schema": schema}


def _name(status: int) -> str:
    return title_of(status).title().replace(" ", "").replace("-", "")


def _problem(status: int, said: str) -> dict[str, object]:
    example = {
        "type": "about:blank",
        "title": title_of(status),
        "status": status,
        "detail": said.lower(),
        "fix": "what to do about it",
    }
    reference = cast("dict[str, object]", {"$ref": "#/components/schemas/Problem"})
    return {
        "description": said,
        "content": {MEDIA_TYPE: {"schema": reference, "example": example}},
    }
