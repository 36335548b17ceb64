"""``fairlead worksheet explain``: say what a lint code means."""

from __future__ import annotations

import argparse

from fairlead.errors import FairleadError
from fairlead.worksheet.lint.rules import BY_CODE, RULES
from fairlead.worksheet.lint.telling import explained


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the code."""
    parser.add_argument("code", nargs="?", help="a code such as WS304 or a name such as arithmetic")


def run(arguments: argparse.Namespace) -> int:
    """Explain one rule, or list all."""
    if arguments.code is None:
        for rule in RULES:
            print(f"{rule.code}  {rule.name:<14}{rule.weight:<8} {rule.title}")
        return 0
    wanted = arguments.code.casefold()
    rule = BY_CODE.get(wanted.upper()) or next((one for one in RULES if one.name == wanted), None)
    if rule is None:
        raise FairleadError(
            f"there is no rule {arguments.code!r}", fix="fairlead worksheet explain lists them"
        )
    print(explained(rule))
    return 0
