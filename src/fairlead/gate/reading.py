"""Reading a policy from TOML: every mistake is named with its line before anything runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace

from fairlead.changes.model import Nature, Size
from fairlead.checks.custom import FORMATS, CustomCheck, custom_check
from fairlead.checks.deployment import read_deployment_rules
from fairlead.checks.licences import SETTINGS as LICENCE_SETTINGS
from fairlead.checks.licences import read_licence_rules
from fairlead.checks.testing.settings import (
    read_fail_under,
    read_suite_settings,
    require_pair,
)
from fairlead.checks.types import read_type_settings
from fairlead.checks.vulnerabilities import read_rules
from fairlead.errors import FairleadError
from fairlead.gate.declared import read_environments
from fairlead.gate.lines import Place, key_lines
from fairlead.gate.policy import DEFAULT_CHECKS, CheckPolicy, Mode, Policy
from fairlead.gate.values import Problems, choice, known, one_of, typed, words

TOP_KEYS = (
    "mode",
    "fetch_tools",
    "fetch_environments",
    "untrusted",
    "fail_fast",
    "environment",
    "checks",
    "custom",
)
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
_SETTINGS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "vulnerabilities": {"max_age_days": int, "new_advisories": str, "exclude": list},
    "licences": LICENCE_SETTINGS,
    "types": {"engine": str, "paths": list},
    "tests": {"select": str, "repeat": bool, "command": (str, list), "report": str},
    "coverage": {"fail_under": (int, float)},
    "deployment": {
        "approvals": bool,
        "ticket": str,
        "freeze": list,
    },
}
"""Settings of single checks, beyond the keys that all of them have, and the type of each."""


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
    problems = Problems(file, prefix, key_lines(text))
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


def _policy(document: Mapping[str, object], problems: Problems, source: str) -> Policy:
    known((), document, TOP_KEYS, problems)
    mode = choice((), document, "mode", tuple(Mode), Mode.ENFORCE, problems)
    custom = _custom_checks(document.get("custom", []), problems)
    names = (*DEFAULT_CHECKS, *(check.name for check in custom))
    checks = dict(DEFAULT_CHECKS)
    checks |= {check.name: CheckPolicy() for check in custom}
    tables = typed((), document, "checks", dict, {}, problems)
    known(("checks",), tables, names, problems)
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
    return Policy(
        mode=Mode(mode),
        checks=checks,
        custom=custom,
        fetch_tools=typed((), document, "fetch_tools", bool, True, problems),
        fetch_environments=typed((), document, "fetch_environments", bool, True, problems),
        untrusted=typed((), document, "untrusted", bool, False, problems),
        fail_fast=typed((), document, "fail_fast", bool, False, problems),
        environments=read_environments(document, problems),
        source=source,
    )


def _check(
    name: str, table: Mapping[str, object], default: CheckPolicy, problems: Problems
) -> CheckPolicy:
    at: Place = ("checks", name)
    settings = _SETTINGS.get(name, {})
    known(at, table, (*CHECK_KEYS, *settings), problems)
    natures = words(at, table, "on", tuple(sorted(default.on)), problems)
    for nature in natures:
        one_of((*at, "on"), nature, tuple(Nature), problems)
    size = choice(at, table, "from_size", tuple(Size), default.from_size, problems)
    timeout = typed(at, table, "timeout", (int, float), default.timeout, problems)
    if not 0 < timeout <= 86_400:
        problems.add((*at, "timeout"), f"{timeout} is not a number of seconds up to a day")
    own: dict[str, object] = {}
    for key, kind in settings.items():
        if key in table:
            first = kind[0] if isinstance(kind, tuple) else kind
            own[key] = typed(at, table, key, kind, first(), problems)
    _settings(name, at, own, problems)
    return CheckPolicy(
        enabled=typed(at, table, "enabled", bool, default.enabled or bool(own), problems),
        on=frozenset(Nature(nature) for nature in natures if nature in tuple(Nature)),
        skip_inert=typed(at, table, "skip_inert", bool, default.skip_inert, problems),
        from_size=Size(size),
        blocks=typed(at, table, "blocks", bool, default.blocks, problems),
        timeout=float(timeout),
        environment=words(at, table, "environment", default.environment, problems),
        settings=own,
        line=problems.line(at),
    )


def _settings(name: str, at: Place, own: Mapping[str, object], problems: Problems) -> None:
    """Let a check judge its own settings, one by one, so that each mistake has its line."""
    judges = {
        "vulnerabilities": read_rules,
        "deployment": read_deployment_rules,
        "licences": read_licence_rules,
        "types": read_type_settings,
        "tests": read_suite_settings,
        "coverage": read_fail_under,
    }
    if name not in judges:
        return
    for key, value in own.items():
        try:
            judges[name]({key: value})
        except FairleadError as error:
            problems.add((*at, key), f"{error.cause}; {error.fix}")
    if name == "tests":
        try:
            require_pair(own)
        except FairleadError as error:
            problems.add(at, f"{error.cause}; {error.fix}")


def _custom_checks(entries: object, problems: Problems) -> tuple[CustomCheck, ...]:
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


def _custom(at: Place, entry: Mapping[str, object], problems: Problems) -> CustomCheck | None:
    known(at, entry, CUSTOM_KEYS, problems)
    name = typed(at, entry, "name", str, "", problems)
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        problems.add((*at, "name"), "a name is needed: lower-case letters, digits and hyphens")
    codes = typed(at, entry, "exit_codes", list, [0, 1], problems)
    if not all(isinstance(code, int) and not isinstance(code, bool) for code in codes):
        problems.add((*at, "exit_codes"), "must be a list of whole numbers")
        codes = [0]
    try:
        return custom_check(
            name,
            command=_command(at, entry, problems),
            reads=words(at, entry, "reads", ("*",), problems),
            format=typed(at, entry, "format", str, FORMATS[0], problems),
            output=typed(at, entry, "output", str, "", problems),
            exit_codes=codes,
            pattern=typed(at, entry, "pattern", str, "", problems),
            proof=typed(at, entry, "proof", str, "", problems),
            title=typed(at, entry, "title", str, "", problems),
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


def _command(at: Place, entry: Mapping[str, object], problems: Problems) -> str | tuple[str, ...]:
    value = entry.get("command", "")
    if isinstance(value, str):
        return value
    return words(at, entry, "command", (), problems)
