"""Reading one record of the Open Source Vulnerability format (schema 1.x)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from fairlead.vulnerabilities.model import Advisory, Affected, Ecosystem, Event
from fairlead.vulnerabilities.severity import base_score, level_of
from fairlead.vulnerabilities.versions import normal_name

KINDS = ("introduced", "fixed", "last_affected", "limit")
MOST_ENTRIES = 200_000
"""Events and versions that one record may hold; real ones stay below a tenth of it."""

_ECOSYSTEMS = {ecosystem.value: ecosystem for ecosystem in Ecosystem}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}", re.ASCII)


class CorruptError(ValueError):
    """A record that does not follow the format; the message says where."""


def read_record(record: object) -> Advisory:
    """Return the advisory in a decoded OSV record; raises CorruptError for what is not one.

    Versions and ranges of other ecosystems, and ranges of git commits, are left out.
    """
    fields = _mapping(record, "the record")
    id_ = _text(fields, "id")
    if not _ID.fullmatch(id_):
        raise CorruptError("its id is missing or odd")
    entries = [_mapping(entry, "affected") for entry in _list(fields, "affected")]
    affected: list[Affected] = []
    listed = 0
    for found in (each for entry in entries for each in _affected(entry)):
        # Counted on the way, since a YAML file can name one long list a million times.
        listed += 1 + len(found.versions) + sum(map(len, found.ranges))
        if listed > MOST_ENTRIES:
            raise CorruptError(f"it lists more than {MOST_ENTRIES} versions")
        affected.append(found)
    score, word = _severity(fields, entries)
    return Advisory(
        id=id_,
        aliases=tuple(dict.fromkeys(filter(_ID.fullmatch, _strings(fields, "aliases")))),
        summary=_summary(fields),
        level=level_of(score, word),
        score=score,
        modified=_moment(_text(fields, "modified")),
        # YAML's null arrives as text, since numbers such as 1.10 must not be read as numbers.
        withdrawn=fields.get("withdrawn") not in {None, "", "null", "~"},
        affected=tuple(affected),
    )


def _affected(entry: Mapping[str, Any]) -> Iterator[Affected]:
    package = entry.get("package")
    if package is None:  # allowed: an advisory about commits of a repository alone
        return
    package = _mapping(package, "package")
    ecosystem = _ECOSYSTEMS.get(_text(package, "ecosystem").partition(":")[0])
    if ecosystem is None:
        return
    name = _text(package, "name")
    if not name:
        raise CorruptError("an affected package has no name")
    ranges = [_mapping(each, "range") for each in _list(entry, "ranges")]
    yield Affected(
        ecosystem=ecosystem,
        name=normal_name(ecosystem, name),
        ranges=tuple(
            tuple(_events(each)) for each in ranges if _text(each, "type") in {"ECOSYSTEM", "SEMVER"}
        ),
        versions=_strings(entry, "versions"),
    )


def _events(range_: Mapping[str, Any]) -> Iterator[Event]:
    for event in _list(range_, "events"):
        fields = _mapping(event, "event")
        known = [kind for kind in KINDS if kind in fields]
        if not known:
            raise CorruptError("an event is neither introduced, fixed, last_affected nor limit")
        for kind in known:
            yield Event(kind=kind, version=_text(fields, kind))


def _severity(fields: Mapping[str, Any], entries: list[Mapping[str, Any]]) -> tuple[float | None, str]:
    """Return the greatest CVSS 3 base score, ``None`` without one, and the database's own word."""
    given = [*_list(fields, "severity")]
    for entry in entries:
        given += _list(entry, "severity")
    scores = [
        score
        for each in given
        if isinstance(each, Mapping) and (score := base_score(str(each.get("score", "")))) is not None
    ]
    specific = fields.get("database_specific")
    word = specific.get("severity", "") if isinstance(specific, Mapping) else ""
    return max(scores, default=None), word if isinstance(word, str) else ""


def _summary(fields: Mapping[str, Any]) -> str:
    """Return one line of at most 200 characters: the summary, else how the details begin.

    Signs that would steer a terminal, and halves of characters, are left out.
    """
    text = " ".join((_text(fields, "summary") or _text(fields, "details"))[:2000].split())
    text = "".join(sign for sign in text if sign.isprintable())
    return text if len(text) <= 200 else text[:199].rstrip() + "…"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CorruptError("its date of modification is missing or odd") from error


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise CorruptError(f"{what} is not an object")
    return value


def _text(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key, "")
    if not isinstance(value, str):
        raise CorruptError(f"{key} is not text")
    return value


def _list(fields: Mapping[str, Any], key: str) -> list[Any]:
    value = fields.get(key)
    if value is None or value == "null":
        return []
    if not isinstance(value, list):
        raise CorruptError(f"{key} is not a list")
    return value


def _strings(fields: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _list(fields, key)
    if not all(isinstance(value, str) for value in values):
        raise CorruptError(f"{key} holds something that is not text")
    return tuple(values)
