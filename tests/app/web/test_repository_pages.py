"""Repositories in a browser: added, looked at again, and what another policy would have done."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.web.browsing import visits
from app.web.lab import Lab, Served, make_lab
from builder import RepositoryBuilder


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    """Return a lab that this test may change."""
    return make_lab(tmp_path / "lab")


def test_a_repository_is_added_by_its_folder_and_its_changes_are_there(
    own: Lab, browser: Browser, tmp_path: Path
) -> None:
    other = RepositoryBuilder.create(tmp_path / "billing")
    other.commit({"a.py": "x = 1\n"}, message="Begin to bill")
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        page = visit("/repositories").page

        page.get_by_label("Folder or address").fill(str(other.folder))
        page.get_by_role("button", name="Add").click()

        expect(page.locator("h1")).to_have_text("billing")
        page.goto(f"{served.address}/?repository=billing")
        expect(page.get_by_role("link", name="Begin to bill")).to_be_visible()


def test_a_folder_that_holds_none_is_refused_with_what_to_do(
    own: Lab, browser: Browser, tmp_path: Path
) -> None:
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        page = visit("/repositories").page

        page.get_by_label("Folder or address").fill(str(tmp_path))
        page.get_by_role("button", name="Add").click()

        expect(page.get_by_role("alert")).to_contain_text("is not in a git repository")
        expect(page.get_by_role("alert")).to_contain_text("What to do:")
        expect(page.get_by_label("Folder or address")).to_have_value(str(tmp_path))


def test_a_policy_is_tried_on_the_changes_that_came(own: Lab, browser: Browser) -> None:
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        page = visit(f"/repositories/{own.repository.id}").page
        expect(page.locator("pre")).to_contain_text("fetch_tools = false")

        page.get_by_label("Policy to try").fill("[checks.lint]\nenabled = false\n")
        page.get_by_role("button", name="Try it").click()

        expect(page.locator("#result")).to_contain_text("would have been planned otherwise")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="lint", exact=True))
        assert "−" in row.first.inner_text()
        expect(page.get_by_label("Policy to try")).to_have_value("[checks.lint]\nenabled = false\n")


def test_a_policy_with_a_mistake_is_named_with_its_line_and_kept_in_the_form(
    own: Lab, browser: Browser
) -> None:
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        page = visit(f"/repositories/{own.repository.id}").page

        page.get_by_label("Policy to try").fill("[checks.lint]\nenabld = false\n")
        page.get_by_role("button", name="Try it").click()

        expect(page.get_by_role("alert")).to_contain_text("fairlead.toml:2")
        expect(page.get_by_label("Policy to try")).to_have_value("[checks.lint]\nenabld = false\n")
