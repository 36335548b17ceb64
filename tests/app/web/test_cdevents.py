"""What the outbox holds after real work is what CDEvents asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator

import cdevents_rules
from app.web.lab import Lab
from fairlead.records.repositories import register, remove
from fairlead.store.database import Database, open_database
from fairlead.store.outbox import CDEVENTS, read_after
from stores import Stores

SOURCES = Path(__file__).parents[3] / "src" / "fairlead"
TYPE = re.compile(r'"(dev\.cdeventsx?\.[\w.-]+)"')

formats = FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def is_moment(value: object) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


@formats.checks("uri", raises=ValueError)
def is_uri(value: object) -> bool:
    return isinstance(value, str) and bool(urlsplit(value).scheme) and is_reference(value)


@formats.checks("uri-reference", raises=ValueError)
def is_reference(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[!#-;=?-\[\]_a-z~]*", value) is not None


def validators() -> dict[str, Validator]:
    """Return what looks at the events of each type, and at those of types of one's own."""
    assert cdevents_rules.VERSION == CDEVENTS
    return {
        type_: Draft202012Validator(schema, format_checker=formats)
        for type_, schema in cdevents_rules.schemas().items()
    }


def events_of(database: Database) -> list[dict[str, Any]]:
    with database.read() as connection:
        return [one.cloud_event() for one in read_after(connection, 0, limit=100_000)]


def wrong_with(events: Iterable[dict[str, Any]]) -> set[str]:
    known, wrong = validators(), set()
    for event in events:
        looks = known.get(cdevents_rules.CUSTOM if ".cdeventsx." in event["type"] else event["type"])
        if looks is None:
            wrong.add(f"{event['type']}: CDEvents {CDEVENTS} has no such type")
            continue
        for error in looks.iter_errors(event["data"]):
            wrong.add(f"{event['type']}: {error.json_path}: {error.message}")
    return wrong


@pytest.fixture(scope="module")
def told(lab: Lab, stores: Stores) -> list[dict[str, Any]]:
    """Return all that a busy lab told, and what is told of a repository that is forgotten."""
    database = open_database(stores.new("sqlite"))
    for source in ("/srv/a b/zürich#1?", "https://git.example.org/lab.git", "ssh://git@git.corp/lab"):
        with database.write() as unit:
            known = register(
                unit, name="lab", source=source, folder="/nowhere", default_branch="main", at=1.0
            )
            remove(unit, known.id, at=2.0)
    events = events_of(lab.platform.database) + events_of(database)
    database.close()
    return events


def test_every_event_is_valid_by_the_schema_of_its_type(told: list[dict[str, Any]]) -> None:
    assert wrong_with(told) == set()


def test_every_type_that_the_code_names_was_looked_at(told: list[dict[str, Any]]) -> None:
    named = {type_ for file in SOURCES.rglob("*.py") for type_ in TYPE.findall(file.read_text("utf-8"))}

    assert {one["type"] for one in told} == named
    assert len(named) > 8


def test_an_event_that_says_too_little_or_too_much_is_found(told: list[dict[str, Any]]) -> None:
    started = next(one for one in told if ".pipelinerun.started." in one["type"])
    data = started["data"]
    content = data["subject"]["content"]
    spoilt = [
        {**started, "data": {**data, "subject": {**data["subject"], "content": changed}}}
        for changed in ({**content, "mood": "fine"}, {**content, "uri": "no uri"}, {})
    ]

    assert all(wrong_with([one]) for one in spoilt)
