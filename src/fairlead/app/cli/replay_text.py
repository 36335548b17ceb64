"""A replay for people: what it saves and misses first, then the changes by kind, size and risk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fairlead.app.cli.terminal import clean, hanging, laid_out, plural
from fairlead.app.replay_report import ReplayReport
from fairlead.replay.estimate import Group, Saving
from fairlead.replay.tally import CheckTally, Misses, Times, tally_checks, tally_misses

_TABLE_FROM = 118
"""Columns from which groups fit into a table; narrower ones get a few lines each."""

_SHOWN = 8
"""How many misses and unread changes are listed before the rest is counted."""

_HEADINGS = {
    "all": "",
    "low risk": "",
    "kind": "by kind",
    "nature": "by each nature",
    "proof": "by proof",
    "size": "by size",
    "risk": "by risk",
}


def replay_text(report: ReplayReport, *, everything: bool = False, width: int | None = None) -> str:
    """Return the replay as lines; ``everything`` has the groups by nature and proof too.

    ``width`` and colour are as in ``report_text``.
    """
    return laid_out(lambda columns: _parts(report, everything, columns), width)


def _parts(report: ReplayReport, everything: bool, columns: int) -> Iterable[RenderableType]:
    misses = tally_misses(report.steps, report.measured)
    yield from _headline(report, misses)
    yield ""
    yield _about(report)
    for note in report.notes:
        yield hanging("note", note)
    yield ""
    shown = [group for group in report.groups if everything or group.by not in {"nature", "proof"}]
    if shown and columns >= _TABLE_FROM:
        yield _table(shown)
        yield ""
    elif shown:
        yield from _blocks(shown)
    if alone := _measured_alone(report.groups):
        yield hanging("measured alone", alone)
        yield ""
    if report.measured:
        yield from _checks(tally_checks(report.steps, report.measured))
        yield ""
    yield from _not_known(report, misses)
    yield from _how(report)


def _headline(report: ReplayReport, misses: Misses) -> Iterable[RenderableType]:
    if report.interrupted is not None:
        planned = f"{len(report.steps)} of {plural(report.asked, 'change')} planned"
        gated = f"{len(report.measured)} of {report.sample} measured"
        yield Text(f"? Interrupted: {planned}, {gated}.", style="bold yellow")
    if not report.groups:
        return
    whole = report.groups[0]
    if whole.delay is None:
        skipped = f"{whole.skipped:.1f} of {whole.enabled} checks"
        yield Text(f"A change is spared {skipped} (mean of {whole.changes}).", style="bold")
        yield Text("Nothing was measured: --sample K gates K of them.")
        return
    low = next((group for group in report.groups if group.by == "low risk"), None)
    if low and low.delay:
        yield Text(
            f"Documentation and inert changes wait {_less(low.delay)}: {_instead(low.delay)}.",
            style="bold",
        )
    else:
        yield Text("There is no change of documentation or inert files alone.", style="bold")
    yield Text(f"All changes together wait {_less(whole.delay)}: {_instead(whole.delay)}.")
    yield _missed_line(misses)
    for head, missed in misses.found[:_SHOWN]:
        place = f"{missed.path}:{missed.line}" if missed.line else missed.path
        words = f"{place}  {missed.what}  ({missed.rule})"
        yield hanging(f"✗ {missed.check}", f"{head[:10]}  {words}")
        yield Padding(hanging("why", f"it did not look: {missed.because}"), (0, 0, 0, 4))
    if len(misses.found) > _SHOWN:
        yield hanging("", f"and {len(misses.found) - _SHOWN} more (--format json lists them)")


def _missed_line(misses: Misses) -> Text:
    if not misses.tried:
        return Text("? What skipping misses is not known: nothing skipped was evaluated.", "yellow")
    bound = f"at most {_percent(misses.at_most)} at {misses.confidence * 100:.0f} % confidence"
    said = f"the planned checks missed something in {misses.hits} of {misses.tried} sampled changes"
    if misses.hits:
        return Text(f"✗ {said.capitalize()}: {bound}.", "bold red")
    return Text(f"✓ {said.capitalize()}: {bound}.", "green")


def _about(report: ReplayReport) -> Text:
    head = f"{report.past.head.id[:10]} and before"
    count = plural(len(report.steps), "change")
    sampled = f"{len(report.measured)} measured"
    if report.reused:
        sampled += f" ({report.reused} of them by an earlier replay)"
    return Text.assemble((head, "bold"), f"  {count} · {sampled} · policy: {clean(report.policy)}")


def _table(groups: Sequence[Group]) -> RenderableType:
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    enabled = max(group.enabled for group in groups)
    grid.add_column("", no_wrap=True)
    for heading in (
        "changes",
        "share",
        "n",
        f"skipped\nof {enabled}",
        "wait, s\nall → planned",
        "less\n(95 %)",
        "by skip-\nping alone",
        "CPU, s\nall → planned",
        "less",
    ):
        grid.add_column(heading, justify="right", no_wrap=True)
    before = groups[0].by
    for group in groups:
        if group.by != before and _HEADINGS[group.by]:
            grid.add_row()
            grid.add_row(Text(_HEADINGS[group.by], style="dim"))
        before = group.by
        cells = ("", "", "", "")
        if group.delay and group.cpu:
            cells = (
                _arrow(group.delay, group),
                _share_less(group.delay),
                _percent(group.delay.by_skipping),
                _arrow(group.cpu, group),
            )
        grid.add_row(
            Text(clean(group.name), style="bold" if group.by in {"all", "low risk"} else ""),
            str(group.changes),
            _percent(group.share),
            str(group.sampled),
            f"{group.skipped:.1f}",
            *cells,
            _percent(group.cpu.less) if group.cpu else "",
        )
    return Padding(grid, (0, 0, 0, 2))


def _blocks(groups: Sequence[Group]) -> Iterable[RenderableType]:
    before = groups[0].by
    for group in groups:
        if group.by != before and _HEADINGS[group.by]:
            yield Text(f"  {_HEADINGS[group.by]}", style="dim")
            yield ""
        before = group.by
        counts = f"{group.changes}, {_percent(group.share)}; {group.sampled} measured"
        yield Text.assemble("  ", (clean(group.name), "bold"), f"  {counts}")
        rows = [("skipped", f"{group.skipped:.1f} of {group.enabled} checks")]
        if group.delay and group.cpu:
            alone = f"; {_percent(group.delay.by_skipping)} by skipping alone"
            rows += [
                ("wait", f"{_arrow(group.delay, group)} s, {_share_less(group.delay)} less{alone}"),
                ("CPU", f"{_arrow(group.cpu, group)} s, {_share_less(group.cpu)} less"),
            ]
        for label, body in rows:
            yield Padding(hanging(label, body, width=7), (0, 0, 0, 2))
        yield ""


def _measured_alone(groups: Sequence[Group]) -> str:
    """Return the medians of the sampled changes of each kind, without any estimate."""
    return "; ".join(
        f"{group.name} {_seconds(alone.everything)} → {_seconds(alone.planned)} s (n {group.sampled})"
        for group in groups
        if group.by == "kind" and (alone := group.measured_delay)
    )


def _checks(tallies: Sequence[CheckTally]) -> Iterable[RenderableType]:
    yield Text("  each check: medians of the measured runs, in seconds (n)", style="dim")
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("", no_wrap=True)
    for heading in ("runs in", "as planned", "everything"):
        grid.add_column(heading, justify="right", no_wrap=True)
    grid.add_column("", overflow="fold")
    for tally in tallies:
        remark = f"not evaluated in {tally.not_evaluated}" if tally.not_evaluated else ""
        share = tally.run / (tally.run + tally.skipped)
        grid.add_row(
            clean(tally.check), _percent(share), _times(tally.planned), _times(tally.everything), remark
        )
    yield Padding(grid, (0, 0, 0, 2))


def _not_known(report: ReplayReport, misses: Misses) -> Iterable[RenderableType]:
    for check, (number, cause) in misses.unknown.items():
        spared = plural(number, "sampled change")
        what = f"what skipping it missed in {spared} is not known: {cause}"
        yield hanging(f"? {clean(check)}", what, style="bold yellow")
    for one in report.unread[:_SHOWN]:
        yield hanging("? unread", f"{one.head[:10]}: {one.cause}", style="bold yellow")
    if len(report.unread) > _SHOWN:
        yield hanging("", f"and {len(report.unread) - _SHOWN} more were not read")


def _how(report: ReplayReport) -> Iterable[RenderableType]:
    """Say which figures are measured and which are not."""
    if report.measured:
        days = sorted({one.at for one in report.measured.values()})
        when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        off = "" if report.error is None else f"; off by {_percent(report.error)} in the middle case"
        yield hanging(
            "how",
            f"measured on {report.cores} cores, {when}. Figures marked ~ are estimates: each check's "
            f"median, laid out on the cores{off}. Everything is every check on the whole tree, with "
            "nothing known from before; planned is with the base known.",
            width=4,
        )
    yield Text(f"{report.seconds:.0f} s", style="dim", justify="right")


def _arrow(saving: Saving, group: Group) -> str:
    mark = "" if group.sampled == group.changes else "~"
    return f"{mark}{_seconds(saving.everything)} → {_seconds(saving.planned)}"


def _instead(saving: Saving) -> str:
    return f"{_seconds(saving.planned)} s in place of {_seconds(saving.everything)} s"


def _less(saving: Saving) -> str:
    if saving.less < 0:
        return f"{_percent(-saving.less)} more"
    return f"{_percent(saving.less)} less"


def _share_less(saving: Saving) -> str:
    if saving.low is None or saving.high is None:
        return _percent(saving.less)
    return f"{_percent(saving.less)} ({100 * saving.low:.0f}–{100 * saving.high:.0f})"


def _times(times: Times | None) -> str:
    return "–" if times is None else f"{_seconds(times.seconds)} ({times.n})"


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
