"""From values to pages: one environment of templates, and the signs, words and times of pages."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import cast

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from fairlead import __version__
from fairlead.app.web.forms import csrf_field, signed_in
from fairlead.app.web.visible import visible_value
from fairlead.records.event_types import CREATED, UPDATED
from fairlead.workers.event_types import (
    CHECK_FINISHED,
    CHECK_PROGRESSED,
    CHECK_STARTED,
    FINISHED,
    QUEUED,
    STARTED,
)

NAVIGATION = (
    ("board", "/", "Board"),
    ("throughput", "/throughput", "Throughput"),
    ("repositories", "/repositories", "Repositories"),
    ("worksheet", "/worksheet", "Worksheet"),
)
"""Of each part of the pages its name (``here`` in a template), its address, and its words."""

SIGNS: Mapping[str, tuple[str, str]] = {
    "": ("·", "not run"),
    "none": ("·", "not run"),
    "queued": ("…", "queued"),
    "running": ("▸", "running"),
    "pass": ("✓", "passed"),
    "passed": ("✓", "passed"),
    "blocked": ("✗", "blocked"),
    "failed": ("✗", "failed"),
    "not_evaluated": ("?", "not evaluated"),
    "skipped": ("·", "skipped"),
    "waiting": ("…", "waiting"),
    "planned": ("…", "would run"),
    "cancelled": ("–", "cancelled"),
    "superseded": ("–", "superseded"),
    "lost": ("!", "lost"),
}
"""Of each state its sign and its word: colour never stands alone."""

BANDS: Mapping[str, str] = {"low": "◇", "medium": "◈", "high": "◆"}
"""Of each band of risk its shape."""


FOLLOWED = " ".join(
    (CREATED, UPDATED, QUEUED, STARTED, FINISHED, CHECK_STARTED, CHECK_PROGRESSED, CHECK_FINISHED)
)
"""The types of events after which a page that shows changes is looked at again."""


@cache
def environment() -> Environment:
    """Return the templates, in which everything is escaped and a missing name is an error.

    Unseen characters (terminal escapes, signs that turn the direction of text) are spelled out, but for
    what stands in a form's fields.
    """
    made = Environment(
        loader=PackageLoader("fairlead.app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible_value,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # or every page would look whether its files have changed
    )
    cast("dict[str, object]", made.globals).update(
        signs=SIGNS,
        bands=BANDS,
        navigation=NAVIGATION,
        version=__version__,
        csrf_field=csrf_field,
        signed_in=signed_in.get,
        followed=FOLLOWED,
    )
    made.filters.update(
        moment=moment, duration=duration, counted=counted, clock=clock, said_of_checks=said_of_checks
    )
    return made


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a rendered page; ``now`` is there for what goes on while it is read."""
    rendered = environment().get_template(template).render(now=time.time(), **values)
    return HTMLResponse(rendered, status_code=status)


def moment(at: float | None) -> str:
    """Return a time as ``2026-11-30 14:05 UTC``, ``""`` for none."""
    return "" if at is None else f"{clock(at)} UTC"


def clock(at: float | None) -> str:
    """Return a time as ``2026-11-30 14:05``, in UTC, ``""`` for none."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def duration(seconds: float | None) -> str:
    """Return seconds as people say them: ``40 ms``, ``0.4 s``, ``41 s``, ``3 min 20 s``."""
    if seconds is None:
        return ""
    seconds = max(seconds, 0.0)
    if 0 < seconds < 0.095:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 119.5:
        return f"{seconds:.0f} s"
    whole = round(seconds)
    if whole < 7200:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 file``, ``3 files``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def said_of_checks(sentence: str) -> str:
    """Return how many checks a verdict's sentence speaks of: ``1 of 9 checks``, ``8 checks``."""
    found = re.search(r"(?:\d+ of )?\d+ checks?", sentence)
    return found[0] if found else sentence.partition(": ")[2].removesuffix(".")
