"""What stands on a page is what is in the text: nothing unseen, nothing obeyed, nothing left out."""

from __future__ import annotations

import html
import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from fairlead.app.web.highlighting import highlighted
from fairlead.app.web.rendering import duration, environment
from fairlead.app.web.visible import visible, visible_markup

PATHS = st.sampled_from(["a.py", "b.md", "c.toml", "d.js", "e.html", "f.unknown", "Makefile", "g.diff"])
CODE = st.text(st.characters(exclude_characters="\n"), max_size=30) | st.sampled_from(
    ['"""', "x = 1", "</script>", "<!--", "\t", "", " ", "'", "{% raw %}", "\r", "\x0c"]
)


@given(text=st.text())
def test_no_unseen_character_is_left(text: str) -> None:
    shown = visible(text)

    assert not [one for one in shown if unicodedata.category(one) in {"Cc", "Cs"} and one not in "\t\n"]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]", shown)


@given(text=st.text(st.characters(exclude_categories=["C"])))
def test_text_that_can_be_seen_stays_as_it_is(text: str) -> None:
    assert visible(text) == text
    assert html.unescape(str(visible_markup(text))) == text


@given(path=PATHS, lines=st.lists(CODE, max_size=8))
def test_coloured_code_has_as_many_lines_and_says_the_same(path: str, lines: list[str]) -> None:
    coloured = highlighted(path, lines)

    bare = [html.unescape(re.sub(r"</?span[^>]*>", "", str(line))) for line in coloured]
    assert bare == [visible(line) for line in lines]


def test_an_odd_byte_of_a_path_is_spelled_out() -> None:
    assert visible(b"caf\xe9.py".decode("utf-8", "surrogateescape")) == r"caf\xe9.py"


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_what_stands_in_a_field_is_what_was_given(text: str) -> None:
    macros = environment().get_template("parts/form.html").module

    made = str(macros.lines("story", "Story", text))  # ty: ignore

    inside = made[made.index(">\n", made.index("<textarea")) + 2 : made.index("</textarea>")]
    assert html.unescape(inside) == text


def test_durations_are_said_as_people_say_them() -> None:
    said = [
        duration(seconds) for seconds in (None, 0.0, 0.04, 0.41, 9.94, 9.96, 41.2, 119.6, 200.0, 7300)
    ]

    assert said == [
        *("", "0.0 s", "40 ms", "0.4 s", "9.9 s", "10 s", "41 s", "2 min 0 s", "3 min 20 s"),
        "2 h 1 min",
    ]
