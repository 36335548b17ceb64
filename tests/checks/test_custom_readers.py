"""Reading SARIF, JUnit, code quality and plain lines: what becomes a finding, and what refuses to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.checks.model import Severity
from fairlead.checks.readers import codequality, junit, lines, sarif
from fairlead.checks.readers.report import Place, Report
from fairlead.errors import FairleadError


@pytest.fixture
def place(tmp_path: Path) -> Place:
    tree = tmp_path / "tree"
    (tree / "src").mkdir(parents=True)
    (tree / "src/a b.js").write_text("first\n  second\n")
    (tmp_path / "secret").write_text("not in the tree\n")
    (tree / "link").symlink_to("../secret")
    return Place(folder=tree)


def run(**more: object) -> dict[str, object]:
    return {"tool": {"driver": {"name": "tool"}}, "results": [], **more}


def result(**more: object) -> dict[str, object]:
    return {"ruleId": "R1", "message": {"text": "wrong"}, **more}


def at(uri: str, line: int = 2, **more: object) -> dict[str, object]:
    artifact = {"uri": uri, **more}
    region = {"startLine": line}
    return {"locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}]}


def read_sarif(place: Place, *runs: dict[str, object]) -> Report:
    return sarif.read(json.dumps({"version": "2.1.0", "runs": runs}).encode(), place)


def test_a_sarif_result_becomes_a_finding(place: Place) -> None:
    rule = {
        "id": "R1",
        "helpUri": "https://example.org/R1",
        "fullDescription": {"text": "it breaks"},
        "help": {"text": "do it so"},
        "defaultConfiguration": {"level": "error"},
    }
    driver = {"name": "tool", "rules": [{"id": "R0"}, rule]}

    report = read_sarif(place, run(tool={"driver": driver}, results=[result(**at("src/a%20b.js"))]))

    (found,) = report.findings
    assert (found.rule, found.severity, found.path, found.line) == (
        "R1",
        Severity.ERROR,
        "src/a b.js",
        2,
    )
    assert (found.what, found.why, found.fix) == ("wrong", "it breaks", "do it so")
    assert (found.url, found.context) == ("https://example.org/R1", "second")
    assert report.evidence == "SARIF of tool"


@pytest.mark.parametrize(
    ("level", "severity"),
    [("error", "error"), ("warning", "warning"), ("note", "note"), ("none", "note"), (None, "warning")],
)
def test_sarif_levels(place: Place, level: str | None, severity: str) -> None:
    given_level = {"level": level} if level else {}

    (found,) = read_sarif(place, run(results=[result(**given_level)])).findings

    assert found.severity.value == severity


@pytest.mark.parametrize(
    "more",
    [
        {"suppressions": [{"kind": "inSource"}]},
        {"suppressions": [{"kind": "external", "status": "accepted"}]},
        {"kind": "pass"},
        {"kind": "notApplicable"},
        {"kind": "informational"},
        {"baselineState": "absent"},
    ],
)
def test_sarif_results_that_are_no_findings_are_counted(place: Place, more: dict[str, object]) -> None:
    report = read_sarif(place, run(results=[result(**more)]))

    assert (report.findings, report.results) == ((), 1)


@pytest.mark.parametrize(
    "suppressions", [[], [{"kind": "external", "status": "rejected"}], [{"status": "underReview"}]]
)
def test_a_suppression_that_is_not_accepted_suppresses_nothing(
    place: Place, suppressions: list[dict[str, object]]
) -> None:
    assert len(read_sarif(place, run(results=[result(suppressions=suppressions)])).findings) == 1


def test_sarif_fingerprints_tell_findings_apart(place: Place) -> None:
    report = read_sarif(place, run(results=[result(partialFingerprints={"b/v1": "2", "a/v1": "1"})]))

    assert report.findings[0].context == "a/v1=1 b/v1=2"


@pytest.mark.parametrize(
    "uri",
    [
        "src/a%20b.js",
        "./src/a%20b.js",
        "src/../src/a%20b.js",
        "file://{tree}/src/a%20b.js",
        "file://localhost{tree}/src/a%20b.js",
        "file:{tree}/src/a%20b.js",
    ],
)
def test_sarif_uris_are_made_relative_to_the_tree(place: Place, uri: str) -> None:
    uri = uri.format(tree=place.folder)

    assert read_sarif(place, run(results=[result(**at(uri))])).findings[0].path == "src/a b.js"


def test_sarif_base_uris_are_followed(place: Place) -> None:
    bases = {"ROOT": {"uri": f"file://{place.folder}/"}, "SRC": {"uri": "src/", "uriBaseId": "ROOT"}}

    report = read_sarif(
        place, run(originalUriBaseIds=bases, results=[result(**at("a%20b.js", uriBaseId="SRC"))])
    )

    assert report.findings[0].path == "src/a b.js"


def test_sarif_base_uris_that_lead_in_a_circle_end(place: Place) -> None:
    bases = {"A": {"uri": "a/", "uriBaseId": "B"}, "B": {"uri": "b/", "uriBaseId": "A"}}

    report = read_sarif(
        place, run(originalUriBaseIds=bases, results=[result(**at("x.js", uriBaseId="A"))])
    )

    assert report.findings[0].path.endswith("a/x.js")


@pytest.mark.parametrize(
    "uri", ["../x", "file:///etc/passwd", "https://example.org/x", "/etc/passwd", ""]
)
def test_a_place_outside_of_the_tree_is_no_place(place: Place, uri: str) -> None:
    assert read_sarif(place, run(results=[result(**at(uri))])).findings[0].path == ""


def test_sarif_messages_by_id_with_arguments(place: Place) -> None:
    rules = [{"id": "R1", "messageStrings": {"m": {"text": "{0} is not {1}{9}"}}}]
    given_result = {"ruleIndex": 0, "message": {"id": "m", "arguments": ["one", "two"]}}

    report = read_sarif(
        place, run(tool={"driver": {"name": "t", "rules": rules}}, results=[given_result])
    )

    assert (report.findings[0].what, report.findings[0].rule) == ("one is not two{9}", "R1")


def test_sarif_rules_of_extensions(place: Place) -> None:
    extension = {"name": "e", "rules": [{"id": "E1", "helpUri": "https://example.org"}]}
    given_result = {"rule": {"index": 0, "toolComponent": {"index": 0}}, "message": {"text": "x"}}

    report = read_sarif(
        place, run(tool={"driver": {"name": "t"}, "extensions": [extension]}, results=[given_result])
    )

    assert (report.findings[0].rule, report.findings[0].url) == ("E1", "https://example.org")


@pytest.mark.parametrize(
    "more",
    [
        {"invocations": [{"executionSuccessful": False, "exitCodeDescription": "no config"}]},
        {
            "invocations": [
                {
                    "executionSuccessful": True,
                    "toolExecutionNotifications": [
                        {"level": "error", "message": {"text": "no config"}}
                    ],
                }
            ]
        },
    ],
)
def test_a_sarif_run_that_failed_is_refused_with_its_reason(
    place: Place, more: dict[str, object]
) -> None:
    with pytest.raises(FairleadError, match="no config"):
        read_sarif(place, run(), run(**more))


@pytest.mark.parametrize("results", [None, "x", {}])
def test_a_sarif_run_that_did_not_scan_is_refused(place: Place, results: object) -> None:
    with pytest.raises(FairleadError, match="did not scan"):
        read_sarif(place, run(results=results))


KEYS = [
    *("runs", "results", "ruleId", "rule", "ruleIndex", "message", "text", "locations", "arguments"),
    *("physicalLocation", "artifactLocation", "uri", "index", "region", "startLine", "suppressions"),
    *("kind", "level", "tool", "driver", "rules", "extensions", "toolComponent", "invocations", "id"),
    *("fixes", "partialFingerprints", "location", "path", "lines", "begin", "positions", "severity"),
    "description",
]
junk = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@given(value=junk)
def test_any_json_is_read_or_refused(value: object) -> None:
    place = Place(folder=Path("/nowhere"))
    for raw in (value, {"runs": [{"results": [value]}]}, {"runs": [value]}, [value]):
        for read in (sarif.read, codequality.read):
            try:
                report = read(json.dumps(raw).encode(), place)
            except FairleadError:
                continue
            assert all(one.line >= 0 and one.what for one in report.findings)


@given(raw=st.binary(max_size=50))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    place = Place(folder=Path("/nowhere"))
    for read in (sarif.read, codequality.read, junit.read):
        with pytest.raises(FairleadError):
            read(b"\x01" + raw, place)


def test_json_that_is_nested_without_end_is_refused(place: Place) -> None:
    for read in (sarif.read, codequality.read):
        with pytest.raises(FairleadError):
            read(b"[" * 200_000, place)


JUNIT = """<?xml version="1.0"?>
<testsuites><testsuite name="s">
  <testcase classname="tests.a" name="one" file="src/a b.js" line="2">
    <failure message="1 != 2"/></testcase>
  <testcase classname="tests.a" name="two"><error>boom
   at line 3</error></testcase>
  <testcase classname="tests.a" name="three"><skipped/></testcase>
  <testcase classname="tests.a" name="four"/>
