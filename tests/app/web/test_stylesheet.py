"""What the stylesheet promises of its colours, computed from it."""

from __future__ import annotations

import itertools
import re
from importlib.resources import files

import pytest

STYLES = files("fairlead.app.web").joinpath("static/fairlead.css").read_text("utf-8")
GROUNDS = ("paper", "sunk", "wash", "added", "taken", "struck")
INKS = ("ink", "quiet", "accent", "bad", "doubt", "code-word", "code-text", "code-name", "code-number")
SCHEMES = re.findall(r":root \{(.*?)\n\s*\}", STYLES, re.DOTALL)[:2]


@pytest.mark.parametrize("tokens", SCHEMES, ids=["light", "dark"])
def test_every_ink_can_be_read_on_every_ground(tokens: str) -> None:
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", tokens))

    weak = {
        (ink, ground): round(contrast(colours[ink], colours[ground]), 2)
        for ink, ground in itertools.product(INKS, GROUNDS)
        if contrast(colours[ink], colours[ground]) < 4.5
    }

    assert weak == {}
    assert contrast(colours["edge"], colours["paper"]) >= 3
    assert contrast(colours["paper"], colours["accent"]) >= 4.5


def test_no_rule_sets_a_colour_that_is_no_token() -> None:
    rules = re.sub(r":root \{.*?\n\s*\}|/\*.*?\*/", "", STYLES, flags=re.DOTALL)

    assert re.findall(r":[^;{}]*#[0-9a-f]{3,8}\b[^;{}]*;", rules.partition("@media print")[0]) == []


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours after WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` after WCAG 2.2."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
