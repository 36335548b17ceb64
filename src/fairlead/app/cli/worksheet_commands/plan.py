"""``fairlead worksheet plan``: which story for which interviewer, and a page to take along."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from rich.text import Text

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.app.cli.worksheet_commands.coverage import SIGNS
from fairlead.app.cli.worksheet_commands.showing import (
    add_page_options,
    counted,
    hanging,
    read_worksheet,
    show,
)
from fairlead.errors import FairleadError
from fairlead.worksheet.coverage import cover
from fairlead.worksheet.loop_file import make_loop, read_interviewer, read_loop
from fairlead.worksheet.model import Worksheet
from fairlead.worksheet.planner import Loop, Plan, Slot, plan_loop

_EXAMPLES = """\
examples:
  fairlead worksheet plan loop.yaml
  fairlead worksheet plan --with "Ana: Customer Obsession, Dive Deep" --with "Ben: Ownership"
  fairlead worksheet plan loop.yaml --page plan.pdf

loop.yaml:
  title: Backend role, 3 December
  interviewers:
    - name: Ana
      principles: [Customer Obsession, Dive Deep]
    - name: Ben
      principles: {Ownership: 2, Earn Trust: 1}    # how many stories each
      knows: [search-latency]                      # has heard it before
  never: [old-story]
  likely: [Ownership]
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the loop, typed or from a file, and where the page goes."""
    parser.add_argument("loop", nargs="?", type=Path, help="a YAML file that describes the loop")
    parser.add_argument(
        "--with",
        dest="interviewers",
        action="append",
        default=[],
        metavar="'NAME: PRINCIPLE, …'",
        help="an interviewer, instead of a file; once for each",
    )
    parser.add_argument("--never", action="append", default=[], metavar="STORY", help="don't tell it")
    parser.add_argument(
        "--likely", action="append", default=[], metavar="PRINCIPLE", help="weighs more than others"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write one page: .md, .html or .pdf")
    add_page_options(parser)
    add_folder_option(parser)
    parser.epilog = _EXAMPLES


def run(arguments: argparse.Namespace) -> int:
    """Plan the loop; 0 when every slot has a story, 1 when one is empty."""
    worksheet = read_worksheet(folder_of(arguments))
    loop = _loop(arguments, worksheet)
    plan = plan_loop(loop, cover(worksheet, today=datetime.now(UTC).date()))
    if arguments.page:
        from fairlead.app.cli.worksheet_commands.print_stories import write_page
        from fairlead.worksheet.output.pages import plan_page

        document = plan_page(plan)
        write_page(
            document, arguments.page, worksheet, keep=arguments.keep_names, fonts=arguments.fonts
        )
    if arguments.format == "json":
        print(json.dumps(as_document(plan), ensure_ascii=False, indent=2))
    else:
        show(_lines(plan, shutil.get_terminal_size().columns))
    return 1 if plan.missing else 0


def as_document(plan: Plan) -> dict[str, object]:
    """Return the plan as JSON holds it."""
    return {
        "title": plan.loop.title,
        "slots": [
            {
                "interviewer": slot.interviewer,
                "principle": slot.principle.id,
                "likely": slot.likely,
                "story": slot.story.id if slot.story else None,
                "strength": slot.strength.value,
                "because": slot.because,
                "questions": [question.id for question in slot.questions],
                "alternates": [
                    {"story": one.story.id, "taken_by": one.taken_by or None} for one in slot.alternates
                ],
            }
            for slot in plan.slots
        ],
        "missing": len(plan.missing),
        "unused": [story.id for story in plan.unused],
    }


def _loop(arguments: argparse.Namespace, worksheet: Worksheet) -> Loop:
    if arguments.loop and (arguments.interviewers or arguments.never or arguments.likely):
        raise FairleadError(
            "the loop is given twice: as a file and as options", fix="put all of it into the file"
        )
    if arguments.loop:
        return read_loop(arguments.loop, worksheet)
    return make_loop(
        [read_interviewer(text, worksheet) for text in arguments.interviewers],
        worksheet,
        title="Interviews",
        never=arguments.never,
        likely=arguments.likely,
    )


def _lines(plan: Plan, width: int) -> Iterator[Text]:
    filled = len(plan.slots) - len(plan.missing)
    whole = counted(len(plan.slots), "slot")
    if plan.missing:
        names = ", ".join(dict.fromkeys(slot.principle.name for slot in plan.missing))
        yield hanging("", f"{filled} of {whole} have a story; missing for {names}.", width)
    else:
        yield hanging("", f"All {whole} have a story, none told twice.", width)
    for name, slots in groupby(plan.slots, key=lambda slot: slot.interviewer):
        yield Text()
        yield Text(name, style="bold")
        for slot in slots:
            yield from _slot(slot, width)
    yield Text()
    if plan.unused:
        yield hanging("in reserve  ", ", ".join(story.id for story in plan.unused), width)
    for slot in plan.missing[:3]:
        yield hanging("next: ", f"write or tag a story for {slot.principle.name}", width)


def _slot(slot: Slot, width: int) -> Iterator[Text]:
    likely = " (likely)" if slot.likely else ""
    if not slot.story:
        yield Text.assemble(
            ("  ✗ ", "red"), f"{slot.principle.name}{likely}: ", ("nothing", "bold red")
        )
    else:
        sign, style = SIGNS[slot.strength]
        yield Text.assemble(
            (f"  {sign} ", style), f"{slot.principle.name}{likely}: ", (slot.story.id, "bold")
        )
    yield hanging("      ", slot.because, width)
    free = [
        f"{one.story.id}{f' (told for {one.taken_by})' if one.taken_by else ''}"
        for one in slot.alternates
    ]
    if slot.story and free:
        yield hanging("      or ", ", ".join(free), width)
