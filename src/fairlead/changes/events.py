"""YAML as the events that its parser sees, with every spelling that a reader of it could notice."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from fairlead.changes.directives import steers

Event = tuple[object, ...]
Remark = tuple[str, int, str]
"""A steering comment: its text, how many events begin before its line, what stands beside it."""

_NOTICED = ("anchor", "tag", "implicit", "value", "style", "flow_style", "explicit", "version", "tags")


def yaml_events(text: str) -> tuple[list[Event], list[int]]:
    """Return a document's events and the line (0-based) on which each begins.

    Raises ValueError when it can't be parsed.
    """
    import yaml  # not at start-up: it takes a tenth of what a whole second run may

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: list[Event] = []
    lines: list[int] = []
    try:
        for event in yaml.parse(text, Loader=loader):
            noticed = [getattr(event, name, None) for name in _NOTICED]
            events.append((type(event).__name__, *noticed))
            lines.append(event.start_mark.line)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return events, lines


def steering_remarks(text: str, event_lines: Sequence[int]) -> list[Remark]:
    """Return the comments that may steer a tool, wherever they are, in strings too.

    On a line with ``uses:`` every comment does: those beside a pinned action name its version, which
    other tools read and write.
    """
    remarks = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        comment = _comment(line)
        if comment is None:
            continue
        code = line[: len(line) - len(comment)].strip()
        if steers(comment) or "uses:" in code:
            following = next((each.strip() for each in lines[number + 1 :] if each.strip()), "")
            beside = code or following
            remarks.append((comment.strip(), bisect_left(event_lines, number), beside))
    return remarks


def _comment(line: str) -> str | None:
    """Return what follows the first ``#`` that begins a line or comes after white space."""
    if line.lstrip().startswith("#"):
        return line.lstrip()
    places = [place for place in (line.find(" #"), line.find("\t#")) if place >= 0]
    return line[min(places) + 1 :] if places else None
