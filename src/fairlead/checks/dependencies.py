"""Dependencies: what is imported and not declared, declared and not imported, as deptry compares them.

Deptry knows which modules a package has from the environment that it runs in. That is rarely the
project's, so for the other packages it takes the package's name for the module's. ``MODULES`` helps
it with common names that differ; where a guess has probably gone wrong, the finding is a note and
says so. Whether a package that isn't declared comes in by another one (``DEP003``) or not at all
(``DEP001``) can only be told in the project's own environment; elsewhere it is ``DEP001``, and what
the project has ignored of either isn't reported. Where the project does not configure deptry, imports
in tests don't count, and what is declared without being imported, or only imported beside the package
(docs, scripts), is a note. Each project of a monorepo is compared with its own declarations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from fairlead.changes.model import FileChange
from fairlead.checks import reports
from fairlead.checks.declaring import Declaring, projects_of
from fairlead.checks.kinds import is_test, is_text_file
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.checks.modules import MODULES
from fairlead.checks.rules.explanations import explain
from fairlead.errors import FairleadError

_DEVELOPMENT = re.compile(
    r"(?:[^/]+/)*(?:docs?|examples?|scripts?|tools?|bench(?:marks?)?)/|(?:noxfile|tasks|conftest)\.py$"
)
_SOURCE_FOLDERS = ("src", "lib", "python")
_LOCKS = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm"}
_ENVIRONMENT = {"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1", "COLUMNS": "200"}
_GUESSED = re.compile(r"module name of package '([^']+)'")
_SKIPPED = re.compile(r"Skipping processing of (.+?) because of the following error: \"?(.*)")
_IMPORTS = {"DEP001", "DEP003", "DEP004"}
_UNDECLARED = {"DEP001", "DEP003"}


def know_modules(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Mark as old what is said of a module of which the base had it said too, in another file.

    Whether a module is declared is one question for a whole project: the first file that imports it
    raised it, and each further one adds nothing to mend. ``new`` tells the base's from the head's.
    """
    known = {
        (finding.rule, finding.context)
        for finding in findings
        if not finding.new and finding.rule in _IMPORTS
    }
    return tuple(
        replace(finding, new=False) if (finding.rule, finding.context) in known else finding
        for finding in findings
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """``deptry``.

    It is known to have evaluated when deptry ends with 0 or 1, says how many files it scans, and its
    report can be read. A file that it says it skipped is a finding, new whenever the file's content
    is. A tree that declares nothing has nothing to compare; one whose declarations deptry can't read
    (``setup.py``, dynamic ones) is not evaluated; those that ``setup.cfg`` states are handed to it.
    """

    name: str = "dependencies"
    title: str = "imports that are not declared, declarations that are not imported"
    tool: str = "deptry"
    scope: Scope = Scope.TREE
    configuration: tuple[str, ...] = ("pyproject.toml:tool.deptry",)

    def wants(self, file: FileChange) -> bool:
        """Python modules, notebooks, and the files that declare dependencies."""
        place = PurePosixPath(file.path)
        declares = place.name in {"pyproject.toml", "setup.py", "setup.cfg"} or (
            place.name.startswith("requirements") and place.suffix in {".txt", ".in"}
        )
        return declares or (is_text_file(file) and place.suffix in {".py", ".ipynb"})

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return what differs, project by project, in the order of paths and lines."""
        return reports.evaluation(_evaluate, view, run)


def _evaluate(view: View, run: Run) -> Evaluated:
    projects = projects_of(view.folder)
    if not projects:
        return Evaluated(findings=(), evidence="the tree declares no dependencies: nothing to compare")
    findings: list[Finding] = []
    scanned = guessed = 0
    for number, project in enumerate(projects):
        found, files, guesses = _compare(view, run, project, view.scratch / f"{number}.json")
        findings += found
        scanned += files
        guessed += guesses
    evidence = f"deptry scanned {scanned} files of {len(projects)} projects"
    if guessed:
        evidence += (
            f"; the modules of {guessed} packages are guessed, since they are not installed here"
        )
    return Evaluated(
        findings=tuple(sorted(findings, key=lambda one: (one.path, one.line, one.rule, one.context))),
        evidence=evidence,
    )


def _compare(view: View, run: Run, project: Declaring, result: Path) -> tuple[list[Finding], int, int]:
    """Run deptry on one project; return its findings, the files scanned and the packages guessed."""
    folder = view.folder / project.folder
    with reports.reading("[tool.deptry]"):
        argv = [*view.tool.command, *_words(project, folder), "--json-output", str(result)]
    handed = result.with_suffix(".txt")
    if project.stated:
        handed.write_text("".join(f"{line}\n" for line in project.stated), "utf-8")
        argv += ["--requirements-files", str(handed)]
    completed = run(argv, cwd=folder, extra_env=_ENVIRONMENT)
    reports.finished(completed, tool="deptry", codes=(0, 1))
    said = completed.stderr.decode("utf-8", "replace")
    scanned = re.search(r"^Scanning (\d+) files?", said, re.MULTILINE)
    if not scanned:
        raise FairleadError(
            "deptry does not say that it scanned any files",
            fix="use a version of deptry that fairlead knows, or run it by hand to see why",
        )
    items = reports.parsed(_result(result), tool="deptry")
    if not view.tool.origin.startswith("the project's"):
        with reports.reading("deptry"):
            items = [_as_undeclared(item) for item in items if not _is_ignored(item, project)]
    guessed = frozenset(_GUESSED.findall(said))
    with reports.reading("deptry"):
        for item in items:
            if item["location"]["file"] == str(handed):
                item["location"]["file"] = "setup.cfg"
        findings = list(_findings(items, project, view.folder, guessed))
    findings += _skipped(said, project, reports.Sources(view), view.folder)
    return findings, int(scanned[1]), len(guessed)


def _is_ignored(item: Mapping[str, Any], project: Declaring) -> bool:
    """Whether the project ignores a module that isn't declared, under whichever of the two rules."""
    if item["error"]["code"] not in _UNDECLARED:
        return False
    ignored = project.options.get("per_rule_ignores", {})
    return not _UNDECLARED.isdisjoint(project.options.get("ignore", [])) or any(
        item["module"] in ignored.get(rule, []) for rule in _UNDECLARED
    )


def _as_undeclared(item: Mapping[str, Any]) -> Mapping[str, Any]:
    if item["error"]["code"] != "DEP003":
        return item
    message = f"{item['module']} imported but missing from the dependency definitions"
    return {**item, "error": {"code": "DEP001", "message": message}}


def _words(project: Declaring, folder: Path) -> Iterator[str]:
    yield "."
    yield "--no-ansi"
    for module in (*_own_modules(folder), *project.options.get("known_first_party", [])):
        yield from ("--known-first-party", module)
    for other in project.within:
        yield from ("--extend-exclude", re.escape(f"{other.relative_to(project.folder)}/"))
    for pattern in project.options.get("extend_exclude", []) if project.within else []:
        yield from ("--extend-exclude", pattern)
    known = {**MODULES, **project.options.get("package_module_name_map", {})}
    listed = {
        package: modules if isinstance(modules, str) else "|".join(modules)
        for package, modules in known.items()
    }
    yield from (
        "--package-module-name-map",
        ",".join(f"{package}={modules}" for package, modules in listed.items()),
    )


def _own_modules(folder: Path) -> list[str]:
    """Return the modules below the source folders; deptry finds those beside pyproject.toml itself."""
    return sorted(
        place.stem
        for name in _SOURCE_FOLDERS
        if (folder / name).is_dir()
        for place in (folder / name).iterdir()
        if place.is_dir() or place.suffix == ".py"
    )


def _result(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError as error:
        raise FairleadError(
            "deptry did not write its report", fix="run it by hand to see why"
        ) from error


def _findings(
    items: Sequence[Mapping[str, Any]], project: Declaring, tree: Path, guessed: frozenset[str]
) -> Iterator[Finding]:
    """Return one finding for each module of each file, without those that only tests would cause."""
    unused = frozenset(item["module"] for item in items if item["error"]["code"] == "DEP002")
    missing = frozenset(item["module"] for item in items if item["error"]["code"] == "DEP001")
    seen: set[tuple[str, str, str]] = set()
    for item in items:
        code = reports.text(item["error"]["code"])
        module = reports.text(item["module"])
        inner = reports.text(item["location"]["file"])
        path = str(project.folder / inner)
        if (code, module, path) in seen:
            continue
        seen.add((code, module, path))
        if code in _IMPORTS and is_test(path) and not project.is_adopted:
            continue
        found = _finding(item, path, project, tree)
        doubts = _doubts(code, module, unused & guessed, missing)
        if doubts:
            found = replace(
                found,
                severity=Severity.NOTE,
                what=f"{found.what} (or {doubts}: what modules it has is a guess)",
            )
        elif not project.is_adopted and (code == "DEP002" or _DEVELOPMENT.match(inner)):
            found = replace(found, severity=Severity.NOTE)
        yield found


def _doubts(code: str, module: str, unused: frozenset[str], missing: frozenset[str]) -> str:
    """Return in words why a finding may be wrong, ``""`` if nothing speaks for that.

    ``unused`` are packages that deptry guesses about and sees no use of, ``missing`` modules that no
    package seems to provide: where two of them have similar names, they probably belong together.
    """
    if code in {"DEP001", "DEP003"}:
        near = sorted(package for package in unused if _akin(module, package))
        return f"it belongs to {near[0]}" if near else ""
    near = sorted(
        one for one in missing if code == "DEP002" and module in unused and _akin(one, module)
    )
    return f"it provides {near[0]}" if near else ""


def _akin(module: str, package: str) -> bool:
    """Whether a module and a package share a word of four letters or more, or most of their names."""
    one, other = (re.sub(r"[^a-z0-9]+", "-", name.lower()) for name in (module, package))
    words = {word for word in one.split("-") if len(word) > 3}
    if words & set(other.split("-")):
        return True
    plain_one, plain_other = one.replace("-", ""), other.replace("-", "")
    return len(min(plain_one, plain_other, key=len)) > 3 and (
        plain_one in plain_other or plain_other in plain_one
    )


def _finding(item: Mapping[str, Any], path: str, project: Declaring, tree: Path) -> Finding:
    code = reports.text(item["error"]["code"])
    module = reports.text(item["module"])
    line = item["location"]["line"]
    known = explain(code)
    return Finding(
        rule=code,
        severity=Severity.WARNING,
        path=path,
        line=_declaration(tree / path, module) if line is None else reports.whole(line),
        what=reports.text(item["error"]["message"]).replace("'", ""),
        why=known.why if known else "",
        fix=_fix(code, module, tree / project.folder, known.fix if known else ""),
        context=module if project.folder == PurePosixPath() else f"{project.folder} {module}",
        url=f"https://deptry.com/rules-violations/#{code.lower()}",
    )


def _declaration(place: Path, package: str) -> int:
    """Return the first line that names ``package``, 0 if none does."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(package)}(?![\w.-])", re.IGNORECASE)
    try:
        lines = place.read_text(errors="replace").splitlines()
    except OSError:
        return 0
    return next((number for number, line in enumerate(lines, 1) if pattern.search(line)), 0)


def _fix(code: str, module: str, folder: Path, advice: str) -> str:
    manager = next((name for lock, name in _LOCKS.items() if (folder / lock).exists()), "")
    if code in {"DEP001", "DEP003"}:
        package = next((name for name, known in MODULES.items() if module in known.split("|")), module)
        return f"{manager} add {package}" if manager else f"add {package} to the project's dependencies"
    if code == "DEP002":
        command = f"{manager} remove {module}" if manager else f"remove {module} from the dependencies"
        return f"{command}; a plugin or a command goes into per_rule_ignores in [tool.deptry]"
    return advice


def _skipped(said: str, project: Declaring, sources: reports.Sources, tree: Path) -> Iterator[Finding]:
    for name, message in _SKIPPED.findall(said):
        path = str(project.folder / name)
        if not (tree / path).is_file():
            raise FairleadError(
                f"deptry could not read {reports.shown(path)}: {message[:160]}",
                fix="rename files whose names are not UTF-8 (git mv)",
            )
        yield reports.unread(
            path,
            rule="unparsed",
            line=0,
            what=f"deptry could not parse this file, so its imports are not known: {message[:160]}",
            why="what is not looked at can't pass",
            fix="mend its syntax, or leave the file out by extend_exclude in [tool.deptry]",
            sources=sources,
            url="https://deptry.com/usage/",
        )
