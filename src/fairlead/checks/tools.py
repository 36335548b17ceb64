"""Which program a check runs: the project's own, the version the project pins, or the one we bring.

The order, and why:

1. The project's environment in the user's work tree, when it holds the pinned version or nothing is
   pinned: it is what the project's people run. An environment that is part of the change's own tree
   is never used, for then the change would choose what judges it.
2. The pinned version, installed once into the user's cache folder. Only wheels are installed, so that
   no build script runs; this is the only use of the network that a check makes.
3. The one that came with Fairlead. When a version is pinned and cannot be had, this is said in the
   result; when the tool's own configuration refuses other versions, the check is not evaluated.

A tool is started by the script in its environment's ``bin``: for binaries this saves the 15 ms of
starting Python first, for Python programs it takes as long as ``python -I -m``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fairlead.checks.model import OURS, NotEvaluated, ToolUse
from fairlead.checks.pins import Pin
from fairlead.environments.model import folded, installed
from fairlead.environments.own import own_packages, own_program
from fairlead.environments.shelf import Shelf, said, uv_variables
from fairlead.processes import run, undisturbed

INSTALL_TIMEOUT = 120.0
"""Seconds that fetching and installing a tool may take."""

_KEPT_VERSIONS = 4
_EXTRAS = {"bandit": "[toml]"}
_PROGRAMS = {"build": "pyproject-build"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program that was chosen, ready to run unless ``folder`` has yet to be filled.

    ``stamp`` changes whenever the program might: results are kept by it. ``note`` is a sentence when
    this is not what the project chose.
    """

    use: ToolUse
    stamp: str
    note: str = ""
    folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """Where tools are looked for.

    ``environments`` are folders of the project's virtual environments, first choice first;
    ``folder`` is where fetched versions are kept, in the user's cache; ``pins`` are what the
    project has chosen. ``fetch`` is whether policy lets the network be used. ``environ`` is what
    uv may read of ours.
    """

    pins: Mapping[str, Pin]
    environments: tuple[Path, ...]
    folder: Path
    fetch: bool
    environ: Mapping[str, str]

    def choose(self, name: str) -> Tool | NotEvaluated:
        """Return the program for a tool, by the order above; nothing is installed or run yet."""
        pin = self.pins.get(name)
        for environment in self.environments:
            own = _in_environment(name, environment)
            if own and (pin is None or own.use.version == pin.version):
                return own
        ours = _ours(name)
        if pin is None:
            return ours or _missing(name)
        if ours and ours.use.version == pin.version:
            return ours
        fetched = self._pinned(name, pin)
        failed = self._shelf.reason(fetched.folder.name) if fetched.folder else ""
        if fetched.folder is None or (self.fetch and not failed):
            return fetched
        return self._instead(name, pin, failed if self.fetch else "policy forbids fetching tools")

    def provide(self, tool: Tool, stop: Callable[[], bool] = lambda: False) -> Tool | NotEvaluated:
        """Make sure that the program is there: fetch it, or return what is used in its place.

        Runs that want the same version at once wait for one of them. A failure is remembered for an
        hour, so that being offline costs time once.
        """
        if tool.folder is None:
            return tool
        name, pin = tool.use.name, self.pins[tool.use.name]
        why = self._shelf.fill(
            tool.folder.name,
            lambda folder: self._install(name, pin, folder, stop),
            kind=f"{name}-[0-9]*",
            stop=stop,
        )
        return self._pinned(name, pin) if why is None else self._instead(name, pin, why)

    @property
    def _shelf(self) -> Shelf:
        return Shelf(folder=self.folder, keep=_KEPT_VERSIONS, patience=INSTALL_TIMEOUT)

    def _pinned(self, name: str, pin: Pin) -> Tool:
        folder = self.folder / f"{name}-{pin.version}"
        return Tool(
            use=ToolUse(
                name=name,
                version=pin.version,
                origin=f"pinned by {pin.source}",
                configuration="",
                command=(str(folder / "bin" / _program(name)),),
            ),
            stamp=f"pinned {sys.version_info[:2]}",
            folder=None if self._shelf.is_whole(folder.name) else folder,
        )

    def _instead(self, name: str, pin: Pin, why: str) -> Tool | NotEvaluated:
        """Return ours in the place of the pinned version, with a note; not where that is refused."""
        wanted = f"{name} {pin.version}, which {pin.source} pins"
        fix = f"install it into the project's .venv: uv pip install '{name}=={pin.version}'"
        if pin.demanded:
            return NotEvaluated(cause=f"{wanted}, could not be had: {why}", fix=fix)
        ours = _ours(name)
        if ours is None:
            return _missing(name)
        used = f"{name} {ours.use.version}"
        use = ToolUse(
            name=name,
            version=ours.use.version,
            origin=f"{OURS}, in place of {wanted}",
            configuration="",
            command=ours.use.command,
        )
        note = f"{used} was used in place of {wanted}: {why}; to have the same verdict as there, {fix}"
        return Tool(use=use, stamp=ours.stamp, note=note)

    def _install(self, name: str, pin: Pin, folder: Path, stop: Callable[[], bool]) -> str | None:
        """Fill the folder with a virtual environment that has the tool; return why it could not."""
        uv = own_program("uv")
        if uv is None:
            return "uv, which comes with fairlead, is missing"
        env = uv_variables(self.environ)
        python = folder / "bin" / "python"
        for argv in (
            (
                *(uv, "venv", "--quiet", "--allow-existing", "--no-project"),
                *("--python", sys.executable, folder),
            ),
            (
                *(
                    uv,
                    "pip",
                    "install",
                    "--quiet",
                    "--compile-bytecode",
                    "--only-binary",
                    ":all:",
                    "--python",
                    python,
                ),
                f"{name}{_EXTRAS.get(name, '')}=={pin.version}",
            ),
        ):
            done = undisturbed(
                partial(run, argv, cwd=self.folder, env=env, timeout=INSTALL_TIMEOUT, stop=stop)
            )
            if done.code != 0:
                return said(done)
        if not (folder / "bin" / _program(name)).is_file():
            return f"{name} {pin.version} has no program {_program(name)}"
        return None


