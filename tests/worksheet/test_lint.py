import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.worksheet.lint.model import Surroundings, Verdict
from fairlead.worksheet.lint.rules import BY_CODE, RULES
from fairlead.worksheet.lint.running import lint_story
from fairlead.worksheet.lint.telling import as_json, as_sarif, as_text, explained
from fairlead.worksheet.model import DEFAULT_METHOD, Section, Story, SwitchedOff
from fairlead.worksheet.story_file import read_story

SOUND = {
    "situation": "Our team of 12 ran 40 services, and a deployment took 45 minutes.",
    "task": "I was asked to make deployments take less than 15 minutes.",
    "action": (
        "I profiled the pipeline and found that images were rebuilt for every stage. I introduced a"
        " shared cache, wrote a guide, and paired with each team for a day. I set up an alarm so that"
        " we could see when it slows down, and I presented the plan before anyone had to change."
    ),
    "result": (
        "By the end of May a deployment took 12 minutes, down from 45, by the build server's log."
    ),
}
NOBODY = Surroundings(questions={}, confidential=())


def verdict(
    parts: dict[str, str] | None = None,
    *,
    around: Surroundings = NOBODY,
    questions: tuple[str, ...] = (),
) -> Verdict:
    sections = {**SOUND, **(parts or {})}
    story = Story(
        id="one",
        title="One",
        sections=tuple(Section(name=name, text=text, line=1) for name, text in sections.items()),
        questions=questions,
        path="stories/one.md",
    )
    return lint_story(story, around)


def names(found: Verdict) -> list[str]:
    return [finding.name for finding in found.findings]


def test_a_sound_story_is_left_alone() -> None:
    assert names(verdict()) == []


@pytest.mark.parametrize(
    ("part", "text", "name"),
    [
        ("task", "", "missing"),
        ("action", SOUND["action"][:-30] + " and I presented the", "cut-off"),
        ("action", f"{SOUND['task']} {SOUND['action']}", "repeated"),
        ("action", "I added a cache.", "thin-action"),
        ("action", SOUND["action"].replace("I ", "We "), "we"),
        (
            "result",
            "By the end of May we cut it from 45 to 12 minutes, by the build server's log.",
            "we",
        ),
        ("result", "Deployments work in under a blink and everybody is content.", "no-number"),
        ("result", f"{SOUND['result']} Failures dropped by 30%.", "baseline"),
        ("result", f"{SOUND['result']} 85% of developers said that they like it.", "share"),
        ("result", SOUND["result"].replace("from 45", "from 45, a 60% reduction"), "arithmetic"),
        ("result", "In May builds were 40% faster, by the build server's log.", "faster"),
        ("result", f"{SOUND['result']} The mood is significantly better.", "vague"),
        ("result", "A deployment takes 12 minutes instead of 45, by the build server's log.", "window"),
        ("result", "By the end of May a deployment took 12 minutes, down from 45.", "source"),
        ("task", "I was asked to get failures below 2%.", "target"),
        ("result", f"{SOUND['result']} That is well below the industry average.", "comparator"),
        ("result", SOUND["result"].replace("from 45", "from 60"), "contradiction"),
        ("result", f"{SOUND['result']} All 44 services use it.", "contradiction"),
        ("situation", "Our deployments were slow and painful.", "scale"),
    ],
)
def test_a_fault_is_found_by_its_rule(part: str, text: str, name: str) -> None:
    assert name in names(verdict({part: text}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "a deployment took 8 to 10 minutes",
            "By June it took 4 minutes on average, down from 8, by our log.",
        ),
        (
            "at peak hours it took 9 minutes",
            "By June it took 4 minutes on average, down from 9, by our log.",
        ),
        (
            "it took up to 9 minutes",
            "In June it went from up to 9 minutes to less than 2 minutes, by our log.",
        ),
    ],
)
def test_a_before_and_an_after_of_two_kinds_are_told_apart(before: str, after: str) -> None:
    found = verdict({"situation": f"Our team of 12 ran 40 services, and {before}.", "result": after})

    assert "statistic" in names(found)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("fell from 8 seconds to 400 ms, a 90% drop", "95 %"),
        ("fell from 45 to 8 minutes, a 60% drop", "82 %"),
        ("grew from 60% to 80%, a 20% increase", "20 percentage points, or 33 % more"),
        ("fell from 40 to 10 minutes, ten times as fast", "4 times"),
        ("worked in 34 of 40 cases (75%)", "85 %"),
        ("fell from 20 to 4 minutes, five minutes saved", "16"),
    ],
)
def test_the_right_figure_is_said_with_the_wrong_one(text: str, right: str) -> None:
    found = [
        one
        for one in verdict({"result": f"In June it {text}, by our log."}).findings
        if one.name == "arithmetic"
    ]

    assert len(found) == 1
    assert right in found[0].what


def test_faster_by_per_cent_is_explained_with_both_meanings() -> None:
    found = [
        one
        for one in verdict({"result": "In June it was 60% faster, by our log."}).findings
        if one.name == "faster"
    ]

    assert "60 % less time" in found[0].what
    assert "38 % less time" in found[0].what


@pytest.mark.parametrize(
    "text",
    [
        "I don't know how much time it saved: nobody measured it. I could compare both logs.",
        "How many it helped is unknown; I would need the figures of the help desk to say.",
    ],
)
def test_unknown_is_a_good_answer(text: str) -> None:
    assert {"no-number", "source", "window"}.isdisjoint(names(verdict({"result": text})))


