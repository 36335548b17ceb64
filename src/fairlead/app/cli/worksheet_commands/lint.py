"""``fairlead worksheet lint``: say what a listener would stumble over."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from fairlead.app.cli.worksheet import add_folder_option, folder_of
from fairlead.errors import FairleadError
from fairlead.worksheet.folder import find_folder, load
from fairlead.worksheet.lint.model import Surroundings, Verdict, surroundings
from fairlead.worksheet.lint.running import lint_story
from fairlead.worksheet.lint.telling import as_json, as_sarif, as_text
from fairlead.worksheet.model import DEFAULT_METHOD, SECTIONS, Problem, Story, Worksheet
from fairlead.worksheet.story_file import read_story


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what to look at and how to say it."""
    parser.add_argument(
        "stories",
        nargs="*",
        metavar="STORY",
        help="ids of stories, or files: a story's, or any document that import reads; - is standard"
        " input (default: every story of the worksheet)",
    )
    parser.add_argument("--format", choices=["text", "json", "sarif"], default="text")
    parser.add_argument("--select", metavar="CODES", default="", help="only these rules: WS301,WS304")
    add_folder_option(parser)
    parser.epilog = (
        "Exits with 0 when nothing was found, 1 when something was, 2 when a story could not be read.\n"
        "A story switches a rule off in its front matter, with the reason:  lint: {WS309: why}"
    )


def run(arguments: argparse.Namespace) -> int:
    """Lint and print; what could not be read weighs more than what was found."""
    sheet, stories, problems = _chosen(arguments)
    around = (
        surroundings(sheet.questions(), sheet.confidential)
        if sheet
        else Surroundings(questions={}, confidential=())
    )
    wanted = _codes(arguments.select)
    verdicts = [_only(lint_story(story, around), wanted) for story in stories]
    method = sheet.method if sheet else DEFAULT_METHOD
    if arguments.format == "json":
        sys.stdout.write(as_json(verdicts, method, problems))
    elif arguments.format == "sarif":
        sys.stdout.write(as_sarif(verdicts, problems))
    else:
        sys.stdout.write(as_text(verdicts, method, problems))
    if problems:
        return 2
    return 1 if any(verdict.findings for verdict in verdicts) else 0


def _chosen(
    arguments: argparse.Namespace,
) -> tuple[Worksheet | None, list[Story], list[Problem]]:
    files = [name for name in arguments.stories if name == "-" or Path(name).is_file()]
    ids = [name for name in arguments.stories if name not in files]
    sheet = _worksheet(arguments, needed=bool(ids) or not files)
    stories: list[Story] = []
    problems: list[Problem] = []
    if sheet and not arguments.stories:
        return sheet, list(sheet.stories), list(sheet.problems)
    for name in ids:
        story = sheet.story(name) if sheet else None
        if story is None:
            raise FairleadError(
                f"there is no story {name!r}",
                fix="name a file, or an id that fairlead worksheet lint shows",
            )
        stories.append(story)
    for name in files:
        found, wrong = _in_file(name)
        stories += found
        problems += wrong
    return sheet, stories, problems


def _worksheet(arguments: argparse.Namespace, *, needed: bool) -> Worksheet | None:
    """Return the worksheet; a file on its own is linted without one where there is none."""
    if needed or arguments.folder is not None:
        return load(folder_of(arguments))
    try:
        return load(find_folder(Path.cwd()))
    except FairleadError:
        return None


def _in_file(name: str) -> tuple[list[Story], list[Problem]]:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise FairleadError(
            f"{name} can't be read: {error.strerror}", fix="name a file to read"
        ) from error
    path = "standard-input.md" if name == "-" else Path(name).as_posix()
    story, problems = read_story(raw, path=path)
    if story and any(part.name in SECTIONS for part in story.sections):
        return [story], list(problems)
    if story is None and raw.lstrip(b"\xef\xbb\xbf").startswith(b"---"):
        return [], list(problems)
    from fairlead.worksheet.documents.bringing_in import stories_of
    from fairlead.worksheet.documents.reading import read_document
    from fairlead.worksheet.documents.text import decode
    from fairlead.worksheet.shipped import names_of_principles

    text, encoding = decode(raw, name=path)
    document = read_document(text, encoding, name=Path(path).stem, known=names_of_principles())
    if not document.stories:
        raise FairleadError(
            f"{name} holds no story that can be told apart",
            fix="mark its parts, as in `## Situation`, `**Task:**` or `S:`",
        )
    return [replace(one, path=path) for one in stories_of(document)], []


def _codes(select: str) -> frozenset[str]:
    from fairlead.worksheet.lint.rules import BY_CODE, SWITCH_OFF

    codes = frozenset(code.strip().upper() for code in select.split(",") if code.strip())
    unknown = sorted(codes - set(BY_CODE) - {SWITCH_OFF})
    if unknown:
        raise FairleadError(
            f"there is no rule {unknown[0]}", fix="fairlead worksheet explain lists the codes"
        )
    return codes


def _only(verdict: Verdict, codes: frozenset[str]) -> Verdict:
    if not codes:
        return verdict
    return replace(
        verdict,
        findings=tuple(one for one in verdict.findings if one.code in codes),
        silenced=tuple(one for one in verdict.silenced if one.finding.code in codes),
    )
