"""Take the pictures of the worksheet's pages: real pages of a worksheet made for them.

    python docs/pictures/draw_worksheet.py docs/pictures

It needs Chromium; the stories are those of the pages' tests.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from app.web.browsing import browser_of_debian  # noqa: E402
from app.web.worksheet.sample import make_sheet, served  # noqa: E402

PICTURES = {
    "worksheet-home": ("", 1120, 820),
    "worksheet-story": ("/stories/nightly-export", 1120, 760),
    "worksheet-coverage": ("/coverage", 1120, 800),
}


def main() -> None:
    """Write the pictures to the folder that the command line names."""
    to = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, browser_of_debian() as browser:
        sheet = make_sheet(Path(folder) / "worksheet")
        with served(sheet) as address:
            for name, (path, width, height) in PICTURES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(f"{address}{path}")
                _calm(page)
                page.screenshot(path=to / f"{name}.png")
                page.close()


def _calm(page: Page) -> None:
    """Wait for what scripts put in, and take the caret away."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement?.blur()")


if __name__ == "__main__":
    main()
