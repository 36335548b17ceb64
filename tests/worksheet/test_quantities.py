import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.worksheet.lint.quantities import Kind, quantities_in


def read(text: str) -> list[tuple[str, float, float, str]]:
    return [(one.kind.value, one.low, one.high, one.noun) for one in quantities_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 8 seconds to 400 milliseconds", [("duration", 8, 8, ""), ("duration", 0.4, 0.4, "")]),
        ("from 8 to 2 seconds", [("duration", 8, 8, ""), ("duration", 2, 2, "")]),
        ("reaching 8-10 seconds", [("duration", 8, 10, "")]),
        ("between 8 and 10 seconds", [("duration", 8, 10, "")]),
        ("4 minutes 40 seconds", [("duration", 280, 280, "")]),
        ("half an hour", [("duration", 1800, 1800, "")]),
        ("a 10-minute batch", [("duration", 600, 600, "")]),
        ("our 700K+ files", [("count", 700_000, 700_000, "files")]),
        ("2-3 million users", [("count", 2e6, 3e6, "users")]),
        ("twenty-five people", [("count", 25, 25, "people")]),
        ("500+ direct patch deliveries daily", [("count", 500, 500, "deliveries")]),
        ("$31,000 to $12,400", [("money", 31_000, 31_000, ""), ("money", 12_400, 12_400, "")]),
        ("costs fell by half", [("per cent", 50, 50, "")]),
        ("13 percentage points", [("percentage points", 13, 13, "")]),
        ("10x more searches", [("factor", 10, 10, "")]),
        ("it doubled", [("factor", 2, 2, "")]),
        ("18 TB of scans", [("size", 18e12, 18e12, "")]),
    ],
)
def test_figures_are_read_with_unit_and_noun(
    text: str, expected: list[tuple[str, float, float, str]]
) -> None:
    found = read(text)

    assert [(kind, noun) for kind, _, _, noun in found] == [
        (kind, noun) for kind, _, _, noun in expected
    ]
    assert [value for _, low, high, _ in found for value in (low, high)] == pytest.approx(
        [value for _, low, high, _ in expected for value in (low, high)]
    )


@pytest.mark.parametrize(
    "text",
    [
        "on 5 March 2024 at 14:30",
        "in 2023 and since 2019",
        "Python 3.11 and TLS 1.2",
        "PR 1234, JIRA-12, #412 and CVE-2024-1234",
        "the 95th percentile, p95",
        "24/7 support, phase two, 1-on-1",
        "one of the hosts, no one, one by one",
        "x86, S3, utf-8, B602",
        "by 9 a.m.",
    ],
)
def test_dates_versions_and_identifiers_are_no_figures(text: str) -> None:
    assert read(text) == []


@given(st.integers(1, 10**6), st.sampled_from(["seconds", "files", "%", "GB", "euros"]))
def test_a_figure_is_found_wherever_it_stands(number: int, unit: str) -> None:
    text = f"Some words before it, then {number:,} {unit} and some words behind it."

    found = quantities_in(text)

    assert len(found) == 1
    assert text[found[0].start : found[0].end].startswith(f"{number:,}")


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_figures_lie_in_it_in_order(text: str) -> None:
    found = quantities_in(text)

    assert all(0 <= one.start < one.end <= len(text) and one.low <= one.high for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(one.kind in Kind for one in found)
