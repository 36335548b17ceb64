"""What the lint says of figures, in sentences that stand in none of the labelled sets."""

import pytest

from fairlead.worksheet.lint.model import Surroundings
from fairlead.worksheet.lint.running import lint_story
from fairlead.worksheet.model import Section, Story

SITUATION = "Our group of 30 ran 60 services, and a backup took 50 minutes."
ACTION = "I rewrote the copier, tried it on one service, and wrote down how to go back."
RESULT = "In May a backup took 20 minutes, down from 50, by the backup log."


def found(
    *, situation: str = SITUATION, task: str = "", action: str = ACTION, result: str = RESULT
) -> dict[str, str]:
    parts = {"situation": situation, "task": task, "action": action, "result": result}
    story = Story(
        id="one",
        title="One",
        sections=tuple(Section(name=name, text=text, line=1) for name, text in parts.items() if text),
    )
    verdict = lint_story(story, Surroundings(questions={}, confidential=()))
    return {one.name: one.what for one in verdict.findings}


@pytest.mark.parametrize(
    "text",
    [
        "In May 14 kg a day went into the bin; I weighed it each evening.",
        "In May the retest found 2 of 60 ports open.",
        "In June 300 boxes were late instead of 900, both years by Shopware.",
        "In June 40 of 300 trains were late, read from the signal box.",
        "In June the queue was 12 instead of 40 people long, says the porter.",
        "By June 58 of 60 doors closed by themselves; every tenant signed my list.",
        "In March 3 kWh a day, on the same scale as before, same counter.",
        "In April the error log has 4 crashes, where it had 31 in March.",
        "In May 9 of 90 parcels were late; the depot wrote it down each evening.",
        "In May 80 parts an hour instead of 60: the shift book.",
        "In May 9 of 90 parcels were late; the counts are from our sorter.",
        "I clocked 20 runs in May: 4 minutes instead of 9.",
        "Since July 18 of 20 pumps start at once; you can see it in the control room.",
        "The finding was closed on 4 May, 11 days early, after 0 of 14 hosts failed.",
    ],
)
def test_whoever_names_an_instrument_a_witness_or_a_body_is_not_asked_for_a_source(text: str) -> None:
    assert "source" not in found(result=text)


@pytest.mark.parametrize(
    "text",
    [
        "In May 30 orders failed instead of 90.",
        "By Friday 40 of 300 trains were late.",
        "In May, in Berlin and Rome, errors fell from 80 to 20.",
        "In the third quarter 12 letters were late instead of 50, so people read the news again.",
    ],
)
def test_a_figure_that_nobody_is_said_to_have_counted_is_asked_for_its_source(text: str) -> None:
    assert "source" in found(result=text)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Of 90 tickets 40 were closed, 35 were moved and 30 were refused", "105"),
        ("Of the 12 trials four failed, six worked and three were stopped", "13"),
        ("22 of the 30 plants were on time, the other 9 a day late", "leave 8"),
        ("We saw 12 errors, 7 warnings and 5 hints, 30 in all", "make 24"),
        ("I held 12 lessons of 30 minutes each, 8 hours in all", "make 6"),
        ("It handled 900 orders, up from 300, so 4x", "3 times"),
        ("It took 9 minutes instead of 30, which saves 25 minutes on each", "21"),
        ("Of the audience 60 answered, and 45 were content, which is 85%", "75 %"),
        ("The switch took 90 minutes, or 2 hours", "1.5"),
    ],
)
def test_figures_that_do_not_add_up_are_said_with_what_they_make(text: str, right: str) -> None:
    what = found(result=f"In May, by our log: {text}.")

    assert right in what["arithmetic"]


@pytest.mark.parametrize(
    "text",
    [
        "Of 90 tickets 40 were closed, 30 were moved and 20 were refused",
        "Of 90 tickets 40 were closed, 30 were moved and 12 were refused",
        "Of 30 plants 20 were late, 12 of them by a day and 3 by a week",
        "Of 30 plants 12 had 40 leaks, 25 dents and 8 scratches",
        "22 of the 30 plants were on time, the other 8 a day late",
        "We saw 12 errors, 7 warnings and 5 hints, 24 in all",
        "I held 12 lessons of 30 minutes each, 6 hours in all",
        "I trained 12 teams of 8 people, 96 people in all",
        "It handled 900 orders, up from 300, so 3x",
        "It took 9 minutes instead of 30, which saves 21 minutes on each",
        "It took 9 minutes instead of 30, which saves 7 hours a week",
        "Of the audience 60 answered, and 45 were content, which is 75%",
        "2,900 of 1.3M visits failed, that's 99.78% without a failure",
        "The switch took 90 minutes, or an hour and a half",
        "The switch took 100 minutes, or 1.7 hours",
        "The course took 3 days, or 24 hours",
    ],
)
def test_figures_that_add_up_or_speak_of_other_things_are_left_alone(text: str) -> None:
    assert "arithmetic" not in found(result=f"In May, by our log: {text}.")


