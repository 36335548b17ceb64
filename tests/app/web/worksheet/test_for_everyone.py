"""Every page for every reader: by axe, on narrow and wide screens, light and dark, in every script."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.web.worksheet.sample import EXPORT

PAGES = (
    "",
    "/principles/ownership",
    "/stories/nightly-export",
    "/new",
    "/coverage",
    "/ask?q=Tell+me+about+an+outage",
    "/plan?name=Ana&asks-0=ownership&asks-0=frugality&name=Ben&asks-1=dive-deep",
    "/evidence",
    "/evidence/nightly-export?figure=40+minutes",
    "/print",
    "/print/cards",
    "/import",
    "/stories/nobody",
)
SERIOUS = ("serious", "critical")


def complaints(page: Page) -> list[str]:
    """Return what axe finds serious on a page, with the elements it is about."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {', '.join(node['html'][:120] for node in one['nodes'][:3])}"
        for one in found
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(
    site: str, sheet: Path, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    (sheet / "answers.yaml").write_text("- {date: 2026-10-01, prompt: ownership/1, score: 2}\n")
    (sheet / "stories/broken.md").write_text("---\ntitle: [\n---\n")
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()

    found = {}
    for path in PAGES:
        page.goto(f"{site}{path}")
        for details in page.locator("details").all():
            details.evaluate("(one) => { one.open = true }")
        found[path] = complaints(page)

    assert {path: said for path, said in found.items() if said} == {}
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
def test_no_page_scrolls_sideways(site: str, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})

    wide = {}
    for path in PAGES:
        page.goto(f"{site}{path}")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")

    assert {path: seen for path, seen in wide.items() if seen > width} == {}
    page.close()


def test_the_conflict_page_is_for_everyone_too(site: str, sheet: Path, page: Page) -> None:
    page.goto(f"{site}/stories/nightly-export")
    (sheet / "stories/nightly-export.md").write_text(EXPORT.replace("40 minutes", "45 minutes"))
    field = page.get_by_label("The story, as its file has it")
    field.fill(EXPORT.replace("40 minutes", "38 minutes"))
    page.get_by_role("button", name="Compare both and choose").click()
    expect(page.get_by_role("heading", name="Both in one")).to_be_visible()

    assert complaints(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    ("title", "text", "direction"),
    [
        ("شبكة هادئة", "كان لدينا 12 خادما وتعطلت 3 منها كل ليلة.", "rtl"),
        ("静かな夜", "毎晩12台のサーバーのうち3台が停止していました。", "ltr"),
    ],
)
def test_stories_in_other_scripts_are_shown_edited_and_kept(
    site: str, sheet: Path, page: Page, title: str, text: str, direction: str
) -> None:
    file = sheet / "stories/other.md"
    raw = f"---\nid: other\ntitle: {title}\n---\n\n## Situation\n\n{text}\n"
    file.write_text(raw, encoding="utf-8")

    page.goto(f"{site}/stories/other")

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(title)
    assert heading.evaluate("(one) => getComputedStyle(one).direction") == direction
    field = page.get_by_label("The story, as its file has it")
    field.press("Control+End")
    page.keyboard.insert_text(f"\n{text}")
    expect(page.get_by_text("Saved at")).to_be_visible()
    assert file.read_text(encoding="utf-8") == f"{raw}\n{text}"
    page.goto(f"{site}/print/cards?story=other")
    expect(page.get_by_text(text).first).to_be_visible()


def test_the_keyboard_reaches_all_that_is_there_and_one_can_see_where_it_is(
    site: str, page: Page
) -> None:
    page.goto(f"{site}/plan")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to what this page says")).to_be_focused()

    page.get_by_label("Name").first.fill("Ana")
    page.get_by_label("Ownership").first.focus()
    page.keyboard.press("Space")
    outlined = page.locator(".chips label", has_text="Ownership").first
    assert outlined.evaluate("(one) => getComputedStyle(one).outlineStyle") == "solid"
    page.get_by_role("button", name="Plan it").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("The slot has a story, none told twice.")
    assert "asks-0=ownership" in page.url
