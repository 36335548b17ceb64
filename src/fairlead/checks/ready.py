"""Making a tree's project ready to be executed, and proving that it is the tree's code that is.

A check that executes code begins with ``make_ready`` for each environment of its view, and runs
``Ready.python`` with ``Ready.variables``. One that runs tests also adds ``Ready.watch`` to pytest's
words and asks ``confirm_origins`` afterwards: what was imported is known only once it was.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fairlead.checks import reports
from fairlead.checks.model import Run, View
from fairlead.environments.model import Environment, Project
from fairlead.environments.overlay import lay_over
from fairlead.environments.own import own_program
from fairlead.environments.requirement_files import names_in
from fairlead.errors import FairleadError

_PLUGIN = "fairlead_origins"
_PROBE = """\
import importlib.util, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        spec = importlib.util.find_spec(name)
    except Exception:
        spec = None
    if spec is None:
        found[name] = []
    elif spec.submodule_search_locations is not None:
        found[name] = list(spec.submodule_search_locations)
    else:
        found[name] = [spec.origin]
print(json.dumps(found))
"""
_RECORDER = '''\
"""Writes down where the modules under test were imported from."""
import json, os, sys


def pytest_sessionfinish(session, exitstatus):
    wanted = os.environ["FAIRLEAD_ORIGINS_OF"].split(",")
    found = {}
    ours = lambda name: any(name == one or name.startswith(one + ".") for one in wanted)
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        # A project may give another's module a name of its own (requests.packages.urllib3).
        if ours(name) and ours(getattr(spec, "name", None) or name):
            place = getattr(module, "__file__", None)
            if place:
                found[name] = os.path.abspath(place)
    place = os.path.join(os.environ["FAIRLEAD_ORIGINS"], "%d.json" % os.getpid())
    with open(place, "w") as file:
        json.dump(found, file)
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A project that can be executed from its tree.

    ``folder`` is the project's in the tree, ``python`` the interpreter to use, ``variables`` what
    goes into ``run``'s ``extra_env``. ``watch`` are words for pytest, by which it writes to
    ``origins`` what it imported. ``places`` are where the project's modules may come from: the tree,
    and what was installed from it. ``evidence`` says where they do come from.
    """

    environment: Environment
    folder: Path
    python: Path
    variables: Mapping[str, str]
    watch: tuple[str, ...]
    origins: Path
    places: tuple[Path, ...]
    evidence: str


def make_ready(environment: Environment, view: View, run: Run) -> Ready:
    """Return the project of this environment, importable from the view's tree and from nowhere else.

    The tree's folders are put first on the path. Where that isn't enough, for a compiled module or a
    generated file, or doesn't help, the project is installed from the tree. Raises FairleadError when
    it can't be made so, or when that can't be proved.
    """
    project = environment.project
    mark = project.folder.replace("/", "-") or "top"
    overlay, origins = view.scratch / f"environment-{mark}", view.scratch / f"origins-{mark}"
    plugins = view.scratch / f"plugins-{mark}"
    with reports.files("an environment for the tree"):
        python = lay_over(environment, view.folder, overlay)
        origins.mkdir()
        plugins.mkdir()
        (plugins / f"{_PLUGIN}.py").write_text(_RECORDER)
    variables = {
        "PATH": f"{python.parent}:{os.defpath}",
        "VIRTUAL_ENV": str(overlay),
        "PYTHONPATH": str(plugins),
        "FAIRLEAD_ORIGINS": str(origins),
        "FAIRLEAD_ORIGINS_OF": ",".join(project.modules),
        **environment.declared.variables,
    }
    places = (view.folder, overlay)
    evidence = ""
    if not project.needs_install:
        evidence = _proof(project, python, variables, places, view, run)
    if not evidence:
        _install(environment, view.folder / project.folder, python, variables, view.scratch, run)
        evidence = _proof(project, python, variables, places, view, run)
        if not evidence:
            raise FairleadError(
                f"{_listed(project.modules)} can't be imported from the tree, nor once it is installed",
                fix="see what the build leaves out: uv build, and look into the wheel",
            )
    return Ready(
        environment=environment,
        folder=view.folder / project.folder,
        python=python,
        variables=variables,
        watch=("-p", _PLUGIN),
        origins=origins,
        places=places,
        evidence=evidence,
    )


