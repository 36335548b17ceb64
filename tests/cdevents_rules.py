"""What CDEvents 0.5.1 asks of the events that Fairlead sends, as JSON schemas made from a table.

Context and subject are alike for every type; the table holds what differs, a subject's content. Facts:
the specification's own schemas (github.com/cdevents/spec at v0.5.1), with which these were compared
when they were written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VERSION = "0.5.1"

CUSTOM = ""
"""Under this name: what holds for a type of one's own."""

_TEXT = {"type": "string"}
_SOME = {"type": "string", "minLength": 1}
_PLACE = {"type": "string", "format": "uri"}
_SOURCE = {"type": "string", "minLength": 1, "format": "uri-reference"}
_OUTCOME = {"type": "string", "enum": ["success", "failure", "cancel", "error"]}
_OTHER = {
    "type": "object",
    "properties": {"id": _SOME, "source": _SOURCE},
    "required": ["id"],
    "additionalProperties": False,
}
_PIPELINE = {"pipelineName": _TEXT, "uri": _PLACE}
_TASK = {"taskName": _TEXT, "uri": _PLACE, "pipelineRun": _OTHER}
_REPOSITORY = {"owner": _TEXT, "uri": _PLACE, "viewUrl": _PLACE}

_CONTENTS: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "change.created.0.4.0": ({"description": _SOME, "repository": _OTHER}, ()),
    "change.updated.0.3.0": ({"repository": _OTHER}, ()),
    "pipelinerun.queued.0.3.0": (_PIPELINE, ()),
    "pipelinerun.started.0.3.0": (_PIPELINE, ("pipelineName", "uri")),
    "pipelinerun.finished.0.3.0": ({**_PIPELINE, "outcome": _OUTCOME, "errors": _TEXT}, ()),
    "repository.created.0.3.0": ({**_REPOSITORY, "name": _SOME}, ("name", "uri")),
    "repository.deleted.0.3.0": ({**_REPOSITORY, "name": _TEXT}, ()),
    "taskrun.started.0.3.0": (_TASK, ()),
    "taskrun.finished.0.3.0": ({**_TASK, "outcome": _TEXT, "errors": _TEXT}, ()),
}
"""By type, without what begins all of them: the fields that a content may have, and those it must."""


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each type, that of types of one's own under ``CUSTOM``."""
    found = {
        f"dev.cdevents.{name}": _schema({"enum": [f"dev.cdevents.{name}"]}, _closed(fields, needed))
        for name, (fields, needed) in _CONTENTS.items()
    }
    pattern = r"^dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.[0-9]\.[0-9]\.[0-9]$"
    found[CUSTOM] = _schema({"pattern": pattern}, {"type": "object"})
    return found


def _schema(type_: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    context = {
        **{"specversion": _SOME, "id": _SOME, "source": _SOURCE, "chainId": _SOME},
        **{"type": {"type": "string", **type_}, "schemaUri": {**_PLACE, "minLength": 1}},
        **{"timestamp": {"type": "string", "format": "date-time"}, "links": {"type": "array"}},
    }
    subject = {"id": _SOME, "source": _SOURCE, "content": content}
    return _closed(
        {
            "context": _closed(context, ("specversion", "id", "source", "type", "timestamp")),
            "subject": _closed(subject, ("id", "content")),
            "customData": {"anyOf": [{"type": "object"}, _TEXT]},
            "customDataContentType": _TEXT,
        },
        ("context", "subject"),
    )


def _closed(fields: Mapping[str, Any], needed: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of an object that may have these fields and no others."""
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(needed),
        "additionalProperties": False,
    }
