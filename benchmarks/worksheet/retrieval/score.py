"""How often a labelled story is among the first three: ``python score.py seen`` or ``held-out``."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from fairlead.worksheet.folder import load
from fairlead.worksheet.model import Worksheet
from fairlead.worksheet.retrieval import Library, match_question, open_library
from fairlead.worksheet.shipped import shipped_pack

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Print the shares, and with ``--misses`` each question that was not answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", choices=("seen", "held-out", "fresh", "indirect", "last"))
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    folder = HERE / arguments.set
    worksheet = replace(load(folder), packs=(shipped_pack("leadership-principles"),))
    bare = replace(
        worksheet, stories=tuple(replace(story, principles=()) for story in worksheet.stories)
    )
    for name, one in (("with principle tags", worksheet), ("without tags", bare)):
        first, third, asked = score(one, folder, misses=arguments.misses)
        print(f"{name}: first {first / asked:.1%}, top three {third / asked:.1%} of {asked} questions")


def score(worksheet: Worksheet, folder: Path, *, misses: bool) -> tuple[int, int, int]:
    """Return how many questions have a labelled story first, among three, and how many there are."""
    library = open_library(worksheet)
    first = third = asked = 0
    for line in (folder / "questions.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, labels = line.split("\t")
        found = best(library, question)
        asked += 1
        first += found[0] in labels.split()
        hit = any(story in labels.split() for story in found)
        third += hit
        if misses and not hit:
            print(f"  {question}\n    wanted {labels}, found {', '.join(found)}")
    return first, third, asked


def best(library: Library, question: str) -> list[str]:
    """Return the ids of the three best stories."""
    matches = match_question(library, question)
    order = sorted(range(len(matches)), key=lambda at: -matches[at].score)
    return [library.stories[at].id for at in order[:3]]


if __name__ == "__main__":
    main()
