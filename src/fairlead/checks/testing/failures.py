"""Findings made of what tests did: the assertion, what was captured, and how to see it again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath

from fairlead.checks.model import Finding, Severity
from fairlead.checks.rules.explanations import explain
from fairlead.checks.testing.sessions import Case, Ended, Session, Uncollected

FAILED = "test-failed"
ERROR = "test-error"
UNCOLLECTED = "test-uncollected"
FLAKY = "test-flaky"

_ASSERTION_LINES = 12
_CAPTURED_LINES = 6
_LONGEST = 200
_TELLING = re.compile(
    r"\b(error|exception|traceback|fatal|failed|critical|warning|denied)\b", re.IGNORECASE
)
_STREAM = re.compile(r"Captured (stdout|stderr|log)\b(?: (setup|call|teardown))?")

Reproduce = Callable[[Sequence[tuple[str, str]]], str]
"""Returns the command that runs these tests, each a file and a name in it, in the user's tree."""


def name_of(test: str, root: str) -> tuple[str, str]:
    """Return the file of a test, relative to the tree, and its name in there; ``root`` is pytest's."""
    path, _, name = test.partition("::")
    place = PurePosixPath(root) / path
    parts: list[str] = []
    for part in place.parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts), name


def failures(session: Session, reproduce: Reproduce) -> tuple[Finding, ...]:
    """Return a finding for each file that wasn't collected and each test that did not hold."""
    return (
        *(_uncollected(one, reproduce) for one in session.uncollected),
        *(failure(test, session.root, reproduce) for test in session.tests if test.failed),
    )


def failure(test: Case, root: str, reproduce: Reproduce) -> Finding:
    """Return the finding for a test that did not hold.

    Its identity is the test's name in its file: it is old when the base has it fail too, for whatever
    reason.
    """
    path, name = name_of(test.id, root)
    rule = FAILED if test.ended is Ended.FAILED else ERROR
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        path=path,
        line=test.line if test.path == path else 0,
        what=f"{name}: {_first(test.message)}" if test.message else name,
        why=_why(rule),
        fix=reproduce([(path, name)]),
        context=name,
        shown=(*_assertion(test.text), *_captured(test.sections)),
    )


def flaky(test: Case, root: str, reproduce: Reproduce, *, how: str) -> Finding:
    """Return the finding, reported apart, for a test that failed and then held; ``how`` tells which."""
    path, name = name_of(test.id, root)
    return Finding(
        rule=FLAKY,
        severity=Severity.WARNING,
        path=path,
        line=test.line if test.path == path else 0,
        what=f"{name} is flaky: it {how}" + (f": {_first(test.message)}" if test.message else ""),
        why=_why(FLAKY),
        fix=reproduce([(path, name)]),
        context=name,
        blocking=False,
        apart="it is reported, and doesn't hold the change back",
        shown=(*_assertion(test.text), *_captured(test.sections)),
    )


def _uncollected(one: Uncollected, reproduce: Reproduce) -> Finding:
    lines = [line for line in one.text.splitlines() if line.startswith("E ")]
    said = lines[-1][1:].strip() if lines else _first(one.text.strip().rpartition("\n")[2])
    return Finding(
        rule=UNCOLLECTED,
        severity=Severity.ERROR,
        path=one.path,
        line=_line_in(one.text, one.path),
        what=f"its tests can't be collected: {said}",
        why=_why(UNCOLLECTED),
        fix=reproduce([(one.path, "")]),
        shown=_assertion(one.text),
    )


def _why(rule: str) -> str:
    known = explain(rule)
    return known.why if known else ""


def _first(text: str) -> str:
    return _cut(text.strip().partition("\n")[0])


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _line_in(text: str, path: str) -> int:
    """Return the last line of the file that an account of an error names, 0 if it names none."""
    found = re.findall(rf"^{re.escape(path)}:(\d+):", text, re.MULTILINE)
    found += re.findall(rf'File "[^"]*{re.escape(path)}", line (\d+)', text)
    return int(found[-1]) if found else 0


def _assertion(text: str) -> tuple[str, ...]:
    """Return the lines in which pytest shows what failed: the statement and what became of it."""
    marked = [line for line in text.splitlines() if line.startswith((">", "E "))]
    shown = [line.rstrip() for line in marked if line[1:].strip()]
    if len(shown) > _ASSERTION_LINES:  # the statement that raised is the last
        shown = [*shown[: _ASSERTION_LINES // 2], "…", *shown[-_ASSERTION_LINES // 2 :]]
    return tuple(_cut(line) for line in shown)


def _captured(sections: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the end of each captured stream, and the lines before it that speak of trouble."""
    shown: list[str] = []
    for title, text in sections:
        known = _STREAM.search(title)
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        if not known or not lines:
            continue
        end = lines[-_CAPTURED_LINES:]
        before = [line for line in lines[:-_CAPTURED_LINES] if _TELLING.search(line)]
        phase = f" of {known[2]}" if known[2] and known[2] != "call" else ""
        shown.append(f"captured {known[1]}{phase}:")
        shown += [f"  {_cut(line)}" for line in (*before[-_CAPTURED_LINES:], *end)]
    return tuple(shown)
