"""Findings that a team has agreed to live with: recorded once, read from the base, never blocking."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from fairlead.checks.model import CheckResult, Outcome
from fairlead.errors import FairleadError

FILE = "fairlead-baseline.json"
"""Where a baseline lies, from the repository's root."""

_VERSION = 1


def read_baseline(text: str) -> frozenset[str]:
    """Return the fingerprints that a baseline file holds; raises FairleadError when it is damaged."""
    try:
        document = json.loads(text)
        if document["version"] != _VERSION:
            raise ValueError(f"version {document['version']} is not {_VERSION}")
        return frozenset(str(entry["fingerprint"]) for entry in document["findings"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FairleadError(
            f"{FILE} of the base can't be read: {error}",
            fix="record it again with `fairlead baseline` and commit it",
        ) from error


def write_baseline(results: Sequence[CheckResult]) -> str:
    """Return the baseline file's text for everything that these results found, in a stable order."""
    entries = [
        {
            "check": result.check,
            "rule": finding.rule,
            "path": finding.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"),
            "fingerprint": finding.fingerprint,
        }
        for result in results
        for finding in result.findings
    ]
    entries.sort(key=lambda entry: (entry["check"], entry["path"], entry["rule"], entry["fingerprint"]))
    return json.dumps({"version": _VERSION, "findings": entries}, indent=1) + "\n"


def apply_baseline(results: Sequence[CheckResult], known: frozenset[str]) -> tuple[CheckResult, ...]:
    """Return the results with every finding that the baseline knows marked as old."""
    if not known:
        return tuple(results)
    return tuple(_without_known(result, known) for result in results)


def _without_known(result: CheckResult, known: frozenset[str]) -> CheckResult:
    findings = tuple(
        replace(finding, new=False) if finding.fingerprint in known else finding
        for finding in result.findings
    )
    outcome = result.outcome
    if outcome is Outcome.FAILED and not any(found.counts for found in findings):
        outcome = Outcome.PASSED
    return replace(
        result, outcome=outcome, findings=tuple(sorted(findings, key=lambda found: not found.new))
    )
