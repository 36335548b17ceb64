"""A worksheet of our own for the pages' tests and pictures, and its server."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from fairlead.app.listening import Server, bound_socket
from fairlead.app.web.worksheet.desk import Desk
from fairlead.app.worksheet_server import build
from fairlead.measurements.log import FILE_NAME, add_to_log
from fairlead.measurements.model import Measurement, Window
from fairlead.settings import Settings
from fairlead.worksheet.making import make_folder
from fairlead.worksheet.shipped import add_pack

EXPORT = """\
---
id: nightly-export
title: The nightly export that missed its morning
principles: [dive-deep]
when: 2026-05
---

## Situation

Our nightly export of 40,000 orders took up to 9 hours, and 12 planners at Marram Foods
started their day without figures.

## Task

I wanted the export done before 6:00 on every working day.

## Action

I read the logs of three weeks and found that each order was fetched on its own. I wrote a
reader that fetches them in batches of 500, measured both on a copy, and moved to it one
region at a time so that a wrong figure would stay small.

## Result

The export now takes 40 minutes instead of 9 hours, a reduction of 90%. We significantly improved
the planners' mornings.

## Notes

Never spoken: Marram's contract ends in June.
"""

ONCALL = """\
---
id: quiet-nights
title: Fewer calls at night
principles: [ownership, insist-on-the-highest-standards]
questions: [ownership/outside-your-job]
when: 2025-11
confidentiality: internal
---

## Situation

Four of us were called 31 times a month at night, mostly for alarms that mended themselves.

## Task

Nobody had asked, but I wanted every call to need a person.

## Action

I sorted the calls of three months by what was done about them. For each kind I either mended the
cause or took the alarm away, and I wrote down why.

## Result

In the following quarter there were 6 calls a month, by the pager's own report.

## Lesson

I would ask the people who are called first; they knew half of it.
"""

NAMES = "Marram Foods\n"

MEASURED = (
    Measurement(
        metric="duration of the export",
        statistic="median",
        value=9.0,
        unit="h",
        n=21,
        window=Window(start="2026-03-01", end="2026-03-21"),
        condition="working days",
        source="export.log",
    ),
    Measurement(
        metric="duration of the export",
        statistic="median",
        value=40.0,
        unit="min",
        n=21,
        window=Window(start="2026-05-01", end="2026-05-21"),
        condition="working days",
        source="export.log",
    ),
    Measurement(
        metric="duration of the export",
        statistic="max",
        value=11.0,
        unit="h",
        n=21,
        window=Window(start="2026-03-01", end="2026-03-21"),
        condition="working days",
        source="export.log",
    ),
)


def make_sheet(folder: Path) -> Path:
    """Make a worksheet with two stories, a pack, measurements and a confidential name."""
    make_folder(folder)
    add_pack(folder, "leadership-principles")
    (folder / "stories/nightly-export.md").write_text(EXPORT, encoding="utf-8")
    (folder / "stories/quiet-nights.md").write_text(ONCALL, encoding="utf-8")
    (folder / "confidential.txt").write_text(NAMES, encoding="utf-8")
    add_to_log(folder / FILE_NAME, MEASURED)
    return folder


@contextmanager
def served(folder: Path, *, port: int = 0) -> Generator[str]:
    """Serve a worksheet's pages on loopback, as ``fairlead worksheet open`` does; gives the address."""
    with bound_socket("127.0.0.1", port) as socket:
        settings = Settings(state=folder, store="", port=socket.getsockname()[1], worksheet=folder)
        desk = Desk(folder=folder, today=lambda: date(2026, 11, 30))
        ready = threading.Event()
        server = Server(build(desk, settings), ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        try:
            assert ready.wait(30), "the server never answered"
            yield f"{settings.address}/worksheet"
        finally:
            server.should_exit = True
            thread.join(30)
