"""The pages in a real browser: quiet, reachable by keyboard, whole without JavaScript, harmless."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from app.web.browsing import Open, Visit
from app.web.lab import HOSTILE, Lab

HOSTILE_BRANCH = HOSTILE.replace(" ", "")
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


def test_no_page_has_anything_to_complain_of_in_the_console(lab: Lab, visit: Open) -> None:
    complaints = {}
    for address in addresses(lab):
        seen = visit(address)
        seen.page.wait_for_timeout(50)
        complaints[address] = seen.wrong
        seen.context.close()

    assert {address: said for address, said in complaints.items() if said} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(lab: Lab, visit: Open, scheme: str) -> None:
    found = {}
    for address in addresses(lab):
        seen = visit(address, scheme=scheme, bypass_csp=True)  # axe itself is the only thing inline
        open_everything(seen)
        seen.page.evaluate(AXE_SCRIPT)
        result = seen.page.evaluate("axe.run()")
        found[address] = [
            f"{one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in result["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        seen.context.close()

    assert {address: said for address, said in found.items() if said} == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(lab: Lab, visit: Open, width: int) -> None:
    beyond = {}
    for address in addresses(lab):
        seen = visit(address, width=width)
        open_everything(seen)
        beyond[address] = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        seen.context.close()

    assert {address: pixels for address, pixels in beyond.items() if pixels > 0} == {}


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


def open_everything(seen: Visit) -> None:
    """Open every part of a page that can be folded."""
    seen.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
