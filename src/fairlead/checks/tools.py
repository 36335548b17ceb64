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

import contextlib
import fcntl
import os
import re
import shutil
import sys
import sysconfig
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fairlead.checks.model import NotEvaluated, ToolUse
from fairlead.checks.pins import Pin
from fairlead.processes import PASSED_ON, Completed, run
from fairlead.store.folder import write_whole

INSTALL_TIMEOUT = 120.0
"""Seconds that fetching and installing a tool may take."""

RETRY_AFTER = 3600.0
"""Seconds after which a version that could not be had is asked for again."""

_KEPT_VERSIONS = 4
_EXTRAS = {"bandit": "[toml]"}
_NETWORK = (
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NETRC",
    "NO_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "all_proxy",
    "https_proxy",
    "http_proxy",
    "no_proxy",
)


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
        if (fetched.folder is None) or (self.fetch and not self._failed_lately(fetched.folder)):
            return fetched
        why = "policy forbids fetching tools" if not self.fetch else _reason(fetched.folder)
        return self._instead(name, pin, why)

    def provide(self, tool: Tool, stop: Callable[[], bool] = lambda: False) -> Tool | NotEvaluated:
        """Make sure that the program is there: fetch it, or return what is used in its place.

        Runs that want the same version at once wait for one of them. A failure is remembered for an
        hour, so that being offline costs time once.
        """
        if tool.folder is None:
            return tool
        name, pin = tool.use.name, self.pins[tool.use.name]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _locked(tool.folder.with_name(f".{tool.folder.name}.lock"), stop):
                if _is_whole(tool.folder):
                    return self._pinned(name, pin)
                why = self._install(name, pin, tool.folder, stop)
                if why is None:
                    self._prune(name)
                    return self._pinned(name, pin)
                if not stop():
                    write_whole(_failure(tool.folder), why.encode())
        except OSError as error:
            why = f"{self.folder}: {error.strerror or error}"
        return self._instead(name, pin, why)

    def _pinned(self, name: str, pin: Pin) -> Tool:
        folder = self.folder / f"{name}-{pin.version}"
        return Tool(
            use=ToolUse(
                name=name,
                version=pin.version,
                origin=f"pinned by {pin.source}",
                configuration="",
                command=(str(folder / "bin" / name),),
            ),
            stamp=f"pinned {sys.version_info[:2]}",
            folder=None if _is_whole(folder) else folder,
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
            origin=f"comes with fairlead, in place of {wanted}",
            configuration="",
            command=ours.use.command,
        )
        note = f"{used} was used in place of {wanted}: {why}; to have the same verdict as there, {fix}"
        return Tool(use=use, stamp=ours.stamp, note=note)

    def _install(self, name: str, pin: Pin, folder: Path, stop: Callable[[], bool]) -> str | None:
        """Fill the folder with a virtual environment that has the tool; return why it could not."""
        uv = _program("uv")
        if uv is None:
            return "uv, which comes with fairlead, is missing"
        shutil.rmtree(folder, ignore_errors=True)
        uvs = [key for key in self.environ if key.startswith("UV_")]
        passed = (*PASSED_ON, *_NETWORK, *uvs)
        env = {key: self.environ[key] for key in passed if key in self.environ}
        python = folder / "bin" / "python"
        for argv in (
            (uv, "venv", "--quiet", "--no-project", "--python", sys.executable, folder),
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
            done = run(argv, cwd=self.folder, env=env, timeout=INSTALL_TIMEOUT, stop=stop)
            if done.code != 0:
                shutil.rmtree(folder, ignore_errors=True)
                return _said(done)
        if not (folder / "bin" / name).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            return f"{name} {pin.version} has no program {name}"
        write_whole(_mark(folder), b"")
        return None

    def _failed_lately(self, folder: Path) -> bool:
        try:
            return time.time() - _failure(folder).stat().st_mtime < RETRY_AFTER
        except OSError:
            return False

    def _prune(self, name: str) -> None:
        """Keep the versions that were installed last, so that the cache folder stays small."""
        whole = [folder for folder in self.folder.glob(f"{name}-[0-9]*") if _is_whole(folder)]
        whole.sort(key=lambda folder: _mark(folder).stat().st_mtime, reverse=True)
        for folder in whole[_KEPT_VERSIONS:]:
            _mark(folder).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)


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
    program = environment / "bin" / name
    if not os.access(program, os.X_OK):
        return None
    for packages in sorted(environment.glob("lib/python3*/site-packages")):
        version = _versions(packages).get(_folded(name))
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


def _ours(name: str) -> Tool | None:
    """Return the program that was installed as one of our requirements."""
    program = _program(name)
    if program is None:
        return None
    for entry in _packages():
        version = _versions(entry).get(_folded(name))
        if version:
            use = ToolUse(
                name=name,
                version=version,
                origin="comes with fairlead",
                configuration="",
                command=(program,),
            )
            return Tool(use=use, stamp=f"ours {sys.version_info[:3]}")
    return None


def _program(name: str) -> str | None:
    """Return where pip put the script of one of our requirements, in each way of installing."""
    # Beside Python in a virtual environment; in bin beside lib for --user; in bin below for --target.
    places = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    places += [folder for entry in _packages() for folder in (entry.parents[2] / "bin", entry / "bin")]
    for place in places:
        if os.access(place / name, os.X_OK):
            return str(place / name)
    return None


def _packages() -> Iterator[Path]:
    for entry in sys.path:
        if len(Path(entry).parents) > 3 and Path(entry).is_dir():
            yield Path(entry)


def _versions(packages: Path) -> dict[str, str]:
    """Return the version of each distribution in a folder, by its name as folded.

    The names of the ``.dist-info`` folders tell: no program is run, and importlib.metadata, which
    takes 20 ms to import, isn't needed.
    """
    found: dict[str, str] = {}
    for entry in os.scandir(packages):
        if entry.name.endswith(".dist-info"):
            name, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
            found[_folded(name)] = version
    return found


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _missing(name: str) -> NotEvaluated:
    return NotEvaluated(
        cause=f"{name} is not installed beside fairlead ({sys.executable})",
        fix=f"{sys.executable} -m pip install {name}",
    )


def _mark(folder: Path) -> Path:
    return folder / ".fairlead-installed"


def _is_whole(folder: Path) -> bool:
    """Whether the installation came to its end, and the Python that it was made with is still there."""
    return _mark(folder).is_file() and (folder / "bin" / "python").exists()


def _failure(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.failed")


def _reason(folder: Path) -> str:
    try:
        return _failure(folder).read_text(errors="replace")
    except OSError:
        return "it could not be installed lately"


def _said(done: Completed) -> str:
    if done.failure:
        return done.failure
    if done.timed_out:
        return f"uv took longer than {INSTALL_TIMEOUT:.0f} s"
    lines = [line.strip(" ×╰─▶│├") for line in done.stderr.decode(errors="replace").splitlines()]
    return "; ".join(line for line in lines if line)[:400] or f"uv ended with {done.code}"


@contextlib.contextmanager
def _locked(path: Path, stop: Callable[[], bool]) -> Generator[None]:
    """Hold a lock that ends with its process; raises OSError when it can't be had in time."""
    until = time.monotonic() + INSTALL_TIMEOUT
    with path.open("wb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if stop() or time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                break
        yield
