"""Two edits of one text in one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fairlead.worksheet.merging import merge_texts

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", ""])).map("\n".join)


def test_edits_in_different_places_are_both_kept() -> None:
    began = "## Situation\n\nIt was slow.\n\n## Task\n\nMake it fast.\n"
    mine = began.replace("It was slow.", "It took 8 s.")
    theirs = began.replace("Make it fast.", "Below 2 s.")

    merge = merge_texts(began, mine, theirs)

    assert not merge.clashes
    assert merge.text == "## Situation\n\nIt took 8 s.\n\n## Task\n\nBelow 2 s.\n"


def test_two_edits_of_one_line_clash_and_both_stay() -> None:
    merge = merge_texts("one\ntwo\nthree\n", "one\nmine\nthree\n", "one\ntheirs\nthree\n")

    assert merge.clashes == 1
    assert merge.text == "one\nmine\ntheirs\nthree\n"


def test_the_same_edit_on_both_sides_is_no_clash() -> None:
    merge = merge_texts("one\ntwo\n", "one\n2\n", "one\n2\n")

    assert not merge.clashes
    assert merge.text == "one\n2\n"


@given(TEXTS, TEXTS)
def test_an_edit_beside_none_is_that_edit(began: str, edit: str) -> None:
    assert merge_texts(began, edit, began).text == edit
    assert merge_texts(began, began, edit).text == edit
    assert merge_texts(began, edit, edit).text == edit


@given(TEXTS, TEXTS, TEXTS)
def test_the_stretches_give_all_three_texts_again(began: str, mine: str, theirs: str) -> None:
    stretches = merge_texts(began, mine, theirs).stretches

    for text, lines in (
        (began, [line for one in stretches for line in one.began]),
        (mine, [line for one in stretches for line in one.mine]),
        (theirs, [line for one in stretches for line in one.theirs]),
    ):
        assert "\n".join(lines) == text


@given(TEXTS, TEXTS, TEXTS)
def test_no_line_that_either_side_wrote_anew_is_lost(began: str, mine: str, theirs: str) -> None:
    merged = merge_texts(began, mine, theirs).text.split("\n")
    old = set(began.split("\n"))

    assert (set(mine.split("\n")) | set(theirs.split("\n"))) - old <= set(merged)
