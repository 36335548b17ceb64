"""One lab with changes in every state, one server and one browser for all tests of the pages."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser

from app.web.browsing import Open, browser_of_debian, visits
from app.web.lab import Lab, Served, make_busy_lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Generator[Lab]:
    """Return a lab in which changes stand in every state."""
    made = make_busy_lab(tmp_path_factory.mktemp("lab"))
    yield made
    made.platform.database.close()


@pytest.fixture(scope="session")
def served(lab: Lab) -> Generator[Served]:
    """Return the lab's platform on a port."""
    with Served(lab.platform) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Return Chromium."""
    with browser_of_debian() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, served: Served) -> Generator[Open]:
    """Return a function that opens a page of the served platform."""
    with visits(browser, served.address) as opening:
        yield opening
