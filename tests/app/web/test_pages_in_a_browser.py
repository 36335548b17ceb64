"""The pages in a real browser: quiet, reachable by keyboard, whole without JavaScript, harmless."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser

from app.web.browsing import Open, Visit, visits
from app.web.lab import HOSTILE, HOSTILE_BRANCH, Lab, Served

WIDTHS = (320, 768, 1440)


def addresses(lab: Lab) -> list[str]:
    """Return the address of a page of every kind, with changes in every state."""
    changes = [f"/changes/{number}" for number in lab.changes.values()]
    shell = lab.changes["shell"]
    return [
        "/",
        "/?standing=blocked&words=callers",
        "/?words=nothing+is+like+that",
        *changes,
        f"/changes/{shell}/revisions/1",
        f"/changes/{shell}/revisions/1/diff",
        f"/changes/{lab.changes['docs']}/revisions/1",
        "/runs/1",
        "/throughput",
        "/repositories",
        f"/repositories/{lab.repository.id}",
        "/design",
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a browser had to say of one page: all of it should be empty but ``rules``.

    ``serious`` is what axe calls serious or critical, ``rules`` how many of its rules were met.
    """

    wrong: list[str]
    beyond: dict[int, int]
    serious: dict[str, list[str]]
    rules: int


@pytest.fixture(scope="module")
def surveyed(lab: Lab, browser: Browser, served: Served) -> dict[str, Survey]:
    """Return what a browser has to say of a page of every kind, everything that folds being open."""
    with visits(browser, served.address) as visit:
        return {address: survey(visit(address)) for address in addresses(lab)}


def survey(seen: Visit) -> Survey:
    """Look at a page at every width and, with axe, in both schemes; close it."""
    page = seen.page
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(AXE_SCRIPT)
    serious, rules = {}, 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        result = page.evaluate("axe.run()")
        rules = len(result["passes"])
        serious[scheme] = [
            f"{one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in result["violations"]
            if one["impact"] in ("serious", "critical")
        ]
    beyond = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        beyond[width] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    seen.context.close()
    return Survey(wrong=seen.wrong, beyond=beyond, serious=serious, rules=rules)


def test_no_page_has_anything_to_complain_of_in_the_console(surveyed: dict[str, Survey]) -> None:
    assert {address: one.wrong for address, one in surveyed.items() if one.wrong} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(surveyed: dict[str, Survey], scheme: str) -> None:
    assert {
        address: one.serious[scheme] for address, one in surveyed.items() if one.serious[scheme]
    } == {}
    assert min(one.rules for one in surveyed.values()) > 10


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(surveyed: dict[str, Survey], width: int) -> None:
    assert {
        address: one.beyond[width] for address, one in surveyed.items() if one.beyond[width] > 0
    } == {}


def test_every_page_is_whole_without_javascript(lab: Lab, visit: Open) -> None:
    page = visit("/", java_script_enabled=False).page

    page.get_by_role("searchbox").fill("callers")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Let callers pass a whole command").click()

    assert page.get_by_role("heading", level=1).inner_text().strip().endswith("found something new.")
    assert page.get_by_text("pass a list and drop shell=True").first.is_visible()
    assert page.get_by_role("row", name=re.compile("skipped deployment")).is_visible()


def test_what_an_author_writes_is_shown_as_text_and_never_obeyed(lab: Lab, visit: Open) -> None:
    for address in (
        "/",
        f"/changes/{lab.changes[HOSTILE_BRANCH]}",
        f"/changes/{lab.changes['limits']}",
    ):
        seen = visit(address)

        assert seen.page.title() != "owned"
        assert HOSTILE in seen.page.inner_text("main")
        assert r"\x1b[31mred" in seen.page.inner_text("main")
        assert r"\u202egnirts" in seen.page.inner_text("main")
        assert seen.wrong == []


def test_the_keyboard_reaches_everything_that_can_be_used(lab: Lab, visit: Open) -> None:
    page = visit(f"/changes/{lab.changes['shell']}").page
    usable = page.locator("a:visible, button:visible, summary:visible, [tabindex='0']:visible").count()

    seen = set()
    for _ in range(usable + 5):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "(() => { const one = document.activeElement; const box = one.getBoundingClientRect();"
                " return one.tagName + Math.round(box.x + scrollX) + ',' + Math.round(box.y + scrollY)"
                " + one.textContent.slice(0, 40) })()"
            )
        )

    assert len(seen - {"BODY"}) >= usable
    page.keyboard.press("Home")


def test_the_first_thing_that_the_keyboard_reaches_skips_to_the_text(visit: Open) -> None:
    page = visit("/").page

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_a_page_that_is_not_there_says_what_to_do(visit: Open) -> None:
    page = visit("/changes/999999").page

    assert "There is no change 999999 here." in page.inner_text("h1")
    assert "What to do: the board lists the changes" in page.inner_text("main")
