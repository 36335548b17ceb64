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
from fairlead.environments.model import Environment
from fairlead.environments.overlay import lay_over
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
        found[name] = [*spec.submodule_search_locations]
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
    for name, module in list(sys.modules.items()):
        if any(name == one or name.startswith(one + ".") for one in wanted):
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
    ``origins`` what it imported. ``evidence`` says where the project's modules come from.
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

    Raises FairleadError when it can't be made so, or when that can't be proved.
    """
    project = environment.project
    mark = project.folder.replace("/", "-") or "top"
    overlay = view.scratch / f"environment-{mark}"
    python = lay_over(environment, view.folder, overlay)
    origins = view.scratch / f"origins-{mark}"
    origins.mkdir()
    plugins = view.scratch / f"plugins-{mark}"
    plugins.mkdir()
    (plugins / f"{_PLUGIN}.py").write_text(_RECORDER)
    return Ready(
        environment=environment,
        folder=view.folder / project.folder,
        python=python,
        variables={
            "PATH": f"{python.parent}:{os.defpath}",
            "VIRTUAL_ENV": str(overlay),
            "PYTHONPATH": str(plugins),
            "FAIRLEAD_ORIGINS": str(origins),
            "FAIRLEAD_ORIGINS_OF": ",".join(project.modules),
            **environment.declared.variables,
        },
        watch=("-p", _PLUGIN),
        origins=origins,
        places=(view.folder, overlay),
        evidence="",
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
    _require_inside(found, ready.places)
    if not found:
        return "the tests imported none of the project's modules"
    return f"{len(found)} modules were imported from the tree"


def _require_inside(found: Mapping[str, str], places: Sequence[Path]) -> None:
    inside = [place.resolve() for place in places]
    for name, place in found.items():
        if not any(Path(place).resolve().is_relative_to(folder) for folder in inside):
            raise FairleadError(
                f"{name} was imported from {place}, which is not the tree under test",
                fix="see what puts that folder on the path (conftest.py, PYTHONPATH, a path file), and "
                "take it out",
            )