def confirm_origins(ready: Ready) -> str:
    """Return what the tests imported the project's modules from, as evidence.

    Raises FairleadError when anything of the project's came from outside of the tree, or when pytest
    left no word of it.
    """
    reported = list(ready.origins.glob("*.json"))
    if not reported:
        raise FairleadError(
            "the test run did not say which code it imported, so it proves nothing of this tree",
            fix="let the tests end by themselves: something ended pytest before its last hook",
        )
    found: dict[str, str] = {}
    for file in reported:
        found |= reports.parsed(file.read_bytes(), tool="pytest")
    strange = _outside(found, ready.places)
    if strange:
        name = strange[0]
        raise FairleadError(
            f"{name} was imported from {found[name]}, which is not the tree under test",
            fix="see what puts that folder on the path (conftest.py, PYTHONPATH, a path file), and "
            "take it out",
        )
    if not found:
        return "the tests imported none of the project's modules"
    return f"{len(found)} of the project's modules were imported, all from the tree"


def _proof(
    project: Project,
    python: Path,
    variables: Mapping[str, str],
    places: Sequence[Path],
    view: View,
    run: Run,
) -> str:
    """Return where the project's modules would be imported from, ``""`` when it isn't the tree.

    Nothing of the project's is imported for it.
    """
    if not project.modules:
        return "it brings no module of its own"
    # Not in the tree, whose top Python would put on the path for this program alone.
    argv = [str(python), "-c", _PROBE, *project.modules]
    done = run(argv, cwd=view.scratch, extra_env=variables)
    reports.finished(done, tool="the environment's Python", codes=(0,))
    found = reports.parsed(done.stdout, tool="the environment's Python")
    with reports.reading("the environment's Python"):
        located = {name: reports.text(where[0]) for name, where in found.items() if where}
    if len(located) < len(project.modules) or _outside(located, places):
        return ""
    return f"{_listed(project.modules)} imported from the tree"


def _install(
    environment: Environment,
    folder: Path,
    python: Path,
    variables: Mapping[str, str],
    scratch: Path,
    run: Run,
) -> None:
    """Install the tree's project into the overlay, without the network; raises FairleadError."""
    project, uv = environment.project, own_program("uv")
    why = project.needs_install or "its modules are not where its build system is told"
    if project.build_requires is None:
        raise FairleadError(
            f"{project.manifest} does not say how to build it, and {why}",
            fix=f'add to {project.manifest}: [build-system] requires = ["hatchling"], '
            'build-backend = "hatchling.build"',
        )
    if environment.missing_to_build:
        missing = _listed(environment.missing_to_build)
        raise FairleadError(
            f"it has to be installed, for {why}, and {missing}, which that takes, can't be had",
            fix=f"install it into the project's environment: uv pip install {missing}",
        )
    if uv is None:
        raise FairleadError("uv, which comes with fairlead, is missing", fix="pip install uv")
    # In place, so that tests that begin in the tree find what was generated; not for hatchling without
    # editables, which that takes and nobody asks for.
    in_place = "hatchling" not in names_in(project.build_requires) or environment.version_of(
        "editables"
    )
    argv = [uv, "pip", "install", "--no-config", "--quiet", "--python", str(python), "--no-deps"]
    argv += ["--no-build-isolation", "--offline", "--no-index", *(["-e"] if in_place else [])]
    done = run([*argv, str(folder)], cwd=scratch, extra_env=building(environment, variables, scratch))
    if done.code != 0:
        raise FairleadError(
            f"it has to be installed, for {why}, and building it failed: {last_words(done.stderr)}",
            fix=f"see that it builds without the network: uv pip install --no-build-isolation -e "
            f"{project.folder or '.'}",
        )


def building(environment: Environment, variables: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Return the variables under which a tree is built that is no repository.

    Its version is stated, for those who would ask git.
    """
    project = environment.project
    version = project.version or "0"
    name = project.name.upper().replace("-", "_")
    paths = [variables.get("PYTHONPATH", ""), *map(str, environment.builders)]
    return {
        **variables,
        "PYTHONPATH": ":".join(path for path in paths if path),
        "UV_CACHE_DIR": str(scratch / "uv"),
        f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{name}": version,
        "SETUPTOOLS_SCM_PRETEND_VERSION": version,
        "PBR_VERSION": version,
        "PDM_BUILD_SCM_VERSION": version,
        "POETRY_DYNAMIC_VERSIONING_BYPASS": version,
        "UV_DYNAMIC_VERSIONING_BYPASS": version,
    }


def last_words(stderr: bytes, *, most: int = 300) -> str:
    """Return the end of what a build said, in one line."""
    lines = [line.strip(" ×╰─▶│├") for line in stderr.decode("utf-8", "replace").splitlines()]
    said = "; ".join(line for line in lines if line)
    return said if len(said) <= most else f"…{said[-most:]}"


def _outside(found: Mapping[str, str], places: Sequence[Path]) -> list[str]:
    """Return the names of what lies in none of the places."""
    inside = [place.resolve() for place in places]
    return [
        name
        for name, place in found.items()
        if not any(Path(place).resolve().is_relative_to(folder) for folder in inside)
    ]


def _listed(names: Sequence[str], *, most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
