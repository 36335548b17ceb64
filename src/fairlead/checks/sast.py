"""Static security: bandit, under what the project configures for it.

Bandit reads a configuration only where it is told to, so this module looks for it where projects keep
it. An ``.ini`` file could name a report to write or other targets; its choice of tests and folders
is taken from it, and nothing else.
"""

from __future__ import annotations

import configparser
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.changes.model import FileChange
from fairlead.checks import reports
from fairlead.checks.kinds import is_python, is_test, python_paths
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.checks.rules.explanations import explain, rules
from fairlead.errors import FairleadError

_YAML_FILES = ("bandit.yaml", "bandit.yml", ".bandit.yaml", ".bandit.yml")
_CODES = (0, 1)
_ASSERT = "B101"
_TELLS_PASSWORDS = {"B105", "B106", "B107"}
"""Tests whose messages and lines hold the password itself."""

_ENVIRONMENT = {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1", "COLUMNS": "200"}
_SEVERITIES = {"HIGH": Severity.ERROR, "MEDIUM": Severity.WARNING, "LOW": Severity.NOTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sast:
    """``bandit``.

    It is known to have evaluated when bandit ends with 0 or 1, its JSON has a place in ``metrics`` for
    every file or the project's configuration excludes files, and its ``errors`` are empty. Bandit's
    low severity is a note, unless the project chose the test itself; asserts in tests are left out,
    unless the project configured that test.
    """

    name: str = "sast"
    title: str = "security mistakes that bandit knows"
    tool: str = "bandit"
    scope: Scope = Scope.FILES
    configuration: tuple[str, ...] = ("pyproject.toml:tool.bandit", ".bandit", *_YAML_FILES)

    def wants(self, file: FileChange) -> bool:
        """Python modules and scripts; stubs hold nothing that runs."""
        return is_python(file)

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return bandit's findings, in the order of the paths and their lines."""
        return reports.evaluation(_evaluate, view, run)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Configuration:
    """What the project says: words for the command line, tests it chose, whether it excludes files."""

    words: tuple[str, ...]
    chosen: frozenset[str]
    excludes: bool
    speaks_of_asserts: bool


def _evaluate(view: View, run: Run) -> Evaluated:
    reports.require_files(view)
    paths = python_paths(view)
    configured = _configuration(view)
    sources = reports.Sources(view)
    found: list[Finding] = []
    opened = 0
    for part in reports.batches(paths):
        argv = [
            *view.tool.command,
            "--quiet",
            "--format=json",
            *configured.words,
            "--",
            *(f"./{path}" for path in part),
        ]
        completed = run(argv, cwd=view.folder, extra_env=_ENVIRONMENT)
        reports.finished(completed, tool="bandit", codes=_CODES)
        report = reports.parsed(completed.stdout, tool="bandit")
        with reports.reading("bandit"):
            _refuse(report["errors"])
            opened += _opened(report["metrics"], part, configured)
            findings = [_finding(item, configured, sources) for item in report["results"]]
        found += [
            finding
            for finding in findings
            if configured.speaks_of_asserts or finding.rule != _ASSERT or not is_test(finding.path)
        ]
    return Evaluated(
        findings=reports.ordered(found, view, tool="bandit"),
        evidence=f"bandit's metrics name {opened} of {len(paths)} Python files"
        + ("; the project excludes the others" if opened < len(paths) else ""),
    )


def _configuration(view: View) -> _Configuration:
    """Return what the project's files say to bandit; raises FairleadError for what can't be read."""
    file, options = _options(view)
    ini = _ini(view)
    chosen = {*_list(options.get("tests")), *_list(ini.get("tests"))}
    excluded = _list(ini.get("exclude"))
    words = ["--configfile", file] if file else []
    if ini.get("tests"):
        words += ["--tests", ",".join(_list(ini["tests"]))]
    if ini.get("skips"):
        words += ["--skip", ",".join(_list(ini["skips"]))]
    # bandit's own exclusions match anywhere in a path: ".git" would leave out ".github/x.py"
    words += ["--exclude", ",".join(excluded)]
    return _Configuration(
        words=tuple(words),
        chosen=frozenset(chosen),
        excludes=bool(excluded or options.get("exclude_dirs")),
        speaks_of_asserts="assert_used" in options or _ASSERT in chosen,
    )


def _options(view: View) -> tuple[str, Mapping[str, Any]]:
    """Return the configuration file to name to bandit, ``""`` if there is none, and its options."""
    place = view.folder / "pyproject.toml"
    if place.is_file():
        try:
            options = tomllib.loads(place.read_text("utf-8")).get("tool", {}).get("bandit")
        except (ValueError, RecursionError, AttributeError) as error:
            raise FairleadError(
                f"pyproject.toml could not be read: {error}", fix="mend pyproject.toml"
            ) from error
        if isinstance(options, dict):
            return place.name, options
    for name in (*_YAML_FILES, ".bandit"):
        place = view.folder / name
        if not place.is_file() or (name == ".bandit" and _is_ini(place.read_bytes())):
            continue
        import yaml

        try:
            options = yaml.safe_load(place.read_bytes())
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise FairleadError(f"{name} is not YAML: {error}", fix=f"mend {name}") from error
        return name, options if isinstance(options, dict) else {}
    return "", {}


def _is_ini(raw: bytes) -> bool:
    return re.search(rb"^\s*\[\s*bandit\s*\]", raw, re.MULTILINE) is not None


def _ini(view: View) -> Mapping[str, str]:
    place = view.folder / ".bandit"
    if not place.is_file() or not _is_ini(place.read_bytes()):
        return {}
    parser = configparser.ConfigParser()
    try:
        parser.read_string(place.read_text("utf-8"))
        return dict(parser.items("bandit"))
    except (configparser.Error, ValueError) as error:
        raise FairleadError(f".bandit could not be read: {error}", fix="mend .bandit") from error


def _list(value: object) -> list[str]:
    words = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return [str(word).strip() for word in words if str(word).strip()]


def _opened(metrics: Mapping[str, Any], part: tuple[str, ...], configured: _Configuration) -> int:
    """Return how many of ``part`` bandit opened; raises FairleadError when one is passed over."""
    opened = {_path(name) for name in metrics if name != "_totals"}
    missing = [path for path in part if path not in opened]
    if missing and not configured.excludes:
        raise FairleadError(
            f"bandit does not say that it looked at {reports.shown(missing[0])}",
            fix="run bandit on it by hand to see why",
        )
    return len(part) - len(missing)


def _refuse(errors: Sequence[Mapping[str, Any]]) -> None:
    """Raise FairleadError when bandit names a file that it could not look at.

    Its word for such a file is "syntax error", also for syntax that is only newer than the Python
    which runs bandit; whether the file is wrong is for lint to say, which knows all versions.
    """
    if not errors:
        return
    path = reports.shown(_path(errors[0]["filename"]))
    reason = reports.text(errors[0]["reason"])
    others = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    if "syntax error" not in reason:
        raise FairleadError(
            f"bandit could not look at {path}{others}: {reason}",
            fix="run bandit --debug on it by hand, or exclude it in [tool.bandit] exclude_dirs",
        )
    raise FairleadError(
        f"bandit could not parse {path}{others}",
        fix="mend its syntax if lint finds it wrong; if it is only newer than the Python that runs "
        "bandit, install bandit under that Python (pip install bandit in the project's environment); "
        "or leave the file out by exclude_dirs in [tool.bandit]",
    )


def _path(name: str) -> str:
    return os.path.normpath(reports.text(name))


def _said(rule: str, message: str) -> str:
    """Return what was seen in our words where we have some, else in bandit's."""
    known = explain(rule) if rule in rules() else None
    sentence = known.what if known else message
    return sentence[:1].lower() + sentence[1:].removesuffix(".")


def _finding(item: Mapping[str, Any], configured: _Configuration, sources: reports.Sources) -> Finding:
    rule = reports.text(item["test_id"])
    severity = _SEVERITIES[item["issue_severity"]]
    if severity is Severity.NOTE and rule in configured.chosen:
        severity = Severity.WARNING
    path = _path(item["filename"])
    line = reports.whole(item["line_number"])
    known = explain(rule)
    seen = reports.text(item["issue_text"])
    if rule in _TELLS_PASSWORDS:
        seen = seen.partition(":")[0]
    return Finding(
        rule=rule,
        severity=severity,
        path=path,
        line=line,
        what=_said(rule, seen),
        why=known.why if known else "",
        fix=known.fix if known else "",
        context=sources.secret_line(path, line)
        if rule in _TELLS_PASSWORDS
        else sources.line(path, line),
        url=reports.text(item["more_info"]),
    )
