"""Names that must not leave: finding them in a text, however they are spelled there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Signs that show nothing and could part a name: soft hyphens and zero-width spaces."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_JOIN = r"[\W_]{0,3}"


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the names, the longest first; ``None`` when there are none.

    Case doesn't matter, and neither does what joins a name's words: *Acme Corp* is found as
    *acme-corp* and *AcmeCorp*. A name is found whole, not inside a longer word, except in scripts that
    put no space between words. Texts have to be in the form that ``plain_form`` gives.
    """
    patterns = []
    for name in sorted({plain_form(one).strip() for one in names}, key=len, reverse=True):
        words = re.findall(r"[^\W_]+", name) or [name]
        if not name:
            continue
        joined = _JOIN.join(re.escape(word) for word in words)
        whole = not _UNSPACED.search(name)
        patterns.append(rf"(?<![^\W_]){joined}(?![^\W_])" if whole else joined)
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def plain_form(text: str) -> str:
    """Return a text in one form of Unicode (NFC) and without invisible signs."""
    return INVISIBLE.sub("", unicodedata.normalize("NFC", text))
