"""A worksheet, its pages as served, and windows of the browser to look at them with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.web.worksheet.sample import make_sheet, served

expect.set_options(timeout=30_000)  # patience, not a promise of speed


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Return a worksheet with two stories, a pack and measurements."""
    return make_sheet(tmp_path / "worksheet")


@pytest.fixture
def site(sheet: Path) -> Iterator[str]:
    """Return the address of its pages."""
    with served(sheet) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a window with storage of its own."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Return a page; a test fails when its console held an error, a refused save (409) excepted."""
    opened = context.new_page()
    said: list[str] = []
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on(
        "console",
        lambda one: said.append(one.text) if one.type == "error" and "409" not in one.text else None,
    )
    yield opened
    assert said == []
