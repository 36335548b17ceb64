"""Chromium, as Debian packages it, driven by Playwright; and what it has to say of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
)


def chromium() -> str:
    """Return where Chromium is; a laptop without it skips the test, CI fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("Chromium is missing: apt-get install chromium")
    return found


@contextmanager
def browser_of_debian(*options: str) -> Generator[Browser]:
    """Give a browser that is ended afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*OPTIONS, *options])
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Visit:
    """A page in a browser, and everything that went wrong on it."""

    context: BrowserContext
    page: Page
    wrong: list[str] = field(default_factory=list)


Open = Callable[..., Visit]


@contextmanager
def visits(browser: Browser, address: str) -> Generator[Open]:
    """Give a function that opens pages; all of them are closed afterwards.

    What the console complains of, whatever throws and what the content policy stops is kept.
    """
    contexts: list[BrowserContext] = []

    def visit(path: str, *, width: int = 1280, scheme: str = "light", **more: Any) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # ty: ignore[invalid-argument-type]
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        seen = Visit(context, page)
        page.on(
            "console",
            lambda said: seen.wrong.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: seen.wrong.append(str(error)))
        page.goto(f"{address}{path}")
        return seen

    yield visit
    for context in contexts:
        context.close()
