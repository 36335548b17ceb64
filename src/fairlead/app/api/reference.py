"""The page that documents the API, made from its own description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

HEAD = """\
# API reference

Made by `fairlead reference api`; a test fails when this page and the API differ. The same as OpenAPI
3.1: `/api/v1/openapi.json`. [How to use it](../how-to/api.md) shows requests that work.

"""

_OPENING = "What every address may answer beside its own, as a problem:"
_Object = Mapping[str, Any]


def api_reference(document: _Object) -> str:
    """Return the page's text: operations by what they are about, then shapes, in its order."""
    operations = [
        (path, method, operation)
        for path, by_method in document["paths"].items()
        for method, operation in by_method.items()
    ]
    common = set.intersection(*(set(operation["responses"]) for _, _, operation in operations))
    lines = [document["info"]["description"].rstrip(), "", *_statuses(document, common), ""]
    for tag, group in groupby(operations, key=lambda one: one[2]["tags"][0]):
        lines += [f"## {tag.capitalize()}", ""]
        for path, method, operation in group:
            lines += _operation(path, method, operation, common)
    lines += ["## Shapes", ""]
    for name, shape in document["components"]["schemas"].items():
        if "properties" in shape:
            lines += _shape(name, shape)
    return HEAD + "\n".join(lines).rstrip() + "\n"


def _statuses(document: _Object, common: set[str]) -> Iterator[str]:
    said = {
        reply["content"]["application/problem+json"]["example"]["status"]: reply["description"]
        for reply in document["components"]["responses"].values()
    }
    yield _OPENING
    yield ""
    yield "| status | when |"
    yield "| --- | --- |"
    for status in sorted(said):
        if str(status) in common:
            yield f"| {status} | {said[status]} |"


def _operation(path: str, method: str, operation: _Object, common: set[str]) -> Iterator[str]:
    yield f"### {method.upper()} {path}"
    yield ""
    yield f"{operation['summary']}."
    if said := operation.get("description"):
        yield said
    yield ""
    body = operation.get("requestBody")
    if body:
        schema = next(iter(body["content"].values()))["schema"]
        yield f"Takes {_kind(schema)} as JSON."
        yield ""
    parameters = operation.get("parameters", [])
    if parameters:
        yield "| parameter | in | what |"
        yield "| --- | --- | --- |"
        for one in parameters:
            schema = one["schema"]
            words = [_kind(schema), one.get("description") or schema.get("description", "")]
            if one.get("required") and one["in"] != "path":
                words.append("needed")
            if schema.get("default") not in (None, "", []):
                words.append(f"default {schema['default']}")
            told = _cell("; ".join(word for word in words if word))
            yield f"| `{one['name']}` | {one['in']} | {told} |"
        yield ""
    for status, reply in operation["responses"].items():
        if status in common or "$ref" in reply:
            continue
        content = reply.get("content", {})
        what = ", ".join(
            _kind(media["schema"]) if kind == "application/json" else kind
            for kind, media in content.items()
        )
        description = "" if reply["description"] == "Successful Response" else reply["description"]
        yield f"- **{status}** {': '.join(word for word in (description, what) if word)}".rstrip()
    yield ""


def _shape(name: str, shape: _Object) -> Iterator[str]:
    yield f"### {_plain_name(name)}"
    yield ""
    if said := shape.get("description"):
        yield said
        yield ""
    yield "| field | kind | what |"
    yield "| --- | --- | --- |"
    for field, schema in shape["properties"].items():
        words = [schema.get("description", "")]
        example = next((one for one in schema.get("examples", []) if one not in (None, "")), None)
        if example is not None:
            words.append(f"such as `{example}`")
        told = _cell("; ".join(word for word in words if word))
        yield f"| `{field}` | {_kind(schema)} | {told} |"
    yield ""


def _kind(schema: _Object) -> str:
    if "$ref" in schema:
        return _plain_name(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        kinds = [_kind(one) for one in schema["anyOf"]]
        return " or ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("format") == "date-time":
        return "time"
    return {"integer": "whole number", "object": "document"}.get(
        schema.get("type", "anything"), schema.get("type", "anything")
    )


def _plain_name(name: str) -> str:
    """Return a shape's name as people say it: ``Listed_RunSaid_`` is a page of runs."""
    if name.startswith("Listed_"):
        return f"page of {_plain_name(name.removeprefix('Listed_').rstrip('_'))}"
    return name.removesuffix("Said")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
