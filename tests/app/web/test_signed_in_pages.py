"""Pages where tokens are asked for: signing in and out, whose forms are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.web.browsing import Open, visits
from app.web.lab import Lab, Served, make_lab
from app.web.test_pages_in_a_browser import survey
from fairlead.app.security.tokens import Scope, create


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[tuple[Lab, Served, str]]:
    """Return a lab whose platform asks for a token, where it is served, and a token."""
    lab = make_lab(tmp_path)
    settings = replace(lab.platform.settings, names=("127.0.0.1", "localhost"))
    platform = replace(lab.platform, settings=settings)
    with platform.database.write() as unit:
        _, word = create(unit, name="ada", scope=Scope.SUBMIT, at=platform.clock())
    with Served(platform) as served:
        yield lab, served, word


def sign_in(page: Page, word: str) -> None:
    page.get_by_label("Token").fill(word)
    page.get_by_role("button", name="Sign in").click()


def test_whoever_signed_in_runs_a_change_and_a_form_without_its_token_is_refused(
    guarded: tuple[Lab, Served, str], browser: Browser
) -> None:
    lab, served, word = guarded
    path = f"/changes/{lab.changes['shell']}"
    with visits(browser, served.address) as visit:
        page = visit(path).page
        sign_in(page, word)
        expect(page.locator("h1")).to_contain_text("Not run yet")

        page.evaluate("document.querySelectorAll('main [name=csrf_token]')[1].remove()")
        page.get_by_role("button", name="Run all checks").click()
        expect(page.locator("h1")).to_be_visible()
        assert "Queued" not in page.inner_text("h1")
        assert "What to do:" in page.inner_text("main")

        page.goto(f"{served.address}{path}")
        page.get_by_role("button", name="Run its checks").click()
        expect(page.locator("h1")).to_contain_text("Queued")


def test_a_person_signs_out_on_any_page_without_javascript(
    guarded: tuple[Lab, Served, str], browser: Browser
) -> None:
    _, served, word = guarded
    with visits(browser, served.address) as visit:
        page = visit("/repositories", java_script_enabled=False).page
        expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
        sign_in(page, word)
        expect(page.get_by_text("signed in as ada")).to_be_visible()

        page.get_by_role("button", name="Sign out").click()

        expect(page.locator("h1")).to_have_text("Sign in")
        expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
        page.goto(f"{served.address}/throughput")
        expect(page.locator("h1")).to_have_text("Sign in")


def test_nobody_is_offered_to_sign_out_where_nobody_signs_in(visit: Open) -> None:
    expect(visit("/").page.get_by_role("button", name="Sign out")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/repositories", "/nowhere"])
def test_pages_of_a_person_are_as_good_as_others(
    guarded: tuple[Lab, Served, str], browser: Browser, path: str
) -> None:
    _, served, word = guarded
    with visits(browser, served.address) as visit:
        seen = visit("/")
        sign_in(seen.page, word)
        seen.page.goto(f"{served.address}{path}")
        expect(seen.page.get_by_role("button", name="Sign out")).to_be_visible()
        seen.wrong.clear()  # that a page isn't there is told to the console too

        found = survey(seen)

    assert found.serious == {"light": [], "dark": []}
    assert max(found.beyond.values()) <= 0
    assert found.wrong == []
