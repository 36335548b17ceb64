"""``fairlead doctor``: is everything here that the platform needs; if not, what to do."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from fairlead.app.cli.platform_arguments import add_platform_arguments
from fairlead.app.cli.printable import printable
from fairlead.app.examination import Examined, Health, examine
from fairlead.app.platform_wiring import platform_settings

_SIGNS: Mapping[Health, str] = {Health.GOOD: "✓", Health.WORSE: "~", Health.BROKEN: "✗"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what `doctor` takes."""
    parser.description = (
        "Look at what the platform needs: Python, git, the checks' tools, the state folder,\n"
        "the store, Redis, isolation. Nothing is changed."
    )
    parser.epilog = "exit codes: 0 all that is needed is here, 1 something is broken\n"
    parser.add_argument("--worksheet", type=Path, metavar="DIR", help="look at this worksheet too")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_platform_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; 1 when something is broken."""
    settings = platform_settings(
        os.environ, state=arguments.state, store=arguments.store, worksheet=arguments.worksheet
    )
    broken = worse = 0
    seen: list[Examined] = []
    for examined in examine(settings):
        broken += examined.health is Health.BROKEN
        worse += examined.health is Health.WORSE
        seen.append(examined)
        if arguments.format == "text":
            print(printable(_line(examined)), flush=True)
    if arguments.format == "json":
        print(json.dumps([asdict(one) for one in seen], indent=1))
    else:
        print(f"\n{_sentence(broken, worse)}")
    return 1 if broken else 0


def _line(examined: Examined) -> str:
    line = f"  {_SIGNS[examined.health]} {examined.what:<14} {examined.seen}"
    return f"{line}\n    {'fix':<14} {examined.fix}" if examined.fix else line


def _sentence(broken: int, worse: int) -> str:
    if broken:
        return f"{broken} of these must be mended before all works."
    if worse:
        return f"All that is needed is here; {worse} could be better."
    return "All is here."
