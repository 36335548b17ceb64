"""Types: mypy over all that the project has it check, new errors against the base's.

A change in one file raises errors in others, so that everything is looked at, whatever changed. That
takes seconds once the cache is there, which head and base share and which stays between runs.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fairlead.changes.model import FileChange
from fairlead.checks import reports
from fairlead.checks.kept import digest
from fairlead.checks.model import Evaluated, Evaluation, NotEvaluated, Run, Scope, Severity, View
from fairlead.checks.modules import MODULES
from fairlead.checks.ready import make_ready
from fairlead.checks.tests import together
from fairlead.checks.typecheckers import mypy, pyrefly
from fairlead.checks.typecheckers.model import Answer, Asked
from fairlead.environments.model import Environment, folded
from fairlead.errors import FairleadError
from fairlead.store.folder import put_aside

ENGINES = ("mypy", "pyrefly")

_MYPY_FILES = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")
_OTHERS = {"pyrightconfig.json": "pyright", "ty.toml": "ty", "pyrefly.toml": "pyrefly"}
_OTHER_SECTIONS = ("pyright", "basedpyright", "ty", "pyrefly")
_CACHES = "types"


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """``mypy``, or ``pyrefly`` where the policy says so.

    It is known to have evaluated when mypy ends with 0 or 1, every line of its output is a finding, and
    its log names sources and says that the build was finished; of pyrefly, when its report parses and
    its summary counts modules. A declared dependency that the environment lacks makes the check not
    evaluated: all that comes from it would count as anything.
    """

    engine: str = "mypy"
    name: str = "types"
    title: str = "types that contradict each other"
    scope: Scope = Scope.PROJECT
    configuration: tuple[str, ...] = (
        *("mypy.ini", ".mypy.ini", "pyproject.toml:tool.mypy", "setup.cfg:mypy"),
        *("pyrefly.toml", "pyproject.toml:tool.pyrefly"),
    )

    @property
    def tool(self) -> str:
        """The type checker's distribution."""
        return self.engine

    def wants(self, file: FileChange) -> bool:
        """Python modules and stubs, also deleted ones, and what declares dependencies."""
        name = file.path.rpartition("/")[2]
        return file.path.endswith((".py", ".pyi", ".lock")) or name in {"pyproject.toml", "py.typed"}

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Return the errors of each environment's project, in the type checker's order."""
        return together(
            [_of_one(self.engine, environment, view, run) for environment in view.environments],
            [environment.project.folder for environment in view.environments],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSettings:
    """``[checks.types]``: ``paths`` are empty where the project itself says what is checked."""

    engine: str = ENGINES[0]
    paths: tuple[str, ...] = ()


def read_type_settings(settings: Mapping[str, object]) -> TypeSettings:
    """Return what the policy says of types; raises FairleadError for what can't be meant."""
    engine = settings.get("engine", ENGINES[0])
    if engine not in ENGINES:
        raise FairleadError(
            f"{engine!r} is no type checker that fairlead knows",
            fix=f"engine = one of {', '.join(ENGINES)}",
        )
    stated = settings.get("paths", [])
    paths = tuple(stated) if isinstance(stated, (list, tuple)) else ()
    for path in paths:
        if not isinstance(path, str) or path.startswith(("/", "-")) or ".." in path.split("/"):
            raise FairleadError(
                f"{path!r} is no path inside of the project", fix='paths = ["src", "tests"]'
            )
    return TypeSettings(engine=str(engine), paths=paths)


def _of_one(engine: str, environment: Environment, view: View, run: Run) -> Evaluation:
    try:
        ready = make_ready(environment, view, run)
        if engine == "mypy":
            _require_plugins(environment, ready.folder)
        cache = _Cache(view, engine, environment)
        asked = Asked(
            ready=ready,
            view=view,
            run=run,
            targets=_targets(engine, environment, ready.folder, view.settings),
            cache=cache.take(),
        )
        answer = _look(engine, asked, cache)
        if view.side == "head":
            cache.put()
        return _judged(answer, engine, environment, ready.folder)
    except FairleadError as error:
        return NotEvaluated(cause=error.cause, fix=error.fix)
    except OSError as error:
        return reports.no_room(error)


def _require_plugins(environment: Environment, folder: Path) -> None:
    """Raise FairleadError for a plugin that the project's environment lacks and its tree hasn't.

    One that happens to be installed beside fairlead would be another version than the project's.
    """
    stated = _configured(folder).get("plugins", [])
    names = stated.split(",") if isinstance(stated, str) else stated if isinstance(stated, list) else []
    for name in map(str, names):
        top = name.strip().partition(":")[0].partition(".")[0]
        in_tree = "/" in name or name.endswith(".py") or top in environment.project.modules
        brought = [one for one, known in MODULES.items() if top in known.split("|")]
        if top and not in_tree and not any(environment.version_of(one) for one in (top, *brought)):
            raise FairleadError(
                f"mypy is to use the plugin {name.strip()}, and {environment.origin} lacks {top}",
                fix=f"install what the project declares: uv sync, or uv pip install {top}",
            )


