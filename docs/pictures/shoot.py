"""Take the pictures of the pages: a real platform on a small repository made for it, in Chromium.

    python docs/pictures/shoot.py docs/pictures

Writes PNGs of at most 200 KB. With `--all` every page in both schemes, wide and narrow, to look at.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from app.web.browsing import browser_of_debian, visits
from app.web.lab import Lab, Served, make_busy_lab

LARGEST = 200_000
NARROW, WIDE = 360, 1100


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="every page, both schemes, both widths")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        lab = make_busy_lab(Path(place), hostile=arguments.all)
        with (
            Served(lab.platform) as served,
            browser_of_debian() as browser,
            visits(browser, served.address) as visit,
        ):
            for name, path, scheme, width, height in shots(lab, everything=arguments.all):
                seen = visit(path, width=width, scheme=scheme)
                file = arguments.folder / f"{name}.png"
                if height:
                    seen.page.set_viewport_size({"width": width, "height": height})
                seen.page.screenshot(path=file, full_page=not height)
                seen.context.close()
                size = file.stat().st_size
                print(f"{file}: {size} bytes")
                if size > LARGEST and not arguments.all:
                    raise SystemExit(f"{file} is larger than {LARGEST} bytes")
        lab.platform.database.close()


def shots(lab: Lab, *, everything: bool) -> list[tuple[str, str, str, int, int]]:
    """Return of each picture its name, address, scheme, width and height, 0 for the whole page."""
    pages = {
        "board": "/",
        "change": f"/changes/{lab.changes['shell']}",
        "running": f"/changes/{lab.changes['limits']}",
        "throughput": "/throughput",
        "repository": f"/repositories/{lab.repository.id}",
    }
    if not everything:
        return [
            ("board-wide-light", pages["board"], "light", WIDE, 620),
            ("change-wide-light", pages["change"], "light", WIDE, 720),
            ("change-wide-dark", pages["change"], "dark", WIDE, 720),
            ("throughput-wide-light", pages["throughput"], "light", WIDE, 860),
            ("board-narrow-light", pages["board"], "light", NARROW, 720),
        ]
    pages |= {
        "repositories": "/repositories",
        "design": "/design",
        "nothing": "/changes/999999",
        "diff": f"/changes/{lab.changes['shell']}/revisions/1/diff",
    }
    pages |= {f"change-{number}": f"/changes/{number}" for number in lab.changes.values()}
    return [
        (f"{name}-{scheme}-{width}", path, scheme, width, 0)
        for name, path in pages.items()
        for scheme in ("light", "dark")
        for width in (NARROW, WIDE)
    ]


if __name__ == "__main__":
    main()
