from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.errors import FairleadError
from fairlead.worksheet.documents.bringing_in import bring_in, mark_likely, stories_of
from fairlead.worksheet.documents.giving_back import give_back
from fairlead.worksheet.documents.reading import read_document
from fairlead.worksheet.folder import load, save_story
from fairlead.worksheet.story_file import with_section

LAYOUTS = Path(__file__).parent / "layouts"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_folder(tmp_path / "sheet")


def new_folder(path: Path) -> Path:
    path.mkdir()
    (path / "worksheet.yaml").write_text("format: 1\n")
    return path


def layout(name: str) -> bytes:
    return (LAYOUTS / name).read_bytes()


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_worksheet_gives_principles_questions_prompts_stories_and_budgets(folder: Path) -> None:
    imported = bring_in(folder, layout("worksheet.md"), name="worksheet.md")

    assert (imported.principles, imported.questions, imported.prompts) == (3, 3, 3)
    assert [story.title for story in imported.stories] == ["The estimate", "The review", "Care"]
    assert [story.principles for story in imported.stories] == [("candour",), ("candour",), ("care",)]
    assert [(one.sections, one.low, one.high) for one in load(folder).method.budgets] == [
        (("situation", "task"), 1, 2),
        (("action",), 4, 5),
        (("result", "lesson"), 1, 2),
        (("extra details",), 2, 3),
    ]


def test_what_is_odd_is_said_and_not_guessed(folder: Path) -> None:
    imported = bring_in(folder, layout("worksheet.md"), name="worksheet.md")

    said = "\n".join(imported.notes)
    assert "green marks the likely principles, and none bears it" in said
    assert "one principle has no story: Patience" in said
    assert "The review has no Task" in said
    assert "Care has no Action and no Result" in said
    assert "Care: Task ends in mid-sentence" in said
    assert "The estimate: Action repeats a sentence of Task" in said


def test_the_template_of_the_method_is_left_out_and_said_to_be(folder: Path) -> None:
    imported = bring_in(folder, layout("worksheet.md"), name="worksheet.md")

    assert [(one.first, one.reason) for one in imported.left_out] == [(5, "guidance on the method")]


@pytest.mark.parametrize(
    ("name", "titles", "sections"),
    [
        ("one-story-a-file.md", ["Cutting the nightly export from hours to minutes"], ["STARL"]),
        ("bold-labels.md", ["The flaky gate", "Two teams, one schema"], ["STAR", "STARL"]),
        ("letters.txt", ["Payment retries", "Onboarding guide"], ["STAR", "STARL"]),
        ("table-rows.md", ["Moving the registry", "Saying no to a launch"], ["STAR", "STAR"]),
        ("table-columns.md", ["Slow search", "Lost tickets", "New hire"], ["STAR", "STAR", "STA"]),
        ("spreadsheet.csv", ["The code freeze", "Wrong cluster"], ["STARN", "STAR"]),
        ("numbered.md", ["The cache that lied", "The quiet reviewer"], ["STAR", "STAR"]),
        (
            "by-question.md",
            [
                "Tell me about a time you disagreed with your manager.",
                "Describe a time you missed a deadline.",
            ],
            ["STAR", "STAR"],
        ),
        ("other-words.md", ["Certificate expiry", "The missing cents"], ["STARL", "STAR"]),
        ("capitals.txt", ["Old laptops", "The on-call rota"], ["STAR", "STAR"]),
        ("bullets.md", ["Alerts that nobody read"], ["STARE"]),
    ],
)
def test_other_layouts_come_in_whole_and_go_out_as_they_came(
    folder: Path, name: str, titles: list[str], sections: list[str]
) -> None:
    imported = bring_in(folder, layout(name), name=name, known={"ownership", "dive deep"})

    initials = ["".join(part.name[0].upper() for part in story.sections) for story in imported.stories]
    assert [story.title for story in imported.stories] == titles
    assert initials == sections
    assert give_back(folder).data == layout(name)


def test_every_word_of_a_section_arrives(folder: Path) -> None:
    bring_in(folder, layout("table-rows.md"), name="table-rows.md")

    story = load(folder).story("moving-the-registry")

    assert story is not None
    assert story.text("action") == (
        "I wrote a mirror that copied all 4,100 packages.\nThen I switched teams over, five a day."
    )
    assert story.text("result").endswith("half year | no package lost.")


