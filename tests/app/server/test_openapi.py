"""The OpenAPI document says all that the API answers, and nothing that it is sent breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from app.server.contents import fill
from fairlead.app.api.describing import DESCRIPTION
from fairlead.workers.ledger import enqueue
from servers import Running, opened
from stores import Stores

EXAMPLES = 40
"""Requests of each kind that are made up for each operation, the same at every run."""

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def server(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a platform at work whose store holds one of everything."""
    state = tmp_path_factory.mktemp("state")
    with opened(state, stores.new("sqlite")) as platform:
        held = fill(platform)
        with platform.database.write() as unit:
            enqueue(unit, revision_id=held.revision, repository_id=held.repository, at=5.0)
        server = Running(platform)
        yield server
        server.stop()


@pytest.fixture(scope="module")
def document(server: Running) -> dict[str, Any]:
    """Return the document as a client gets it."""
    with server.client() as client:
        return client.get("/api/v1/openapi.json").json()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_breaks_it_and_no_answer_is_undocumented(
    server: Running, document: dict[str, Any], mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    left_out = ["/events"]  # streams don't end; test_events has them
    if mode is GenerationMode.NEGATIVE:
        left_out += ["/coverage", "/stories", "/lint"]  # they take nothing that could be wrong
    checked = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.path.endswith(tuple(left_out)):
            continue

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Case) -> None:
            response = case.call(base_url=server.address)
            case.validate_response(response, checks=CHECKS)

        send()
        checked.add(operation.label)

    assert checked == {label for label in _operations(document) if not label.endswith(tuple(left_out))}


def test_the_document_is_openapi_3_1_and_explains_itself(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["description"] == DESCRIPTION
    for label, operation in _operations(document).items():
        assert operation["summary"], label
        assert operation["tags"], label
        assert {"401", "403", "404", "413", "422", "429", "500"} <= set(operation["responses"]), label


def test_every_example_of_the_document_is_one(document: dict[str, Any]) -> None:
    def fits(example: object, schema: dict[str, Any]) -> bool:
        whole = {**schema, "components": document["components"]}
        return Draft202012Validator(whole).is_valid(example)

    for name, shape in document["components"]["schemas"].items():
        for example in shape.get("examples", []):
            assert fits(example, shape), name
        for field, said in shape.get("properties", {}).items():
            for example in said.get("examples", []):
                assert fits(example, said), f"{name}.{field}"


def test_every_answer_to_a_list_shows_what_a_line_looks_like(document: dict[str, Any]) -> None:
    for name, shape in document["components"]["schemas"].items():
        if not name.endswith("Said") or name.startswith("Listed"):
            continue
        assert shape.get("description"), name
        described = [field for field in shape["properties"].values() if "examples" in field]
        assert described or name in {"ChecksSaid", "MeasurementsSaid"}, name


def test_the_pages_are_no_part_of_it(client: TestClient, document: dict[str, Any]) -> None:
    assert all(path.startswith("/api/v1/") for path in document["paths"])


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    }