def _look(engine: str, asked: Asked, cache: _Cache) -> Answer:
    """Return what the type checker finds; without the cache if it stumbles over what is there."""
    look = (mypy if engine == "mypy" else pyrefly).look
    try:
        return look(asked)
    except FairleadError:
        if not cache.was_there:
            raise
        cache.clear()
        return look(asked)


def _judged(answer: Answer, engine: str, environment: Environment, folder: Path) -> Evaluation:
    """Return what the answer says of the project, as far as its environment lets it say anything."""
    found, evidence = answer.findings, answer.evidence
    for module in answer.missing:
        package = _lacking(module, environment)
        if package:
            return NotEvaluated(
                cause=f"{environment.origin} lacks {package}, which the project declares: all that is "
                f"imported from {module} would count as anything",
                fix=f"install what the project declares: uv sync, or uv pip install {package}",
                findings=found,
            )
    if answer.blocked:
        return NotEvaluated(cause=answer.blocked, fix="mend that error", findings=found)
    other = _other_checker(folder) if engine == "mypy" and not _configured(folder) else ""
    if other:
        found = tuple(replace(one, severity=Severity.NOTE) for one in found)
        evidence += f"; its errors are notes, for the project checks its types with {other}"
    elif engine == "mypy" and not _configured(folder):
        found = tuple(
            replace(one, severity=Severity.NOTE) if one.rule == "import-untyped" else one
            for one in found
        )
    return Evaluated(findings=found, evidence=evidence)


def _lacking(module: str, environment: Environment) -> str:
    """Return the distribution that is asked for, brings a module and isn't installed; ``""`` if none.

    One that the project asks for with other Pythons alone isn't missed.
    """
    top = module.partition(".")[0]
    names = {folded(top), *(folded(one) for one, known in MODULES.items() if top in known.split("|"))}
    for name in sorted(names & environment.project.dependencies.keys()):
        if environment.asks_for(name) and environment.version_of(name) is None:
            return name
    return ""


def _targets(
    engine: str, environment: Environment, folder: Path, settings: Mapping[str, object]
) -> tuple[str, ...]:
    """Return what is checked: what the policy says, else the project's configuration, else its code."""
    stated = read_type_settings(settings).paths
    if stated:
        return stated
    if engine != "mypy" or {"files", "packages", "modules"} & _configured(folder).keys():
        return ()
    project = environment.project
    roots = [root for root in project.roots if root and (folder / root).is_dir()]
    if roots:
        return tuple(roots)
    places = [module.replace(".", "/") for module in project.modules]
    there = [
        f"{place}{end}"
        for place in places
        for end in ("", ".py")
        if (folder / f"{place}{end}").exists()
    ]
    return tuple(there) or (".",)


def _configured(folder: Path) -> Mapping[str, object]:
    """Return mypy's configuration in the first file that has one, as mypy looks for it."""
    for name in _MYPY_FILES:
        section = _section(folder / name, "mypy")
        if section:
            return section
    return {}


def _other_checker(folder: Path) -> str:
    """Return the name of another type checker that the project configures, ``""`` if it has none."""
    for file, name in _OTHERS.items():
        if (folder / file).is_file():
            return name
    return next((name for name in _OTHER_SECTIONS if _section(folder / "pyproject.toml", name)), "")


def _section(file: Path, name: str) -> Mapping[str, object]:
    import configparser

    try:
        text = file.read_text("utf-8", "replace")
        if file.suffix == ".toml":
            value = tomllib.loads(text).get("tool", {}).get(name, {})
            return value if isinstance(value, dict) else {}
        parser = configparser.RawConfigParser()
        parser.read_string(text)
        return dict(parser[name]) if parser.has_section(name) else {}
    except (OSError, ValueError, AttributeError, RecursionError, configparser.Error):
        return {}  # the type checker itself says what is wrong with it


class _Cache:
    """A type checker's cache: copied for each look, and kept as a whole when the head was looked at."""

    def __init__(self, view: View, engine: str, environment: Environment) -> None:
        mark = environment.project.folder.replace("/", "-") or "top"
        words = (engine, view.tool.version, f"{environment.version}", mark)
        self._kept = view.state / _CACHES / digest(*words) if view.state else None
        self._used = view.scratch / f"cache-{mark}"
        self.was_there = False

    def take(self) -> Path:
        """Return a folder with what earlier runs left in it."""
        if self._kept:
            with contextlib.suppress(OSError, shutil.Error):
                shutil.copytree(self._kept, self._used)
                self.was_there = True
        self._used.mkdir(exist_ok=True)
        return self._used

    def clear(self) -> None:
        """Throw away what earlier runs left."""
        shutil.rmtree(self._used)
        self._used.mkdir()

    def put(self) -> None:
        """Keep what is in the folder now; what can't be kept isn't."""
        if self._kept is None:
            return
        with contextlib.suppress(OSError, shutil.Error):
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            beginning = self._kept.with_name(f".{self._kept.name}.{os.getpid()}.{os.urandom(4).hex()}")
            shutil.copytree(self._used, beginning)
            if self._kept.exists():
                put_aside(self._kept)
            beginning.rename(self._kept)
