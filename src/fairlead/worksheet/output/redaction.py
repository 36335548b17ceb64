"""Taking the user's confidential names out of a document, as the last step before it is written."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from enum import Enum
from typing import cast

from fairlead.worksheet.confidential import names_pattern, plain_form
from fairlead.worksheet.output.document import Document, Span, Spans

PUT_INSTEAD = "[redacted]"
"""What stands where a name was; always the same, so that its length tells nothing."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A document without the names, and in how many places there was one."""

    document: Document
    places: int


def redact(document: Document, names: Iterable[str]) -> Redacted:
    """Return the document without the names: in text, titles, code, and addresses of links.

    A name is found even where part of it is bold or a link. A link whose address holds a name is no
    longer a link.
    """
    pattern = names_pattern(names)
    if pattern is None:
        return Redacted(document=document, places=0)
    counter = _Counter(pattern)
    return Redacted(document=cast(Document, counter.clean(document)), places=counter.places)


class _Counter:
    """Walks through a document and counts what it replaces."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.places = 0

    def clean(self, part: object) -> object:
        """Return the part with every text in it cleaned."""
        if isinstance(part, Enum) or part is None:
            return part
        if isinstance(part, str):
            return self._text(part)
        if isinstance(part, tuple):
            if part and isinstance(part[0], Span):
                return self._spans(cast(Spans, part))
            return tuple(self.clean(one) for one in part)
        if dataclasses.is_dataclass(part) and not isinstance(part, type):
            fields = {one.name: getattr(part, one.name) for one in dataclasses.fields(part)}
            return type(part)(**{name: self.clean(value) for name, value in fields.items()})
        return part

    def _text(self, text: str) -> str:
        cleaned, places = self.pattern.subn(PUT_INSTEAD, plain_form(text))
        self.places += places
        return cleaned

    def _spans(self, spans: Spans) -> Spans:
        texts = [plain_form(span.text) for span in spans]
        whole = "".join(texts)
        found = [match.span() for match in self.pattern.finditer(whole)]
        self.places += len(found)
        cleaned, at = [], 0
        for span, text in zip(spans, texts, strict=True):
            kept, place = "", at
            for start, end in found:
                if end <= at or start >= at + len(text):
                    continue
                kept += whole[place : max(place, start)]
                kept += PUT_INSTEAD if start >= at else ""
                place = max(place, min(end, at + len(text)))
            kept += whole[place : at + len(text)]
            at += len(text)
            link = "" if self.pattern.search(plain_form(span.link)) else span.link
            if kept:
                cleaned.append(dataclasses.replace(span, text=kept, link=link))
        return tuple(cleaned)
