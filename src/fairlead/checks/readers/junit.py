"""JUnit's XML as test runners write it: suites of cases, of which some failed."""

from __future__ import annotations

from fairlead.checks.model import Finding, Severity
from fairlead.checks.readers.report import Place, Report, number, unreadable
from fairlead.errors import FairleadError


def read(raw: bytes, place: Place) -> Report:
    """Return the failed cases; it shows that tests ran when at least one case was not skipped."""
    import xml.etree.ElementTree as ElementTree

    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:  # entities can be made to fill any memory
        raise unreadable("JUnit XML", "it declares a document type")
    try:
        top = ElementTree.fromstring(raw)  # noqa: S314, as nothing is declared
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise unreadable("JUnit XML", str(error)) from error
    if top.tag not in {"testsuites", "testsuite"}:
        raise unreadable("JUnit XML", f"it is a {top.tag}")
    cases = list(top.iter("testcase"))
    ran = [case for case in cases if case.find("skipped") is None]
    findings: list[Finding] = []
    for case in ran:
        name = "::".join(filter(None, (case.get("classname", ""), case.get("name", ""))))
        path = place.path(case.get("file", ""))
        for trouble in (*case.iter("failure"), *case.iter("error")):
            detail = (trouble.text or "").strip()
            message = trouble.get("message") or detail.partition("\n")[0]
            findings.append(
                Finding(
                    rule=trouble.tag,
                    severity=Severity.ERROR,
                    path=path,
                    line=number(case.get("line", "")),
                    what=f"{name}: {message}" if message else name,
                    why="a test that the project relies on does not hold",
                    fix=f"run it by itself and mend what it shows: {name}",
                    context=name,
                )
            )
    outside = [
        trouble
        for suite in (top, *top.iter("testsuite"))
        for trouble in (*suite.findall("error"), *suite.findall("failure"))
    ]
    if not ran or outside:
        why = "a suite failed outside of its tests" if outside else "no test ran"
        skipped = f" ({len(cases)} were skipped)" if cases and not ran else ""
        raise FairleadError(
            f"its JUnit report shows that {why}{skipped}",
            fix="run the command by hand; see which tests it collects",
        )
    return Report(
        findings=tuple(findings), results=len(findings), evidence=f"JUnit XML of {len(ran)} tests"
    )
