"""Putting one file's sections into another: text where that is possible, values where it is not."""

from __future__ import annotations

import datetime
import json
import re

_HEADER = re.compile(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:[#;].*)?$")


def section(path: str, part: str, text: str) -> object:
    """Return what the section of a TOML or INI file holds, ``None`` when it has none.

    Raises ValueError when the file is not valid.
    """
    if path.endswith(".toml"):
        value: object = _parsed(text)
        for key in part.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    return dict(parser[part]) if parser.has_section(part) else None


def splice(path: str, host: bytes | None, donor: bytes | None, parts: tuple[str, ...]) -> bytes | None:
    """Return the host file with these sections as the donor has them, all else untouched.

    ``None`` stands for no file. Where the text doesn't allow it (tables spelt in unusual ways), a TOML
    file is written anew without its comments; any other, and one that isn't valid, is the donor's.
    """
    if host is None and donor is None:
        return None
    try:
        here, there = (host or b"").decode("utf-8"), (donor or b"").decode("utf-8")
        spliced = _spliced_text(path, here, there, parts)
        if not _is_right(path, spliced, here, there, parts):
            if not path.endswith(".toml"):
                return donor
            spliced = _spliced_values(here, there, parts)
    except ValueError:  # one of the two is not valid, so that no section of it can be told
        return donor
    if None in (host, donor) and not spliced.strip():
        return None
    return spliced.encode("utf-8")


def _parsed(text: str) -> dict[str, object]:
    import tomllib  # takes 10 ms, and most changes touch no configuration

    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _spliced_text(path: str, host: str, donor: str, parts: tuple[str, ...]) -> str:
    kept = "".join(text for name, text in _blocks(host) if not _is_in(name, parts))
    given = "".join(text for name, text in _blocks(donor) if _is_in(name, parts))
    if not kept or not given:
        return kept or given
    return f"{kept.rstrip()}\n\n{given}"


def _blocks(text: str) -> list[tuple[str, str]]:
    """Part a text at its table headers, each block with its header's name; the first has none."""
    blocks: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines(keepends=True):
        header = _HEADER.match(line)
        if header:
            blocks.append((header[1].replace('"', "").replace("'", ""), []))
        blocks[-1][1].append(line)
    return [(name, "".join(lines)) for name, lines in blocks]


def _is_in(name: str, parts: tuple[str, ...]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def _is_right(path: str, spliced: str, host: str, donor: str, parts: tuple[str, ...]) -> bool:
    """Whether the sections are the donor's, and everything else is the host's."""
    try:
        same = all(section(path, part, spliced) == section(path, part, donor) for part in parts)
        if not path.endswith(".toml"):
            return same
        return same and _pruned(_parsed(spliced)) == _pruned(_merged(host, donor, parts))
    except ValueError:
        return False


def _merged(host: str, donor: str, parts: tuple[str, ...]) -> dict[str, object]:
    document: dict[str, object] = _parsed(host)
    for part in parts:
        value = section("x.toml", part, donor)
        *tables, last = part.split(".")
        table = document
        for key in tables:
            inner = table.get(key)
            if not isinstance(inner, dict):
                if value is None:
                    break
                inner = table[key] = {}
            table = inner
        else:
            if value is None:
                table.pop(last, None)
            else:
                table[last] = value
    return document


def _pruned(value: object) -> object:
    """Return the value without empty tables: a text keeps headers that values do without."""
    if not isinstance(value, dict):
        return value
    inner = {key: _pruned(item) for key, item in value.items()}
    return {key: item for key, item in inner.items() if item != {}}


def _spliced_values(host: str, donor: str, parts: tuple[str, ...]) -> str:
    merged = _merged(host, donor, parts)
    return "".join(f"{_quoted(key)} = {_toml(value)}\n" for key, value in merged.items())


def _toml(value: object) -> str:
    """Return a value in TOML on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case float():
            return repr(value)
        case dict():
            return (
                "{" + ", ".join(f"{_quoted(key)} = {_toml(item)}" for key, item in value.items()) + "}"
            )
        case list():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return str(value)


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for characters beyond 16 bits, which are left as they are.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
