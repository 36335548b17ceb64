"""The story editor in a real browser: what is said while one types, and edits that nobody loses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.web.worksheet.sample import EXPORT, served

FIELD = "The story, as its file has it"


def story(sheet: Path) -> Path:
    return sheet / "stories/nightly-export.md"


def replace(page: Page, old: str, new: str) -> None:
    """Edit as someone who types: select the words and type others."""
    field = page.get_by_label(FIELD)
    start = field.input_value().index(old)
    field.focus()
    field.evaluate("(field, [a, b]) => field.setSelectionRange(a, b)", [start, start + len(old)])
    page.keyboard.insert_text(new)


def give_a_reason(page: Page) -> None:
    finding = page.locator(".finds > li", has_text="WS307")
    finding.get_by_text("leave it as it is").click()
    finding.get_by_label("Why is it right here?").fill("they told me so")


def switch_off(page: Page) -> None:
    page.get_by_role("button", name="Switch WS307 off in this story").click()


def test_a_document_comes_in_and_its_story_is_mended_linted_and_saved(
    site: str, sheet: Path, page: Page
) -> None:
    document = Path(__file__).parents[3] / "worksheet/layouts/worksheet.md"
    page.goto(f"{site}/import")
    page.get_by_label("A file").set_input_files(document)
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 stories")
    expect(page.get_by_text("The review has no Task")).to_be_visible()
    page.get_by_role("link", name="The review").click()
    expect(page.get_by_text("WS101: leave it as it is")).to_be_visible()

    replace(page, "## Action", "## Task\n\nI wanted it read in a day.\n\n## Action")

    expect(page.get_by_text("WS101: leave it as it is")).to_have_count(0)
    expect(page.get_by_text("Saved at")).to_be_visible()
    saved = (sheet / "stories/the-review.md").read_text()
    assert "## Task\n\nI wanted it read in a day.\n\n## Action" in saved
    assert (sheet / "imports/worksheet.md").read_bytes() == document.read_bytes()


def test_findings_minutes_and_figures_follow_the_text_before_it_is_saved(
    site: str, sheet: Path, page: Page
) -> None:
    page.route("**/files/nightly-export.md", lambda route: route.fulfill(status=409, json={}))
    page.goto(f"{site}/stories/nightly-export")
    beside = page.get_by_label("What is said of this text")
    expect(beside.get_by_role("heading", name="What its figures stand on")).to_be_visible()
    words = beside.locator(".budgets td").first.inner_text()

    replace(page, "a reduction of 90%", "a reduction of 50%")

    expect(beside.get_by_text("WS304: leave it as it is")).to_be_visible()
    replace(page, "I wanted", "For the planners' sake I wanted")
    expect(beside.locator(".budgets td").first).to_have_text(str(int(words) + 4))
    assert story(sheet).read_text() == EXPORT


def test_a_finding_leads_to_its_words(site: str, page: Page) -> None:
    page.goto(f"{site}/stories/nightly-export")

    page.locator(".finds > li", has_text="WS401").get_by_role("link").click()

    field = page.get_by_label(FIELD)
    expect(field).to_be_focused()
    chosen = field.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen == "Marram Foods"


def test_saving_goes_on_while_one_writes_and_keeps_every_other_byte(
    site: str, sheet: Path, page: Page
) -> None:
    raw = EXPORT.replace("\n", "\r\n").encode() + b"\r\nA byte that is no text: \xe9\r\n"
    story(sheet).write_bytes(raw)
    page.goto(f"{site}/stories/nightly-export")

    replace(page, "40 minutes", "38 minutes")
    expect(page.get_by_text("Saved at")).to_be_visible()

    assert story(sheet).read_bytes() == raw.replace(b"40 minutes", b"38 minutes")


def test_an_edit_made_elsewhere_is_shown_beside_one_s_own_and_neither_is_lost(
    site: str, sheet: Path, page: Page
) -> None:
    page.goto(f"{site}/stories/nightly-export")
    elsewhere = EXPORT.replace("12 planners", "14 planners")
    story(sheet).write_text(elsewhere)

    replace(page, "40 minutes", "38 minutes")

    expect(page.get_by_text("The file was changed elsewhere while you wrote.")).to_be_visible()
    assert story(sheet).read_text() == elsewhere
    page.get_by_role("button", name="Compare both and choose").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing was overwritten")
    expect(page.get_by_text("The two edits don't touch the same lines")).to_be_visible()
    assert story(sheet).read_text() == elsewhere
    page.get_by_role("button", name="Save this").click()
    expect(page.get_by_label(FIELD)).to_be_visible()
    assert story(sheet).read_text() == elsewhere.replace("40 minutes", "38 minutes")
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_where_both_changed_one_line_the_person_chooses(site: str, sheet: Path, page: Page) -> None:
    page.goto(f"{site}/stories/nightly-export")
    story(sheet).write_text(EXPORT.replace("40 minutes", "45 minutes"))
    replace(page, "40 minutes", "38 minutes")
    page.get_by_role("button", name="Compare both and choose").click()
    both = page.get_by_label("Edit it until it says what you want").input_value()
    assert "38 minutes" in both
    assert "45 minutes" in both

    page.get_by_role("button", name="Save mine over the file's").click()

    expect(page.get_by_label(FIELD)).to_be_visible()
    assert story(sheet).read_text() == EXPORT.replace("40 minutes", "38 minutes")


def test_the_file_s_version_can_be_kept(site: str, sheet: Path, page: Page) -> None:
    page.goto(f"{site}/stories/nightly-export")
    story(sheet).write_text(EXPORT.replace("40 minutes", "45 minutes"))
    replace(page, "40 minutes", "38 minutes")
    page.get_by_role("button", name="Compare both and choose").click()

    page.get_by_role("link", name="Keep the file's and drop mine").click()

    expect(page.get_by_label(FIELD)).to_have_value(EXPORT.replace("40 minutes", "45 minutes"))
    expect(page.locator("[data-restored]")).to_be_hidden()


def test_what_was_written_while_the_server_was_gone_comes_back_and_is_saved(
    sheet: Path, context: BrowserContext
) -> None:
    with served(sheet) as site:
        port = int(site.split(":")[2].partition("/")[0])
        page = context.new_page()
        page.goto(f"{site}/stories/nightly-export")
    replace(page, "40 minutes", "38 minutes")
    expect(page.get_by_text("the server doesn't answer")).to_be_visible()
    page.close()
    assert story(sheet).read_text() == EXPORT

    with served(sheet, port=port) as site:
        page = context.new_page()
        page.goto(f"{site}/stories/nightly-export")

        expect(page.get_by_text("didn't save was brought back")).to_be_visible()
        expect(page.get_by_text("Saved at")).to_be_visible()
        assert story(sheet).read_text() == EXPORT.replace("40 minutes", "38 minutes")


def test_a_page_that_outlives_its_server_saves_to_the_next_one(
    sheet: Path, context: BrowserContext
) -> None:
    page = context.new_page()
    with served(sheet) as site:
        port = int(site.split(":")[2].partition("/")[0])
        page.goto(f"{site}/stories/nightly-export")

    with served(sheet, port=port):
        replace(page, "40 minutes", "38 minutes")
        expect(page.get_by_text("Saved at")).to_be_visible()

    assert story(sheet).read_text() == EXPORT.replace("40 minutes", "38 minutes")


def test_two_windows_on_one_story_lose_nothing(site: str, sheet: Path, context: BrowserContext) -> None:
    first, second = context.new_page(), context.new_page()
    first.goto(f"{site}/stories/nightly-export")
    second.goto(f"{site}/stories/nightly-export")

    replace(first, "40 minutes", "38 minutes")
    expect(first.get_by_text("Saved at")).to_be_visible()
    second.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(second.get_by_label(FIELD)).to_have_value(EXPORT.replace("40 minutes", "38 minutes"))
    replace(second, "12 planners", "14 planners")
    expect(second.get_by_text("Saved at")).to_be_visible()

    wanted = EXPORT.replace("40 minutes", "38 minutes").replace("12 planners", "14 planners")
    assert story(sheet).read_text() == wanted


def test_a_rule_is_switched_off_with_a_reason_together_with_what_was_written(
    site: str, sheet: Path, page: Page
) -> None:
    page.goto(f"{site}/stories/nightly-export")
    replace(page, "40 minutes", "38 minutes")
    give_a_reason(page)

    switch_off(page)

    expect(page.get_by_text("1 finding switched off by you")).to_be_visible()
    saved = story(sheet).read_text()
    assert "WS307: they told me so" in saved
    assert "38 minutes" in saved


def test_the_page_after_switching_a_rule_off_holds_what_was_saved_and_goes_on_saving(
    site: str, sheet: Path, page: Page
) -> None:
    page.goto(f"{site}/stories/nightly-export")
    replace(page, "40 minutes", "38 minutes")
    give_a_reason(page)

    switch_off(page)

    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.locator("[data-restored]")).to_be_hidden()
    replace(page, "12 planners", "14 planners")
    expect(page.get_by_text("Saved at")).to_be_visible()
    saved = story(sheet).read_text()
    assert "WS307: they told me so" in saved
    assert "14 planners" in saved


def test_a_rule_switched_off_while_the_text_is_being_saved_waits_for_it(
    site: str, sheet: Path, page: Page
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "fetch":
            held.append(route)
        else:
            route.continue_()

    page.route("**/files/nightly-export.md", hold)
    page.goto(f"{site}/stories/nightly-export")
    give_a_reason(page)
    replace(page, "40 minutes", "38 minutes")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saving…")).to_be_visible()

    switch_off(page)
    assert story(sheet).read_text() == EXPORT
    held.pop().continue_()

    expect(page.get_by_text("1 finding switched off by you")).to_be_visible()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    saved = story(sheet).read_text()
    assert "WS307: they told me so" in saved
    assert "38 minutes" in saved


def test_without_javascript_the_button_saves_and_a_conflict_is_shown(
    site: str, sheet: Path, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/stories/nightly-export")
    page.get_by_label(FIELD).fill(EXPORT.replace("40 minutes", "38 minutes"))
    page.get_by_role("button", name="Save", exact=True).click()
    assert story(sheet).read_text() == EXPORT.replace("40 minutes", "38 minutes")

    story(sheet).write_text(EXPORT)
    page.get_by_label(FIELD).fill(EXPORT.replace("40 minutes", "37 minutes"))
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing was overwritten")
    assert story(sheet).read_text() == EXPORT
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_figure_is_bound_to_what_was_measured(
    site: str, sheet: Path, browser: Browser, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{site}/stories/nightly-export")
    page.get_by_role("link", name=re.compile("bind it ?: 40 minutes")).click()
    page.get_by_label(re.compile("before ?: duration of the export 9 h")).check()
    page.get_by_label(re.compile("after ?: duration of the export 40 min")).check()
    page.get_by_label("What else changed at that time?").fill("nothing that I know of")
    page.get_by_role("button", name="Weigh it").click()
    expect(page.get_by_text("Nothing is said against it.")).to_be_visible()

    page.get_by_role("button", name="Keep it in the story's file").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("1 measured")
    expect(page.get_by_text("9 h to 40 min: 92.6 % less")).to_be_visible()
    assert "figure: 40 minutes\n  kind: measured" in story(sheet).read_text()
    context.close()
