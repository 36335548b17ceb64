"""Build: whether the tree still builds, installs into an empty environment, and imports from there.

The sdist is built from the tree and the wheel from the sdist, as for a release, so that what the sdist
leaves out is missed. There is no network and no isolation by the front end: what building takes is in
the project's environment, or in one that was made of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fairlead.changes.model import FileChange, Nature, Status
from fairlead.checks import reports
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    Finding,
    NotEvaluated,
    Run,
    Scope,
    Severity,
    View,
)
from fairlead.checks.ready import building, last_words
from fairlead.checks.rules.explanations import explain
from fairlead.checks.wheels import Broken, try_wheel
from fairlead.environments.model import Environment
from fairlead.environments.overlay import lay_over
from fairlead.environments.own import own_packages
from fairlead.errors import FairleadError

_FRONT_END = ("build", "pyproject_hooks", "packaging")
_LACKING = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")
_OFFLINE = re.compile(
    r"Temporary failure in name resolution|Name or service not known|Network is unreachable"
    r"|Failed to establish a new connection"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """``python -m build``, then an installation of what it made.

    It is known to have evaluated when there is an sdist and a wheel, the wheel was installed into an
    environment that had nothing of the project's, and every module was imported from there. A build
    that lacks a module which isn't the project's own, or asks for the network, is not evaluated.
    """

    name: str = "build"
    title: str = "whether it builds, installs into an empty environment and imports"
    tool: str = "build"
    scope: Scope = Scope.PROJECT
    configuration: tuple[str, ...] = ()

    def wants(self, file: FileChange) -> bool:
        """Everything but tests and documents; of these those that are gone, which a build may read."""
        if file.nature is Nature.DOCUMENTATION:
            return file.status in {Status.DELETED, Status.RENAMED}
        return file.nature is not Nature.TESTS

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return what doesn't build, is left out, or can't be imported, project by project."""
        findings: list[Finding] = []
        evidence: list[str] = []
        for environment in view.environments:
            if environment.project.build_requires is None:
                continue
            try:
                broken, said = _one(environment, view, run)
            except FairleadError as error:
                return NotEvaluated(cause=error.cause, fix=error.fix, findings=tuple(findings))
            evidence.append(said)
            findings += [_finding(environment, one) for one in broken]
        return Evaluated(
            findings=tuple(findings),
            evidence="; ".join(evidence) or "nothing here says how it is built",
        )


def _one(environment: Environment, view: View, run: Run) -> tuple[Sequence[Broken], str]:
    """Build one project; return what is broken, and what was seen."""
    project = environment.project
    if environment.missing_to_build:
        missing = " ".join(f"'{one}'" for one in environment.missing_to_build)
        raise FairleadError(
            f"building {project.place} takes {missing}, which {environment.origin} doesn't have and "
            "which could not be fetched",
            fix=f"uv pip install {missing}",
        )
    mark = project.folder.replace("/", "-") or "top"
    made = view.scratch / f"made-{mark}"
    made.mkdir()
    with reports.files("the build's folders"):
        # Without the tree on the path: a build that imports what it builds would do so nowhere else.
        python = lay_over(environment, None, view.scratch / f"builder-{mark}")
    variables = building(environment, _front_end(environment, view.scratch, mark), view.scratch)
    argv = [
        str(python),
        "-m",
        "build",
        "--no-isolation",
        "--skip-dependency-check",
        "--outdir",
        str(made),
    ]
    done = run([*argv, "."], cwd=view.folder / project.folder, extra_env=variables)
    said = f"{done.stdout.decode('utf-8', 'replace')}\n{done.stderr.decode('utf-8', 'replace')}"
    wheels, sdists = sorted(made.glob("*.whl")), sorted(made.glob("*.tar.gz"))
    if done.code != 0 or not wheels or not sdists:
        return (
            _failed(environment, said, done.stderr or done.stdout, sdist=bool(sdists)),
        ), "it failed"
    broken, seen = try_wheel(wheels[0], environment, view, run, view.scratch / f"empty-{mark}")
    return broken, f"{sdists[0].name} and {wheels[0].name} were built; {seen}"


def _front_end(environment: Environment, scratch: Path, mark: str) -> Mapping[str, str]:
    """Return variables with which the environment's Python finds a front end: its own, else ours."""
    if environment.version_of("build"):
        return {}
    folder = scratch / f"front-end-{mark}"
    folder.mkdir()
    for name in _FRONT_END:
        place = next((each / name for each in own_packages() if (each / name).is_dir()), None)
        if place is None:
            raise FairleadError(
                f"{name}, which comes with fairlead, is missing", fix=f"pip install {name}"
            )
        (folder / name).symlink_to(place)
    return {"PYTHONPATH": str(folder)}


def _failed(environment: Environment, said: str, tail: bytes, *, sdist: bool) -> Broken:
    project = environment.project
    lacking = _LACKING.search(said)
    own = {name.partition(".")[0] for name in project.modules}
    if lacking and lacking[1].partition(".")[0] not in own:
        raise FairleadError(
            f"building {project.place} takes the module {lacking[1]}, which isn't there",
            fix=f"name its package in build-system.requires of {project.manifest}, and install it into "
            "the project's environment",
        )
    if _OFFLINE.search(said):
        raise FairleadError(
            f"building {project.place} asks for the network, which checks don't get",
            fix="let the build work offline, or turn it off: checks.build = false",
        )
    what = "wheel" if sdist else "sdist"
    return Broken(
        rule="build-failed",
        what=f"the {what} can't be built: {last_words(tail)}",
        context=what,
        fix=f"python -m build {project.folder or '.'}",
    )


def _finding(environment: Environment, broken: Broken) -> Finding:
    explanation = explain(broken.rule)
    path = broken.path or environment.project.manifest
    return Finding(
        rule=broken.rule,
        severity=Severity.ERROR,
        path=str(PurePosixPath(path)),
        line=0,
        what=broken.what,
        why=explanation.why if explanation else "",
        fix=broken.fix or (explanation.fix if explanation else ""),
        context=broken.context,
    )
