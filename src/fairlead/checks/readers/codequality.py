"""GitLab's code quality report (https://docs.gitlab.com/ci/testing/code_quality/)."""

from __future__ import annotations

import json

from fairlead.checks.model import Finding, Severity
from fairlead.checks.readers.report import (
    Place,
    Report,
    mapping,
    number,
    severity_of,
    text,
    unreadable,
)

_SEVERITIES = {"info": Severity.NOTE, "minor": Severity.WARNING}


def read(raw: bytes, place: Place) -> Report:
    """Return the report's violations; its fingerprints are what tells them apart."""
    try:
        listed = json.loads(raw)
    except (ValueError, RecursionError) as error:  # no text, no JSON, or nested without end
        raise unreadable("a code quality report", str(error)) from error
    if not isinstance(listed, list):
        raise unreadable("a code quality report", "it is no list")
    findings: list[Finding] = []
    for item in map(mapping, listed):
        location = mapping(item.get("location"))
        begin = mapping(location.get("lines")).get("begin")
        if isinstance(begin, dict):  # some tools put a position where the line belongs
            begin = begin.get("line")
        if begin is None:
            begin = mapping(mapping(location.get("positions")).get("begin")).get("line")
        path, line = place.path(text(location.get("path"))), number(begin)
        message = text(item.get("description"))
        if not message or not isinstance(location.get("path"), str):
            raise unreadable("a code quality report", "an entry lacks its description or its path")
        findings.append(
            Finding(
                rule=text(item.get("check_name")) or "code-quality",
                severity=_SEVERITIES.get(text(item.get("severity")), severity_of(item.get("severity"))),
                path=path,
                line=line,
                what=message,
                why="",
                fix="",
                context=text(item.get("fingerprint")) or place.line(path, line).strip() or message,
            )
        )
    return Report(findings=tuple(findings), results=len(findings), evidence="a code quality report")
