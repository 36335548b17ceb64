"""Trying a wheel: what it leaves out, whether it installs where nothing is, and whether it imports."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fairlead.checks import reports
from fairlead.checks.model import Run, View
from fairlead.checks.ready import last_words
from fairlead.environments.model import Environment, folded
from fairlead.environments.overlay import lay_over
from fairlead.environments.own import own_program
from fairlead.errors import FairleadError

_IMPORT = """\
import importlib, json, sys
names, points = json.loads(sys.argv[1])
told = {}
for name in names:
    try:
        module = importlib.import_module(name)
        place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", [])), None)
        told[name] = ["", "", place]
    except BaseException as error:
        lacking = error.name if isinstance(error, ModuleNotFoundError) else ""
        told[name] = [f"{type(error).__name__}: {error}", lacking or "", None]
for name, target in points.items():
    where, _, attribute = target.partition(":")
    try:
        found = importlib.import_module(where.strip())
        for part in filter(None, attribute.partition("[")[0].strip().split(".")):
            found = getattr(found, part)
    except BaseException as error:
        told.setdefault("> " + name, [f"{type(error).__name__}: {error}", "", None])
with open(sys.argv[2], "w") as file:
    json.dump(told, file)
"""
_TESTS = {"test", "tests", "testing", "_tests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One thing that is wrong with what was built; ``path`` is ``""`` where it is the manifest."""

    rule: str
    what: str
    context: str
    path: str = ""
    fix: str = ""


def try_wheel(
    wheel: Path, environment: Environment, view: View, run: Run, folder: Path
) -> tuple[Sequence[Broken], str]:
    """Return what is wrong with a wheel of the view's tree, and how it is known.

    It is installed in ``folder``, which isn't there yet, and finds there what it asks for: the packages
    of the project's environment, but for the project. Raises FairleadError when nothing can be said.
    """
    names = _names(wheel)
    broken = [*_left_out(names, environment, view)]
    python = _installed(wheel, environment, view, run, folder)
    modules = sorted(name for name in _modules(names) if name.isidentifier())
    if not modules:
        return [*broken, _empty(wheel)], "the wheel holds no module"
    points = environment.project.entry_points
    programs = {**points.get("console_scripts", {}), **points.get("gui_scripts", {})}
    answer = view.scratch / f"{folder.name}.json"
    asked = json.dumps([modules, programs])
    done = run(
        [str(python), "-I", "-c", _IMPORT, asked, str(answer)],
        cwd=view.scratch,
        extra_env={**environment.declared.variables, "PATH": f"{python.parent}:/usr/bin:/bin"},
    )
    if not answer.is_file():
        said = last_words(done.stderr) or f"it ended with {done.code}"
        return [
            *broken,
            Broken(
                rule="import-failed",
                what=f"importing what was installed ends Python: {said}",
                context="ended",
            ),
        ], f"{len(modules)} modules were to be imported"
    told = reports.parsed(answer.read_bytes(), tool="the environment's Python")
    with reports.reading("the environment's Python"):
        broken += _not_imported(told, _asked_for(wheel), environment, folder)
    many = "1 module imports" if len(modules) == 1 else f"{len(modules)} modules import"
    return broken, f"{many} from where nothing else of it is"


def _installed(wheel: Path, environment: Environment, view: View, run: Run, folder: Path) -> Path:
    """Install the wheel where nothing of the project's is; return the interpreter there."""
    uv = own_program("uv")
    if uv is None:
        raise FairleadError("uv, which comes with fairlead, is missing", fix="pip install uv")
    python = lay_over(environment, None, folder)
    argv = [uv, "pip", "install", "--no-config", "--quiet", "--python", str(python), "--no-deps"]
    done = run(
        [*argv, "--offline", "--no-index", "--reinstall", str(wheel)],
        cwd=view.scratch,
        extra_env={"UV_CACHE_DIR": str(view.scratch / "uv"), "UV_LINK_MODE": "copy"},
    )
    if done.code != 0:
        raise FairleadError(
            f"{wheel.name} can't be installed: {last_words(done.stderr)}",
            fix=f"uv pip install --no-deps dist/{wheel.name}",
        )
    return python


