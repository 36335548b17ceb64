"""Reading a policy from TOML: every mistake is named with its line before anything runs."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from fairlead.changes.model import Nature, Size
from fairlead.checks.custom import FORMATS, CustomCheck, custom_check
from fairlead.checks.deployment import read_deployment_rules
from fairlead.checks.vulnerabilities import read_rules
from fairlead.errors import FairleadError
from fairlead.gate.lines import Place, key_lines, line_of
from fairlead.gate.policy import DEFAULT_CHECKS, CheckPolicy, Mode, Policy

T = TypeVar("T")

TOP_KEYS = ("mode", "fetch_tools", "checks", "custom")
CHECK_KEYS = ("enabled", "on", "skip_inert", "from_size", "blocks", "timeout", "environment")
CUSTOM_KEYS = (
    "name",
    "title",
    "command",
    "reads",
    "format",
    "pattern",
    "proof",
    "output",
    "exit_codes",
)
_KINDS: Mapping[object, str] = {
    bool: "true or false",
    str: "a string",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}
_SETTINGS: Mapping[str, Mapping[str, type]] = {
    "vulnerabilities": {"max_age_days": int, "new_advisories": str, "exclude": list},
    "deployment": {
        "approvals": bool,
        "ticket": str,
        "freeze": list,
    },
}
"""Settings of single checks, beyond the keys that all of them have, and the type of each."""


@dataclass
class _Problems:
    """The mistakes found so far, each with its line."""

    file: str
    prefix: Place
    lines: Mapping[Place, int]
    found: list[str] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        line = line_of(self.lines, self.prefix + place)
        name = ".".join(str(part) for part in place) or "policy"
        self.found.append(f"{self.file}:{line}: {name}: {message}")

    def line(self, place: Place) -> int:
        return line_of(self.lines, self.prefix + place)


def read_policy(text: str, *, file: str, source: str) -> Policy | None:
    """Return the policy that a ``fairlead.toml`` or the ``[tool.fairlead]`` of a pyproject.toml holds.

    ``file`` is its name, for messages; ``source`` says whose it is. ``None`` for a pyproject.toml that
    has no such table. Raises FairleadError naming every mistake with its line.
    """
    prefix: Place = ("tool", "fairlead") if file.endswith("pyproject.toml") else ()
    try:
        document: object = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: numbers of thousands of digits too
        raise FairleadError(
            f"{file} is not TOML: {error}", fix=f"correct {file} where the message points"
        ) from error
    for part in prefix:
        document = document.get(str(part)) if isinstance(document, dict) else None
    if document is None:
        return None
    problems = _Problems(file, prefix, key_lines(text))
    if not isinstance(document, dict):
        problems.add((), "must be a table")
        document = {}
    policy = _policy(document, problems, source)
    if problems.found:
        count = len(problems.found)
        raise FairleadError(
            "the policy has "
            + ("a mistake" if count == 1 else f"{count} mistakes")
            + ":\n  "
            + "\n  ".join(problems.found),
            fix="correct it; `fairlead init --print` shows a policy in which every key is explained",
        )
    return policy


def _policy(document: Mapping[str, object], problems: _Problems, source: str) -> Policy:
    _known((), document, TOP_KEYS, problems)
    mode = _choice((), document, "mode", tuple(Mode), Mode.ENFORCE, problems)
    fetch = _typed((), document, "fetch_tools", bool, True, problems)
    custom = _custom_checks(document.get("custom", []), problems)
    names = (*DEFAULT_CHECKS, *(check.name for check in custom))
    checks = dict(DEFAULT_CHECKS)
    checks |= {check.name: CheckPolicy() for check in custom}
    tables = _typed((), document, "checks", dict, {}, problems)
    _known(("checks",), tables, names, problems)
    for name, table in tables.items():
        if name not in names:
            continue
        if isinstance(table, bool):
            line = problems.line(("checks", name))
            checks[name] = replace(checks[name], enabled=table, line=line)
        elif isinstance(table, dict):
            checks[name] = _check(name, table, checks[name], problems)
        else:
            problems.add(("checks", name), "must be a table, or false to turn the check off")
    return Policy(mode=Mode(mode), checks=checks, custom=custom, fetch_tools=fetch, source=source)


def _check(
    name: str, table: Mapping[str, object], default: CheckPolicy, problems: _Problems
) -> CheckPolicy:
    at: Place = ("checks", name)
    settings = _SETTINGS.get(name, {})
    _known(at, table, (*CHECK_KEYS, *settings), problems)
    natures = _words(at, table, "on", tuple(sorted(default.on)), problems)
    for nature in natures:
        _one_of((*at, "on"), nature, tuple(Nature), problems)
    size = _choice(at, table, "from_size", tuple(Size), default.from_size, problems)
    timeout = _typed(at, table, "timeout", (int, float), default.timeout, problems)
    if not 0 < timeout <= 86_400:
        problems.add((*at, "timeout"), f"{timeout} is not a number of seconds up to a day")
    own: dict[str, object] = {}
    for key, kind in settings.items():
        if key in table:
            own[key] = _typed(at, table, key, kind, kind(), problems)
    _settings(name, at, own, problems)
    return CheckPolicy(
        enabled=_typed(at, table, "enabled", bool, default.enabled or bool(own), problems),
        on=frozenset(Nature(nature) for nature in natures if nature in tuple(Nature)),
        skip_inert=_typed(at, table, "skip_inert", bool, default.skip_inert, problems),
        from_size=Size(size),
        blocks=_typed(at, table, "blocks", bool, default.blocks, problems),
        timeout=float(timeout),
        environment=_words(at, table, "environment", default.environment, problems),
        settings=own,
        line=problems.line(at),
    )


def _settings(name: str, at: Place, own: Mapping[str, object], problems: _Problems) -> None:
    """Let a check judge its own settings, one by one, so that each mistake has its line."""
    judges = {"vulnerabilities": read_rules, "deployment": read_deployment_rules}
    if name not in judges:
        return
    for key, value in own.items():
        try:
            judges[name]({key: value})
        except FairleadError as error:
            problems.add((*at, key), f"{error.cause}; {error.fix}")


def _custom_checks(entries: object, problems: _Problems) -> tuple[CustomCheck, ...]:
    if not isinstance(entries, list):
        problems.add(("custom",), "must be an array of tables: write [[custom]]")
        return ()
    checks: list[CustomCheck] = []
    for index, entry in enumerate(entries):
        at: Place = ("custom", index)
        if not isinstance(entry, dict):
            problems.add(at, "must be a table")
            continue
        check = _custom(at, entry, problems)
        if check is None:
            continue
        if check.name in DEFAULT_CHECKS or check.name in {other.name for other in checks}:
            problems.add((*at, "name"), f"there is a check named {check.name!r} already")
        checks.append(check)
    return tuple(checks)


def _custom(at: Place, entry: Mapping[str, object], problems: _Problems) -> CustomCheck | None:
    _known(at, entry, CUSTOM_KEYS, problems)
    name = _typed(at, entry, "name", str, "", problems)
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        problems.add((*at, "name"), "a name is needed: lower-case letters, digits and hyphens")
    codes = _typed(at, entry, "exit_codes", list, [0, 1], problems)
    if not all(isinstance(code, int) and not isinstance(code, bool) for code in codes):
        problems.add((*at, "exit_codes"), "must be a list of whole numbers")
        codes = [0]
    try:
        return custom_check(
            name,
            command=_command(at, entry, problems),
            reads=_words(at, entry, "reads", ("*",), problems),
            format=_typed(at, entry, "format", str, FORMATS[0], problems),
            output=_typed(at, entry, "output", str, "", problems),
            exit_codes=codes,
            pattern=_typed(at, entry, "pattern", str, "", problems),
            proof=_typed(at, entry, "proof", str, "", problems),
            title=_typed(at, entry, "title", str, "", problems),
        )
    except FairleadError as error:
        problems.add(_blamed(at, entry, error), f"{error.cause}; {error.fix}")
        return None


def _blamed(at: Place, entry: Mapping[str, object], error: FairleadError) -> Place:
    """Return the key that the error speaks of, the table where it names none that is there."""
    for key in ("pattern", "proof", "output", "format", "reads", "exit_codes", "command"):
        if key in entry and f"its {key}" in error.cause:
            return (*at, key)
    return at


def _command(at: Place, entry: Mapping[str, object], problems: _Problems) -> str | tuple[str, ...]:
    value = entry.get("command", "")
    if isinstance(value, str):
        return value
    return _words(at, entry, "command", (), problems)


def _known(at: Place, table: Mapping[str, object], keys: Iterable[str], problems: _Problems) -> None:
    keys = tuple(keys)
    for key in table:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(keys)}"
            problems.add((*at, key), f"is not a key of this table; {hint}")


def _typed(
    at: Place,
    table: Mapping[str, object],
    key: str,
    kind: type | tuple[type, ...],
    default: T,
    problems: _Problems,
) -> T:
    value = table.get(key, default)
    wanted = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        problems.add((*at, key), f"must be {_KINDS[wanted[-1]]}, not {value!r}")
        return default
    return cast(T, value)


def _words(
    at: Place, table: Mapping[str, object], key: str, default: Iterable[str], problems: _Problems
) -> tuple[str, ...]:
    value = table.get(key, list(default))
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        problems.add((*at, key), f"must be a list of strings, not {value!r}")
        return tuple(default)
    return tuple(value)


def _choice(
    at: Place,
    table: Mapping[str, object],
    key: str,
    choices: tuple[str, ...],
    default: str,
    problems: _Problems,
) -> str:
    value = _typed(at, table, key, str, str(default), problems)
    return value if _one_of((*at, key), value, choices, problems) else str(default)


def _one_of(place: Place, value: str, choices: tuple[str, ...], problems: _Problems) -> bool:
    if value in tuple(str(choice) for choice in choices):
        return True
    problems.add(place, f"{value!r} is none of {', '.join(str(choice) for choice in choices)}")
    return False