</testsuite></testsuites>"""


def test_failed_cases_of_junit_become_findings(place: Place) -> None:
    report = junit.read(JUNIT.encode(), place)

    assert [(one.rule, one.path, one.line, one.what) for one in report.findings] == [
        ("failure", "src/a b.js", 2, "tests.a::one: 1 != 2"),
        ("error", "", 0, "tests.a::two: boom"),
    ]
    assert report.evidence == "JUnit XML of 3 tests"


@pytest.mark.parametrize(
    ("xml", "cause"),
    [
        ("<testsuites/>", "no test ran"),
        ("<testsuite tests='5'/>", "no test ran"),
        ("<testsuite><testcase name='a'><skipped/></testcase></testsuite>", "1 were skipped"),
        (
            "<testsuite><testcase name='a'/><error>import failed</error></testsuite>",
            "outside of its tests",
        ),
        ("<html/>", "it is a html"),
        ("<testsuite>", "not JUnit"),
        ("<!DOCTYPE x [<!ENTITY a 'aa'>]><testsuite>&a;</testsuite>", "document type"),
    ],
)
def test_junit_that_shows_no_test_is_refused(place: Place, xml: str, cause: str) -> None:
    with pytest.raises(FairleadError) as caught:
        junit.read(xml.encode(), place)

    assert cause in caught.value.cause


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("info", "note"),
        ("minor", "warning"),
        ("major", "error"),
        ("critical", "error"),
        ("blocker", "error"),
    ],
)
def test_code_quality_becomes_findings(place: Place, word: str, severity: str) -> None:
    item = {
        "description": "wrong",
        "check_name": "rule",
        "fingerprint": "abc",
        "severity": word,
        "location": {"path": "src/a b.js", "lines": {"begin": 2}},
    }

    (found,) = codequality.read(json.dumps([item]).encode(), place).findings

    assert (found.rule, found.severity.value, found.path, found.line) == (
        "rule",
        severity,
        "src/a b.js",
        2,
    )
    assert found.context == "abc"


@pytest.mark.parametrize(
    "where", [{"positions": {"begin": {"line": 2}}}, {"lines": {"begin": {"line": 2}}}]
)
def test_code_quality_by_positions(place: Place, where: dict[str, object]) -> None:
    item = {"description": "wrong", "location": {"path": "src/a b.js", **where}}

    (found,) = codequality.read(json.dumps([item]).encode(), place).findings

    assert (found.line, found.context) == (2, "second")


@pytest.mark.parametrize("item", [{}, 1, {"description": "x"}, {"location": {"path": "x"}}])
def test_code_quality_with_an_entry_that_is_none_is_refused(place: Place, item: object) -> None:
    with pytest.raises(FairleadError):
        codequality.read(json.dumps([item]).encode(), place)


def test_plain_lines_by_their_groups(place: Place) -> None:
    pattern = re.compile(
        r"^(?P<path>.+?):(?P<line>\d+): (?P<severity>\w+)(?:\[(?P<rule>\w+)\])?: (?P<message>.+)$",
        re.MULTILINE,
    )
    printed = "src/a b.js:2: error[X1]: wrong\nnoise\nlink:1: note: odd\n"

    report = lines.read(printed.encode(), place, pattern, None)

    assert [(one.rule, one.severity.value, one.path, one.line) for one in report.findings] == [
        ("X1", "error", "src/a b.js", 2),
        ("match", "note", "link", 1),
    ]
    assert [one.context for one in report.findings] == ["wrong second", "odd "]
    assert report.evidence
