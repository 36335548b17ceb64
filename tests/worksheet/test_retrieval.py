from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.worksheet.folder import load
from fairlead.worksheet.ideas import read_ideas
from fairlead.worksheet.ranking import build_index, rank
from fairlead.worksheet.retrieval import Fit, ask, open_library
from fairlead.worksheet.terms import IDEA, read_terms, stem
from worksheet.making_stories import PACK, story, write_folder

OUTAGE = """---
principles: [dive-deep]
---
## Situation
One night our shop stopped taking payments and nobody on call knew why.
## Action
I compared the logs of the failing servers line by line and rolled the image back.
## Result
Payments worked again after 52 minutes.
"""
LATE = """---
principles: [ownership]
---
## Situation
I had promised to move the ledger before the end of the year.
## Action
I told the finance head on the same day and gave her two options.
## Result
The remainder came 17 days after the date I had promised.
## Follow-ups
- Why had nobody sampled the data?
"""
BILL = """## Situation
We spent 41,000 dollars a month on servers.
## Action
I wrote a script that puts test machines to sleep at night.
## Result
The bill fell to 19,000 dollars.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(
        tmp_path,
        {"stories/outage.md": OUTAGE, "stories/late.md": LATE, "stories/bill.md": BILL},
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Describe a production incident that you handled.", "outage"),
        ("Tell me about a time you missed a deadline.", "late"),
        ("When did you have to deliver bad news?", "late"),
        ("How have you done more with less?", "bill"),
        ("Give me an example of cutting costs.", "bill"),
        ("What is the hardest bug you have tracked down?", "outage"),
    ],
)
def test_a_story_is_found_by_what_it_is_about_though_it_shares_no_word(
    folder: Path, question: str, expected: str
) -> None:
    reply = ask(open_library(load(folder)), question)

    assert reply.suggestions[0].story.id == expected


def test_the_story_whose_author_named_this_very_question_comes_first(folder: Path) -> None:
    (folder / "stories/bill.md").write_text(f"---\nquestions: [dive-deep/cause]\n---\n{BILL}")

    reply = ask(open_library(load(folder)), "tell me about finding the root cause of an  outage")

    assert [(one.story.id, one.declared) for one in reply.suggestions][:2] == [
        ("bill", True),
        ("outage", False),
    ]


def test_reasons_name_the_idea_and_the_storys_own_words_for_it(folder: Path) -> None:
    reply = ask(open_library(load(folder)), "Tell me about a system outage.")

    reasons = {(reason.kind, reason.name): reason.words for reason in reply.suggestions[0].reasons}
    assert "nobody on call knew" in reasons["idea", "an outage"]


def test_follow_ups_are_the_authors_own_then_the_principles_patterns(folder: Path) -> None:
    reply = ask(open_library(load(folder)), "Tell me about a commitment that you could not keep.")

    assert [principle.id for principle in reply.principles] == ["ownership"]
    assert reply.follow_ups == (
        "Why had nobody sampled the data?",
        "What would have happened without you?",
    )


@pytest.mark.parametrize("question", ["What is your favourite colour?", "???", "日本の首都は？"])
def test_a_question_that_no_story_answers_finds_none(folder: Path, question: str) -> None:
    assert ask(open_library(load(folder)), question).suggestions == ()


def test_a_question_of_common_words_alone_fits_nothing_strongly(folder: Path) -> None:
    reply = ask(open_library(load(folder)), "What do you want in the end?")

    assert all(one.fit is not Fit.STRONG for one in reply.suggestions)


def test_text_without_spaces_is_searched_by_pairs_of_letters(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        {
            "stories/a.md": "## Situation\n障害の原因を調査しました。\n",
            "stories/b.md": "## Situation\n費用を半分に減らしました。\n",
        },
    )

    assert ask(open_library(load(folder)), "原因の調査").suggestions[0].story.id == "a"


def test_a_worksheet_without_stories_or_principles_answers_nothing(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path, {"packs/small.yaml": PACK.split("principles:")[0] + "principles: []"}
    )

    assert ask(open_library(load(folder)), "Tell me about an outage.").suggestions == ()


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_question_gets_an_answer_with_shares_between_nought_and_one(question: str) -> None:
    from worksheet.making_stories import worksheet

    library = open_library(worksheet(story(OUTAGE, name="outage"), story(LATE, name="late")))

    reply = ask(library, question)

    assert all(0 < one.share <= 1 for one in reply.suggestions)
    assert list(reply.suggestions) == sorted(reply.suggestions, key=lambda one: -one.share)


@pytest.mark.parametrize(
    ("one", "other"),
    [("stories", "story"), ("missed", "missing"), ("planned", "plan"), ("processes", "process")],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"), [("conversion", "conversation"), ("account", "accountant"), ("bus", "bu")]
)
def test_words_that_only_look_alike_are_two(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize("text", ["missed the deadline", "missed my deadline", "missing a deadline"])
def test_common_words_inside_a_phrase_do_not_hide_its_idea(text: str) -> None:
    assert f"{IDEA}a missed date" in read_terms(text, asking=True).counts


@pytest.mark.parametrize("text", ["three weeks late", "17 days after", "given us thirty days"])
def test_any_number_stands_for_a_number_in_a_wording(text: str) -> None:
    ideas = {term.removeprefix(IDEA) for term in read_terms(text).counts if term.startswith(IDEA)}

    assert ideas & {"a missed date", "time pressure"}


def test_every_idea_has_a_name_of_its_own_and_wordings() -> None:
    ideas = read_ideas()

    assert len({idea.name for idea in ideas}) == len(ideas)
    assert all(idea.both for idea in ideas)


def test_a_rarer_term_counts_for_more_and_parts_add_up_to_the_score() -> None:
    texts = ["cache pipeline", "cache ledger", "cache"]
    index = build_index([[(1.0, read_terms(text))] for text in texts])

    first, second, _ = rank(index, {"cach": 1.0, stem("pipeline"): 1.0})

    assert first.score > second.score
    assert first.score == pytest.approx(sum(part for _, part in first.by_term))
    assert first.by_term[0][0] == stem("pipeline")
