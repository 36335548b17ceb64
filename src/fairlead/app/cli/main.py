"""Where a command line arrives: finds the command, loads that one alone, turns errors into words."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from fairlead.errors import FairleadError
from fairlead.signals import Terminated, interrupted_by_signals

COULD_NOT_RUN = 2
"""Exit code for a wrong call, a run that could not happen, and what could not be evaluated."""


class CommandModule(Protocol):
    """What a module under ``app/cli`` offers for its command."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments, its description and its examples."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the command and return its exit code; raises FairleadError for what is expected."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its module, and the one line that the list of commands shows."""

    module: str
    summary: str


COMMANDS: dict[str, Command] = {
    "up": Command("fairlead.app.cli.up", "start the platform: background runs, an API, pages"),
    "repository": Command("fairlead.app.cli.repository", "which repositories the platform follows"),
    "token": Command("fairlead.app.cli.token", "who may reach the platform from elsewhere"),
    "submit": Command("fairlead.app.cli.submit", "have a change run in the background"),
    "worker": Command("fairlead.app.cli.worker", "carry out background runs on this machine"),
    "backup": Command("fairlead.app.cli.backup", "copy the platform's store, or put a copy back"),
    "doctor": Command("fairlead.app.cli.doctor", "is everything here that the platform needs"),
    "check": Command("fairlead.app.cli.check", "gate a change: read it, plan, run the checks, decide"),
    "plan": Command("fairlead.app.cli.plan", "say which checks a change needs, and why; run none"),
    "replay": Command(
        "fairlead.app.cli.replay", "plan the changes of the past; say what that saves and misses"
    ),
    "explain": Command("fairlead.app.cli.explain", "what a rule, a check or a word of a verdict means"),
    "init": Command(
        "fairlead.app.cli.init", "write a commented fairlead.toml that fits the repository"
    ),
    "baseline": Command("fairlead.app.cli.baseline", "record today's findings as known"),
    "advisories": Command("fairlead.app.cli.advisories", "import or show known vulnerabilities"),
    "worksheet": Command("fairlead.app.cli.worksheet", "keep stories, principles and questions"),
    "measurements": Command(
        "fairlead.app.cli.measurements", "import what was measured, and look at it"
    ),
    "schema": Command("fairlead.app.cli.schema", "print the JSON Schema of a verdict or a replay"),
    "reference": Command("fairlead.app.cli.reference", "print the reference of every command"),
}
"""Every command, in the order in which help lists them."""


def parser_of(name: str) -> argparse.ArgumentParser:
    """Return the argument parser of one command, loading its module."""
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(
        prog=f"fairlead {name}",
        description=command.summary,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _module(name).configure(parser)
    return parser


def run(argv: list[str]) -> int:
    """Run the command that ``argv`` names and return its exit code: 0, 1, or 2 for anything wrong.

    A defect of our own is shown with its traceback, and is 2 as well: 1 means that a change is blocked.
    """
    _make_streams_take_anything()
    try:
        code = _run(argv)
        sys.stdout.flush()
        return code
    except FairleadError as error:
        print(f"fairlead: {error.cause}\n     fix: {error.fix}", file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt as interrupt:
        print("fairlead: interrupted; nothing was left behind", file=sys.stderr)
        return 128 + (interrupt.number if isinstance(interrupt, Terminated) else signal.SIGINT)
    except BrokenPipeError:
        _discard_output()
        return 128 + signal.SIGPIPE
    except OSError as error:
        _discard_output()
        place = f"{error.filename}: " if error.filename else ""
        print(
            f"fairlead: {place}{error.strerror or error}\n"
            "     fix: see that there is room on the disk and that the folder can be written",
            file=sys.stderr,
        )
        return COULD_NOT_RUN
    except Exception:
        traceback.print_exc()
        print("fairlead: this is a defect in fairlead; nothing was decided", file=sys.stderr)
        return COULD_NOT_RUN


def _run(argv: list[str]) -> int:
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(_overview())
        return 0 if argv else COULD_NOT_RUN
    if argv[0] in {"-V", "--version", "version"}:
        from fairlead import __version__

        print(f"fairlead {__version__}")
        return 0
    if argv[0] not in COMMANDS:
        raise FairleadError(
            f"there is no command {argv[0]!r}", fix=f"fairlead --help{_nearest(argv[0])}"
        )
    arguments = parser_of(argv[0]).parse_args(argv[1:])
    with interrupted_by_signals():
        return _module(argv[0]).run(arguments)


def _make_streams_take_anything() -> None:
    """Let no path and no mark be too strange to print, and a stream that was closed take everything."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115, as it stays until the end
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Send what standard output still holds nowhere, so that Python doesn't stumble over it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _module(name: str) -> CommandModule:
    return cast(CommandModule, importlib.import_module(COMMANDS[name].module))


def _overview() -> str:
    width = max((len(name) for name in COMMANDS), default=0)
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "usage: fairlead COMMAND [OPTIONS]",
            "",
            "Leads a change along the shortest line that is still safe.",
            "",
            *lines,
            "",
            "fairlead COMMAND --help teaches one command; fairlead --version names this one.",
        ]
    )


def _nearest(word: str) -> str:
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
