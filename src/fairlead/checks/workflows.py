"""Workflows: GitHub Actions, actions and Dependabot's configuration, as zizmor audits them offline.

Left alone, zizmor searches the folders above its inputs for a configuration, as far as the root of the
file system; it is told which one to read, or to read none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from fairlead.changes.model import FileChange
from fairlead.checks import reports
from fairlead.checks.kinds import is_text_file
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.checks.ruff import path_word
from fairlead.checks.rules.explanations import explain
from fairlead.errors import FairleadError

_CONFIGURATION = (".github/zizmor.yml", ".github/zizmor.yaml", "zizmor.yml", "zizmor.yaml")
_SUFFIXES = {".yml", ".yaml"}
_VERSION = re.compile(r"@\S+(\s+#.*)?$")
"""The version of an action that is used: another one of the same action is no other place."""

_NOTHING_COLLECTED = 3
_CODES = (0, _NOTHING_COLLECTED, 10, 11, 12, 13, 14)  # from 10 on: findings, by their severity
_SEVERITIES = {
    "High": Severity.ERROR,
    "Medium": Severity.WARNING,
    "Low": Severity.WARNING,
    "Informational": Severity.NOTE,
    "Unknown": Severity.NOTE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflows:
    """``zizmor --offline``.

    It is known to have evaluated when zizmor ends with a code of its own, prints a JSON list, and says
    of each file that it completed it. A file that is not YAML is a finding, new whenever the file's
    content is; a file that zizmor does not accept for another reason is not evaluated. Audits that
    would ask GitHub are not run, and the evidence says so.
    """

    name: str = "workflows"
    title: str = "GitHub workflows and actions that can be abused"
    tool: str = "zizmor"
    scope: Scope = Scope.FILES
    configuration: tuple[str, ...] = tuple(f"/{path}" for path in _CONFIGURATION)

    def wants(self, file: FileChange) -> bool:
        """Workflows, actions wherever they lie, and Dependabot's configuration."""
        place = PurePosixPath(file.path)
        if not is_text_file(file) or place.suffix not in _SUFFIXES:
            return False
        return (
            str(place.parent) == ".github/workflows"
            or place.stem == "action"
            or (str(place.parent) == ".github" and place.stem == "dependabot")
        )

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return zizmor's findings, in the order of the paths and their lines."""
        return reports.evaluation(_evaluate, view, run)


def _evaluate(view: View, run: Run) -> Evaluated:
    reports.require_files(view)
    paths = [path for path in view.paths if _is_github(view, path)]
    reports.require_utf8(paths, tool="zizmor")
    sources = reports.Sources(view)
    found: list[Finding] = []
    completed_files = 0
    for part in reports.batches(paths):
        argv = [
            *view.tool.command,
            "--offline",
            "--no-progress",
            "--color=never",
            "--format=json-v1",
            f"--cache-dir={view.scratch / 'cache'}",
            *_configured(view),
            "--",
            *(f"./{path}" for path in part),
        ]
        completed = run(argv, cwd=view.folder)
        reports.finished(completed, tool="zizmor", codes=_CODES)
        said = completed.stderr.decode("utf-8", "replace")
        if completed.code == _NOTHING_COLLECTED:
            if "no inputs collected" not in said:
                reports.finished(completed, tool="zizmor", codes=())
            items = []
        else:
            items = reports.parsed(completed.stdout, tool="zizmor")
        with reports.reading("zizmor"):
            findings = [_finding(item, sources) for item in items if item["ignored"] is False]
        unread = [_unread(view, path, sources) for path in part if not _is_completed(path, said)]
        completed_files += len(part) - len(unread)
        found += [*findings, *unread]
    return Evaluated(
        findings=reports.ordered(found, view, tool="zizmor"),
        evidence=f"zizmor completed {completed_files} of {len(paths)} files, offline: audits that ask "
        "GitHub, such as known-vulnerable-actions, were not run",
    )


def _is_github(view: View, path: str) -> bool:
    """Whether a file of this name is GitHub's: another program may have an action.yml of its own."""
    if path.startswith(".github/"):
        return True
    return re.search(rb"^runs\s*:", (view.folder / path).read_bytes(), re.MULTILINE) is not None


def _configured(view: View) -> tuple[str, ...]:
    for name in _CONFIGURATION:
        if (view.folder / name).is_file():
            return ("--config", name)
    return ("--no-config",)


def _is_completed(path: str, said: str) -> bool:
    return re.search(rf"completed (?:\./)?{re.escape(path)}$", said, re.MULTILINE) is not None


def _finding(item: Mapping[str, Any], sources: reports.Sources) -> Finding:
    rule = reports.text(item["ident"])
    primary = next(one for one in item["locations"] if one["symbolic"]["kind"] == "Primary")
    place = primary["symbolic"]["key"]["Local"]  # older versions say given_path
    path = reports.text(place.get("verbatim_path", place.get("given_path"))).removeprefix("./")
    line = reports.whole(primary["concrete"]["location"]["start_point"]["row"]) + 1
    rating = item["determinations"]
    severity = _SEVERITIES[rating["severity"]]
    if rating["severity"] == "Low" and rating["confidence"] == "Low":
        severity = Severity.NOTE
    known = explain(rule)
    return Finding(
        rule=rule,
        severity=severity,
        path=path,
        line=line,
        what=f"{reports.text(item['desc'])}: {reports.text(primary['symbolic']['annotation'])}",
        why=known.why if known else "",
        fix=_fix(item["fixes"], path, known.fix if known else ""),
        context=_context(primary["symbolic"], sources.line(path, line)),
        url=reports.text(item["url"]),
    )


def _context(symbolic: Mapping[str, Any], line: str) -> str:
    """Return the words that a finding is about: of the expression alone where it is about one.

    What stands around an expression, and the name of a whole workflow, may be reworded.
    """
    kind = symbolic["feature_kind"]
    if not symbolic["route"]["route"]:
        return ""
    if isinstance(kind, dict) and "Subfeature" in kind:
        fragment = kind["Subfeature"]["fragment"]
        line = fragment.get("Raw", line) if isinstance(fragment, dict) else line
    return _VERSION.sub("", line)


def _fix(fixes: Sequence[Mapping[str, Any]], path: str, advice: str) -> str:
    for fix in fixes:
        if fix["disposition"] == "safe":
            return f"zizmor --fix=safe {path_word(path)} ({reports.text(fix['title'])})"
    return advice or "; ".join(reports.text(fix["title"]) for fix in fixes)


def _unread(view: View, path: str, sources: reports.Sources) -> Finding:
    """Return the finding for a file that is not YAML; raises FairleadError for any other reason."""
    import yaml

    try:
        yaml.safe_load((view.folder / path).read_bytes())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return reports.unread(
            path,
            rule="unparsed",
            line=mark.line + 1 if mark else 0,
            what=f"this is not YAML: {getattr(error, 'problem', None) or 'it cannot be decoded'}",
            why="GitHub will not run it, and nothing in it could be audited",
            fix="mend the syntax near this line",
            sources=sources,
            url="https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax",
        )
    raise FairleadError(
        f"zizmor does not accept {reports.shown(path)} as a workflow, an action or Dependabot's file",
        fix=f"zizmor --strict-collection {path_word(path)} says what is wrong with it; "
        "if GitHub accepts it, a newer zizmor may too",
    )