def project_environments(
    work_tree: Path | None, environ: Mapping[str, str], tracked: Collection[str]
) -> tuple[Path, ...]:
    """Return the virtual environments that lie in the work tree and are no part of a commit.

    ``$VIRTUAL_ENV`` counts only when it lies inside. ``tracked`` are the paths of the trees that are
    compared: an environment that one of them holds could be the change's own, and is left alone.
    """
    if work_tree is None:
        return ()
    top = work_tree.resolve()
    active = Path(os.path.normpath(environ.get("VIRTUAL_ENV", "")))  # "" becomes ".", not absolute
    names = [".venv", "venv"]
    if active.is_relative_to(top) and active != top:
        names.append(str(active.relative_to(top)))
    return tuple(
        top / name
        for name in dict.fromkeys(names)
        if (top / name / "pyvenv.cfg").is_file()
        and not any(path == name or path.startswith(f"{name}/") for path in tracked)
    )


def _in_environment(name: str, environment: Path) -> Tool | None:
    program = environment / "bin" / _program(name)
    if not os.access(program, os.X_OK):
        return None
    for packages in sorted(environment.glob("lib/python3*/site-packages")):
        version = installed(packages).get(folded(name))
        if version:
            use = ToolUse(
                name=name,
                version=version,
                origin=f"the project's {environment.name}",
                configuration="",
                command=(str(program),),
            )
            # Installing anything, a plugin for one, alters the folder.
            return Tool(use=use, stamp=f"{packages.stat().st_mtime_ns}")
    return None


def _program(name: str) -> str:
    """Return the name of the program that a distribution brings."""
    return _PROGRAMS.get(name, name)


def _ours(name: str) -> Tool | None:
    """Return the program that was installed as one of our requirements."""
    program = own_program(_program(name))
    if program is None:
        return None
    for entry in own_packages():
        version = installed(entry).get(folded(name))
        if version:
            use = ToolUse(
                name=name,
                version=version,
                origin=OURS,
                configuration="",
                command=(program,),
            )
            return Tool(use=use, stamp=f"ours {sys.version_info[:3]}")
    return None


def _missing(name: str) -> NotEvaluated:
    return NotEvaluated(
        cause=f"{name} is not installed beside fairlead ({sys.executable})",
        fix=f"{sys.executable} -m pip install {name}",
    )
