"""What a change's page says: the answer, and always something to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fairlead.app.web.telling import check_rows, headline, steps
from fairlead.records.model import (
    Change,
    CheckLine,
    FindingRow,
    Kind,
    Repository,
    Revision,
    Run,
    State,
    Verdict,
)
from fairlead.records.showing import RevisionLine, Shown

REVISION = Revision(
    id=4,
    change_id=2,
    number=1,
    base="b",
    head="h",
    created_at=1.0,
    nature="source",
    inert=False,
    size="S",
    risk=0.1,
    band="low",
    plan={
        "plan": [
            {"check": "lint", "run": True, "because": "1 source file"},
            {"check": "sast", "run": True, "because": "1 source file"},
            {"check": "workflows", "run": False, "because": "no file of its kind"},
        ]
    },
)
RUN = Run(
    id=7,
    revision_id=4,
    repository_id=1,
    state="queued",
    attempt=0,
    queued_at=1.0,
    started_at=None,
    ended_at=None,
    worker="",
    cancel_asked=False,
    everything=False,
    because="",
    fix="",
)
SHOWN = Shown(
    repository=Repository(
        id=1,
        name="lab",
        source="/lab",
        folder="/lab",
        default_branch="main",
        watched=True,
        trusted=True,
        added_at=1.0,
        looked_at=None,
        trouble="",
    ),
    change=Change(
        id=2,
        repository_id=1,
        key="branch x",
        kind=Kind.BRANCH,
        title="Work",
        author="Ada",
        state=State.OPEN,
        created_at=1.0,
        updated_at=1.0,
    ),
    revision=REVISION,
    revisions=(
        RevisionLine(id=4, number=1, base="b", head="h", created_at=1.0, size="S", run_state=""),
    ),
    runs=(),
    run=None,
    checks=(),
    verdict=None,
    findings=(),
    ahead=0,
)
LINE = CheckLine(
    check="lint",
    state="running",
    doing="head",
    started_at=2.0,
    seconds=None,
    expected=0.4,
    cached=False,
    new_findings=0,
    because="",
    tail="",
)


def finding(number: int, **changes: object) -> FindingRow:
    """Return a finding that blocks."""
    made = FindingRow(
        id=number,
        run_id=7,
        check="sast",
        rule="B602",
        severity="error",
        path="run.py",
        line=5,
        what="a shell runs a string",
        why="",
        fix="pass a list",
        url="",
        fingerprint="f",
        new=True,
        blocking=True,
        apart="",
    )
    return replace(made, **changes)


def said(shown: Shown) -> tuple[str, str]:
    answer = headline(shown, check_rows(shown))
    return answer.state, answer.sentence


@pytest.mark.parametrize(
    ("shown", "state", "sentence"),
    [
        (SHOWN, "", "Not run yet: 2 checks would run."),
        (replace(SHOWN, revision=replace(REVISION, plan=None)), "", "Not read yet."),
        (replace(SHOWN, run=RUN), "queued", "Queued: it waits for a worker."),
        (
            replace(SHOWN, run=RUN, ahead=2),
            "queued",
            "Queued: it waits for a worker, behind 2 other runs.",
        ),
        (
            replace(SHOWN, run=replace(RUN, state="running"), checks=(replace(LINE, state="passed"),)),
            "running",
            "Running: 1 of 2 checks done.",
        ),
        (
            replace(SHOWN, run=replace(RUN, state="lost", because="its worker gave no sign of life")),
            "lost",
            "Lost: its worker gave no sign of life.",
        ),
        (
            replace(SHOWN, run=replace(RUN, state="failed", because="the policy has a mistake")),
            "failed",
            "Not carried out: the policy has a mistake.",
        ),
    ],
)
def test_the_headline_answers_what_became_of_the_change(
    shown: Shown, state: str, sentence: str
) -> None:
    assert said(shown) == (state, sentence)


def test_what_blocks_is_what_to_do_first_and_what_was_not_evaluated_comes_after() -> None:
    verdict = Verdict(
        run_id=7,
        revision_id=4,
        outcome="blocked",
        sentence="Blocked: 1 of 2 checks found something new.",
        decided_at=9.0,
        seconds=1.0,
        report={
            "plan": [],
            "results": [
                {"check": "types", "outcome": "not_evaluated", "because": "no mypy", "fix": "add it"},
            ],
        },
    )
    findings = (
        *(finding(number, line=number) for number in range(1, 8)),
        finding(9, new=False),
        finding(10, severity="note"),
        finding(11, blocking=False, apart="only reported"),
    )

    todo = steps(replace(SHOWN, run=replace(RUN, state="blocked"), verdict=verdict, findings=findings))

    assert [step.place or step.text for step in todo] == [
        *("run.py:1", "run.py:2", "run.py:3", "run.py:4", "run.py:5"),
        "Then the 2 other findings below.",
        "types",
    ]
    assert todo[0].text == "pass a list"
    assert todo[-1].text == "add it"


def test_checks_that_are_open_for_one_reason_are_told_together() -> None:
    open_one = {"outcome": "not_evaluated", "because": "no environment", "fix": "make one"}
    names = ("types", "tests", "build")
    verdict = Verdict(
        run_id=7,
        revision_id=4,
        outcome="not_evaluated",
        sentence="Not evaluated: 3 of 3 checks could not be run to an answer.",
        decided_at=9.0,
        seconds=1.0,
        report={
            "plan": [{"check": name, "run": True, "because": "1 file"} for name in names],
            "results": [
                {**open_one, "check": name, "seconds": 0.1, "cached": False, "evidence": ""}
                for name in names
            ],
        },
    )
    shown = replace(SHOWN, run=replace(RUN, state="not_evaluated"), verdict=verdict)

    assert [(step.place, step.text) for step in steps(shown)] == [("types, tests, build", "make one")]
    assert [(row.because, row.fix) for row in check_rows(shown)] == [
        ("no environment", "make one"),
        ("as for types", ""),
        ("as for types", ""),
    ]


def test_a_superseded_run_leads_to_what_superseded_it() -> None:
    newer = RevisionLine(id=5, number=2, base="b", head="i", created_at=2.0, size="S", run_state="")
    shown = replace(
        SHOWN,
        run=replace(RUN, state="superseded", because="run 8"),
        revisions=(newer, *SHOWN.revisions),
    )

    assert steps(shown)[0].address == "/changes/2/revisions/2"


@pytest.mark.parametrize(
    "state", ["queued", "running", "cancelled", "superseded", "failed", "lost", "not_evaluated"]
)
def test_there_is_always_something_to_do(state: str) -> None:
    assert steps(replace(SHOWN, run=replace(RUN, state=state)))
    assert steps(SHOWN)


def test_a_check_that_is_not_known_yet_waits_and_one_that_is_skipped_says_why() -> None:
    rows = check_rows(replace(SHOWN, run=replace(RUN, state="running"), checks=(LINE,)))

    assert [(row.check, row.state, row.because) for row in rows] == [
        ("lint", "running", "1 source file"),
        ("sast", "waiting", "1 source file"),
        ("workflows", "skipped", "no file of its kind"),
    ]
    assert rows[0].since == 2.0