def test_no_advice_asks_for_a_number_without_allowing_that_it_is_unknown() -> None:
    wanting = [
        rule
        for rule in RULES
        if rule.name in {"no-number", "baseline", "share", "faster", "vague", "scale"}
    ]

    assert [rule.code for rule in wanting if "Unknown" not in rule.how] == []


def test_a_lesson_is_asked_for_only_where_the_question_asks() -> None:
    asked = Surroundings(questions={"p/1": "What would you do differently?"}, confidential=())

    assert names(verdict(around=asked, questions=("p/1",))) == ["lesson"]
    assert names(verdict(questions=("How did you start?",))) == []
    assert (
        names(verdict({"lesson": "I would start with the cache."}, around=asked, questions=("p/1",)))
        == []
    )


def test_confidential_names_are_found_as_whole_words_and_never_in_notes() -> None:
    around = Surroundings(questions={}, confidential=("Acme", "Jo"))

    found = verdict(
        {"situation": "At ACME our 12 people, not Joan, waited.", "notes": "Acme, Jo"}, around=around
    )

    assert [one.excerpt for one in found.findings if one.name == "confidential"] == ["ACME"]


def test_a_place_is_that_of_the_file() -> None:
    result = f"First line.\n{SOUND['result']} It is well below the industry average."
    raw = f"---\nid: a\n---\n\n## Result\n\n{result}\n"
    story, _ = read_story(raw.encode(), path="stories/a.md")
    assert story is not None

    found = next(one for one in lint_story(story, NOBODY).findings if one.name == "comparator")

    line = raw.splitlines()[found.line - 1]
    assert line[found.column - 1 : found.end_column - 1] == found.excerpt
    assert (found.line, found.excerpt) == (8, "below the industry average")


def test_a_rule_is_switched_off_with_a_reason_and_never_without() -> None:
    story = verdict({"result": "A deployment took 12 minutes in May."}).story
    code = next(rule.code for rule in RULES if rule.name == "source")

    off = lint_story(
        replace(story, switched_off=(SwitchedOff(code=code, reason="I timed it"),)), NOBODY
    )
    bare = lint_story(replace(story, switched_off=(SwitchedOff(code=code, reason=""),)), NOBODY)
    wrong = lint_story(replace(story, switched_off=(SwitchedOff(code="WS999", reason="x"),)), NOBODY)

    assert (names(off), [one.reason for one in off.silenced]) == ([], ["I timed it"])
    assert sorted(names(bare)) == ["source", "switch-off"]
    assert "no such rule" in wrong.findings[0].what


def test_every_rule_can_be_explained_and_names_its_source() -> None:
    for rule in RULES:
        text = explained(rule)
        assert rule.code in text
        assert rule.source
        assert rule.silent
    assert len(BY_CODE) == len(RULES)


def test_text_begins_with_the_answer_and_gives_editors_a_place() -> None:
    found = verdict({"task": ""})

    lines = as_text([found], DEFAULT_METHOD, ()).splitlines()

    assert lines[0].startswith("1 finding in 1 of 1 story")
    assert any(line.strip().startswith("stories/one.md:1:1: WS101 ") for line in lines)


def test_json_has_every_field_of_a_finding() -> None:
    data = json.loads(as_json([verdict({"task": ""})], DEFAULT_METHOD, ()))

    finding = data["stories"][0]["findings"][0]
    assert (finding["code"], finding["weight"]) == ("WS101", "error")
    assert all(finding[key] for key in ("what", "why", "fix"))


def test_sarif_follows_its_schema_where_editors_look() -> None:
    found = verdict({"task": ""})
    off = replace(found.story, switched_off=(SwitchedOff(code="WS101", reason="told by my manager"),))

    log = json.loads(as_sarif([lint_story(off, NOBODY)], ()))

    run = log["runs"][0]
    result = run["results"][0]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "WS101"
    assert result["suppressions"] == [{"kind": "inSource", "justification": "told by my manager"}]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "stories/one.md"


WORDS = [
    "we",
    "cut",
    "60%",
    "faster",
    "from",
    "8",
    "to",
    "10",
    "minutes",
    "in",
    "May",
    "of",
    "-",
    "\n- ",
    ". ",
    "$5",
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=40).map(" ".join))
def test_no_text_breaks_a_rule_and_every_place_lies_in_it(text: str) -> None:
    found = verdict({"result": text, "situation": text})

    for one in found.findings:
        assert one.line >= 1
        assert one.column >= 1
        assert (one.end_line, one.end_column) >= (one.line, one.column)


@pytest.mark.parametrize(
    "text",
    [
        "كان الفريق ينتظر ٤٥ دقيقة في كل مرة.",
        "每次部署需要 45 分钟,团队有 12 人。",
        "הפריסה לקחה 45 דקות.",
    ],
)
def test_other_scripts_are_read_without_a_complaint_about_their_letters(text: str) -> None:
    found = verdict({"situation": text})

    assert {"cut-off", "repeated", "vague", "we"}.isdisjoint(names(found))


def test_the_first_set_of_labelled_texts_keeps_its_score() -> None:
    path = Path(__file__).parents[2] / "benchmarks/worksheet/lint_score.py"
    spec = importlib.util.spec_from_file_location("lint_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lint_score"] = module
    spec.loader.exec_module(module)
    texts = module.read_texts(path.parent / "texts" / "first.txt")

    right = wrong = missed = 0
    for text in texts:
        found = set(module.found_in(text))
        right += len(found & text.labels)
        wrong += len(found - text.labels)
        missed += len(text.labels - found)

    assert len(texts) >= 150
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.95
