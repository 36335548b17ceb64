"""An environment of one check's own: all that the project's has, and the project itself from one tree.

An installation in place (``pip install -e``) makes the project's environment import the user's work
tree, whichever tree is under test. The overlay leaves those out and puts the tree's own folders first:
a path file holds for every program that its interpreter starts, however it is started. Nothing is
copied and nothing of the project's is executed.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from fairlead.environments.model import Environment, Project, installed

_PATHS = "00_tree.pth"
_NEVER = ("easy-install.pth", "_virtualenv.pth")


def lay_over(environment: Environment, tree: Path | None, folder: Path) -> Path:
    """Make the overlay in ``folder``, which isn't there yet, and return its interpreter.

    Without a ``tree`` it has what the environment has, and nothing of the project's. Raises OSError
    when it can't be written.
    """
    major, minor = environment.version
    packages = folder / "lib" / f"python{major}.{minor}" / "site-packages"
    programs = folder / "bin"
    packages.mkdir(parents=True)
    programs.mkdir()
    target = environment.python.resolve()
    (folder / "pyvenv.cfg").write_text(
        f"home = {target.parent}\ninclude-system-site-packages = false\nversion = {major}.{minor}\n"
    )
    python = programs / "python"
    python.symlink_to(target)
    for name in ("python3", f"python{major}.{minor}"):
        (programs / name).symlink_to("python")
    projects = (environment.project, *environment.siblings) if tree else ()
    places = [
        os.path.normpath(tree / one.folder / root) for one in projects if tree for root in one.roots
    ]
    places += [str(place) for place in environment.packages]
    (packages / _PATHS).write_text("".join(f"{place}\n" for place in dict.fromkeys(places)))
    for place in environment.packages:
        _keep_path_files(place, packages)
    for project in projects:
        if project.name:
            _describe(project, packages, environment.version_of(project.name))
    _write_programs(environment, projects, programs)
    return python


def _keep_path_files(place: Path, packages: Path) -> None:
    """Take over what other packages have put on the path, but for installations in place."""
    left_out = {*_NEVER, *_editable_files(place)}
    for file in sorted(place.glob("*.pth")):
        if file.name in left_out or file.name.startswith(("__editable__", "_editable_impl")):
            continue
        lines = [_absolute(line, place) for line in _text(file).splitlines()]
        (packages / file.name).write_text("".join(f"{line}\n" for line in lines))


def _absolute(line: str, place: Path) -> str:
    if not line.strip() or line.startswith(("#", "import ", "import\t")):
        return line
    return os.path.normpath(place / line.strip())


def _editable_files(place: Path) -> Iterator[str]:
    """Yield the names of the files with which distributions are installed in place."""
    for info in place.glob("*.dist-info"):
        try:
            about = json.loads(_text(info / "direct_url.json") or "{}")
        except ValueError:
            continue
        if about.get("dir_info", {}).get("editable"):
            for line in _text(info / "RECORD").splitlines():
                yield line.partition(",")[0]


def _describe(project: Project, packages: Path, installed_version: str | None) -> None:
    """Write the metadata of the tree's project, for programs that ask for its version or plugins."""
    version = project.version or installed_version or "0"
    info = packages / f"{project.name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project.name}\nVersion: {version}\n", encoding="utf-8"
    )
    (info / "INSTALLER").write_text("fairlead\n")
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in points.items())
        for group, points in project.entry_points.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")


def _write_programs(environment: Environment, projects: Iterable[Project], programs: Path) -> None:
    """Write the programs of what is installed so that the overlay's interpreter runs them."""
    targets: dict[str, str] = {}
    for place in environment.packages:
        for info in place.glob("*.dist-info/entry_points.txt"):
            targets |= _programs(_parsed(_text(info)))
    for project in projects:
        targets |= _programs(project.entry_points)
    python = programs / "python"
    for name, target in targets.items():
        module, _, attribute = target.partition(":")
        attribute = attribute.partition("[")[0].strip()
        first = attribute.partition(".")[0]
        if not first or "/" in name or (programs / name).exists():
            continue
        script = programs / name
        # A first line can't name a place that is long or has a space: the shell reads the second as
        # a command, Python as a string.
        script.write_text(
            f"#!/bin/sh\n'''exec' '{python}' \"$0\" \"$@\"\n' '''\n"
            f"import sys\nfrom {module.strip()} import {first}\nsys.exit({attribute}())\n",
            encoding="utf-8",
        )
        script.chmod(0o755)
    for program in (environment.prefix / "bin").iterdir():
        if not (programs / program.name).exists() and _is_binary(program):
            (programs / program.name).symlink_to(program)


def _programs(groups: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        name: target
        for group in ("console_scripts", "gui_scripts")
        for name, target in groups.get(group, {}).items()
    }


def _parsed(text: str) -> dict[str, dict[str, str]]:
    import configparser  # not at every start: only where code is executed

    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # ty: ignore[invalid-assignment]
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {section: dict(parser[section]) for section in parser.sections()}


def _is_binary(program: Path) -> bool:
    try:
        status = program.stat()
        if not stat.S_ISREG(status.st_mode) or not status.st_mode & stat.S_IXUSR:
            return False
        with program.open("rb") as file:
            return not program.name.startswith("python") and file.read(4) == b"\x7fELF"
    except OSError:
        return False


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""


def distributions(environment: Environment) -> dict[str, str]:
    """Return the version of each distribution that is installed, by its folded name."""
    found: dict[str, str] = {}
    for place in reversed(environment.packages):
        found |= installed(place)
    return found
