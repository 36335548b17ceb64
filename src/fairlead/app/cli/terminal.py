"""The report for people: the answer first, then what to do, then why; any width, colour or none."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fairlead.app.report import Report, readable
from fairlead.changes.model import Change, Suppression
from fairlead.checks.model import CheckResult, Finding, Outcome
from fairlead.gate.decide import Verdict, VerdictOutcome
from fairlead.gate.plan import PlannedCheck, listed
from fairlead.risk.model import RiskScore

_NARROWEST = 40
"""Columns below which lines are left to the terminal to break."""

SHOWN = 8
"""How many findings of one check are listed before the rest is counted."""

_REMARKS_SHOWN = 3
"""How many comments that steer one check are listed before the rest is counted."""

_STYLE = {
    VerdictOutcome.PASS: "bold green",
    VerdictOutcome.BLOCKED: "bold red",
    VerdictOutcome.NOT_EVALUATED: "bold yellow",
}
_MARK = {
    VerdictOutcome.PASS: "✓",
    VerdictOutcome.BLOCKED: "✗",
    VerdictOutcome.NOT_EVALUATED: "?",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def report_text(report: Report, *, everything: bool = False, width: int | None = None) -> str:
    """Return the report as lines, with colour where standard output is a terminal.

    ``everything`` has old findings, all files and the reasons of the score too; ``width`` in columns
    is the terminal's by default, and given for a file, which never has colour. ``NO_COLOR`` and a pipe
    turn colour off; no meaning is lost then.
    """
    return laid_out(lambda columns: _parts(report, everything), width)


def laid_out(parts: Callable[[int], Iterable[RenderableType]], width: int | None = None) -> str:
    """Return what ``parts`` makes for a number of columns, as lines without blanks at their ends.

    ``width`` and colour are as in ``report_text``.
    """
    console = Console(
        file=sys.stdout,
        highlight=False,
        emoji=False,
        width=width,
        force_terminal=None if width is None else False,
    )
    console.width = max(console.width, _NARROWEST)
    with console.capture() as capture:
        for part in parts(console.width):
            console.print(part)
    return "\n".join(line.rstrip(" ") for line in capture.get().splitlines()) + "\n"


def _parts(report: Report, everything: bool) -> Iterable[RenderableType]:
    if report.verdict is not None:
        yield _headline(report.verdict)
        yield ""
    yield _change_line(report.change)
    for note in (*report.change.notes, *report.notes):
        yield hanging("note", note)
    yield ""
    if report.verdict is None:
        yield _plan(report.plan)
        yield ""
    else:
        for block in _troubles(report, everything):
            yield block
            yield ""
        yield from _summary(report, everything)
        yield ""
    yield _risk_line(report)
    if everything:
        yield ""
        yield _files(report.change)
        yield _reasons(report.risk)


def clean(text: str) -> str:
    """Return text from outside without anything that a terminal would obey."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", readable(text))


