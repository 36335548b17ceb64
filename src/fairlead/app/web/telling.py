"""What a change's page says, in words: the answer, what to do now, and where each check stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fairlead.records.model import CheckLine, FindingRow
from fairlead.records.showing import Shown

STEPS = 5
"""How many findings are turned into things to do before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer: a state (a key of the signs) and one sentence."""

    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do now: where, and what; ``address`` is where on this page it is explained."""

    text: str
    place: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check of the plan: where it stands, how long it took or has been going, and why.

    Seconds are wall time; ``since`` is when a running one began (seconds since 1970), ``expected`` how
    long it took last time. ``because`` is why it runs, was skipped or gave no answer, ``fix`` what
    would help. ``tail`` is the end of what its tool printed, while it runs and after.
    """

    check: str
    state: str
    because: str = ""
    doing: str = ""
    seconds: float | None = None
    since: float | None = None
    expected: float | None = None
    cached: bool = False
    new: int = 0
    fix: str = ""
    evidence: str = ""
    tools: str = ""
    tail: str = ""
    notes: tuple[str, ...] = ()


def headline(shown: Shown, rows: Sequence[CheckRow]) -> Headline:
    """Return the one sentence that answers what became of the change."""
    run, verdict = shown.run, shown.verdict
    if verdict is not None:
        return Headline(verdict.outcome, verdict.sentence)
    wanted = sum(row.state not in ("skipped",) for row in rows)
    if run is None:
        if shown.revision.plan is None:
            return Headline("", "Not read yet.")
        return Headline("", f"Not run yet: {_count(wanted, 'check')} would run.")
    if run.state == "queued":
        before = f", behind {_count(shown.ahead, 'other run')}" if shown.ahead else ""
        return Headline("queued", f"Queued: it waits for a worker{before}.")
    if run.state == "running":
        done = sum(row.state in ("passed", "failed", "not_evaluated") for row in rows)
        return Headline("running", f"Running: {done} of {_count(wanted, 'check')} done.")
    words = {
        "cancelled": "Cancelled",
        "superseded": "Superseded",
        "lost": "Lost",
        "failed": "Not carried out",
    }
    return Headline(
        run.state, f"{words.get(run.state, run.state)}: {run.because or 'no reason given'}."
    )


def steps(shown: Shown) -> tuple[Step, ...]:
    """Return what to do now, the first thing first; never nothing."""
    run = shown.run
    if run is None:
        return (Step("Run its checks: the button below does."),)
    if shown.verdict is not None:
        return tuple(_after_verdict(shown, shown.verdict.report)) or (
            Step("Nothing: the change may go on."),
        )
    if run.state in ("queued", "running"):
        return (Step("Wait, or leave: this page has an address and keeps what comes of it."),)
    if run.state == "superseded":
        number = shown.revisions[0].number
        return (
            Step(
                f"Look at revision {number}, which is newer.",
                address=f"/changes/{shown.change.id}/revisions/{number}",
            ),
        )
    return (Step(run.fix or "Run it again if you still want to know."),)


def check_rows(shown: Shown) -> tuple[CheckRow, ...]:
    """Return every check of the plan in its order, whether it ran, runs, will run or won't."""
    report = shown.verdict.report if shown.verdict else {}
    results = {str(result["check"]): result for result in _records(report, "results")}
    lines = {line.check: line for line in shown.checks}
    plan = _records(report or shown.revision.plan or {}, "plan")
    rows = [
        _row(str(planned["check"]), planned, results, lines, live=shown.run is not None)
        for planned in plan
    ]
    known = {row.check for row in rows}
    rows += [_running(line, "") for line in shown.checks if line.check not in known]
    return tuple(_told_once(rows))


def _told_once(rows: Iterable[CheckRow]) -> Iterator[CheckRow]:
    """Yield the rows, those that are open for the reason of an earlier one referring to it."""
    first: dict[tuple[str, str], str] = {}
    for row in rows:
        reason = (row.because, row.fix)
        if row.state != "not_evaluated" or first.setdefault(reason, row.check) == row.check:
            yield row
        else:
            yield replace(row, because=f"as for {first[reason]}", fix="")


def counts(finding: FindingRow) -> bool:
    """Whether a finding is held against the change."""
    return finding.new and finding.blocking and finding.severity != "note"


def place(finding: FindingRow) -> str:
    """Return where a finding is, as people write it: ``path:line``."""
    if not finding.path:
        return "the change as a whole"
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def _after_verdict(shown: Shown, report: Mapping[str, object]) -> Iterator[Step]:
    held = [finding for finding in shown.findings if counts(finding)]
    for finding in held[:STEPS]:
        yield Step(finding.fix or finding.what, place=place(finding), address=f"#finding-{finding.id}")
    if len(held) > STEPS:
        more = len(held) - STEPS
        yield Step(f"Then the {_count(more, 'other finding')} below.", address="#findings")
    open_for: dict[str, list[str]] = {}
    for result in _records(report, "results"):
        if result["outcome"] == "not_evaluated":
            fix = str(result["fix"]) or str(result["because"])
            open_for.setdefault(fix, []).append(str(result["check"]))
    for fix, checks in open_for.items():
        yield Step(fix, place=", ".join(checks), address=f"#check-{checks[0]}")


def _row(
    check: str,
    planned: Mapping[str, object],
    results: Mapping[str, Mapping[str, object]],
    lines: Mapping[str, CheckLine],
    *,
    live: bool,
) -> CheckRow:
    why = str(planned["because"])
    if check in results:
        return _ended(results[check], lines.get(check), why)
    if check in lines:
        return _running(lines[check], why)
    if not planned["run"]:
        return CheckRow(check=check, state="skipped", because=why)
    return CheckRow(check=check, state="waiting" if live else "planned", because=why)


def _ended(result: Mapping[str, object], line: CheckLine | None, planned: str) -> CheckRow:
    findings = _records(result, "findings")
    return CheckRow(
        check=str(result["check"]),
        state=str(result["outcome"]),
        because=str(result["because"]) or planned,
        seconds=_number(result["seconds"]),
        cached=bool(result["cached"]),
        new=sum(
            bool(found["new"] and found["blocking"] and found["severity"] != "note")
            for found in findings
        ),
        fix=str(result["fix"]),
        evidence=str(result["evidence"]),
        tools="; ".join(
            " ".join(str(tool[name]) for name in ("name", "version") if tool[name])
            + (f", {tool['origin']}" if tool["origin"] else "")
            for tool in _records(result, "tools")
        ),
        tail=line.tail if line else "",
        notes=tuple(str(note) for note in _list(result, "notes")),
    )


def _running(line: CheckLine, planned: str) -> CheckRow:
    return CheckRow(
        check=line.check,
        state=line.state,
        because=line.because or planned,
        doing=line.doing,
        seconds=line.seconds,
        since=line.started_at if line.state == "running" else None,
        expected=line.expected,
        cached=line.cached,
        new=line.new_findings,
        tail=line.tail,
    )


def _records(document: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    return [item for item in _list(document, name) if isinstance(item, Mapping)]


def _list(document: Mapping[str, object], name: str) -> Sequence[object]:
    value = document.get(name)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
