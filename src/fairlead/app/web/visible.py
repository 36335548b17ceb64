"""Text from outside, made so that what is read is what is there."""

from __future__ import annotations

import re

from markupsafe import Markup

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
    "|[\ud800-\udfff]"
)
"""Terminal escapes, other controls, signs that turn the direction of what follows or have no width, and
the surrogates that stand for bytes which are no UTF-8."""


def visible(text: str) -> str:
    r"""Return text with its unseen characters spelled out: ``\x1b``, ``\u202e``, odd bytes as ``\xff``.

    Tabs and line breaks stay.
    """
    return text if text.isprintable() else _UNSEEN.sub(_spelled, text)


def visible_value(value: object) -> object:
    """Return what a template prints: plain text made visible, markup and numbers as they are."""
    return visible(value) if type(value) is str else value


def visible_markup(text: str) -> Markup:
    """Return text as markup in which nothing is markup."""
    return Markup.escape(visible(text))


def _spelled(found: re.Match[str]) -> str:
    number = ord(found[0])
    if 0xDC80 <= number <= 0xDCFF:
        number -= 0xDC00
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
