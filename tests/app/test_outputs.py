"""The verdict as people and programs read it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import jsonschema
import pytest

from app.sample_report import sample_report
from fairlead.app.cli.terminal import report_text
from fairlead.app.report import report_json, schema
from fairlead.changes.model import Suppression
from fairlead.checks.model import Finding, Outcome, Severity
from gate.samples import finding


def shown(
    monkeypatch: pytest.MonkeyPatch,
    *findings: Finding,
    columns: int = 90,
    everything: bool = False,
) -> str:
    """Return the sample report as text; with findings, those are what its only check found."""
    report = sample_report()
    if findings:
        report = replace(report, results=(replace(report.results[0], findings=findings),))
    monkeypatch.setenv("COLUMNS", str(columns))
    return report_text(report, everything=everything)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


def test_a_report_is_what_the_schema_says_and_survives_json() -> None:
    document = json.loads(json.dumps(report_json(sample_report())))

    jsonschema.validate(document, json.loads(schema()))
    assert document["verdict"]["outcome"] == "blocked"
    assert document["results"][0]["findings"][0]["new"] is True


def test_a_plan_alone_has_neither_results_nor_verdict() -> None:
    document = report_json(replace(sample_report(), results=(), verdict=None))

    jsonschema.validate(document, json.loads(schema()))
    assert "verdict" not in document
    assert "results" not in document


def test_odd_bytes_in_a_path_become_text_that_json_takes() -> None:
    document = report_json(sample_report())

    assert r"\xff" in json.dumps(document, ensure_ascii=False).encode().decode().replace("\\\\", "\\")


def test_the_answer_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch).splitlines()[0] == "✗ Blocked: 1 of 4 checks found something new."


def test_a_finding_says_where_what_why_and_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch)

    for words in ("a shell runs a string", "it matters", "mend it", "this change added it"):
        assert words in text


def test_what_was_not_looked_at_is_said_with_its_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch)

    assert "? vulnerabilities  not evaluated: there are no advisories" in text
    assert "fix   fairlead advisories import all.zip" in text
    assert "big.bin is a Git LFS pointer" in text
    assert "not counted: 55000 lines of generated in 3 files" in " ".join(text.split())


def test_old_findings_are_counted_and_shown_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "2 old findings not counted" in shown(monkeypatch)
    assert "a line that was there before" not in shown(monkeypatch)
    assert "a line that was there before" in shown(monkeypatch, everything=True)


def test_a_comment_that_steers_a_tool_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the change adds `# noqa: F401` at src/a.py:3, for lint" in shown(monkeypatch)


@pytest.mark.parametrize(("everything", "listed"), [(False, 3), (True, 9)])
def test_many_comments_that_steer_a_tool_are_counted(
    monkeypatch: pytest.MonkeyPatch, everything: bool, listed: int
) -> None:
    report = sample_report()
    (file, *others) = report.change.files
    many = tuple(
        Suppression(check="types", path="src/b.py", line=line, text="# type: int", added=False)
        for line in range(1, 10)
    )
    change = replace(report.change, files=(replace(file, suppressions=many), *others))
    monkeypatch.setenv("COLUMNS", "90")

    text = report_text(replace(report, change=change), everything=everything)

    assert text.count("the change removes `# type: int` at src/b.py") == listed
    assert ("6 more for types are removed (--all lists them)" in text) is not everything


def test_checks_that_are_open_for_one_reason_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    report = sample_report()
    for_one_reason = tuple(
        replace(
            report.results[0],
            check=check,
            findings=(),
            outcome=Outcome.NOT_EVALUATED,
            because="no environment",
            fix="make one",
        )
        for check in ("types", "tests")
    )
    other = replace(for_one_reason[0], check="build", because="no room")
    monkeypatch.setenv("COLUMNS", "90")

    text = report_text(replace(report, results=(*for_one_reason, other)))

    assert "? types, tests  not evaluated: no environment" in text
    assert "? build  not evaluated: no room" in text
    assert text.count("no environment") == 1


def test_what_is_reported_apart_says_why_it_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the change didn't touch it" in shown(monkeypatch)


@pytest.mark.parametrize("everything", [False, True])
def test_nothing_from_outside_reaches_the_terminal_as_a_command(
    monkeypatch: pytest.MonkeyPatch, everything: bool
) -> None:
    text = shown(monkeypatch, everything=everything)

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    text.encode("utf-8")


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_every_width_shows_every_word(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    text = shown(monkeypatch, columns=columns)

    assert max(len(line) for line in text.splitlines()) <= columns
    assert "vulnerabilities" in text
    assert "no bound" in " ".join(text.split())


def test_a_note_is_a_remark_and_not_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    note = replace(finding(), severity=Severity.NOTE, what="a guess")

    text = shown(monkeypatch, finding(), note)

    assert "1 remark not counted (--all shows them)" in text
    assert "a guess" not in text


def test_what_grew_says_from_what(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, replace(finding(), measure=17.0, before=16.0))

    assert "this change made it worse: 16 before" in text
