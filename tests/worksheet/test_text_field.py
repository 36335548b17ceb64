"""What a text field shows of a file, and the bytes that an edit in the field becomes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fairlead.worksheet.text_field import field_text, shown, written

BYTES = st.lists(
    st.sampled_from(
        [
            b"a",
            b"b\n",
            b"c\r\n",
            b"\r",
            b"\n",
            b"\xff",
            b"\xc3",
            b"\xef\xbb\xbf",
            b"\x00",
            b"\xe2\x80\xa8",
            "é\n".encode(),
        ]
    )
).map(b"".join)
TEXTS = st.lists(
    st.sampled_from(["a", "b\n", "\r\n", "\r", "\n", "é", "\ufffd", "\x00", "\ufeff", "\u2028"])
).map("".join)


@given(BYTES)
def test_a_file_that_nobody_edited_keeps_every_byte(raw: bytes) -> None:
    assert written(raw, shown(raw)) == raw


@given(st.binary())
def test_any_bytes_at_all_are_kept_where_nothing_was_edited(raw: bytes) -> None:
    assert written(raw, shown(raw)) == raw


@given(TEXTS, TEXTS)
def test_the_file_says_what_the_field_said(before: str, text: str) -> None:
    raw = before.encode()

    assert shown(written(raw, text)) == field_text(text)


def test_an_edit_leaves_the_line_ends_of_other_lines() -> None:
    raw = b"\xef\xbb\xbfone\r\ntwo\r\nthree\r\n"

    assert written(raw, "one\n2\nand\nthree\n") == b"\xef\xbb\xbfone\r\n2\r\nand\r\nthree\r\n"


def test_a_byte_that_is_no_text_survives_an_edit_of_its_own_line() -> None:
    raw = b"caf\xe9 was slow\nnext\n"
    assert shown(raw) == "caf\ufffd was slow\nnext\n"

    assert written(raw, "the caf\ufffd was very slow\nnext\n") == b"the caf\xe9 was very slow\nnext\n"
