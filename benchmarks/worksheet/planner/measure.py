"""How long planning takes: ``python measure.py`` prints medians over made-up worksheets."""

from __future__ import annotations

import random
import statistics
import time
from datetime import date
from pathlib import Path

from fairlead.worksheet.assignment import assign
from fairlead.worksheet.coverage import cover
from fairlead.worksheet.model import Section, Story, Worksheet
from fairlead.worksheet.planner import Interviewer, Loop, plan_loop
from fairlead.worksheet.shipped import shipped_pack

SIZES = ((11, 6), (60, 18), (200, 40))
RUNS = 15
TODAY = date(2026, 11, 23)


def main() -> None:
    """Print one line for each number of stories and slots."""
    print("stories  slots  assignment  plan      coverage  (medians of", RUNS, "runs, ms)")
    for stories, slots in SIZES:
        worksheet = made_up(stories)
        loop = made_up_loop(worksheet, slots)
        covering = median(lambda sheet=worksheet: cover(sheet, today=TODAY), runs=3)
        coverage = cover(worksheet, today=TODAY)
        planning = median(lambda one=loop, whole=coverage: plan_loop(one, whole))
        chance = random.Random(1)
        values = [[chance.choice([0.0, chance.random()]) for _ in range(stories)] for _ in range(slots)]
        solving = median(lambda table=values: assign(table))
        print(f"{stories:7}  {slots:5}  {solving:10.2f}  {planning:8.2f}  {covering:8.0f}")


def made_up(number: int) -> Worksheet:
    """Return a worksheet of stories with 250 words and two principles each."""
    chance = random.Random(number)
    pack = shipped_pack("leadership-principles")
    words = " ".join(
        question.text for principle in pack.principles for question in principle.questions
    ).split()
    ids = [principle.id for principle in pack.principles]
    stories = tuple(
        Story(
            id=f"story-{at}",
            title=f"Story {at}",
            principles=tuple(chance.sample(ids, 2)),
            sections=(Section(name="action", text=" ".join(chance.choices(words, k=250)), line=1),),
        )
        for at in range(number)
    )
    return Worksheet(folder=Path(), stories=stories, packs=(pack,))


def made_up_loop(worksheet: Worksheet, slots: int) -> Loop:
    """Return a loop whose interviewers ask after three principles each, in the pack's order."""
    principles = (worksheet.principles * (1 + slots // len(worksheet.principles)))[:slots]
    return Loop(
        title="",
        interviewers=tuple(
            Interviewer(name=f"Interviewer {at}", principles=principles[at : at + 3])
            for at in range(0, slots, 3)
        ),
    )


def median(work, *, runs: int = RUNS) -> float:
    """Return the median wall time of the work in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    main()
