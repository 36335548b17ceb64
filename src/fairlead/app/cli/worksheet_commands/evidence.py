"""``fairlead worksheet evidence``: what the figures of stories stand on, and binding them."""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.text import Text

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.app.cli.worksheet_commands.showing import counted, hanging, read_worksheet, show
from fairlead.errors import FairleadError
from fairlead.measurements.log import FILE_NAME, read_log
from fairlead.worksheet.comparison import say_basis, say_change, say_value
from fairlead.worksheet.evidence import Standing, bind, examine, make_evidence
from fairlead.worksheet.folder import save_story
from fairlead.worksheet.loop_file import story_of
from fairlead.worksheet.model import EvidenceKind, Story

_SIGNS = {
    EvidenceKind.MEASURED: ("●", "green"),
    EvidenceKind.ATTESTED: ("◐", "yellow"),
    EvidenceKind.TYPED: ("○", "dim"),
}
_EXAMPLES = """\
examples:
  fairlead worksheet evidence
  fairlead worksheet evidence search-latency --figure "8 seconds to 400 milliseconds" \\
      --before 3fa9 --after c01d --attribution "the servers were replaced in the same month"
  fairlead worksheet evidence search-latency --figure "85 %" --source "survey of May 2024, p. 3"

A measured figure is bound to measurements (fairlead measurements list), an attested one to a
document, a link or a name. All others are typed: that is no fault, only something to know.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the story, and what to bind."""
    parser.add_argument("story", nargs="?", help="the story's id (default: all stories)")
    binding = parser.add_argument_group("say what a figure stands on (writes to the story's file)")
    binding.add_argument("--figure", metavar="WORDS", help="the figure, in the story's own words")
    binding.add_argument("--before", default="", metavar="ID", help="the measurement before")
    binding.add_argument("--after", default="", metavar="ID", help="the measurement after")
    binding.add_argument("--source", default="", help="a document, a link or a name")
    binding.add_argument("--attribution", default="", help="what else changed at the time")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_folder_option(parser)
    parser.epilog = _EXAMPLES


def run(arguments: argparse.Namespace) -> int:
    """Bind a figure, or say what figures stand on; 1 when something weakens one of them."""
    folder = folder_of(arguments)
    worksheet = read_worksheet(folder)
    measurements = read_log(folder / FILE_NAME)
    stories = worksheet.stories
    if arguments.story:
        wanted = story_of(arguments.story, worksheet)
        stories = tuple(story for story in stories if story.id == wanted)
    if arguments.figure:
        if not arguments.story:
            raise FairleadError(
                "--figure is given without a story", fix="fairlead worksheet evidence STORY --figure …"
            )
        entry = make_evidence(
            arguments.figure,
            measurements,
            before=arguments.before,
            after=arguments.after,
            source=arguments.source,
            attribution=arguments.attribution,
        )
        stories = (save_story(folder, stories[0], bind(stories[0], entry)),)
    examined = [(story, examine(story, measurements)) for story in stories]
    if arguments.format == "json":
        document = [as_document(story, standings) for story, standings in examined]
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        show(_lines(examined, shutil.get_terminal_size().columns))
    return 1 if any(one.objections for _, standings in examined for one in standings) else 0


def as_document(story: Story, standings: Sequence[Standing]) -> dict[str, object]:
    """Return a story's figures as JSON holds them."""
    return {
        "story": story.id,
        "figures": [
            {
                "figure": one.figure,
                "section": one.section,
                "line": one.line,
                "kind": one.kind.value,
                "before": one.change.before.id if one.change else None,
                "after": one.change.after.id if one.change else None,
                "computed": say_change(one.change) if one.change else None,
                "less": one.change.less if one.change else None,
                "source": one.evidence.source if one.evidence else "",
                "attribution": one.evidence.attribution if one.evidence else "",
                "objections": [
                    {"what": said.what, "why": said.why, "fix": said.fix} for said in one.objections
                ],
            }
            for one in standings
        ],
    }


def _lines(examined: Sequence[tuple[Story, Sequence[Standing]]], width: int) -> Iterator[Text]:
    kinds = Counter(one.kind for _, standings in examined for one in standings)
    whole = sum(kinds.values())
    if not whole:
        yield Text("No story states a figure.", style="bold")
        return
    said = ", ".join(f"{kinds[kind]} {kind.value}" for kind in EvidenceKind)
    yield Text(
        f"{counted(whole, 'figure')} in {counted(len(examined), 'story', 'stories')}: {said}.", "bold"
    )
    for story, standings in examined:
        if standings:
            yield Text()
            yield Text.assemble((story.id, "bold"), f"  {story.path}")
            for one in standings:
                yield from _standing(one, width)
    if kinds[EvidenceKind.TYPED]:
        yield Text()
        typed = (
            "a typed figure is fine when you can say where it comes from; bind it when it was measured"
        )
        yield hanging("note  ", typed, width)


def _standing(one: Standing, width: int) -> Iterator[Text]:
    sign, style = _SIGNS[one.kind]
    place = f"{one.section}, line {one.line}" if one.line else "not in the story"
    yield Text.assemble(
        (f"  {sign} ", style), f"{one.kind.value:<9} ", (one.figure, "bold"), (f"  {place}", "dim")
    )
    indent = "              "
    if one.change:
        yield hanging(indent, f"{say_change(one.change)} ({say_basis(one.change)})", width)
    elif one.single:
        yield hanging(
            indent, f"{one.single.metric}: {one.single.statistic} {say_value(one.single)}", width
        )
    elif one.evidence and one.evidence.source:
        yield hanging(indent, one.evidence.source, width)
    if one.evidence and one.evidence.attribution:
        yield hanging(indent, f"what else changed: {one.evidence.attribution}", width)
    for objection in one.objections:
        yield hanging("            ! ", objection.what, width, style="yellow")
        yield hanging("              why  ", objection.why, width)
        yield hanging("              fix  ", objection.fix, width)
