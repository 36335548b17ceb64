from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.worksheet.model import SECTIONS, EvidenceKind, Story
from fairlead.worksheet.story_file import MOST_BYTES, new_story, read_story, with_fields, with_section

FILE = """---
id: search
title: Search performance
principles: [invent-and-simplify]
questions: ["Why?", invent-and-simplify/2]
when: 2024-05
mood: hopeful
evidence:
  - {figure: 400 ms, kind: measured, before: m1, after: m2}
lint:
  ws310: the dashboard is gone
---
A line before the sections.

## Situation

Slow search.
It hurt.

## A heading of my own

Kept.

## Notes
- never spoken
"""


def story_of(text: str) -> Story:
    story, problems = read_story(text.encode("utf-8", "surrogateescape"), path="stories/a.md")
    assert problems == ()
    assert story is not None
    return story


def test_front_matter_and_sections_are_read_with_their_places() -> None:
    story = story_of(FILE)

    assert (story.id, story.title, story.when) == ("search", "Search performance", "2024-05")
    assert story.questions == ("Why?", "invent-and-simplify/2")
    assert story.extra == {"mood": "hopeful"}
    assert story.evidence[0].kind is EvidenceKind.MEASURED
    assert [(off.code, off.reason) for off in story.switched_off] == [
        ("WS310", "the dashboard is gone")
    ]
    assert [(part.name, part.text, part.line) for part in story.sections] == [
        ("situation", "Slow search.\nIt hurt.", 17),
        ("a heading of my own", "Kept.", 22),
        ("notes", "- never spoken", 25),
    ]
    assert story.spoken == "Slow search.\nIt hurt."


def test_a_file_without_front_matter_takes_its_id_from_its_name_and_its_title_from_its_heading() -> (
    None
):
    story = story_of("# My story\n\n## Task\n\nDo it.\n")

    assert (story.id, story.title, story.text("task")) == ("a", "My story", "Do it.")


def test_windows_line_ends_and_a_byte_order_mark_do_not_hide_anything() -> None:
    story = story_of("\ufeff" + FILE.replace("\n", "\r\n"))

    assert story.id == "search"
    assert story.text("situation") == "Slow search.\nIt hurt."


def test_a_heading_inside_a_code_fence_is_text() -> None:
    story = story_of("## Action\n\n```\n## Result\n```\ndone\n")

    assert story.text("action") == "```\n## Result\n```\ndone"


def test_broken_front_matter_is_a_problem_with_its_line_and_no_story() -> None:
    story, problems = read_story(b"---\nid: a\ntitle: [open\n---\n## Task\n", path="stories/a.md")

    assert story is None
    assert problems[0].line in {3, 4}
    assert "not YAML" in problems[0].cause


def test_one_wrong_key_leaves_the_rest_of_the_story_readable() -> None:
    story, problems = read_story(
        b"---\ntitle: {a: 1}\ntags: [x]\n---\n## Task\nDo.\n", path="stories/a.md"
    )

    assert story is not None
    assert (story.title, story.tags, story.text("task")) == ("a", ("x",), "Do.")
    assert ["`title:`" in problem.cause for problem in problems] == [True]


def test_ten_megabytes_are_refused_with_the_reason() -> None:
    story, problems = read_story(b"x" * (10 * MOST_BYTES), path="stories/a.md")

    assert story is None
    assert "10.0 MB" in problems[0].cause


def test_setting_a_field_leaves_every_other_byte_as_it_was() -> None:
    edited = with_fields(FILE.encode(), {"tags": ["a", "b"], "evidence": None}).decode()

    expected = FILE.replace(
        "evidence:\n  - {figure: 400 ms, kind: measured, before: m1, after: m2}\n", ""
    )
    assert edited == expected.replace("gone\n---", "gone\ntags: [a, b]\n---")


def test_setting_a_section_replaces_its_text_alone() -> None:
    edited = with_section(FILE.encode(), "situation", "Fast now.").decode()

    assert edited == FILE.replace("Slow search.\nIt hurt.", "Fast now.")


def test_a_new_section_goes_where_the_method_puts_it() -> None:
    edited = with_section(FILE.encode(), "result", "It flew.").decode()

    assert edited == FILE.replace("## Notes", "## Result\n\nIt flew.\n\n## Notes")


plain = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(str.strip)
paragraphs = st.lists(plain, max_size=4).map("\n".join).map(str.strip)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(SECTIONS), paragraphs), plain, st.lists(plain.filter(bool)))
def test_what_is_written_is_what_is_read(sections: dict[str, str], title: str, tags: list[str]) -> None:
    sections = {
        name: text for name, text in sections.items() if text and "#" not in text and "`" not in text
    }
    sections = {name: text for name, text in sections.items() if "~~~" not in text}

    story = story_of(
        new_story(story_id="one", title=title or "t", sections=sections, fields={"tags": tags}).decode()
    )

    assert {part.name: part.text for part in story.sections} == sections
    assert (story.title, story.tags) == (title or "t", tuple(tags))


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_can_be_read_and_edited_without_losing_one(raw: bytes) -> None:
    body = b"\n## Notes\n" + raw
    story, _ = read_story(body, path="stories/a.md")

    edited = with_fields(body, {"tags": ["kept"]})

    assert story is not None
    assert edited.endswith(body)
