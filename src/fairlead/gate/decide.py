"""The verdict: pass, blocked or not evaluated, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fairlead.checks.model import CheckResult, Outcome
from fairlead.gate.policy import Mode, Policy


class VerdictOutcome(StrEnum):
    """What becomes of the change."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    BLOCKED = "blocked"
    NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome, the reasons for it (one sentence a check, worst first) and how it is enforced.

    In report mode nothing blocks: ``outcome`` is then ``pass`` where it would have been ``blocked``,
    and ``unenforced`` keeps what it would have been. What could not be evaluated stays so in either
    mode.
    """

    outcome: VerdictOutcome
    reasons: tuple[str, ...]
    sentence: str
    mode: Mode
    unenforced: VerdictOutcome

    @property
    def exit_code(self) -> int:
        """0 for a pass and for anything in report mode, 1 blocked, 2 not evaluated."""
        if self.mode is Mode.REPORT or self.outcome is VerdictOutcome.PASS:
            return 0
        return 1 if self.outcome is VerdictOutcome.BLOCKED else 2


def decide(results: Sequence[CheckResult], *, policy: Policy) -> Verdict:
    """Weigh the results: one that failed and blocks blocks; else one not evaluated leaves it open."""
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    blocking = [result for result in failed if policy.of(result.check).blocks]
    open_ended = [
        result
        for result in results
        if result.outcome is Outcome.NOT_EVALUATED and policy.of(result.check).blocks
    ]
    looked = sum(result.outcome is not Outcome.SKIPPED for result in results)
    reasons = [
        f"{result.check} found {_count(new_findings(result), 'new problem')}" for result in blocking
    ]
    reasons += [f"{result.check} could not be evaluated: {result.because}" for result in open_ended]
    reported = [result for result in failed if result not in blocking]
    reasons += [
        f"{result.check} found {_count(new_findings(result), 'new problem')}, only reported by policy"
        for result in reported
    ]
    if blocking:
        outcome = VerdictOutcome.BLOCKED
        sentence = f"Blocked: {len(blocking)} of {_count(looked, 'check')} found something new."
    elif open_ended:
        outcome = VerdictOutcome.NOT_EVALUATED
        of_all = _count(looked, "check")
        sentence = f"Not evaluated: {len(open_ended)} of {of_all} could not be run to an answer."
    else:
        outcome = VerdictOutcome.PASS
        sentence = _passed(looked, [result.check for result in reported])
    enforced = outcome
    if policy.mode is Mode.REPORT and outcome is not VerdictOutcome.PASS:
        sentence = f"Report only, nothing blocks. {sentence}"
        if outcome is VerdictOutcome.BLOCKED:
            enforced = VerdictOutcome.PASS
    return Verdict(
        outcome=enforced,
        reasons=tuple(reasons),
        sentence=sentence,
        mode=policy.mode,
        unenforced=outcome,
    )


def _passed(looked: int, reported: Sequence[str]) -> str:
    if not looked:
        return "Pass: no check was needed."
    if not reported:
        return f"Pass: {_count(looked, 'check')} found nothing new."
    only = "only reports" if len(reported) == 1 else "only report"
    return (
        f"Pass: {len(reported)} of {_count(looked, 'check')} found something new and {only} it "
        f"({', '.join(reported)})."
    )


def new_findings(result: CheckResult) -> int:
    """Return how many findings of a result count against the change."""
    return sum(finding.counts for finding in result.findings)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
