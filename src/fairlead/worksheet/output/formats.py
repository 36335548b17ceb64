"""A document as the bytes of a file, in the format that the file's ending names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairlead.worksheet.output.document import Document

ENDINGS = (".md", ".html", ".pdf")
"""What a file's name can end with, and with that its format."""


def write_document(document: Document, ending: str, *, fonts: Sequence[Path] = ()) -> bytes:
    """Return a document's bytes for a file that ends in ``ending``, one of ``ENDINGS``.

    Raises FairleadError for a .pdf where Typst isn't installed, or where no font has a character.
    """
    if ending == ".pdf":
        from fairlead.worksheet.output.pdf_file import write_pdf

        return write_pdf(document, font_folders=fonts)
    if ending == ".html":
        from fairlead.worksheet.output.html_file import write_html

        return write_html(document).encode("utf-8", "replace")
    from fairlead.worksheet.output.markdown_file import write_markdown

    return write_markdown(document).encode("utf-8", "replace")
