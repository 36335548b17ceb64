"""Charts tell the truth: bars start at zero, are as long as their values, and nothing is lost."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from fairlead.app.web.charts import Bar, bars, uprights

NUMBERS = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False).map(lambda number: round(number, 3))
LABELS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
ANY_BARS = st.lists(
    st.builds(
        Bar,
        label=LABELS,
        value=NUMBERS,
        words=LABELS,
        note=LABELS,
        mark=st.none() | NUMBERS.map(abs),
        other=st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(rows=ANY_BARS)
def test_every_bar_begins_at_one_zero_and_is_as_long_as_its_value(rows: list[Bar]) -> None:
    drawn = svg(bars("How long?", "Seconds.", rows, columns=("Of", "Seconds")))
    rects = drawn.findall("rect")

    zero = {round(percent(line.attrib["x1"]), 3) for line in drawn.findall("line[@class='axis']")}
    assert len(zero) == 1
    longest = max(abs(row.value) for row in rows)
    widest = max(percent(rect.attrib["width"]) for rect in rects)
    for row, rect in zip(rows, rects, strict=True):
        start, width = percent(rect.attrib["x"]), percent(rect.attrib["width"])
        begins = start + width if row.value < 0 else start
        assert abs(begins - min(zero)) < 0.01
        assert abs(width * longest - widest * abs(row.value)) <= 0.01 * longest


@given(rows=ANY_BARS)
def test_all_of_it_lies_within_the_picture(rows: list[Bar]) -> None:
    drawn = svg(bars("How long?", "Seconds.", rows, columns=("Of", "Seconds")))

    height = float(drawn.attrib["height"])
    for rect in drawn.findall("rect"):
        assert percent(rect.attrib["x"]) >= -0.001
        assert percent(rect.attrib["x"]) + percent(rect.attrib["width"]) <= 100.002
        assert float(rect.attrib["y"]) + float(rect.attrib["height"]) <= height
    for line in drawn.findall("line"):
        assert -0.001 <= percent(line.attrib["x1"]) <= 100.002
    assert all(0 <= float(text.attrib["y"]) <= height for text in drawn.findall("text"))


@given(rows=ANY_BARS.filter(lambda rows: all(row.value >= 0 for row in rows)))
def test_standing_bars_stand_on_one_line_and_are_as_high_as_their_values(rows: list[Bar]) -> None:
    drawn = svg(uprights("Longer lately?", "Seconds.", rows, columns=("Day", "Seconds")))
    rects = drawn.findall("rect")

    most = max(row.value for row in rows)
    feet = {round(float(rect.attrib["y"]) + float(rect.attrib["height"]), 1) for rect in rects}
    assert len(feet) <= 2  # one, but for what rounding does
    assert max(feet) - min(feet) <= 0.11
    for row, rect in zip(rows, rects, strict=True):
        wanted = 120 * row.value / most if most else 0
        assert abs(float(rect.attrib["height"]) - wanted) < 0.01


@given(rows=ANY_BARS)
def test_the_table_behind_has_every_label_whole_and_every_value(rows: list[Bar]) -> None:
    markup = bars("How long?", "Seconds.", rows, columns=("Of", "Seconds"))

    table = markup[markup.index("<table>") : markup.index("</table>")]
    assert table.count("<tr>") == len(rows) + 1
    for row in rows:
        if not re.search(r"[^\w .,<>&'\"-]", row.label):
            assert str(Markup.escape(row.label)) in table


def test_a_chart_says_its_question_and_its_values_to_a_screen_reader() -> None:
    rows = [Bar(label="tests", value=2.0, words="2.0 s"), Bar(label="<b>", value=1.0, words="1.0 s")]

    drawn = svg(bars("How long?", "Seconds.", rows, columns=("Of", "Seconds")))

    named = [drawn.find(f"*[@id='{name}']") for name in drawn.attrib["aria-labelledby"].split()]
    assert [one.text for one in named if one is not None] == ["How long?", "tests: 2.0 s; <b>: 1.0 s"]


def test_a_chart_of_nothing_says_so() -> None:
    assert "Nothing has been measured" in bars("How long?", "Seconds.", [], columns=("Of", "Seconds"))


def svg(markup: Markup) -> ElementTree.Element:
    """Return the picture of a chart, parsed as XML."""
    start, end = markup.index("<svg"), markup.index("</svg>") + len("</svg>")
    return ElementTree.fromstring(str(markup)[start:end])


def percent(text: str) -> float:
    """Return the number of a percentage; ``0`` stands for itself."""
    return float(text.removesuffix("%"))
