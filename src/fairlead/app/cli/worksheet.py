"""``fairlead worksheet``: finds the subcommand, and loads that one alone."""

from __future__ import annotations

import argparse
import difflib
import importlib
from pathlib import Path
from typing import cast

from fairlead.app.cli.main import Command, CommandModule
from fairlead.errors import FairleadError
from fairlead.worksheet.folder import find_folder

_HERE = "fairlead.app.cli.worksheet_commands"

SUBCOMMANDS: dict[str, Command] = {
    "init": Command(f"{_HERE}.init", "make the folder that you own"),
    "open": Command(f"{_HERE}.open_pages", "show it as pages in your browser, to look at and edit"),
    "import": Command(f"{_HERE}.import_document", "read a worksheet that you already have"),
    "export": Command(f"{_HERE}.export_document", "give an imported document back, with your edits"),
    "packs": Command(f"{_HERE}.packs", "list the packs of principles, and add one"),
    "lint": Command(f"{_HERE}.lint", "say what a listener would stumble over"),
    "explain": Command(f"{_HERE}.explain", "explain a lint code"),
    "assess": Command(f"{_HERE}.assess", "answer self-assessment prompts, and see what has changed"),
    "coverage": Command(f"{_HERE}.coverage", "show what your stories cover, gaps first"),
    "ask": Command(f"{_HERE}.ask", "find the stories that answer a question"),
    "plan": Command(f"{_HERE}.plan", "give each interviewer a story, none told twice"),
    "evidence": Command(f"{_HERE}.evidence", "say what each figure stands on"),
    "print": Command(f"{_HERE}.print_stories", "write stories, a brief or cue cards to take along"),
}
"""Every subcommand, in the order in which help lists them."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand's name, and all that follows it, which the subcommand's own parser reads."""
    width = max(len(name) for name in SUBCOMMANDS)
    parser.usage = "fairlead worksheet SUBCOMMAND [OPTIONS]"
    parser.description = "\n".join(
        [
            "Keeps stories, principles and questions in a folder of plain text that you own.",
            "",
            *(f"  {name:<{width}}  {command.summary}" for name, command in SUBCOMMANDS.items()),
            "",
            "fairlead worksheet SUBCOMMAND --help teaches one.",
        ]
    )
    parser.add_argument("subcommand", nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand and return its exit code."""
    name = arguments.subcommand
    if name not in SUBCOMMANDS:
        near = difflib.get_close_matches(name or "", SUBCOMMANDS, n=1)
        meant = f" (did you mean {near[0]}?)" if near else ""
        seen = f"there is no subcommand {name!r}" if name else "a subcommand is missing"
        raise FairleadError(seen, fix=f"fairlead worksheet --help{meant}")
    return _module(name).run(subparser_of(name).parse_args(arguments.rest))


def subparser_of(name: str) -> argparse.ArgumentParser:
    """Return the argument parser of one subcommand, loading its module."""
    command = SUBCOMMANDS[name]
    parser = argparse.ArgumentParser(
        prog=f"fairlead worksheet {name}",
        description=command.summary[:1].upper() + command.summary[1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _module(name).configure(parser)
    return parser


def add_folder_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--folder``, which every subcommand that reads the worksheet takes."""
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="the worksheet (default: this folder, one above it, or ./worksheet)",
    )


def folder_of(arguments: argparse.Namespace) -> Path:
    """Return the worksheet's folder that the call means; raises FairleadError when there is none."""
    return arguments.folder if arguments.folder is not None else find_folder(Path.cwd())


def _module(name: str) -> CommandModule:
    return cast(CommandModule, importlib.import_module(SUBCOMMANDS[name].module))
