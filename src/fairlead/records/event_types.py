"""The types of what the outside hears of changes: names alone, for those who only listen."""

from __future__ import annotations

CREATED = "dev.cdevents.change.created.0.4.0"
UPDATED = "dev.cdevents.change.updated.0.3.0"
