"""A run's findings as SARIF 2.1.0, for editors and code hosts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from urllib.parse import quote

from fairlead import __version__
from fairlead.records.model import FindingRow

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Sequence[FindingRow]) -> dict[str, object]:
    """Return a SARIF log with one run for each check; ``baselineState`` says what the change added.

    What is set apart is there as suppressed, with the reason.
    """
    ordered = sorted(findings, key=lambda one: one.check)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [_run(check, list(group)) for check, group in groupby(ordered, lambda one: one.check)],
    }


def _run(check: str, findings: Sequence[FindingRow]) -> dict[str, object]:
    return {
        "tool": {
            "driver": {
                "name": f"fairlead {check}",
                "version": __version__,
                "rules": list(_rules(findings)),
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(one) for one in findings],
    }


def _rules(findings: Iterable[FindingRow]) -> Iterable[dict[str, object]]:
    seen: set[str] = set()
    for one in findings:
        if one.rule in seen:
            continue
        seen.add(one.rule)
        rule: dict[str, object] = {"id": one.rule, "fullDescription": {"text": one.why or one.what}}
        if one.url.startswith("https://"):
            rule["helpUri"] = one.url
        yield rule


def _result(one: FindingRow) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": quote(one.path)}}
    if one.line > 0:
        place["region"] = {"startLine": one.line}
    result: dict[str, object] = {
        "ruleId": one.rule,
        "level": one.severity,
        "message": {"text": f"{one.what}\nfix: {one.fix}" if one.fix else one.what},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"fairlead/v1": one.fingerprint},
        "baselineState": "new" if one.new else "unchanged",
    }
    if one.apart:
        result["suppressions"] = [{"kind": "external", "justification": one.apart}]
    return result
