"""``fairlead worksheet ask``: which stories answer a question, why, and what will be asked next."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.app.cli.worksheet_commands.showing import cut, hanging, read_worksheet, show
from fairlead.errors import FairleadError
from fairlead.worksheet.model import Story
from fairlead.worksheet.retrieval import Fit, Reply, ask, open_library, say_best, say_reasons

_SIGNS = {Fit.STRONG: ("●", "green"), Fit.FAIR: ("◐", "yellow"), Fit.WEAK: ("○", "dim")}
_FOLLOW_UPS = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the question and how many stories to show."""
    parser.add_argument("question", nargs="+", help="what was, or may be, asked")
    parser.add_argument("--top", type=int, default=3, metavar="N", help="how many stories (3)")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_folder_option(parser)
    parser.epilog = (
        'fairlead worksheet ask "Tell me about a time you disagreed with your manager"\n\n'
        "Compares words, the ideas behind them and principles; nothing leaves this machine. The fit\n"
        "is a guess from the text, unless the story's front matter names this very question."
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer the question; 0 when a story fits at least weakly, else 1."""
    question = " ".join(" ".join(arguments.question).split())
    if not question:
        raise FairleadError("the question is empty", fix='fairlead worksheet ask "QUESTION"')
    if arguments.top < 1:
        raise FairleadError("--top is below 1", fix="--top 3")
    worksheet = read_worksheet(folder_of(arguments))
    if not worksheet.stories:
        raise FairleadError(
            f"{worksheet.folder} has no stories to search", fix="fairlead worksheet import FILE"
        )
    reply = ask(open_library(worksheet), question, limit=arguments.top)
    if arguments.format == "json":
        print(json.dumps(as_document(reply), ensure_ascii=False, indent=2))
    else:
        show(_lines(reply, shutil.get_terminal_size().columns))
    return 0 if reply.suggestions else 1


def as_document(reply: Reply) -> dict[str, object]:
    """Return the reply as JSON holds it."""
    return {
        "question": reply.question,
        "principles": [principle.id for principle in reply.principles],
        "stories": [
            {
                "id": one.story.id,
                "title": one.story.title,
                "fit": one.fit.value,
                "share": round(one.share, 3),
                "declared": one.declared,
                "reasons": [
                    {"kind": reason.kind, "name": reason.name, "words": list(reason.words)}
                    for reason in one.reasons
                ],
            }
            for one in reply.suggestions
        ],
        "follow_ups": list(reply.follow_ups),
    }


def _lines(reply: Reply, width: int) -> Iterator[Text]:
    if not reply.suggestions:
        yield Text(say_best(reply, name=_named), style="bold")
        yield hanging("next: ", "write one, or ask it in other words", width)
        return
    yield hanging("", say_best(reply, name=_named), width)
    yield Text()
    for number, one in enumerate(reply.suggestions, start=1):
        sign, style = _SIGNS[one.fit]
        fit = "named for it" if one.declared else f"{one.fit.value} fit"
        mark = (f"{sign} ", style)
        line = Text.assemble(f"  {number}  ", mark, f"{fit:<12} ", (one.story.title, "bold"))
        if line.cell_len + 2 + cell_len(one.story.id) <= width:
            yield line.append(f"  {one.story.id}", style="dim")
        else:
            yield cut(line, width)
            yield hanging("          ", one.story.id, width)
        for line in say_reasons(one.reasons):
            yield hanging("          ", line, width)
    yield Text()
    if reply.principles:
        names = ", ".join(principle.name for principle in reply.principles)
        yield hanging("asked for  ", names, width)
    for number, follow_up in enumerate(reply.follow_ups[:_FOLLOW_UPS]):
        yield hanging("expect     " if not number else "           ", follow_up, width)


def _named(story: Story) -> str:
    return f"{story.id}: {story.title}"