def test_principles_and_questions_above_a_story_become_its_own(folder: Path) -> None:
    bring_in(folder, layout("capitals.txt"), name="capitals.txt")
    bring_in(folder, layout("by-question.md"), name="by-question.md")
    bring_in(folder, layout("table-columns.md"), name="table-columns.md")

    stories = {story.id: story for story in load(folder).stories}

    assert stories["the-on-call-rota"].principles == ("earn-trust",)
    assert stories["slow-search"].principles == ("ownership", "dive-deep")
    assert stories["describe-a-time-you-missed-a-deadline"].questions == (
        "Describe a time you missed a deadline.",
    )


def test_a_green_mark_on_a_heading_makes_its_principle_likely(folder: Path) -> None:
    bring_in(folder, layout("pack-only.md"), name="pack-only.md")

    principles = load(folder).principles

    assert [(one.name, one.likely) for one in principles] == [("Candour", True), ("Care", False)]
    assert principles[0].questions[0].text == "Tell me about feedback that was hard to give."


def test_likely_principles_are_named_by_how_they_start(folder: Path) -> None:
    bring_in(folder, layout("worksheet.md"), name="worksheet.md")

    mark_likely(folder, ["Pat", "care"])

    assert [one.id for one in load(folder).principles if one.likely] == ["patience", "care"]


def test_a_likely_principle_that_is_two_is_an_error_that_names_them(folder: Path) -> None:
    bring_in(folder, layout("worksheet.md"), name="worksheet.md")

    with pytest.raises(FairleadError) as caught:
        mark_likely(folder, ["ca"])

    assert '"Candour", "Care"' in caught.value.fix


def test_importing_twice_changes_nothing_even_after_edits(folder: Path) -> None:
    bring_in(folder, layout("worksheet.md"), name="worksheet.md")
    story = load(folder).stories[0]
    save_story(folder, story, with_section(story.raw, "lesson", "Mine."))
    before = tree(folder)

    again = bring_in(folder, layout("worksheet.md"), name="renamed.md")

    assert again.again
    assert tree(folder) == before


def test_a_story_that_is_there_with_other_words_stays_and_is_named(folder: Path) -> None:
    bring_in(folder, layout("letters.txt"), name="letters.txt")
    changed = layout("letters.txt").replace(b"3%", b"4%")

    imported = bring_in(folder, changed, name="letters.txt")

    assert imported.kept == ("stories/payment-retries.md is there with other words and stays as it is",)
    assert "3%" in load(folder).stories[1].text("situation")


def test_an_edit_shows_in_its_old_place_and_nowhere_else(folder: Path) -> None:
    raw = layout("worksheet.md")
    bring_in(folder, raw, name="worksheet.md")
    story = load(folder).story("the-review")
    assert story is not None
    save_story(folder, story, with_section(story.raw, "result", "It went in."))

    given = give_back(folder)

    before = b"He split it in four, and it went in within three days."
    assert given.data == raw.replace(before, b"It went in.")
    assert given.notes == ("the-review: result has the folder's words",)


def test_a_section_that_was_added_gets_a_label_like_its_neighbours(folder: Path) -> None:
    raw = layout("letters.txt")
    bring_in(folder, raw, name="letters.txt")
    story = load(folder).story("payment-retries")
    assert story is not None
    save_story(folder, story, with_section(story.raw, "lesson", "Read the logs."))

    given = give_back(folder)

    assert given.data == raw.replace(
        b"1.2 million payments.", b"1.2 million payments.\n\nL: Read the logs."
    )


def test_notes_never_reach_a_document_that_had_none(folder: Path) -> None:
    raw = layout("letters.txt")
    bring_in(folder, raw, name="letters.txt")
    story = load(folder).stories[0]
    save_story(folder, story, with_section(story.raw, "notes", "Not to be told."))

    assert give_back(folder).data == raw


def test_a_story_that_was_removed_is_removed_from_the_document_too(folder: Path) -> None:
    bring_in(folder, layout("numbered.md"), name="numbered.md")
    (folder / "stories/the-quiet-reviewer.md").unlink()

    given = give_back(folder).data.decode()

    assert "The cache that lied" in given
    assert "reviews took" not in given


