"""Environments that are there already, read from their files: nothing of them is run."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from fairlead.environments.model import Environment, Project, Unavailable
from fairlead.processes import clean_environment, run, undisturbed

_NAMES = (".venv", "venv")
_ANSWER_TIMEOUT = 20.0
_QUESTION = """\
import json, site, sys, sysconfig
places = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()]
print(json.dumps([sys.version_info[:2], sys.prefix, sys.base_prefix, places]))
"""


def environment_folders(
    work_tree: Path, folder: str, environ: Mapping[str, str], tracked: Collection[str]
) -> tuple[Path, ...]:
    """Return the virtual environments of a project's folder and of those above it, nearest first.

    ``$VIRTUAL_ENV`` counts only when it lies in the work tree. An environment that a commit holds
    (``tracked`` are the paths of the trees that are compared) could be the change's own, and is left
    alone.
    """
    top = work_tree.resolve()
    active = Path(os.path.normpath(environ.get("VIRTUAL_ENV", "")))  # "" becomes ".", not absolute
    names = [f"{place}{name}" for place in _upwards(folder) for name in _NAMES]
    if active.is_relative_to(top) and active != top:
        names.append(str(active.relative_to(top)))
    return tuple(
        top / name
        for name in dict.fromkeys(names)
        if os.path.lexists(top / name / "pyvenv.cfg")
        and not any(path == name or path.startswith(f"{name}/") for path in tracked)
    )


def read_environment(prefix: Path, project: Project, *, origin: str) -> Environment | Unavailable:
    """Return the environment in a folder, or why it can't be used."""
    said = _configuration(prefix / "pyvenv.cfg")
    python = prefix / "bin" / "python"
    if not said or not os.path.lexists(python):
        return Unavailable(
            project=project,
            cause=f"{origin} is no virtual environment that can be used: it has no "
            f"{'bin/python' if said else 'pyvenv.cfg that can be read'}",
            fix=_again(prefix),
        )
    if not os.access(python, os.X_OK):
        return Unavailable(
            project=project,
            cause=f"{origin} is broken: its Python, {_link(python)}, is not there any more",
            fix=_again(prefix),
        )
    version = _version(said, prefix)
    if version is None:
        return Unavailable(
            project=project,
            cause=f"{origin} is broken: it has no folder for packages",
            fix=_again(prefix),
        )
    packages = tuple(_packages(prefix, said, version))
    return Environment(
        project=project,
        python=python,
        prefix=prefix,
        home=Path(said.get("home", "")),
        version=version,
        packages=packages,
        origin=origin,
        stamp=_stamp(python, version, packages),
    )


def ask_interpreter(python: Path, project: Project, *, origin: str) -> Environment | Unavailable:
    """Return the environment of an interpreter that is in no virtual environment, by asking it."""
    argv = (python, "-I", "-c", _QUESTION)
    done = undisturbed(
        lambda: run(argv, cwd=Path("/"), env=clean_environment(), timeout=_ANSWER_TIMEOUT)
    )
    if done.code != 0:
        said = done.failure or done.stderr.decode("utf-8", "replace").strip()[-200:]
        return Unavailable(
            project=project,
            cause=f"{origin}: it does not run ({said})",
            fix='name the interpreter of an environment that works: [environment] python = ".venv"',
        )
    try:
        version, prefix, base, places = json.loads(done.stdout)
        packages = tuple(Path(place) for place in dict.fromkeys(places) if Path(place).is_dir())
        major, minor = (int(part) for part in version)
    except (ValueError, TypeError):
        return Unavailable(project=project, cause=f"{origin}: it is no Python", fix="name one that is")
    return Environment(
        project=project,
        python=python,
        prefix=Path(prefix),
        home=Path(base) / "bin",
        version=(major, minor),
        packages=packages,
        origin=origin,
        stamp=_stamp(python, (major, minor), packages),
    )


def links_of(python: Path) -> tuple[Path, ...]:
    """Return the folders that a chain of links to an interpreter leads through, each a ``prefix``."""
    places: list[Path] = []
    current = python
    for _ in range(40):
        if not current.is_symlink():
            break
        current = Path(os.path.normpath(current.parent / current.readlink()))
        places.append(current.parent.parent)
    return tuple(dict.fromkeys((*places, python.resolve().parent.parent)))


def _upwards(folder: str) -> Iterator[str]:
    while folder:
        yield f"{folder}/"
        folder = folder.rpartition("/")[0]
    yield ""


def _configuration(file: Path) -> dict[str, str]:
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _version(said: Mapping[str, str], prefix: Path) -> tuple[int, int] | None:
    """Return the version of its Python, as its folder for packages names it."""
    stated = re.match(r"(\d+)\.(\d+)", said.get("version_info", said.get("version", "")))
    there = {
        (int(found[1]), int(found[2]))
        for place in prefix.glob("lib/python*/site-packages")
        if (found := re.fullmatch(r"python(\d+)\.(\d+)t?", place.parent.name))
    }
    if stated and (int(stated[1]), int(stated[2])) in there:
        return int(stated[1]), int(stated[2])
    return max(there) if there else None


def _packages(prefix: Path, said: Mapping[str, str], version: tuple[int, int]) -> Iterator[Path]:
    name = f"python{version[0]}.{version[1]}"
    yield prefix / "lib" / name / "site-packages"
    other = prefix / "lib64" / name / "site-packages"
    if other.is_dir() and not (prefix / "lib64").is_symlink():
        yield other
    if said.get("include-system-site-packages") == "true":
        system = Path(said.get("home", "")).parent
        for place in (
            system / "local" / "lib" / name / "dist-packages",
            system / "lib" / name / "site-packages",
            system / "lib" / "python3" / "dist-packages",
        ):
            if place.is_dir():
                yield place


def _stamp(python: Path, version: tuple[int, int], packages: Collection[Path]) -> str:
    # Installing anything alters the folder; an upgrade of Python alters the program.
    status = python.stat()
    times = [place.stat().st_mtime_ns for place in packages if place.is_dir()]
    return f"{python} {version} {status.st_mtime_ns} {status.st_size} {times}"


def _link(python: Path) -> str:
    return str(python.readlink()) if python.is_symlink() else str(python)


def _again(prefix: Path) -> str:
    return f"make it again: rm -r {prefix.name} && uv sync (or uv venv and uv pip install -r …)"
