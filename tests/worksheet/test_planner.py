from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.app.cli.main import run
from fairlead.errors import FairleadError
from fairlead.worksheet.assignment import assign
from fairlead.worksheet.coverage import cover
from fairlead.worksheet.loop_file import make_loop, read_interviewer, read_loop
from fairlead.worksheet.model import Story, Worksheet
from fairlead.worksheet.planner import Interviewer, Loop, Plan, plan_loop
from worksheet.making_stories import small_pack, story, worksheet, write_folder

TODAY = date(2026, 11, 23)
PACK = small_pack(
    ownership=("Outside your job?",), dive_deep=("The root cause?",), frugality=("Money?",)
)
VALUES = st.integers(min_value=0, max_value=5).flatmap(
    lambda items: st.lists(
        st.lists(
            st.sampled_from([0.0, -1.0, 1.0, 2.0, 3.5]) | st.floats(0, 10),
            min_size=items,
            max_size=items,
        ),
        max_size=5,
    )
)


def tagged(name: str, *principles: str, more: str = "") -> Story:
    return story(f"---\nprinciples: [{', '.join(principles)}]\n{more}---\n## Task\nx\n", name=name)


def plan(sheet: Worksheet, *interviewers: str, **marks: list[str]) -> Plan:
    loop = make_loop(
        [read_interviewer(text, sheet) for text in interviewers], sheet, title="Loop", **marks
    )
    return plan_loop(loop, cover(sheet, today=TODAY))


def chosen(plan: Plan) -> list[str | None]:
    return [slot.story.id if slot.story else None for slot in plan.slots]


def best_sum(values: list[list[float]]) -> float:
    def go(slot: int, used: frozenset[int]) -> float:
        if slot == len(values):
            return 0.0
        best = go(slot + 1, used)
        for item, value in enumerate(values[slot]):
            if value > 0 and item not in used:
                best = max(best, value + go(slot + 1, used | {item}))
        return best

    return go(0, frozenset())


@settings(max_examples=300)
@given(VALUES)
def test_the_assignment_is_as_good_as_trying_every_one(values: list[list[float]]) -> None:
    given_items = assign(values)

    made = [(slot, item) for slot, item in enumerate(given_items) if item is not None]
    assert len(given_items) == len(values)
    assert len({item for _, item in made}) == len(made)
    assert all(values[slot][item] > 0 for slot, item in made)
    assert sum(values[slot][item] for slot, item in made) == pytest.approx(best_sum(values))


def test_no_story_is_told_twice_even_when_it_is_the_best_for_both() -> None:
    sheet = worksheet(tagged("both", "ownership", "dive_deep"), tagged("one", "ownership"), pack=PACK)

    made = plan(sheet, "Ana: Ownership, Dive Deep")

    assert chosen(made) == ["one", "both"]


def test_an_empty_slot_says_why_and_what_comes_closest() -> None:
    made = plan(
        worksheet(tagged("a", "ownership"), pack=PACK), "Ana: Ownership", "Ben: Ownership, Frugality"
    )

    assert chosen(made) == ["a", None, None]
    assert made.slots[1].because == "every story that fits is told elsewhere: a (for Ana)"
    assert made.slots[2].because == "no story stands for it"
    assert [slot.interviewer for slot in made.missing] == ["Ben", "Ben"]


def test_a_likely_principle_is_served_before_another() -> None:
    sheet = worksheet(tagged("only", "ownership", "frugality"), pack=PACK)

    made = plan(sheet, "Ana: Ownership, Frugality", likely=["Frugality"])

    assert chosen(made) == [None, "only"]


def test_a_story_is_never_told_to_someone_who_knows_it_nor_when_it_is_excluded() -> None:
    sheet = worksheet(
        tagged("a", "ownership"), tagged("b", "ownership"), tagged("c", "ownership"), pack=PACK
    )
    owner = sheet.principles[0]
    loop = Loop(
        title="",
        interviewers=(
            Interviewer(name="Ana", principles=(owner, owner, owner), known=frozenset({"a"})),
        ),
        never=frozenset({"b"}),
    )

    made = plan_loop(loop, cover(sheet, today=TODAY))

    assert chosen(made) == ["c", None, None]
    assert [one.id for one in made.unused] == ["a"]


@pytest.mark.parametrize(
    ("known", "never", "because"),
    [({"a"}, set(), "Ana knows a already"), (set(), {"a"}, "you never want to tell a")],
)
def test_a_slot_left_empty_by_a_wish_says_so(known: set[str], never: set[str], because: str) -> None:
    sheet = worksheet(tagged("a", "ownership"), pack=PACK)
    ana = Interviewer(name="Ana", principles=sheet.principles[:1], known=frozenset(known))
    loop = Loop(title="", interviewers=(ana,), never=frozenset(never))

    (slot,) = plan_loop(loop, cover(sheet, today=TODAY)).slots

    assert slot.because == because


def test_a_fresh_story_is_preferred_to_an_old_one_and_a_named_question_to_a_tag() -> None:
    sheet = worksheet(
        tagged("old", "ownership", more="when: 2015\n"),
        tagged("fresh", "ownership", more="when: 2026\n"),
        tagged("named", "ownership", more="questions: [ownership/1]\n"),
        pack=PACK,
    )

    made = plan(sheet, "Ana: Ownership, Ownership")

    assert set(chosen(made)) == {"fresh", "named"}
    assert [one.story.id for one in made.slots[0].alternates] == ["old", chosen(made)[1]]