def hanging(label: str, body: str | Text, *, style: str = "dim", width: int = 4) -> Padding:
    """Return a labelled paragraph whose further lines hang below its first word."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(min_width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(label, style=style), body if isinstance(body, Text) else Text(clean(body)))
    return Padding(grid, (0, 0, 0, 2))


def _headline(verdict: Verdict) -> Text:
    style = _STYLE[verdict.unenforced]
    return Text.assemble((f"{_MARK[verdict.unenforced]} ", style), (verdict.sentence, style))


def _change_line(change: Change) -> Text:
    natures = ", ".join(nature.value for nature in change.natures) or "nothing"
    left = "; ".join(
        f"{plural(item.lines, 'line')} of {item.reason} in {plural(item.files, 'file')}"
        for item in change.left_out
    )
    counted = f"{change.size}, {plural(change.counted, 'line')} in {plural(len(change.files), 'file')}"
    words = f"{natures} · {counted}" + (f" (not counted: {left})" if left else "")
    return Text.assemble((clean(change.range.label), "bold"), "  ", words)


def _troubles(report: Report, everything: bool) -> Iterable[RenderableType]:
    """Yield a block for each check with something to say, failures before what is open."""
    for result in report.results:
        if result.outcome is Outcome.FAILED or (everything and result.findings):
            yield _failure(result, everything, blocks=report.policy.of(result.check).blocks)
    open_for: dict[tuple[str, str], list[str]] = {}
    for result in report.results:
        if result.outcome is Outcome.NOT_EVALUATED:
            open_for.setdefault((result.because, result.fix), []).append(result.check)
    for (because, fix), names in open_for.items():
        cause = Text(f"not evaluated: {clean(because)}")
        yield Group(
            hanging(f"? {', '.join(names)}", cause, style="bold yellow"),
            Padding(hanging("fix", fix), (0, 0, 0, 4)),
        )
    apart = [
        (result, finding)
        for result in report.results
        for finding in result.findings
        if finding.apart and result.outcome is not Outcome.FAILED and not everything
    ]
    for result, finding in apart:
        yield Group(
            hanging(f"! {result.check}", _what(finding), style="bold"),
            Padding(_details(finding), (0, 0, 0, 4)),
        )


def _failure(result: CheckResult, everything: bool, *, blocks: bool) -> RenderableType:
    counted = [finding for finding in result.findings if finding.counts]
    findings = list(result.findings) if everything else counted
    shown = findings if everything else findings[:SHOWN]
    counted_style = ("✗", "bold red") if blocks else ("!", "bold")
    parts: list[RenderableType] = []
    for finding in shown:
        mark, style = counted_style if finding.counts else ("·", "dim")
        parts.append(hanging(f"{mark} {result.check}", _what(finding), style=style))
        parts.append(Padding(_details(finding), (0, 0, 0, 4)))
    if len(shown) < len(findings):
        parts.append(
            hanging("", f"and {len(findings) - len(shown)} more of {result.check} (--all lists them)")
        )
    return Group(*parts)


def _what(finding: Finding) -> Text:
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    return Text.assemble(
        (clean(place), "bold"),
        "  " if place else "",
        clean(finding.what),
        (f"  ({finding.rule})", "dim"),
    )


def _details(finding: Finding) -> RenderableType:
    if finding.apart:
        whose = finding.apart
    elif finding.new and finding.before is not None:
        whose = f"this change made it worse: {finding.before:g} before"
    elif finding.new:
        whose = "this change added it"
    else:
        whose = "it was there before this change"
    rows = [("why", finding.why), ("fix", finding.fix), ("", whose)]
    shown = [hanging("", Text(clean(line), style="dim")) for line in finding.shown]
    return Group(*shown, *(hanging(label, body) for label, body in rows if body))


def _summary(report: Report, everything: bool) -> Iterable[RenderableType]:
    counts = {outcome: [r for r in report.results if r.outcome is outcome] for outcome in Outcome}
    words = [
        f"{len(counts[outcome])} {word}"
        for outcome, word in (
            (Outcome.PASSED, "passed"),
            (Outcome.FAILED, "failed"),
            (Outcome.NOT_EVALUATED, "not evaluated"),
            (Outcome.SKIPPED, "skipped"),
        )
        if counts[outcome]
    ]
    found = [finding for result in report.results for finding in result.findings]
    old = sum(not finding.new for finding in found)
    remarks = sum(finding.new and not finding.counts and not finding.apart for finding in found)
    uncounted = [
        plural(number, noun) for number, noun in ((old, "old finding"), (remarks, "remark")) if number
    ]
    if uncounted and not everything:
        words.append(f"{' and '.join(uncounted)} not counted (--all shows them)")
    yield Text("  " + " · ".join(words))
    if counts[Outcome.PASSED]:
        yield hanging("passed", ", ".join(result.check for result in counts[Outcome.PASSED]), width=7)
    by_reason: dict[str, list[str]] = {}
    for result in counts[Outcome.SKIPPED]:
        by_reason.setdefault(result.because, []).append(result.check)
    for reason, names in by_reason.items():
        yield hanging("skipped", f"{', '.join(names)}: {reason}", width=7)
    for what in _steering(report.change.suppressions, everything):
        yield hanging("steered", what, width=7)
    for result in report.results:
        for note in result.notes:
            yield hanging("note", f"{result.check}: {note}", width=7)
    tools = _tools(report.results)
    if tools and (everything or any("pinned" in tool or "project" in tool for tool in tools)):
        yield hanging("tools", "; ".join(tools), width=7)


def _steering(remarks: Sequence[Suppression], everything: bool) -> Iterable[str]:
    """Yield what the change does to comments that steer checks, the first ones of each kind."""
    kinds: dict[tuple[bool, str], list[Suppression]] = {}
    for remark in remarks:
        kinds.setdefault((remark.added, remark.check), []).append(remark)
    for (added, check), of_kind in kinds.items():
        shown = of_kind if everything else of_kind[:_REMARKS_SHOWN]
        for remark in shown:
            verb = "adds" if added else "removes"
            yield f"the change {verb} `{remark.text}` at {remark.path}:{remark.line}, for {check}"
        if len(shown) < len(of_kind):
            does = "are added" if added else "are removed"
            yield f"{len(of_kind) - len(shown)} more for {check} {does} (--all lists them)"


def _tools(results: Sequence[CheckResult]) -> list[str]:
    """Return each tool once, with its version and where it came from."""
    uses = {
        f"{tool.name} {tool.version} ({tool.origin})": None
        for result in results
        for tool in result.tools
        if tool.name and tool.command
    }
    return list(uses)


def _risk_line(report: Report) -> RenderableType:
    risk = report.risk
    basis = risk.basis.replace(";", ":")
    left = Text(f"risk {risk.value * 100:.0f} of 100, {risk.band}, {basis}", style="dim")
    if report.verdict is None:
        return left
    cached = sum(result.cached for result in report.results)
    from_cache = f", {plural(cached, 'check')} from cache" if cached else ""
    grid = Table.grid(expand=True)
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_row(left, Text(f"{report.seconds:.1f} s{from_cache}", style="dim"))
    return grid


def _plan(plan: Sequence[PlannedCheck]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for _ in range(3):
        grid.add_column(overflow="fold")
    for planned in plan:
        mark = ("▸ run", "bold") if planned.run else ("· skip", "dim")
        grid.add_row(
            Text(mark[0], style=mark[1]),
            Text(planned.check, style="bold" if planned.run else "dim"),
            Text(clean(planned.because)),
        )
    return Padding(grid, (0, 0, 0, 2))


def _files(change: Change) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for _ in range(4):
        grid.add_column(overflow="fold")
    for file in change.files:
        lines = "binary" if file.binary else f"+{file.added} −{file.deleted}"
        inert = f"inert: {file.inert}" if file.inert else file.because
        grid.add_row(clean(file.path), file.nature.value, lines, Text(clean(inert), style="dim"))
    return Padding(grid, (0, 0, 1, 2))


def _reasons(risk: RiskScore) -> RenderableType:
    shares = [f"{reason.feature} {reason.value:g} ({reason.log_odds:+.2f})" for reason in risk.reasons]
    return hanging("score", f"log-odds: {listed(shares, most=len(shares))}", width=7)


def plural(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 file``, ``2 files``."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
