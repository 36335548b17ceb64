"""What a session of tests did, read from the journal that it wrote; a journal may end anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from fairlead.checks import reports


class Ended(StrEnum):
    """How a test ended; ``error`` is a failure outside of the test's own body."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test that ran to its end.

    ``path`` is relative to the tree, ``line`` 1-based: the last line of the test's own file that its
    failure went through, else where the test begins. ``message`` is what was raised, ``text`` pytest's
    account of it, ``sections`` the captured streams, with their names; all are empty unless it failed.
    ``seconds`` counts its setup and teardown. ``repeated`` is whether a plugin ran it again.
    """

    id: str
    ended: Ended
    path: str
    line: int
    seconds: float
    message: str = ""
    text: str = ""
    sections: tuple[tuple[str, str], ...] = ()
    repeated: bool = False

    @property
    def failed(self) -> bool:
        """Whether it did not hold, for whatever reason."""
        return self.ended in {Ended.FAILED, Ended.ERROR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncollected:
    """A file whose tests could not be collected, and pytest's account of why."""

    id: str
    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """All that is known of a session.

    ``root`` is pytest's root folder, relative to the tree. ``tests`` are those that ran to their end,
    in their order; ``running`` is one that began and didn't end. ``collected`` tests were to run,
    ``deselected`` were left out; both are 0 when collecting did not come to its end. ``recorded`` is
    how many tests an earlier session had recorded, of which this one chose. ``whole`` is true when the
    session ended by itself, having run all that it was to run. ``trouble`` says in words what stopped
    it otherwise, as far as pytest could tell.
    """

    pytest: str = ""
    python: str = ""
    root: str = "."
    configuration: str = ""
    tests: tuple[Case, ...] = ()
    uncollected: tuple[Uncollected, ...] = ()
    running: str = ""
    collected: int = 0
    deselected: int = 0
    recorded: int = 0
    whole: bool = False
    status: int | None = None
    trouble: str = ""

    @property
    def ran(self) -> int:
        """How many tests ran and were not skipped."""
        return sum(test.ended is not Ended.SKIPPED for test in self.tests)


def read_session(journal: Path) -> Session:
    """Return what the journal tells; raises FairleadError when a line of it can't be read.

    A journal that isn't there is one of a session that never began.
    """
    try:
        raw = journal.read_bytes()
    except FileNotFoundError:
        return Session()
    lines = raw.splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        lines.pop()  # the process ended while it wrote
    events = [reports.parsed(line, tool="the tests' journal") for line in lines]
    with reports.reading("the tests' journal"):
        return _session(events)


def _session(events: Sequence[Mapping[str, Any]]) -> Session:
    by_kind: dict[str, Mapping[str, Any]] = {}
    phases: dict[str, list[Mapping[str, Any]]] = {}
    order: list[str] = []
    for event in events:
        kind = event["event"]
        if kind == "began":
            order.append(event["id"])
        elif kind == "phase":
            phases.setdefault(event["id"], []).append(event)
        elif kind != "uncollected":
            by_kind.setdefault(kind, event)
    configured, collected = by_kind.get("configured", {}), by_kind.get("collected", {})
    finished = by_kind.get("finished", {})
    tests = tuple(_tests(dict.fromkeys(order), phases))
    done = {test.id for test in tests}
    ended = by_kind.get("ended", {}).get("status")
    # 0: all held, 1: some failed, 5: none was chosen; the others are pytest's words for "cut short"
    by_itself = ended in {0, 1, 5} and finished.get("status") in {0, 1, 5} and not finished["stopped"]
    return Session(
        pytest=configured.get("pytest", ""),
        python=configured.get("python", ""),
        root=configured.get("root", "."),
        configuration=configured.get("configuration", ""),
        tests=tests,
        uncollected=tuple(
            Uncollected(id=event["id"], path=event["path"], text=event["text"])
            for event in events
            if event["event"] == "uncollected"
        ),
        running=next((name for name in reversed(order) if name not in done), ""),
        collected=collected.get("tests", 0),
        deselected=collected.get("deselected", 0),
        recorded=by_kind.get("chosen", {}).get("recorded", 0),
        whole=by_itself and "tests" in collected and len(done) >= collected["tests"],
        status=ended,
        trouble=_trouble(by_kind, finished),
    )


def _tests(
    order: Mapping[str, None], phases: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[Case]:
    """Yield the tests whose teardown was reached, each once."""
    for name in order:
        found = phases.get(name, ())
        if not any(phase["when"] == "teardown" for phase in found):
            continue
        repeats = [at for at, phase in enumerate(found) if phase["outcome"] == "rerun"]
        last = found[repeats[-1] + 1 :] if repeats else found
        failures = [phase for phase in last if phase["outcome"] == "failed"]
        telling = failures[0] if failures else last[0]
        if failures:
            ended = Ended.FAILED if telling["when"] == "call" else Ended.ERROR
        elif any(phase["outcome"] == "skipped" and not phase["expected"] for phase in last):
            ended = Ended.SKIPPED
        else:
            ended = Ended.PASSED
        yield Case(
            id=name,
            ended=ended,
            path=telling["path"],
            line=telling["line"],
            seconds=sum(phase["seconds"] for phase in found),
            message=telling.get("message", ""),
            text=telling.get("text", ""),
            sections=tuple((title, text) for title, text in telling.get("sections", ())),
            repeated=bool(repeats),
        )


def _trouble(by_kind: Mapping[str, Mapping[str, Any]], finished: Mapping[str, Any]) -> str:
    if "internal" in by_kind:
        return f"pytest failed inside: {by_kind['internal']['why']}"
    if "interrupted" in by_kind:
        return f"the session was interrupted: {by_kind['interrupted']['why']}"
    if finished.get("stopped"):
        return f"the session stopped early: {finished['stopped']}"
    return ""
