"""A before and an after: the change computed anew, and what the two measurements don't share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fairlead.errors import FairleadError
from fairlead.measurements.model import Measurement, Window
from fairlead.measurements.units import comparable, convert, parse_unit
from fairlead.worksheet.figures import Figure, find_figures

_UNREMARKABLE = frozenset({"commit", "version", "revision"})
"""Labels that are meant to differ between a before and an after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Something that weakens a figure: what was seen, why it matters, and how to mend it."""

    what: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A before and an after, computed anew.

    ``less`` is the share by which the figure fell (negative when it rose), ``None`` when it started at
    nought; ``factor`` how many times the smaller fits into the larger, ``None`` when one is nought.
    """

    before: Measurement
    after: Measurement
    less: float | None
    factor: float | None


def compute_change(before: Measurement, after: Measurement) -> Change:
    """Return the change between two measurements; raises FairleadError for different kinds of unit."""
    now = convert(after.value, unit=after.unit, into=before.unit)
    then = before.value
    small, large = sorted((abs(then), abs(now)))
    return Change(
        before=before,
        after=after,
        less=(then - now) / then if then else None,
        factor=large / small if small else None,
    )


def object_to_pair(before: Measurement, after: Measurement) -> Iterator[Objection]:
    """Yield what a before and an after don't share, most serious first."""
    unsaid = "not said"
    fix = "measure both the same way, or say the difference in the story"
    if not comparable(before.unit, after.unit):
        yield Objection(
            what=f"unit: {before.unit or 'none'} before, {after.unit or 'none'} after",
            why="the two don't measure the same thing, so there is no change to compute",
            fix="bind two measurements of one kind",
        )
    if before.metric.casefold() != after.metric.casefold():
        yield Objection(
            what=f"metric: {before.metric} before, {after.metric} after",
            why="they carry different names; a listener will ask whether it is one thing",
            fix="bind two measurements of one metric, or give them one name",
        )
    if before.statistic != after.statistic:
        yield Objection(
            what=f"statistic: {before.statistic} before, {after.statistic} after",
            why="a change of statistic alone can look like a change of the system",
            fix=fix,
        )
    if before.condition.casefold() != after.condition.casefold():
        yield Objection(
            what=f"condition: {before.condition or unsaid} before, {after.condition or unsaid} after",
            why="load, hour or place may account for the difference",
            fix=fix,
        )
    labels = dict(before.labels), dict(after.labels)
    for name in sorted((labels[0].keys() & labels[1].keys()) - _UNREMARKABLE):
        if labels[0][name] != labels[1][name]:
            yield Objection(
                what=f"{name}: {labels[0][name]} before, {labels[1][name]} after",
                why="it wasn't the same place that was measured twice",
                fix=fix,
            )
    yield from _object_to_windows(before.window, after.window)
    for which, one in (("before", before), ("after", after)):
        if one.n is None and one.statistic not in {"value", "count", "sum"}:
            yield Objection(
                what=f"n: not said for the figure {which}",
                why=f"a {one.statistic} of three is not a {one.statistic} of three thousand",
                fix="import it again with a column n",
            )


def object_to_wording(wording: str, change: Change) -> Iterator[Objection]:
    """Yield an objection for each number of the wording that nothing in the change accounts for."""
    measured = (change.before, change.after)
    values = [(one.value, one.unit) for one in measured]
    shares = _in_percent(values)
    if change.less is not None:
        shares.append(100 * abs(change.less))
    if change.factor is not None:
        shares.append(100 * (change.factor - 1))  # "150 % faster" of what takes 60 % less time
    if len(in_points := _in_percent(values)) == 2:
        shares.append(abs(in_points[0] - in_points[1]))
    for stated in find_figures(wording):
        if _is_share(stated):
            fits = _any_close(stated, shares)
        elif _is_factor(stated):
            fits = _any_close(stated, [change.factor or 0.0])
        else:
            fits = _matches(stated, values)
        if not fits:
            yield Objection(
                what=f"the story says {stated.text}, the measurements say {say_change(change)}",
                why="a figure that is computed again must come out the same",
                fix="tell the computed change, or bind the measurements that the story means",
            )


