"""Repositories in a browser: added, looked at again, and what another policy would have done."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.web.browsing import visits
from app.web.lab import Lab, Served, make_lab
from app.web.test_pages_in_a_browser import survey
from builder import RepositoryBuilder
from fairlead.app.previewing import preview, read_text
from servers import client_of

POLICY = "[checks.lint]\nenabled = false\n"


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


def test_a_preview_goes_on_from_where_it_stopped_without_javascript(own: Lab, browser: Browser) -> None:
    """It stops after each change here, as it does after some seconds where there are many."""
    hurried = replace(own.platform.settings, preview_seconds=0.0)
    everything = preview(own.platform, read_text(POLICY), below=1 << 60, limit=100, seconds=600.0)
    total = len(everything.changes)
    progress = []
    hurried_platform = replace(own.platform, settings=hurried)
    with Served(hurried_platform) as served, visits(browser, served.address) as visit:
        page = visit(f"/repositories/{own.repository.id}", java_script_enabled=False).page
        page.get_by_label("Policy to try").fill(POLICY)
        page.get_by_role("button", name="Try it").click()
        for done in range(1, total):
            expect(page.locator("#result .lead")).to_contain_text(f"last {done} change")
            progress.append(page.locator("#result strong").first.inner_text())
            page.get_by_role("button", name="Go on").click()
        expect(page.locator("#result .lead")).to_contain_text(f"last {total} changes")
        expect(page.get_by_role("button", name="Go on")).to_have_count(0)
        lead = page.locator("#result .lead").inner_text()
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="lint", exact=True))
        cells = row.first.get_by_role("cell").all_inner_texts()
        kept = page.get_by_label("Policy to try").input_value()

    lint = next(count for count in everything.counts if count.check == "lint")
    differing = sum(bool(one.differences) for one in everything.changes)
    assert progress == [f"{done} of {total} changes" for done in range(1, total)]
    assert lead == f"{differing} of the last {total} changes would have been planned otherwise."
    assert cells[:3] == [str(lint.ran), str(lint.would_run), str(lint.of)]
    assert kept == POLICY


def test_a_preview_that_can_go_on_is_as_good_a_page_as_others(own: Lab, browser: Browser) -> None:
    hurried = replace(own.platform, settings=replace(own.platform.settings, preview_seconds=0.0))
    with Served(hurried) as served, visits(browser, served.address) as visit:
        seen = visit(f"/repositories/{own.repository.id}")
        seen.page.get_by_label("Policy to try").fill(POLICY)
        seen.page.get_by_role("button", name="Try it").click()
        expect(seen.page.get_by_role("button", name="Go on")).to_be_visible()

        found = survey(seen)

    assert found.serious == {"light": [], "dark": []}
    assert max(found.beyond.values()) <= 0
    assert found.wrong == []


@pytest.mark.parametrize(
    "so_far", ["{", "[]", '{"changes": [], "counts": [], "next": null, "left": 0}', '{"next": "x"}']
)
def test_what_no_page_of_ours_sent_is_no_preview_to_go_on_from(own: Lab, so_far: str) -> None:
    with client_of(own.platform) as client:
        word = re.search(r'name="csrf_token" value="(\w+)"', client.get("/repositories").text)
        assert word
        form = {"csrf_token": word[1], "policy": POLICY, "so_far": so_far}
        answer = client.post(f"/repositories/{own.repository.id}/preview", data=form)

    assert answer.status_code == 422
    assert "try the policy again" in answer.text
