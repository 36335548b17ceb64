"""From values to pages: one environment of templates, and the signs, words and times of pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import cast

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from fairlead import __version__
from fairlead.app.web.forms import csrf_field

NAVIGATION = (("board", "/", "Board"), ("worksheet", "/worksheet", "Worksheet"))
"""Of each part of the pages its name (``here`` in a template), its address, and its words."""

SIGNS: Mapping[str, tuple[str, str]] = {
    "": ("·", "not run"),
    "queued": ("…", "queued"),
    "running": ("▸", "running"),
    "pass": ("✓", "passed"),
    "passed": ("✓", "passed"),
    "blocked": ("✗", "blocked"),
    "failed": ("✗", "failed"),
    "not_evaluated": ("?", "not evaluated"),
    "skipped": ("·", "skipped"),
    "waiting": ("…", "waiting"),
    "cancelled": ("–", "cancelled"),
    "superseded": ("–", "superseded"),
    "lost": ("!", "lost"),
}
"""Of each state its sign and its word: colour never stands alone."""

BANDS: Mapping[str, str] = {"low": "◇", "medium": "◈", "high": "◆"}
"""Of each band of risk its shape."""


@cache
def environment() -> Environment:
    """Return the templates, in which everything is escaped and a missing name is an error."""
    made = Environment(
        loader=PackageLoader("fairlead.app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cast("dict[str, object]", made.globals).update(
        signs=SIGNS,
        bands=BANDS,
        navigation=NAVIGATION,
        version=__version__,
        csrf_field=csrf_field,
    )
    made.filters["moment"] = moment
    made.filters["duration"] = duration
    return made


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a rendered page."""
    rendered = environment().get_template(template).render(**values)
    return HTMLResponse(rendered, status_code=status)


def moment(at: float | None) -> str:
    """Return a time as ``2026-11-30 14:05 UTC``, ``""`` for none."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def duration(seconds: float | None) -> str:
    """Return seconds as people say them: ``0.4 s``, ``41 s``, ``3 min 20 s``; ``""`` for none."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
