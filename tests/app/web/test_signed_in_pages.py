"""Pages where tokens are asked for: a form of ours is taken, another's is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, expect

from app.web.browsing import visits
from app.web.lab import Served, make_lab
from fairlead.app.security.tokens import Scope, create


def test_whoever_signed_in_runs_a_change_and_a_form_without_its_token_is_refused(
    tmp_path: Path, browser: Browser
) -> None:
    lab = make_lab(tmp_path)
    guarded = replace(
        lab.platform, settings=replace(lab.platform.settings, names=("127.0.0.1", "localhost"))
    )
    with guarded.database.write() as unit:
        _, word = create(unit, name="ada", scope=Scope.SUBMIT, at=guarded.clock())
    path = f"/changes/{lab.changes['shell']}"

    with Served(guarded) as served, visits(browser, served.address) as visit:
        page = visit(path).page
        page.get_by_label("Token").fill(word)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("h1")).to_contain_text("Not run yet")

        page.evaluate("document.querySelectorAll('[name=csrf_token]')[1].remove()")
        page.get_by_role("button", name="Run all checks").click()
        expect(page.locator("h1")).to_be_visible()
        assert "Queued" not in page.inner_text("h1")
        assert "What to do:" in page.inner_text("main")

        page.goto(f"{served.address}{path}")
        page.get_by_role("button", name="Run its checks").click()
        expect(page.locator("h1")).to_contain_text("Queued")