@pytest.mark.parametrize(
    ("situation", "result"),
    [
        ("The site has 40 subcontractors.", "In May all 44 contractors had signed, by the list."),
        (
            "The shop counted its stock every ten days.",
            "Since May, stock is counted daily instead of every six days.",
        ),
        (
            "Two clerks were checking the invoices.",
            "Since May all five clerks who did the checking sell.",
        ),
    ],
)
def test_the_same_things_counted_twice_must_agree(situation: str, result: str) -> None:
    assert "contradiction" in found(situation=situation, result=result)


@pytest.mark.parametrize(
    ("situation", "result"),
    [
        ("The site has 40 subcontractors.", "In May all 40 contractors had signed, by the list."),
        (
            "The shop counted its stock every ten days.",
            "Since May stock is counted daily instead of every ten days.",
        ),
        (
            "We met every two weeks; stock was counted every ten days.",
            "Since May we ship instead of every six days.",
        ),
        (
            "Two clerks were checking the invoices.",
            "Since May all five drivers who did the loading are trained.",
        ),
    ],
)
def test_other_things_may_have_other_counts(situation: str, result: str) -> None:
    assert "contradiction" not in found(situation=situation, result=result)


def test_a_before_told_for_the_peak_anywhere_wants_an_after_with_its_condition() -> None:
    action = "I showed that a backup took 50 minutes during peak hours, and rewrote the copier."
    situation = "Our group of 30 ran 60 services."
    result = "In May a backup went from 50 minutes to 8 minutes, by the log."

    lost = found(situation=situation, action=action, result=result)
    kept = found(
        situation=situation, action=action, result=result.replace(", by", " at peak hours, by")
    )
    same = found(
        situation=situation, action=action, result=result.replace(", by", " on the same hours, by")
    )

    assert "peak" in lost["statistic"]
    assert "statistic" not in kept
    assert "statistic" not in same


@pytest.mark.parametrize(
    "text",
    [
        "Our floors are cleaner than what guests see in other hotels.",
        "It is steadier than the lines of comparable plants.",
        "We answer sooner than similar offices.",
    ],
)
def test_better_than_unnamed_others_is_asked_about(text: str) -> None:
    assert "comparator" in found(result=f"{RESULT} {text}")


@pytest.mark.parametrize(
    "text",
    [
        "That is less than on other days.",
        "It is steadier than the other plants in Ulm and Graz.",
        "It is faster than the line in Ulm.",
    ],
)
def test_a_named_group_or_another_time_is_a_fair_comparison(text: str) -> None:
    assert "comparator" not in found(result=f"{RESULT} {text}")


def test_a_goal_that_one_had_to_reach_is_a_target() -> None:
    assert "target" in found(task="I had to reach 98% availability by autumn.")
    assert "target" in found(task="I was to fill 7 positions by 1 March.")
    assert "target" not in found(task="I had 3 months and 7 people.")


def test_a_share_that_cannot_be_one_of_the_only_count_has_no_known_n() -> None:
    result = "In the May poll 73% of the drivers said yes, by the poll's sheet."

    assert "share" in found(action="I asked six drivers first. " + ACTION, result=result)
    assert "share" not in found(action="I asked eleven drivers first. " + ACTION, result=result)


def test_a_fact_that_was_learned_is_no_lesson() -> None:
    asked = Surroundings(questions={}, confidential=())
    sections = {"situation": SITUATION, "action": "I learned that 9 of 60 were idle.", "result": RESULT}
    story = Story(
        id="one",
        title="One",
        sections=tuple(Section(name=name, text=text, line=1) for name, text in sections.items()),
        questions=("What did you learn?",),
    )

    names = {one.name for one in lint_story(story, asked).findings}

    assert "lesson" in names


def test_hours_a_week_on_something_are_no_time_of_observation() -> None:
    text = "Two people spend 1 hour a week on it instead of 10 hours, by their sheets."

    assert "window" in found(result=text)
    assert "window" not in found(result=f"A year on, two people spend 1 hour a day on it. {text}")


def test_a_number_behind_in_and_a_month_is_a_count_and_no_day() -> None:
    right = "In June 80 people came, 60 ate and 20 stayed, which is 25%, by our list."

    assert "arithmetic" not in found(result=right)
    assert "arithmetic" in found(result=right.replace("25%", "40%"))


def test_a_share_said_again_in_per_cent_is_no_change_that_wants_a_baseline() -> None:
    text = "In June 3 of 80 visits failed, that is 3.75%, by our log."

    assert "baseline" not in found(result=text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The night desk's own list shows 4 late calls, down from 11.", True),
        ("My board by the door shows 4 late calls, down from 11.", True),
        ("Late calls went from 11 to 4 in May.", False),
    ],
)
def test_what_shows_a_figure_is_its_source(text: str, named: bool) -> None:
    assert ("source" not in found(result=text)) == named
