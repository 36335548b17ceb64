"""Pages that are being read follow the server, and what is being read doesn't move."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.web.browsing import visits
from app.web.lab import CLIENT, Lab, Served, make_lab
from fairlead.workers import ledger
from fairlead.workers.model import RunState

PATIENCE = 20_000


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    """Return a lab that this test may change; nothing has run in it."""
    return make_lab(tmp_path)


def test_a_change_that_comes_in_waits_to_be_shown_until_it_is_asked_for(
    own: Lab, browser: Browser
) -> None:
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        page = visit("/").page
        first = page.locator("#board tr").first.inner_text()
        own.builder.checkout("main")
        own.builder.branch("later")
        own.builder.commit({"client.py": CLIENT + "\n\nLIMIT = 3\n"}, message="Name the limit")

        own.take_in()
        expect(page.locator("#news")).to_be_visible(timeout=PATIENCE)

        assert "1 new change" in page.inner_text("#news")
        assert page.locator("#board tr").first.inner_text() == first
        page.locator("#news a").click()
        expect(page.get_by_role("link", name="Name the limit")).to_be_visible(timeout=PATIENCE)


def test_a_line_changes_in_its_place_while_its_run_goes_on(own: Lab, browser: Browser) -> None:
    number = own.changes["shell"]
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        seen = visit("/")
        row = seen.page.locator(f"#change-{number}")
        place = row.bounding_box()
        assert "not run" in row.inner_text()

        claimed, live = own.begin("shell")
        live.planned({"lint": 0.3})
        live.started("lint", "head")
        live.close()
        expect(row).to_contain_text("running", timeout=PATIENCE)
        expect(row).to_contain_text("lint", timeout=PATIENCE)
        with own.platform.database.write() as unit:
            ledger.finish(
                unit, claimed, outcome=RunState.FAILED, at=time.time(), because="it fell over"
            )
        expect(row).to_contain_text("failed", timeout=PATIENCE)

        moved = row.bounding_box()
        assert place is not None
        assert moved is not None
        assert moved["y"] == place["y"]
        assert seen.wrong == []


def test_a_change_is_run_from_its_page_which_shows_the_verdict_when_it_comes(
    own: Lab, browser: Browser
) -> None:
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        page = visit(f"/changes/{own.changes['shell']}").page
        expect(page.locator("h1")).to_contain_text("Not run yet")

        page.get_by_role("button", name="Run its checks").click()
        expect(page.locator("h1")).to_contain_text("Queued: it waits for a worker.")
        own.gate("shell")

        expect(page.locator("h1")).to_contain_text("Blocked: 1 of", timeout=PATIENCE)
        expect(page.locator(".diff .found")).to_contain_text("B602", timeout=PATIENCE)


def test_a_run_that_goes_on_is_cancelled_from_its_page(own: Lab, browser: Browser) -> None:
    own.begin("shell")
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        page = visit(f"/changes/{own.changes['shell']}").page

        page.get_by_role("button", name="Cancel this run").click()

        expect(page.locator("#todo")).to_contain_text("It was told to stop.")


def test_time_goes_on_by_the_servers_clock(own: Lab, browser: Browser) -> None:
    own.begin("shell")
    with Served(own.platform) as served, visits(browser, served.address) as visit:
        page = visit("/").page
        clock = page.locator(f"#change-{own.changes['shell']} td.number [data-since]")
        before = clock.inner_text()

        expect(clock).not_to_have_text(before, timeout=PATIENCE)

        assert clock.inner_text().endswith(" s")
