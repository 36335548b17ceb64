"""Plain output, by a regular expression with named groups."""

from __future__ import annotations

import re

from fairlead.checks.model import Finding
from fairlead.checks.readers.report import Place, Report, number, severity_of

GROUPS = frozenset({"path", "line", "message", "rule", "severity"})
"""What a pattern's groups may be named; ``message`` has to be among them."""


def read(raw: bytes, place: Place, pattern: re.Pattern[str], proof: re.Pattern[str] | None) -> Report:
    """Return a finding for each match of ``pattern``.

    Output without a match shows nothing by itself: ``evidence`` is ``""`` then, unless ``proof``, which
    stands for what the tool prints when it has looked, is found in it.
    """
    printed = raw.decode("utf-8", "replace")
    findings: list[Finding] = []
    for match in pattern.finditer(printed):
        groups = {name: value or "" for name, value in match.groupdict().items()}
        path, line = place.path(groups.get("path", "").strip()), number(groups.get("line", ""))
        message = groups.get("message", "").strip()
        findings.append(
            Finding(
                rule=groups.get("rule", "").strip() or "match",
                severity=severity_of(groups.get("severity", "")),
                path=path,
                line=line,
                what=message or match[0].strip(),
                why="",
                fix="",
                context=f"{message} {place.line(path, line).strip()}",
            )
        )
    seen = proof.search(printed) if proof else None
    if seen:
        evidence = f"it printed {seen[0].strip()[:80]!r}"
    elif proof is None and findings:
        evidence = f"it printed {len(findings)} lines of the expected form"
    else:
        evidence = ""
    return Report(findings=tuple(findings), results=len(findings), evidence=evidence)
