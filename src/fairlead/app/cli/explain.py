"""``fairlead explain``: what a rule, a check or a word of the verdict means."""

from __future__ import annotations

import argparse
import difflib
import re

from fairlead.app.glossary import GLOSSARY
from fairlead.app.wiring import built_in_checks
from fairlead.checks.rules.explanations import Explanation, explain, rules
from fairlead.errors import FairleadError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the word to explain."""
    parser.description = (
        "Say what a rule means, why it matters, how to mend what it finds, and how to silence it\n"
        "honestly; or what a word of the verdict means."
    )
    parser.epilog = (
        "examples:\n"
        "  fairlead explain B602         a rule of one of the tools\n"
        "  fairlead explain checks       every check and what it looks for\n"
        "  fairlead explain WS304        a rule of worksheet lint\n"
        "  fairlead explain inert        a word of the verdict\n"
        "  fairlead explain              every word there is"
    )
    parser.add_argument("word", nargs="?", metavar="RULE", help="a rule, a check or a word")


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation, or raise with the nearest words that have one."""
    word = arguments.word
    if word is None:
        print("words: " + ", ".join([*sorted(GLOSSARY), "checks"]))
        print("rules explained one by one: " + ", ".join(rules()))
        print("every other rule of a tool gets the tool's own page")
    elif word == "checks":
        for check in built_in_checks():
            tool = f" ({check.tool})" if check.tool else ""
            print(f"{check.name:<16} {check.title}{tool}")
    elif word in GLOSSARY:
        print(f"{word}\n\n{GLOSSARY[word]}")
    elif check := next((check for check in built_in_checks() if check.name == word), None):
        print(f"{check.name}: {check.title}\n")
        print(f"tool      {check.tool or 'none: fairlead looks itself'}")
        print(f"steered   by {', '.join(check.configuration) or 'nothing'}")
    elif re.fullmatch(r"WS\d{3}", word.upper()):
        from fairlead.app.cli.worksheet_commands.explain import explain_code

        print(explain_code(word))
    elif explanation := explain(word):
        print(_rule(explanation))
    else:
        raise FairleadError(f"nothing is known of {word!r}", fix=_nearest(word))
    return 0


def _rule(explanation: Explanation) -> str:
    rows = (
        ("what", explanation.what),
        ("why", explanation.why),
        ("fix", explanation.fix),
        ("silence", explanation.suppress),
        ("more", explanation.url),
    )
    body = "\n".join(f"  {label:<8} {text}" for label, text in rows if text)
    return f"{explanation.rule}, of the check {explanation.check}\n\n{body}"


def _nearest(word: str) -> str:
    known = (*GLOSSARY, *rules(), *(check.name for check in built_in_checks()))
    near = difflib.get_close_matches(word, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return hint + "`fairlead explain` lists every word"
