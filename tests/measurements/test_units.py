import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.errors import FairleadError
from fairlead.measurements.statistics import parse_statistic
from fairlead.measurements.units import comparable, convert, parse_unit

TIMES = st.sampled_from(["ns", "µs", "ms", "s", "sec", "min", "hours", "days", "Milliseconds"])


@pytest.mark.parametrize(
    ("value", "unit", "into", "expected"),
    [
        (8, "s", "ms", 8000),
        (45, "min", "h", 0.75),
        (95, "%", "ratio", 0.95),
        (2, "MiB", "bytes", 2097152),
        (3, "requests/min", "requests per second", 0.05),
        (300, "rpm", "rps", 5),
        (100, "MB/s", "Mbit/s", 800),
        (5, "ticket", "tickets", 5),
        (7, "queries", "query", 7),
    ],
)
def test_figures_are_brought_to_one_scale(value: float, unit: str, into: str, expected: float) -> None:
    assert convert(value, unit=unit, into=into) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("one", "other"), [("ms", "MB"), ("tickets", "users"), ("", "s"), ("requests/s", "requests")]
)
def test_different_kinds_are_not_comparable(one: str, other: str) -> None:
    assert not comparable(one, other)
    with pytest.raises(FairleadError, match="don't measure the same thing"):
        convert(1, unit=one, into=other)


@pytest.mark.parametrize("spelling", ["m", "months", "years", "km/mo"])
def test_a_unit_that_can_mean_two_things_is_refused_with_a_way_out(spelling: str) -> None:
    with pytest.raises(FairleadError, match="two things") as raised:
        parse_unit(spelling)

    assert "write" in raised.value.fix


@given(st.floats(min_value=1e-6, max_value=1e9), TIMES, TIMES)
def test_converting_there_and_back_gives_the_figure_again(value: float, one: str, other: str) -> None:
    there = convert(value, unit=one, into=other)

    assert convert(there, unit=other, into=one) == pytest.approx(value)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("avg", "mean"),
        ("Average", "mean"),
        ("p50", "median"),
        ("P95", "p95"),
        ("95th percentile", "p95"),
        ("quantile 0.99", "p99"),
        ("p99.9", "p99.9"),
        ("worst case", "max"),
        ("", "value"),
        ("avg of P95", "mean of p95"),
        ("Apdex", "apdex"),
    ],
)
def test_a_statistic_has_one_name_however_it_is_written(spelling: str, name: str) -> None:
    assert parse_statistic(spelling) == name


@given(st.text(max_size=30))
def test_naming_a_statistic_again_changes_nothing(spelling: str) -> None:
    once = parse_statistic(spelling)

    assert parse_statistic(once) == once
