"""Tests that another runner than pytest runs, by its JUnit report."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fairlead.checks.model import Evaluated, Evaluation, NotEvaluated, Run, View
from fairlead.checks.readers import junit
from fairlead.checks.readers.report import Place
from fairlead.checks.ready import make_ready
from fairlead.checks.testing.settings import SuiteSettings
from fairlead.environments.model import Environment
from fairlead.errors import FairleadError

_PYTHON = {"python", "python3"}
_LARGEST = 64 << 20
_LAST_WORDS = 4


def run_other(environment: Environment, view: View, run: Run, said: SuiteSettings) -> Evaluation:
    """Run the policy's command in the project's folder and return the failures that it reports.

    ``python`` as the first word is the environment's. Raises FairleadError when the report is missing
    or shows that no test ran.
    """
    ready = make_ready(environment, view, run)
    words = [str(ready.python), *said.command[1:]] if said.command[0] in _PYTHON else [*said.command]
    report = ready.folder / said.report
    if not report.parent.resolve().is_relative_to(view.folder.resolve()):
        raise FairleadError(
            f"{said.report} would be written through a link that leads out of the tree",
            fix="name a file in a folder of the project",
        )
    report.unlink(missing_ok=True)
    done = run(words, cwd=ready.folder, extra_env=_without_watch(ready.variables))
    shown = shlex.join(said.command)
    if done.code is None or done.code < 0 or done.timed_out:
        how = "ran out of time" if done.timed_out else f"ended with {done.code}"
        return NotEvaluated(cause=f"{shown} {how}", fix="run it by hand to see why")
    found = junit.read(_read(report, said, done.stdout + done.stderr), Place(folder=ready.folder))
    if done.code != 0 and not found.findings:
        raise FairleadError(
            f"{shown} ended with {done.code}, though its report names no failure",
            fix="run it by hand to see what it ended so for",
        )
    where = environment.project.folder
    findings = tuple(
        replace(one, path=f"{where}/{one.path}" if where and one.path else one.path, fix=shown)
        for one in found.findings
    )
    return Evaluated(findings=findings, evidence=f"{shown} ended with {done.code}: {found.evidence}")


def _without_watch(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a project that is ready, but for those that only pytest has use for."""
    return {name: value for name, value in variables.items() if not name.startswith("FAIRLEAD_")}


def _read(report: Path, said: SuiteSettings, output: bytes) -> bytes:
    if not report.is_file() or report.is_symlink():
        lines = [
            line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()
        ]
        printed = " / ".join(lines[-_LAST_WORDS:])[-400:]
        raise FairleadError(
            f"{shlex.join(said.command)} did not write {said.report}"
            + (f": {printed}" if printed else ""),
            fix="let report name the JUnit file that the command writes, from the project's folder",
        )
    if report.stat().st_size > _LARGEST:
        raise FairleadError(f"{said.report} is larger than {_LARGEST >> 20} MiB", fix="report less")
    return report.read_bytes()