def object_to_value(wording: str, measured: Measurement) -> Iterator[Objection]:
    """Yield an objection for each number of the wording that isn't the measurement's."""
    values = [(measured.value, measured.unit)]
    for stated in find_figures(wording):
        fits = (
            _any_close(stated, _in_percent(values)) if _is_share(stated) else _matches(stated, values)
        )
        if not fits:
            yield Objection(
                what=f"the story says {stated.text}, the measurement {say_value(measured)}",
                why="a figure that is looked up must be the one that was told",
                fix="mend the story, or bind the measurement that it means",
            )


def say_change(change: Change) -> str:
    """Return a change as a sentence would say it: ``8 s to 400 ms: 95 % less, a 20th``."""
    said = f"{say_value(change.before)} to {say_value(change.after)}"
    if change.less is None:
        return said
    if change.less == 0:
        return f"{said}: no change"
    direction = "less" if change.less > 0 else "more"
    said += f": {_number(abs(change.less) * 100)} % {direction}"
    if change.factor is not None and change.factor >= 2:
        said += f", a factor of {_number(change.factor)}"
    return said


def say_basis(change: Change) -> str:
    """Return what a change rests on: ``mean, n 500 and n 512``."""
    counts = [
        f"n {one.n:,}" if one.n is not None else "n not said" for one in (change.before, change.after)
    ]
    return f"{change.before.statistic}, {counts[0]} and {counts[1]}"


def say_value(measurement: Measurement) -> str:
    """Return a measurement's value with its unit: ``400 ms``."""
    return f"{_number(measurement.value)} {measurement.unit}".rstrip()


def _object_to_windows(before: Window | None, after: Window | None) -> Iterator[Objection]:
    if not before or not after:
        missing = (
            "both figures"
            if not before and not after
            else f"the figure {'after' if before else 'before'}"
        )
        yield Objection(
            what=f"window: not said for {missing}",
            why="without dates nobody can tell what else happened then",
            fix="import it again with a column window (2026-03-01/2026-03-07)",
        )
        return
    if _moment(after.start) <= _moment(before.end):
        yield Objection(
            what=f"window: {before} before overlaps {after} after",
            why="the same days count on both sides",
            fix="measure before the change and after it",
        )
    lengths = [_moment(one.end) - _moment(one.start) for one in (before, after)]
    short, long = sorted(length.total_seconds() + 86_400 for length in lengths)
    if long > 2 * short:
        yield Objection(
            what=f"window: {before} before, {after} after, more than twice as long",
            why="a longer window holds more rare events, and other days of the week",
            fix="take two windows of one length",
        )


def _number(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _is_share(figure: Figure) -> bool:
    return figure.unit.lower().replace(" ", "").startswith(("%", "percent", "per"))


def _is_factor(figure: Figure) -> bool:
    return figure.unit.lower() in {"x", "×", "times", "fold"}


def _any_close(stated: Figure, computed: Sequence[float]) -> bool:
    """Say whether one of the values rounds to what is stated, at the precision it is stated with."""
    return any(
        stated.low - stated.step / 2 <= value * (1 + 1e-9)
        and value * (1 - 1e-9) <= stated.value + stated.step / 2
        for value in computed
    )


def _in_percent(values: Sequence[tuple[float, str]]) -> list[float]:
    return [
        100 * convert(value, unit=unit, into="ratio")
        for value, unit in values
        if parse_unit(unit).dimension == "ratio"
    ]


def _matches(stated: Figure, values: Sequence[tuple[float, str]]) -> bool:
    """Say whether the stated figure is one of these values, in whatever unit of the same kind."""
    try:
        unit = parse_unit(stated.unit)
    except FairleadError:
        return True  # months and years: the story may say them, we can't check them
    for value, other in values:
        if unit.dimension and comparable(other, stated.unit):
            if _any_close(stated, [convert(value, unit=other, into=stated.unit)]):
                return True
        elif not unit.dimension and _any_close(stated, [value]):
            return True
    return False


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)