def test_an_edited_cell_stays_one_line_of_its_table(folder: Path) -> None:
    bring_in(folder, layout("table-columns.md"), name="table-columns.md")
    story = load(folder).story("new-hire")
    assert story is not None
    save_story(folder, story, with_section(story.raw, "result", "She stayed | and\ngrew."))

    given = give_back(folder).data.decode()

    assert "| I paired with her daily. | She stayed \\| and<br>grew.|" in given


def test_windows_files_come_back_with_their_line_ends_and_signs(folder: Path) -> None:
    raw = (
        layout("letters.txt")
        .decode()
        .replace("\n", "\r\n")
        .replace("customers", "cafés")
        .encode("cp1252")
    )
    bring_in(folder, raw, name="letters.txt")

    story = load(folder).story("payment-retries")

    assert story is not None
    assert "cafés" in story.text("situation")
    assert give_back(folder).data == raw


def test_a_word_processors_file_is_refused_with_what_to_do(folder: Path) -> None:
    with pytest.raises(FairleadError) as caught:
        bring_in(folder, b"PK\x03\x04...", name="stories.docx")

    assert "save it as Markdown" in caught.value.fix


def test_a_document_without_a_story_is_an_error_that_shows_how_to_mark_one(folder: Path) -> None:
    with pytest.raises(FairleadError) as caught:
        bring_in(folder, b"Just a shopping list.\n", name="list.txt")

    assert "## Situation" in caught.value.fix
    assert set(tree(folder)) == {"worksheet.yaml"}


def test_the_lines_of_a_document_are_those_of_its_sections() -> None:
    text = layout("bold-labels.md").decode()

    stories = stories_of(read_document(text, "utf-8", name="x"))

    place = stories[1].sections[2]
    assert text.splitlines()[place.line - 1].endswith(place.text)


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
sentences = st.lists(
    st.sampled_from(
        [
            "I did it.",
            "We waited",
            "- a point",
            "  indented",
            "# not yet",
            "| a | b |",
            "S: odd",
            "",
            "``x``",
        ]
    )
    | words,
    max_size=4,
).map("\n".join)
labels = st.sampled_from(
    ["**{}:** ", "## {}\n", "{}: ", "### {}\n\n", "- **{}** - ", "*{}* – ", "{}\n"]
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    label = draw(labels)
    parts = [draw(st.sampled_from(["", "# Mine\n\n", "\ufeffMine\n====\n", "intro\n"]))]
    for number in range(draw(st.integers(1, 3))):
        parts.append(
            draw(
                st.sampled_from(
                    ["", f"# Story {number}\n", f"**Story {number}: x**\n\n", "---\n\nA title\n\n"]
                )
            )
        )
        for name in draw(st.permutations(["Situation", "Task", "ACTION", "Result"]))[
            : draw(st.integers(2, 4))
        ]:
            parts.append(
                label.format(name) + draw(sentences) + draw(st.sampled_from(["\n\n", "\n", "\r\n"]))
            )
    return "".join(parts)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(documents())
def test_whatever_comes_in_goes_out_as_it_came(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = new_folder(tmp_path_factory.mktemp("round") / "sheet")
    raw = text.encode()
    try:
        bring_in(folder, raw, name="any.md")
    except FairleadError:
        assert set(tree(folder)) == {"worksheet.yaml"}
        return

    assert load(folder).problems == ()
    assert give_back(folder).data == raw


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(sorted(path.name for path in LAYOUTS.iterdir())), st.data())
def test_an_edit_of_any_section_survives_a_round_through_the_document(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    first = new_folder(tmp_path_factory.mktemp("edit") / "sheet")
    bring_in(first, layout(name), name=name)
    sheet = load(first)
    if not sheet.stories:
        return
    story = data.draw(st.sampled_from(sheet.stories))
    part = data.draw(st.sampled_from([part.name for part in story.sections]))
    edited = data.draw(st.sampled_from(["I changed it.", 'One line.\nAnother, "quoted" | barred.']))
    save_story(first, story, with_section(story.raw, part, edited))

    second = new_folder(tmp_path_factory.mktemp("back") / "sheet")
    bring_in(second, give_back(first).data, name=name)

    again = load(second).story(story.id)
    assert again is not None
    assert again.text(part) == edited
