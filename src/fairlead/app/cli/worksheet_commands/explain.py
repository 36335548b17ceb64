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
    print(explain_code(arguments.code))
    return 0


def explain_code(code: str) -> str:
    """Return what is known of a rule, by its code or name; raises FairleadError for none."""
    wanted = code.casefold()
    rule = BY_CODE.get(wanted.upper()) or next((one for one in RULES if one.name == wanted), None)
    if rule is None:
        raise FairleadError(f"there is no rule {code!r}", fix="fairlead worksheet explain lists them")
    return explained(rule)
