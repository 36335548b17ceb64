"""``fairlead reference``: the page that documents every command, made from the commands themselves."""

from __future__ import annotations

import argparse
import os

from fairlead.app.cli.main import COMMANDS, parser_of
from fairlead.app.cli.worksheet import SUBCOMMANDS, subparser_of

_WIDTH = "80"


def configure(parser: argparse.ArgumentParser) -> None:
    """Let the page be chosen."""
    parser.description = (
        "Print a page of docs/reference, in Markdown: cli.md, every command with its help, or api.md,\n"
        "every address of the API."
    )
    parser.add_argument("page", nargs="?", choices=("cli", "api"), default="cli")


def run(arguments: argparse.Namespace) -> int:
    """Print the page."""
    print(_api() if arguments.page == "api" else reference(), end="")
    return 0


def _api() -> str:
    """Return the API's page; the platform that it describes lives in a folder that is thrown away."""
    from fairlead.app.api.reference import api_reference
    from fairlead.app.platform_wiring import open_platform, platform_settings
    from fairlead.app.server import build
    from fairlead.store.scratch import scratch_folder

    with scratch_folder(os.environ) as folder:
        settings = platform_settings({}, state=folder)
        platform = open_platform(settings, environ={})
        try:
            return api_reference(build(platform).openapi())
        finally:
            platform.database.close()


def reference() -> str:
    """Return the page's text: the commands in the order of `fairlead --help`, each with its help."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _WIDTH  # argparse wraps at the terminal's width otherwise
    try:
        sections = [
            f"## fairlead {' '.join(path)}\n\n```text\n{parser.format_help().rstrip()}\n```\n"
            for name in COMMANDS
            for path, parser in _with_subcommands((name,), parser_of(name))
        ]
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
    head = (
        "# Command reference\n\n"
        "Made by `fairlead reference`; a test fails when this page and the commands differ.\n\n"
        "Exit codes of every command: 0 for success (for `check`: a pass), 1 for `check` when the\n"
        "change is blocked, 2 for a wrong call, a run that could not happen and what could not be\n"
        "evaluated.\n"
    )
    return head + "\n" + "\n".join(sections)


def _with_subcommands(
    path: tuple[str, ...], parser: argparse.ArgumentParser
) -> list[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    found = [(path, parser)]
    if path == ("worksheet",):  # its subcommands are loaded one at a time, not by argparse
        found += [((*path, name), subparser_of(name)) for name in SUBCOMMANDS]
    for action in parser._actions:  # argparse offers no other way to its subcommands
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                found += _with_subcommands((*path, name), child)
    return found
