"""Blocked wins, what was not evaluated is never a pass, and report mode blocks nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.checks.model import CheckResult, Finding, Outcome, Severity
from fairlead.errors import FairleadError
from fairlead.gate.baseline import apply_baseline, read_baseline, write_baseline
from fairlead.gate.decide import Verdict, VerdictOutcome, decide
from fairlead.gate.policy import DEFAULT_POLICY, CheckPolicy, Mode, Policy, amend
from gate.samples import finding


def result(check: str, outcome: Outcome, findings: tuple[Finding, ...] | None = None) -> CheckResult:
    if findings is None:
        findings = (finding(),) if outcome is Outcome.FAILED else ()
    return CheckResult(
        check=check,
        outcome=outcome,
        seconds=0.1,
        cached=False,
        findings=findings,
        because="of a reason",
    )


def verdict(*outcomes: Outcome, policy: Policy = DEFAULT_POLICY) -> Verdict:
    names = ("lint", "sast", "secrets", "format", "workflows")
    return decide(
        [result(name, outcome) for name, outcome in zip(names, outcomes, strict=False)], policy=policy
    )


def test_a_new_finding_blocks_even_where_another_check_was_not_evaluated() -> None:
    decided = verdict(Outcome.NOT_EVALUATED, Outcome.FAILED, Outcome.PASSED)

    assert decided.outcome is VerdictOutcome.BLOCKED
    assert decided.exit_code == 1
    assert decided.sentence == "Blocked: 1 of 3 checks found something new."


def test_what_was_not_evaluated_is_no_pass() -> None:
    decided = verdict(Outcome.NOT_EVALUATED, Outcome.PASSED)

    assert decided.outcome is VerdictOutcome.NOT_EVALUATED
    assert decided.exit_code == 2
    assert "lint could not be evaluated: of a reason" in decided.reasons


def test_skipped_checks_are_not_counted_as_having_looked() -> None:
    assert verdict(Outcome.PASSED, Outcome.SKIPPED).sentence == "Pass: 1 check found nothing new."
    assert verdict(Outcome.SKIPPED).sentence == "Pass: no check was needed."


def test_a_check_that_only_reports_leaves_the_verdict_alone_but_is_named() -> None:
    decided = verdict(Outcome.FAILED, policy=amend(DEFAULT_POLICY, "lint", blocks=False))

    assert decided.outcome is VerdictOutcome.PASS
    assert decided.reasons == ("lint found 1 new problem, only reported by policy",)
    assert decided.sentence == "Pass: 1 of 1 check found something new and only reports it (lint)."


def test_report_mode_blocks_nothing_and_says_what_it_would_have_done() -> None:
    decided = verdict(Outcome.FAILED, policy=Policy(mode=Mode.REPORT))

    assert decided.outcome is VerdictOutcome.PASS
    assert decided.unenforced is VerdictOutcome.BLOCKED
    assert decided.exit_code == 0
    assert decided.sentence.startswith("Report only, nothing blocks.")


def test_report_mode_does_not_turn_the_unknown_into_a_pass() -> None:
    decided = verdict(Outcome.NOT_EVALUATED, policy=Policy(mode=Mode.REPORT))

    assert decided.outcome is VerdictOutcome.NOT_EVALUATED
    assert decided.exit_code == 0


@given(st.lists(st.sampled_from(list(Outcome)), max_size=5))
def test_a_pass_means_that_nothing_failed_and_nothing_is_open(outcomes: list[Outcome]) -> None:
    decided = verdict(*outcomes)

    passed = decided.outcome is VerdictOutcome.PASS
    assert passed == (not {Outcome.FAILED, Outcome.NOT_EVALUATED} & set(outcomes))
    assert (decided.exit_code == 0) == passed
    assert passed or decided.reasons


def test_a_recorded_baseline_makes_its_findings_old_and_the_check_pass() -> None:
    failed = result("lint", Outcome.FAILED)
    known = read_baseline(write_baseline([failed]))

    (after,) = apply_baseline([failed], known)

    assert after.outcome is Outcome.PASSED
    assert [found.new for found in after.findings] == [False]


def test_a_note_beyond_the_baseline_does_not_count() -> None:
    note = replace(finding(fingerprint="new"), severity=Severity.NOTE)
    failed = result("lint", Outcome.FAILED, findings=(finding(fingerprint="old"), note))

    (after,) = apply_baseline([failed], frozenset({"old"}))

    assert after.outcome is Outcome.PASSED


def test_notes_are_no_problems_in_the_reason() -> None:
    note = replace(finding(), severity=Severity.NOTE)

    decided = decide(
        [result("lint", Outcome.FAILED, findings=(finding(), note))], policy=DEFAULT_POLICY
    )

    assert decided.reasons == ("lint found 1 new problem",)


def test_a_finding_beyond_the_baseline_still_blocks() -> None:
    failed = result(
        "lint", Outcome.FAILED, findings=(finding(fingerprint="old"), finding(fingerprint="new"))
    )

    (after,) = apply_baseline([failed], frozenset({"old"}))

    assert after.outcome is Outcome.FAILED
    assert [found.fingerprint for found in after.findings] == ["new", "old"]


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "findings": []}', '{"version": 1}', "{"])
def test_a_damaged_baseline_is_an_error_with_a_fix(text: str) -> None:
    with pytest.raises(FairleadError, match=r"fairlead-baseline\.json") as caught:
        read_baseline(text)

    assert "fairlead baseline" in caught.value.fix


def test_a_check_that_the_policy_does_not_know_blocks_by_default() -> None:
    assert Policy().of("new") == CheckPolicy()
    assert Policy().of("new").blocks