@settings(max_examples=40)
@given(
    st.lists(st.sets(st.sampled_from(["ownership", "dive_deep", "frugality"])), min_size=1, max_size=6),
    st.lists(st.sampled_from(["Ownership", "Dive Deep", "Frugality"]), min_size=1, max_size=6),
)
def test_a_plan_uses_each_story_once_and_only_where_it_fits(
    tags: list[set[str]], asked: list[str]
) -> None:
    sheet = worksheet(*(tagged(f"s{i}", *one) for i, one in enumerate(tags)), pack=PACK)

    made = plan(sheet, f"Ana: {', '.join(asked)}")

    told = [slot for slot in made.slots if slot.story]
    assert len({slot.story.id for slot in told if slot.story}) == len(told)
    assert all(slot.principle.id in slot.story.principles for slot in told if slot.story)


LOOP = """\
title: Backend role
interviewers:
  - name: Ana
    principles: {Ownership: 2, Dive Deep: 1}
    knows: [outage]
  - principles: [frugality]
never: [outage]
likely: [Frugality]
"""
OUTAGE = "---\nprinciples: [dive-deep]\n---\n## Situation\nAn outage.\n"


def test_a_loop_is_read_from_a_file(tmp_path: Path) -> None:
    sheet_folder = write_folder(tmp_path, {"stories/outage.md": OUTAGE, "loop.yaml": LOOP})
    from fairlead.worksheet.folder import load

    loop = read_loop(tmp_path / "loop.yaml", load(sheet_folder))

    assert loop.title == "Backend role"
    assert [(one.name, [p.id for p in one.principles]) for one in loop.interviewers] == [
        ("Ana", ["ownership", "ownership", "dive-deep"]),
        ("interviewer 2", ["frugality"]),
    ]
    assert (loop.interviewers[0].known, loop.never, loop.likely) == (
        frozenset({"outage"}),
        frozenset({"outage"}),
        frozenset({"frugality"}),
    )


@pytest.mark.parametrize(
    ("text", "cause", "fix"),
    [
        ("[", "is not YAML", "interviewers:"),
        ("title: x\n", "names no interviewers", "interviewers:"),
        ("interviewers: []\n", "has no interviewers", "--with"),
        ("interviewers: [{name: A}]\n", "A asks after nothing", "principles"),
        ("interviewers: [{name: A, principles: [Owner]}]\n", "no principle 'Owner'", "Ownership"),
        ("interviewers: [{name: A, principles: {Ownership: 0}}]\n", "wants 0 stories", "1 to 10"),
        ("interviewers: [{name: A, principles: {Ownership: many}}]\n", "wants many", "1 to 10"),
        ("interviewers: [{name: A, priciples: [x]}]\n", "'priciples'", "did you mean principles?"),
        ("interviewer: []\n", "'interviewer'", "did you mean interviewers?"),
        ("interviewers: [{name: A, principles: [Ownership]}]\nnever: [outge]\n", "'outge'", "outage"),
        ("interviewers: [{name: A, principles: [Ownership]}]\nnever: {a: b}\n", "not a list", "never:"),
        (
            "interviewers: [{name: A, principles: [Ownership]}, {name: A, principles: [Ownership]}]",
            "two interviewers are called 'A'",
            "tell them apart",
        ),
    ],
)
def test_a_loop_that_cannot_be_planned_says_why_and_what_to_write(
    tmp_path: Path, text: str, cause: str, fix: str
) -> None:
    from fairlead.worksheet.folder import load

    sheet = load(write_folder(tmp_path, {"stories/outage.md": OUTAGE, "loop.yaml": text}))

    with pytest.raises(FairleadError) as raised:
        read_loop(tmp_path / "loop.yaml", sheet)

    assert cause in raised.value.cause
    assert fix in raised.value.fix


def test_more_stories_than_anyone_tells_is_a_mistake(tmp_path: Path) -> None:
    sheet = worksheet(tagged("a", "ownership"), pack=PACK)
    ana = Interviewer(name="Ana", principles=sheet.principles * 100)

    with pytest.raises(FairleadError, match="asks for 300 stories"):
        make_loop([ana], sheet, title="")


def test_the_command_shows_each_interviewer_and_fails_when_something_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_folder(tmp_path, {"stories/outage.md": OUTAGE}))

    missing = run(["worksheet", "plan", "--with", "Ana: Dive Deep", "--with", "Ben: Frugality"])
    out = capsys.readouterr().out
    filled = run(["worksheet", "plan", "--with", "Ana: dive-deep", "--format", "json"])

    assert (missing, filled) == (1, 0)
    assert out.startswith("1 of 2 slots have a story; missing for Frugality.")
    assert "Dive Deep: outage" in out


@pytest.mark.parametrize(
    "arguments", [[], ["--with", "Ana"], ["loop.yaml"], ["loop.yaml", "--with", "Ana: Ownership"]]
)
def test_a_wrong_call_says_how_it_is_done(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    monkeypatch.chdir(write_folder(tmp_path, {"stories/outage.md": OUTAGE}))

    code = run(["worksheet", "plan", *arguments])

    assert code == 2
    assert "fix: " in capsys.readouterr().err
