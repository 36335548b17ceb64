"""``fairlead worksheet print``: stories, a one-page brief or cue cards as Markdown, HTML or PDF."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.app.cli.worksheet_commands.showing import add_page_options, counted, read_worksheet, save
from fairlead.errors import FairleadError
from fairlead.measurements.log import FILE_NAME, read_log
from fairlead.worksheet.loop_file import story_of
from fairlead.worksheet.model import Worksheet
from fairlead.worksheet.output.document import Document
from fairlead.worksheet.output.formats import ENDINGS, write_document
from fairlead.worksheet.output.pages import KINDS, page_of
from fairlead.worksheet.output.redaction import redact

_EXAMPLES = """\
examples:
  fairlead worksheet print --to stories.html
  fairlead worksheet print --what brief --to brief.pdf
  fairlead worksheet print --what cards --to cards.pdf search-latency checkout-outage

The file's ending is its format: .md, .html or .pdf. Names in confidential.txt are taken out, unless
--keep-names is given; notes are never printed.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the stories, what to make of them, and where it goes."""
    parser.add_argument("stories", nargs="*", metavar="STORY", help="ids of stories (default: all)")
    parser.add_argument("--what", choices=KINDS, default="stories")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="a .md, .html or .pdf")
    add_page_options(parser)
    add_folder_option(parser)
    parser.epilog = _EXAMPLES


def run(arguments: argparse.Namespace) -> int:
    """Write the page; 0 when it was written."""
    folder = folder_of(arguments)
    worksheet = read_worksheet(folder)
    wanted = [story_of(name, worksheet) for name in arguments.stories]
    stories = [story for story in worksheet.stories if not wanted or story.id in wanted]
    if not stories:
        raise FairleadError(f"{folder} has no stories to print", fix="fairlead worksheet import FILE")
    measurements = read_log(folder / FILE_NAME) if arguments.what == "stories" else ()
    document = page_of(arguments.what, worksheet, stories, measurements)
    write_page(document, arguments.to, worksheet, keep=arguments.keep_names, fonts=arguments.fonts)
    return 0


def write_page(
    document: Document,
    path: Path,
    worksheet: Worksheet,
    *,
    keep: bool = False,
    fonts: Sequence[Path] = (),
) -> None:
    """Write a document in the format of the file's ending, without the user's confidential names."""
    if path.suffix.lower() not in ENDINGS:
        raise FairleadError(
            f"{path.name} doesn't say which format", fix=f"end its name with {', '.join(ENDINGS)}"
        )
    save(path, page(document, path.suffix.lower(), worksheet, keep=keep, fonts=fonts))


def page(
    document: Document, ending: str, worksheet: Worksheet, *, keep: bool, fonts: Sequence[Path] = ()
) -> bytes:
    """Return a document in a format, without the user's confidential names, and say how many went."""
    redacted = redact(document, () if keep else worksheet.confidential)
    data = write_document(redacted.document, ending, fonts=fonts)
    if redacted.places:
        print(f"redacted {counted(redacted.places, 'place')}", file=sys.stderr)
    return data
