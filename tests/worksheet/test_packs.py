import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.errors import FairleadError
from fairlead.worksheet.model import Pack, Principle, Prompt, Question
from fairlead.worksheet.pack_file import read_pack, slug, write_pack
from fairlead.worksheet.shipped import NAMES, names_of_principles, shipped_pack


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_principle_has_questions_prompts_with_anchors_and_follow_ups(name: str) -> None:
    pack = shipped_pack(name)

    for principle in pack.principles:
        assert principle.id == slug(principle.name)
        assert principle.summary.endswith(".")
        assert len(principle.questions) >= 4
        assert len(principle.prompts) >= 4
        assert all(len(prompt.anchors) >= 4 for prompt in principle.prompts)
        assert len(principle.follow_ups) >= 3
        texts = [one.text for one in (*principle.questions, *principle.prompts)]
        assert [text for text in texts if not re.search(r"[?.]$", text)] == []


def test_the_leadership_pack_has_the_sixteen_that_are_in_use_today() -> None:
    assert len(shipped_pack("leadership-principles").principles) == 16
    assert {"ownership", "dive deep", "earn trust"} <= names_of_principles()


def test_no_shipped_pack_bears_a_companys_mark_in_its_name() -> None:
    marks = re.compile(r"amazon|google|meta\b|microsoft|apple", re.I)

    assert [name for name in NAMES if marks.search(name)] == []
    assert [name for name in NAMES if marks.search(shipped_pack(name).title)] == []


def test_a_pack_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(FairleadError) as caught:
        shipped_pack("nope")

    assert "engineering-competencies" in caught.value.fix


def test_a_pack_may_list_its_questions_as_plain_text() -> None:
    pack, problems = read_pack(
        b"title: Ours\nprinciples:\n- name: Dig Deep\n  questions: [Why?]\n  prompts:\n"
        b"  - text: Do I?\n    anchors: [no, yes]\n",
        path="packs/ours.yaml",
    )

    assert problems == ()
    assert pack is not None
    assert (pack.id, pack.principles[0].id) == ("ours", "dig-deep")
    assert pack.principles[0].questions == (Question(id="dig-deep/1", text="Why?"),)
    assert pack.principles[0].prompts[0].anchors == ("no", "yes")


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"principles: [", "not a pack"),
        (b"- a\n", "principles:"),
        (b"principles:\n- {id: a}\n- {id: a}\n", "'a'"),
        (b"principles:\n- {id: a, questions: [{id: x, text: T}, {id: x, text: U}]}\n", "'x'"),
        (b"principles:\n- {id: a, questions: [{id: x}]}\n", "no text"),
        (b"\xff\xfe", "not a pack"),
    ],
)
def test_a_broken_pack_is_a_problem_that_says_what_is_wrong(raw: bytes, cause: str) -> None:
    pack, problems = read_pack(raw, path="packs/x.yaml")

    assert pack is None
    assert cause in problems[0].cause


letters = st.characters(codec="utf-8", exclude_categories=("Cc",))
texts = st.text(letters, min_size=1, max_size=30).map(str.strip).filter(bool)
parts = st.lists(texts, max_size=3)


@settings(max_examples=60)
@given(st.lists(st.tuples(texts, parts, parts), max_size=3))
def test_a_pack_that_is_written_is_read_as_it_was(raw: list[tuple[str, list[str], list[str]]]) -> None:
    principles = tuple(
        Principle(
            id=f"p{at}",
            name=name,
            summary=name,
            questions=tuple(Question(id=f"p{at}/{n}", text=one) for n, one in enumerate(questions, 1)),
            prompts=tuple(
                Prompt(id=f"p{at}/k{n}", text=one, anchors=(name,)) for n, one in enumerate(questions)
            ),
            follow_ups=tuple(follow_ups),
        )
        for at, (name, questions, follow_ups) in enumerate(raw)
    )
    written = write_pack(Pack(id="x", title="X", principles=principles))

    pack, problems = read_pack(written, path="packs/x.yaml")

    assert problems == ()
    assert pack is not None
    assert pack.principles == principles
