"""A document as PDF, set by Typst: tagged for screen readers, and without a single missing glyph."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import cast

from fairlead.errors import FairleadError
from fairlead.worksheet.output.document import (
    Block,
    Card,
    Code,
    Document,
    Heading,
    Items,
    Paragraph,
    Quote,
    Span,
    Table,
)

STANDARD = "ua-1"
"""PDF/UA-1, accessible PDF (ISO 14289-1): Typst refuses to write it with a glyph missing."""

_MOST_NAMED = 40
_MISSING = re.compile(r'the text `?"(?P<text>.+?)"`? could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


def write_pdf(document: Document, *, font_folders: Sequence[Path] = ()) -> bytes:
    """Return the document as PDF/UA-1, with Typst's fonts, the system's and those in the folders.

    Raises FairleadError when Typst isn't installed, when no font has a character (all of them are
    named), and when a document for one page doesn't fit on it in 7 points.
    """
    try:
        typst = import_module("typst")
    except ModuleNotFoundError as error:
        raise FairleadError(
            "PDF is set by Typst, which isn't installed",
            fix="pip install 'fairlead[pdf]', or write .html and print that",
        ) from error
    for folder in font_folders:
        if not folder.is_dir():
            raise FairleadError(f"there is no folder {folder} with fonts", fix="--fonts FOLDER")
    template = (files(__package__ or __name__) / "page.typ").read_bytes()
    compiler = typst.Compiler(font_paths=[str(folder) for folder in font_folders])
    data = json.dumps(_document(document), ensure_ascii=False)
    missing: list[str] = []
    while True:
        try:
            pdf = compiler.compile(
                input=template, format="pdf", pdf_standards=STANDARD, sys_inputs={"document": data}
            )
        except typst.TypstError as error:
            lacking = _lacking(str(error))
            if not lacking or len(missing) >= _MOST_NAMED:
                if missing:
                    raise _no_glyphs(missing) from error
                raise _cannot_set(str(error)) from error
            missing += lacking
            for sign in lacking:  # look for the next one
                data = data.replace(sign, " ")
            continue
        if missing:
            raise _no_glyphs(missing)
        return cast(bytes, pdf)


def _lacking(message: str) -> list[str]:
    """Return the characters that Typst's error says no font could display."""
    found = _MISSING.search(message)
    if not found:
        return []
    text = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), found["text"])
    return [sign for sign in dict.fromkeys(text) if not sign.isspace()]


def _no_glyphs(missing: Sequence[str]) -> FairleadError:
    named = ", ".join(f"{sign} ({_name(sign)})" for sign in missing[:6])
    more = f" and {len(missing) - 6} more" if len(missing) > 6 else ""
    one = len(missing) == 1
    return FairleadError(
        f"no font here has {'the character' if one else 'the characters'} {named}{more}",
        fix="install a font that has them (Noto has nearly all), or name its folder: --fonts FOLDER",
    )


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name').lower()}"


def _cannot_set(message: str) -> FairleadError:
    if "more than one page" in message:
        return FairleadError(
            "this is too much for one page, even in 7 points",
            fix="name the stories that you want on it, or write .html",
        )
    return FairleadError(
        f"Typst could not set the page: {message.splitlines()[0]}", fix="write .html, and print that"
    )


def _document(document: Document) -> dict[str, object]:
    return {
        "title": document.title,
        "about": document.about,
        "layout": document.layout.value,
        "blocks": _blocks(document.blocks),
    }


def _blocks(blocks: Iterable[Block]) -> list[dict[str, object]]:
    return [_block(block) for block in blocks]


def _block(block: Block) -> dict[str, object]:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": block.text, "aside": block.aside}
        case Paragraph():
            return {
                "kind": "paragraph",
                "role": block.role.value,
                "rtl": _is_right_to_left("".join(span.text for span in block.spans)),
                "spans": _spans(block.spans),
            }
        case Items():
            items = [_blocks(item) for item in block.items]
            return {"kind": "items", "ordered": block.ordered, "items": items}
        case Code():
            return {"kind": "code", "text": block.text}
        case Quote():
            return {"kind": "quote", "blocks": _blocks(block.blocks)}
        case Table():
            return {
                "kind": "table",
                "header": list(block.header),
                "weights": list(block.weights),
                "rows": [[_spans(cell) for cell in row] for row in block.rows],
            }
        case Card():
            return {
                "kind": "card",
                "title": block.title,
                "aside": block.aside,
                "blocks": _blocks(block.blocks),
            }


def _spans(spans: Iterable[Span]) -> list[dict[str, object]]:
    return [
        {
            "text": span.text,
            "bold": span.bold,
            "italic": span.italic,
            "code": span.code,
            "link": span.link,
            "mark": span.mark.name.lower() if span.mark else "",
        }
        for span in spans
    ]


def _is_right_to_left(text: str) -> bool:
    """Say whether the first letter that has a direction runs from right to left."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    return next((one for one in directions if one in {"L", "R", "AL"}), "L") != "L"
