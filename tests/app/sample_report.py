"""A report with one of everything that the outputs have to show."""

from __future__ import annotations

from dataclasses import replace

from fairlead.app.report import Report
from fairlead.changes.model import LeftOut, Nature, Proof, Suppression
from fairlead.checks.model import CheckResult, Outcome, ToolUse
from fairlead.gate.decide import decide
from fairlead.gate.plan import PlannedCheck
from fairlead.gate.policy import DEFAULT_POLICY
from fairlead.risk.model import Band, Reason, RiskScore
from gate.samples import change, file_change, finding

HOSTILE = "evil\x1b[2J\u202etxt\udcff"

RUFF = ToolUse(
    name="ruff",
    version="0.15.9",
    origin="pinned by .pre-commit-config.yaml",
    configuration="pyproject.toml [tool.ruff]",
    command=("ruff",),
)


def sample_report() -> Report:
    noqa = Suppression(check="lint", path="src/a.py", line=3, text="# noqa: F401", added=True)
    files = (
        file_change("src/a.py", suppressions=(noqa,)),
        file_change("src/b.py", inert=Proof.SAME_SYNTAX_TREE),
        file_change(f"data/{HOSTILE}", nature=Nature.DATA),
    )
    read = replace(
        change(*files),
        left_out=(LeftOut(reason="generated", files=3, lines=55_000),),
        notes=("big.bin is a Git LFS pointer: its content was not looked at",),
    )
    new = replace(finding(), path=f"src/{HOSTILE}.py", what="a shell runs a string that a caller chose")
    old = replace(finding(new=False), rule="E501", what="a line that was there before")
    apart = replace(
        finding(blocking=False), rule="PYSEC-1", what="an advisory", apart="the change didn't touch it"
    )
    results = (
        CheckResult(
            check="sast", outcome=Outcome.FAILED, seconds=1.0, cached=False, findings=(new, old)
        ),
        CheckResult(
            check="lint",
            outcome=Outcome.PASSED,
            seconds=0.1,
            cached=True,
            findings=(old,),
            tools=(RUFF,),
        ),
        CheckResult(
            check="vulnerabilities",
            outcome=Outcome.NOT_EVALUATED,
            seconds=0.0,
            cached=False,
            because="there are no advisories",
            fix="fairlead advisories import all.zip",
        ),
        CheckResult(
            check="locks", outcome=Outcome.PASSED, seconds=0.0, cached=False, findings=(apart,)
        ),
        CheckResult(
            check="workflows",
            outcome=Outcome.SKIPPED,
            seconds=0.0,
            cached=False,
            because="no file of its kind among 3 files",
        ),
    )
    risk = RiskScore(
        value=0.12,
        band=Band.LOW,
        reasons=(Reason(feature="la", value=5.0, log_odds=0.3),),
        basis="by size and spread; no bound",
    )
    return Report(
        change=read,
        risk=risk,
        policy=DEFAULT_POLICY,
        plan=(
            PlannedCheck(check="lint", run=True, because="1 source file"),
            PlannedCheck(check="workflows", run=False, because="no file of its kind among 3 files"),
        ),
        results=results,
        verdict=decide(results, policy=DEFAULT_POLICY),
        seconds=0.93,
    )
