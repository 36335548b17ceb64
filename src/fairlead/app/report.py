"""A gated change as one value, and as the JSON that ``verdict.schema.json`` describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from fairlead import __version__
from fairlead.changes.model import Change, FileChange, Suppression
from fairlead.checks.model import CheckResult, Finding, ToolUse
from fairlead.gate.decide import Verdict
from fairlead.gate.plan import PlannedCheck
from fairlead.gate.policy import Policy
from fairlead.risk.model import RiskScore

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that one run says of a change; ``results`` and ``verdict`` are absent from a plan.

    ``seconds`` is wall time from reading the change to the verdict. ``notes`` say what was not looked
    at, or not as asked, each a sentence.
    """

    change: Change
    risk: RiskScore
    policy: Policy
    plan: tuple[PlannedCheck, ...]
    results: tuple[CheckResult, ...]
    verdict: Verdict | None
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def nature(self) -> str:
        """The nature with the most lines, ``""`` for a change without files."""
        return str(self.change.natures[0]) if self.change.natures else ""

    @property
    def inert(self) -> bool:
        """Whether there are files and every one of them was proved inert."""
        return bool(self.change.files) and all(file.inert for file in self.change.files)


def schema() -> str:
    """Return the JSON Schema (draft 2020-12) of ``report_json``'s answer, as text."""
    return files("fairlead.app").joinpath("verdict.schema.json").read_text("utf-8")


def readable(text: str) -> str:
    r"""Return git's bytes-in-a-string as text that any output takes: odd bytes as ``\\xff``."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half of a pair, as JSON can spell it: it stands for no byte
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def report_json(report: Report) -> dict[str, object]:
    """Return the report as JSON values; the order of lists is the report's."""
    document: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "fairlead": __version__,
        "change": _change(report.change),
        "risk": {
            "value": report.risk.value,
            "band": str(report.risk.band),
            "basis": report.risk.basis,
            "reasons": [
                {"feature": reason.feature, "value": reason.value, "log_odds": reason.log_odds}
                for reason in report.risk.reasons
            ],
        },
        "policy": {"source": report.policy.source, "mode": str(report.policy.mode)},
        "plan": [
            {
                "check": planned.check,
                "run": planned.run,
                "because": readable(planned.because),
                "steered_by": [readable(name) for name in planned.steered_by],
            }
            for planned in report.plan
        ],
        "notes": [readable(note) for note in report.notes],
        "seconds": round(report.seconds, 3),
    }
    if report.verdict is not None:
        document["results"] = [_result(result) for result in report.results]
        document["verdict"] = _verdict(report.verdict)
    return document


def _verdict(verdict: Verdict) -> Mapping[str, object]:
    return {
        "outcome": str(verdict.outcome),
        "sentence": readable(verdict.sentence),
        "reasons": [readable(reason) for reason in verdict.reasons],
        "mode": str(verdict.mode),
        "unenforced": str(verdict.unenforced),
        "exit_code": verdict.exit_code,
    }


def _change(change: Change) -> Mapping[str, object]:
    return {
        "base": change.range.base,
        "head": change.range.head,
        "base_tree": change.range.base_tree,
        "head_tree": change.range.head_tree,
        "label": readable(change.range.label),
        "title": readable(change.range.title),
        "natures": [str(nature) for nature in change.natures],
        "size": str(change.size),
        "counted_lines": change.counted,
        "left_out": [
            {"reason": left.reason, "files": left.files, "lines": left.lines}
            for left in change.left_out
        ],
        "files": [_file(file) for file in change.files],
        "notes": [readable(note) for note in change.notes],
    }


def _file(file: FileChange) -> Mapping[str, object]:
    return {
        "path": readable(file.path),
        "old_path": None if file.old_path is None else readable(file.old_path),
        "status": str(file.status),
        "nature": str(file.nature),
        "because": readable(file.because),
        "inert": None if file.inert is None else str(file.inert),
        "added": file.added,
        "deleted": file.deleted,
        "binary": file.binary,
        "suppressions": _suppressions(file.suppressions),
        "notes": [readable(note) for note in file.notes],
    }


def _suppressions(suppressions: Sequence[Suppression]) -> list[Mapping[str, object]]:
    return [
        {"check": found.check, "line": found.line, "text": readable(found.text), "added": found.added}
        for found in suppressions
    ]


def _result(result: CheckResult) -> Mapping[str, object]:
    return {
        "check": result.check,
        "outcome": str(result.outcome),
        "seconds": round(result.seconds, 3),
        "cached": result.cached,
        "because": readable(result.because),
        "fix": readable(result.fix),
        "evidence": readable(result.evidence),
        "tools": [_tool(tool) for tool in result.tools],
        "notes": [readable(note) for note in result.notes],
        "findings": [_finding(finding) for finding in result.findings],
    }


def _tool(tool: ToolUse) -> Mapping[str, object]:
    return {
        "name": readable(tool.name),
        "version": readable(tool.version),
        "origin": readable(tool.origin),
        "configuration": readable(tool.configuration),
    }


def _finding(finding: Finding) -> Mapping[str, object]:
    return {
        "rule": readable(finding.rule),
        "severity": str(finding.severity),
        "path": readable(finding.path),
        "line": finding.line,
        "what": readable(finding.what),
        "why": readable(finding.why),
        "fix": readable(finding.fix),
        "shown": [readable(line) for line in finding.shown],
        "url": readable(finding.url),
        "fingerprint": finding.fingerprint,
        "new": finding.new,
        "blocking": finding.blocking,
        "apart": readable(finding.apart),
    }
