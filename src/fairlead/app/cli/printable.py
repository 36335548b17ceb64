"""Text from files and servers, made harmless for a terminal."""

from __future__ import annotations

import re

_OBEYED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Return the text, of the same length, with U+FFFD for every sign that a terminal would obey.

    These are controls but the line feed, overrides of writing direction, and lone surrogates.
    """
    return _OBEYED.sub("\ufffd", text)
