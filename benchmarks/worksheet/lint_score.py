"""Scores the lint against the labelled texts: precision and recall for each rule.

    python benchmarks/worksheet/lint_score.py first|second|…|all [--misses]

Prints one row a rule, then totals over all labels and over the injected faults alone.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from fairlead.worksheet.lint.model import Surroundings
from fairlead.worksheet.lint.rules import RULES
from fairlead.worksheet.lint.running import lint_story
from fairlead.worksheet.model import Section, Story

SECTIONS = {"S": "situation", "T": "task", "A": "action", "R": "result", "L": "lesson"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A labelled text: its fields by letter, its labels, and whether a fault was injected into it."""

    number: str
    fields: dict[str, str]
    labels: frozenset[str]
    injected: frozenset[str]


def read_texts(path: Path) -> list[Text]:
    """Return the texts of a set, in order; a derived text has what it doesn't say from its source."""
    body = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.M)
    texts: dict[str, Text] = {}
    for chunk in re.split(r"^=== ", body, flags=re.M)[1:]:
        head, rest = chunk.split("\n", 1)
        number = head.split()[0]
        source = re.search(r"\bfrom (\d+)", head)
        base = texts[source[1]] if source else None
        fields = dict(base.fields) if base else {}
        fields |= dict(re.findall(r"^([A-Z][a-z]*):[ ]?(.*)$", rest, flags=re.M))
        labels = frozenset(word.strip() for word in head.split("expect:")[1].split(",")) - {"none"}
        injected = labels - base.labels if base else frozenset()
        texts[number] = Text(number=number, fields=fields, labels=labels, injected=injected)
    return list(texts.values())


def found_in(text: Text) -> dict[str, str]:
    """Return the names of the rules that say something of a text, and what they say."""
    story = Story(
        id=text.number,
        title=text.number,
        sections=tuple(
            Section(name=name, text=text.fields[letter], line=1)
            for letter, name in SECTIONS.items()
            if text.fields.get(letter)
        ),
        questions=(text.fields["Q"],) if "Q" in text.fields else (),
    )
    names = tuple(name.strip() for name in text.fields.get("Deny", "").split(",") if name.strip())
    verdict = lint_story(story, Surroundings(questions={}, confidential=names))
    return {finding.name: finding.what for finding in reversed(verdict.findings)}


def main(argv: list[str]) -> int:
    """Score one set and print the table; with ``--misses`` every difference, too."""
    folder = Path(__file__).parent / "texts"
    sets = sorted(folder.glob("*.txt")) if argv[0] == "all" else [folder / f"{argv[0]}.txt"]
    texts = [text for path in sets for text in read_texts(path)]
    right, wrong, missed, injected, caught = Counter(), Counter(), Counter(), Counter(), Counter()
    started = time.process_time()
    for text in texts:
        found = found_in(text)
        right.update(text.labels & set(found))
        wrong.update(set(found) - text.labels)
        missed.update(text.labels - set(found))
        injected.update(text.injected)
        caught.update(text.injected & set(found))
        if "--misses" in argv:
            for name in sorted(set(found) - text.labels):
                print(f"{text.number} wrongly {name}: {found[name]}")
            for name in sorted(text.labels - set(found)):
                print(f"{text.number} missed {name}")
    seconds = time.process_time() - started
    print(
        f"{'rule':<14}{'labels':>7}{'right':>7}{'wrong':>7}{'missed':>7}{'precision':>11}{'recall':>8}"
    )
    for rule in RULES:
        one = rule.name
        print(_row(one, right[one], wrong[one], missed[one]))
    print(_row("all", right.total(), wrong.total(), missed.total()))
    clean = [text for text in texts if not text.labels]
    quiet = sum(not found_in(text) for text in clean)
    if injected:
        rate = caught.total() / injected.total()
        print(f"injected faults found: {caught.total()} of {injected.total()}, {rate:.1%}")
    print(f"clean texts without a finding: {quiet} of {len(clean)}")
    each = seconds / len(texts) * 1000
    print(f"{len(texts)} texts in {seconds:.2f} s of processor time, {each:.1f} ms each")
    return 0


def _row(name: str, right: int, wrong: int, missed: int) -> str:
    precision = f"{right / (right + wrong):.0%}" if right + wrong else "-"
    recall = f"{right / (right + missed):.0%}" if right + missed else "-"
    return f"{name:<14}{right + missed:>7}{right:>7}{wrong:>7}{missed:>7}{precision:>11}{recall:>8}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
