"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), the parts that findings need."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from fairlead.checks.model import Finding, Severity
from fairlead.checks.readers.report import (
    Place,
    Report,
    mapping,
    number,
    sequence,
    severity_of,
    text,
    unreadable,
)
from fairlead.errors import FairleadError

_Object = Mapping[str, object]


def read(raw: bytes, place: Place) -> Report:
    """Return what a SARIF log reports.

    It shows that its tools looked when it has a run and no run says that it failed. Results that are
    suppressed, of another kind than ``fail``, or absent by their baseline are no findings.
    """
    try:
        log = json.loads(raw)
    except (ValueError, RecursionError) as error:  # no text, no JSON, or nested without end
        raise unreadable("SARIF", str(error)) from error
    if not isinstance(log, dict) or not isinstance(log.get("runs"), list):
        raise unreadable("SARIF", "it has no list of runs")
    runs = [mapping(run) for run in log["runs"]]
    if not runs:
        raise FairleadError(
            "its SARIF report has no runs, so no tool looked at anything",
            fix="run the command by hand; a tool that looked writes a run even without results",
        )
    findings: list[Finding] = []
    results = 0
    for run in runs:
        _refuse_failed(run)
        if not isinstance(run.get("results"), list):
            raise FairleadError(
                "a run of its SARIF report has no results, which says that it did not scan",
                fix="run the command by hand to see why it stopped",
            )
        reader = _Run(run=run, place=place)
        results += len(sequence(run["results"]))
        findings += reader.findings()
    tools = ", ".join(_Run(run=run, place=place).tool or "a tool without a name" for run in runs)
    return Report(findings=tuple(findings), results=results, evidence=f"SARIF of {tools}")


def _refuse_failed(run: _Object) -> None:
    for invocation in map(mapping, sequence(run.get("invocations"))):
        notices = [
            mapping(notice)
            for kind in ("toolExecutionNotifications", "toolConfigurationNotifications")
            for notice in sequence(invocation.get(kind))
        ]
        said = [
            text(mapping(one.get("message")).get("text"))
            for one in notices
            if one.get("level") == "error"
        ]
        if invocation.get("executionSuccessful") is False or said:
            reason = said[0] if said else text(invocation.get("exitCodeDescription"))
            raise FairleadError(
                "its SARIF report says that the tool failed" + (f": {reason[:300]}" if reason else ""),
                fix="run the command by hand and mend what it complains about",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    run: _Object
    place: Place

    @property
    def tool(self) -> str:
        return text(self._driver.get("name"))

    @property
    def _driver(self) -> _Object:
        return mapping(mapping(self.run.get("tool")).get("driver"))

    def findings(self) -> Iterator[Finding]:
        for result in map(mapping, sequence(self.run.get("results"))):
            if not _is_finding(result):
                continue
            rule = self._rule(result)
            path, line = self._where(result)
            message = self._message(mapping(result.get("message")), rule)
            name = text(result.get("ruleId")) or text(mapping(result.get("rule")).get("id"))
            yield Finding(
                rule=name or text(rule.get("id")) or self.tool,
                severity=_severity(result, rule),
                path=path,
                line=line,
                what=message or "(the report gives no message)",
                why=_words(rule.get("fullDescription")) or _words(rule.get("shortDescription")),
                fix=_fix(result) or _words(rule.get("help")),
                context=_identity(result) or self.place.line(path, line).strip() or message,
                url=text(rule.get("helpUri")),
            )

    def _rule(self, result: _Object) -> _Object:
        """Return the rule's description, which may be an extension's, by its index or its id."""
        reference = mapping(result.get("rule"))
        component = mapping(reference.get("toolComponent")).get("index")
        owner = self._driver
        if isinstance(component, int) and not isinstance(component, bool):
            extensions = sequence(mapping(self.run.get("tool")).get("extensions"))
            owner = mapping(extensions[component]) if 0 <= component < len(extensions) else {}
        rules = [mapping(rule) for rule in sequence(owner.get("rules"))]
        index = result.get("ruleIndex", reference.get("index"))
        if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(rules):
            return rules[index]
        name = text(result.get("ruleId")) or text(reference.get("id"))
        return next((rule for rule in rules if name and rule.get("id") == name), {})

    def _where(self, result: _Object) -> tuple[str, int]:
        locations = [mapping(one) for one in sequence(result.get("locations"))]
        physical = mapping(locations[0].get("physicalLocation")) if locations else {}
        artifact = mapping(physical.get("artifactLocation"))
        artifacts = sequence(self.run.get("artifacts"))
        index = artifact.get("index")
        if not text(artifact.get("uri")) and isinstance(index, int) and 0 <= index < len(artifacts):
            artifact = mapping(mapping(artifacts[index]).get("location"))
        line = number(mapping(physical.get("region")).get("startLine"))
        return self.place.path(self._resolved(artifact)), line

    def _resolved(self, artifact: _Object, depth: int = 0) -> str:
        """Return the artifact's URI, led through ``originalUriBaseIds`` as section 3.14.14 says."""
        uri = text(artifact.get("uri"))
        bases = mapping(self.run.get("originalUriBaseIds"))
        base = mapping(bases.get(text(artifact.get("uriBaseId"))))
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", uri):
            return uri if uri.startswith("file:") else ""
        above = self._resolved(base, depth + 1) if base and depth < 9 else ""
        if not above:
            return unquote(uri)
        joined = f"{above.rstrip('/')}/{uri}"
        return joined if above.startswith("file:") else unquote(joined)

    def _message(self, message: _Object, rule: _Object) -> str:
        words = text(message.get("text"))
        if not words:
            strings = mapping(rule.get("messageStrings"))
            words = text(mapping(strings.get(text(message.get("id")))).get("text"))
        given = [text(one) for one in sequence(message.get("arguments"))]
        return re.sub(
            r"\{(\d{1,3})\}",
            lambda found: given[int(found[1])] if int(found[1]) < len(given) else found[0],
            words,
        )


def _is_finding(result: _Object) -> bool:
    if result.get("kind", "fail") != "fail" or result.get("baselineState") == "absent":
        return False
    suppressions = [mapping(one) for one in sequence(result.get("suppressions"))]
    # Section 3.27.23: suppressed when there is one, and none is under review or rejected.
    accepted = all(one.get("status", "accepted") == "accepted" for one in suppressions)
    return not (suppressions and accepted)


def _severity(result: _Object, rule: _Object) -> Severity:
    level = result.get("level") or mapping(rule.get("defaultConfiguration")).get("level")
    return severity_of(level or "warning")


def _identity(result: _Object) -> str:
    for kind in ("fingerprints", "partialFingerprints"):
        prints = mapping(result.get(kind))
        if prints:
            return " ".join(f"{key}={prints[key]}" for key in sorted(prints))
    return ""


def _fix(result: _Object) -> str:
    fixes = [mapping(one) for one in sequence(result.get("fixes"))]
    return _words(fixes[0].get("description")) if fixes else ""


def _words(message: object) -> str:
    return text(mapping(message).get("text"))
