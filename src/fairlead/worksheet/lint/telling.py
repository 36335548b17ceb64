"""Findings in words, as JSON, and as SARIF for editors and code hosts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fairlead import __version__
from fairlead.worksheet.lint.model import Finding, Rule, Verdict
from fairlead.worksheet.lint.rules import BY_CODE, RULES
from fairlead.worksheet.model import Method, Problem
from fairlead.worksheet.timing import gauge, told

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(verdicts: Sequence[Verdict], method: Method, problems: Sequence[Problem]) -> str:
    """Return what was found, the answer first; a line ``path:line:column: CODE what`` for editors."""
    lines = [_sentence(verdicts, problems), ""]
    for problem in problems:
        lines += [
            f"{problem.path}:{problem.line}: not read: {problem.cause}",
            f"    fix  {problem.fix}",
        ]
    for verdict in verdicts:
        if not verdict.findings and not verdict.silenced:
            continue
        lines.append(f"{verdict.story.title}  {told(gauge(verdict.story, method))}")
        for one in verdict.findings:
            lines += [
                f"  {one.path}:{one.line}:{one.column}: {one.code} {one.what}",
                f"    why  {one.why}",
                f"    fix  {one.how}",
            ]
        lines += [f"  off: {one.finding.code} ({one.reason})" for one in verdict.silenced]
        lines.append("")
    quiet = [one for one in verdicts if not one.findings and not one.silenced]
    for verdict in quiet:
        lines.append(f"{verdict.story.title}  {told(gauge(verdict.story, method))}  nothing found")
    if any(verdict.findings for verdict in verdicts):
        lines += [
            "",
            "fairlead worksheet explain CODE says more; a story switches a rule off with its reason.",
        ]
    return "\n".join(lines).rstrip() + "\n"


def as_json(verdicts: Sequence[Verdict], method: Method, problems: Sequence[Problem]) -> str:
    """Return everything as one JSON object, keys in a fixed order."""
    return (
        json.dumps(
            {
                "version": 1,
                "stories": [_story_json(verdict, method) for verdict in verdicts],
                "problems": [
                    {"path": one.path, "line": one.line, "cause": one.cause, "fix": one.fix}
                    for one in problems
                ],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def as_sarif(verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> str:
    """Return a SARIF 2.1.0 log; what was switched off is there as suppressed, with its reason."""
    results = [_result(one, "") for verdict in verdicts for one in verdict.findings]
    results += [_result(one.finding, one.reason) for verdict in verdicts for one in verdict.silenced]
    notices = [
        {
            "level": "error",
            "message": {"text": f"{one.cause}; {one.fix}"},
            "locations": [_location(one.path, max(1, one.line), 1, max(1, one.line), 1)],
        }
        for one in problems
    ]
    log = {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "fairlead worksheet lint",
                        "version": __version__,
                        "rules": [_rule(rule) for rule in RULES],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {"executionSuccessful": not problems, "toolExecutionNotifications": notices}
                ],
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def explained(rule: Rule) -> str:
    """Return all that is known of a rule, for ``explain``."""
    return "\n".join(
        [
            f"{rule.code} {rule.name} ({rule.weight}): {rule.title}",
            "",
            f"why       {rule.why}",
            f"says who  {rule.source}",
            f"fix       {rule.how}",
            f"silent    {rule.silent}",
            "",
            "off       in the story's front matter, with a reason:",
            "            lint:",
            f"              {rule.code}: why it is right as it stands",
        ]
    )


def _sentence(verdicts: Sequence[Verdict], problems: Sequence[Problem]) -> str:
    findings = [one for verdict in verdicts for one in verdict.findings]
    stories = _count(len(verdicts), "story", "stories")
    unread = f"; {_count(len(problems), 'file')} could not be read" if problems else ""
    off = sum(len(verdict.silenced) for verdict in verdicts)
    switched = f"; {off} switched off" if off else ""
    if not verdicts:
        return f"Nothing was looked at: there are no stories{unread}."
    if not findings:
        return f"Nothing found in {stories}{switched}{unread}."
    hit = sum(bool(verdict.findings) for verdict in verdicts)
    wrong = sum(one.weight == "error" for one in findings)
    errors = f", {_count(wrong, 'error')} first" if wrong else ""
    return (
        f"{_count(len(findings), 'finding')} in {hit} of {stories}: mend what you would be asked"
        f" about{errors}{switched}{unread}."
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _story_json(verdict: Verdict, method: Method) -> dict[str, object]:
    time = gauge(verdict.story, method)
    return {
        "id": verdict.story.id,
        "title": verdict.story.title,
        "path": verdict.story.path,
        "words": time.words,
        "minutes": {
            "fast": round(time.fast, 2),
            "slow": round(time.slow, 2),
            "budget": [time.low, time.high],
        },
        "findings": [_finding_json(one) for one in verdict.findings],
        "switched_off": [
            {**_finding_json(one.finding), "reason": one.reason} for one in verdict.silenced
        ],
    }


def _finding_json(one: Finding) -> dict[str, object]:
    return {
        "code": one.code,
        "name": one.name,
        "weight": str(one.weight),
        "section": one.section,
        "line": one.line,
        "column": one.column,
        "end_line": one.end_line,
        "end_column": one.end_column,
        "excerpt": one.excerpt,
        "what": one.what,
        "why": one.why,
        "fix": one.how,
    }


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.why} ({rule.source})"},
        "help": {"text": rule.how},
        "defaultConfiguration": {"level": str(rule.weight)},
    }


def _result(one: Finding, reason: str) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": one.code,
        "level": str(one.weight),
        "message": {"text": f"{one.what}. {one.how}"},
        "locations": [_location(one.path, one.line, one.column, one.end_line, one.end_column)],
    }
    if one.code in BY_CODE:
        result["ruleIndex"] = [rule.code for rule in RULES].index(one.code)
    if reason:
        result["suppressions"] = [{"kind": "inSource", "justification": reason}]
    return result


def _location(path: str, line: int, column: int, end_line: int, end_column: int) -> dict[str, object]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": path},
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        }
    }