def _not_imported(
    told: dict[str, list[str]], asked_for: Collection[str], environment: Environment, folder: Path
) -> Iterator[Broken]:
    own = {name.partition(".")[0] for name in told}
    for name, (error, lacking, place) in told.items():
        top = lacking.partition(".")[0]
        if name.startswith("> "):
            yield Broken(
                rule="entry-point-broken",
                what=f"the program {name[2:]} can't be started: {error}",
                context=f"{name[2:]} {error}",
            )
        elif top and top not in own and folded(top) in asked_for:
            raise FairleadError(
                f"{name} needs {top}, which it asks for and which {environment.origin} doesn't have",
                fix="bring the environment up to date: uv sync",
            )
        elif error:
            yield Broken(
                rule="import-failed",
                what=f"{name} can't be imported once it is installed: {error}",
                context=f"{name} {error}",
            )
        elif place and not Path(place).resolve().is_relative_to(folder.resolve()):
            raise FairleadError(
                f"{name} was imported from {place}, which is not what was installed",
                fix="see what puts that folder on the path of the project's environment",
            )


def _left_out(names: Collection[str], environment: Environment, view: View) -> Iterator[Broken]:
    """Yield the packages of the tree, below those that the wheel has, that it hasn't."""
    project = environment.project
    inside = {posixpath.dirname(name) for name in names if name.endswith((".py", ".so", ".pyd"))}
    tops = {name.split("/")[0] for name in inside if name}
    for root in project.roots:
        prefix = "".join(f"{part}/" for part in (project.folder, root) if part)
        for package in sorted(_packages_below(prefix, view.paths) - inside):
            parts = package.split("/")
            if parts[0] in tops and _TESTS.isdisjoint(parts):
                yield Broken(
                    rule="package-left-out",
                    what=f"the wheel leaves out the package {'.'.join(parts)}",
                    context=package,
                    path=f"{prefix}{package}/__init__.py",
                )


def _packages_below(prefix: str, paths: Collection[str]) -> set[str]:
    ends = (path.removeprefix(prefix) for path in paths if path.startswith(prefix))
    return {posixpath.dirname(end) for end in ends if end.endswith("/__init__.py")}


def _empty(wheel: Path) -> Broken:
    return Broken(rule="package-left-out", what=f"{wheel.name} holds no module", context="empty")


def _names(wheel: Path) -> frozenset[str]:
    import zipfile  # not at every start: only a build needs it

    try:
        with zipfile.ZipFile(wheel) as archive:
            return frozenset(archive.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise FairleadError(
            f"{wheel.name} is no wheel that can be read: {error}", fix="python -m build"
        ) from error


def _modules(names: Collection[str]) -> set[str]:
    """Return the modules at the top of a wheel that are to be imported."""
    found: set[str] = set()
    for name in names:
        place = PurePosixPath(name)
        first = place.parts[0] if place.parts else ""
        if first.endswith((".dist-info", ".data")):
            continue
        if len(place.parts) == 1:
            if place.suffix in {".py", ".so", ".pyd"}:
                found.add(place.name.partition(".")[0])
        elif place.suffix in {".py", ".so", ".pyd"}:
            found.add(first)
    return found


def _asked_for(wheel: Path) -> frozenset[str]:
    """Return the names of the distributions that a wheel requires, extras among them."""
    import zipfile
    from email.parser import BytesHeaderParser

    with zipfile.ZipFile(wheel) as archive:
        name = next((one for one in archive.namelist() if one.endswith(".dist-info/METADATA")), None)
        headers = BytesHeaderParser().parsebytes(archive.read(name) if name else b"")
    lines = headers.get_all("Requires-Dist", [])
    return frozenset(folded(re.split(r"[\s(\[<>=!~;@]", line, maxsplit=1)[0]) for line in lines)
