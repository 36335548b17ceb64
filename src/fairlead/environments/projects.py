"""Which Python projects a tree has, from the files that declare them; nothing is executed.

A ``pyproject.toml`` declares one when it has ``[project]``, Poetry's table or a build system; one that
only configures tools doesn't. So does a ``setup.py`` or ``setup.cfg`` beside none, and at the top
``requirements*.txt``, for an application that is never packaged.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fairlead.environments.model import WORKING, Project, folded
from fairlead.environments.packages import layout_of
from fairlead.environments.requirement_files import name_of

Listing = Mapping[str, str]
Read = Callable[[Listing, Iterable[str]], Mapping[str, bytes]]

_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg")
_LEGACY = ("setuptools>=40.8.0", "wheel")
_NOT_OURS = re.compile(
    r"(?:^|/)(?:\.[^/]+|tests?|testing|fixtures?|examples?|docs?|templates?|vendor(?:ed|s)?|_vendor"
    r"|third_party|node_modules|site-packages|benchmarks?)/"
)
_COMPILING = {
    "mesonpy": "meson-python",
    "maturin": "maturin",
    "scikit_build_core": "scikit-build-core",
    "skbuild": "scikit-build",
    "setuptools_rust": "setuptools-rust",
}


def is_manifest(path: str) -> bool:
    """Whether a path is one that ``find_projects`` reads."""
    name = path.rpartition("/")[2]
    return name in _MANIFESTS and not _NOT_OURS.search(path)


def find_projects(listing: Listing, read: Read) -> tuple[Project, ...]:
    """Return the projects of a tree, those nearest to the top first.

    What lies among tests, documentation, examples and foreign code is no project of the tree's own. A
    manifest that can't be read declares a project of which only the place is known.
    """
    manifests = [path for path in listing if is_manifest(path)]
    texts = read(listing, manifests)
    folders: dict[str, dict[str, str]] = {}
    for path in manifests:
        folder, _, name = path.rpartition("/")
        text = texts.get(path, b"").decode("utf-8", "replace")
        folders.setdefault(folder, {})[name] = text
    found = [
        project
        for folder, files in folders.items()
        if (project := _project(folder, files, listing)) is not None
    ]
    if not found and any(_is_requirements(path) for path in listing):
        paths = sorted(path for path in listing if _is_requirements(path))
        layout = layout_of("", {}, listing)
        found = [Project(folder="", manifest=paths[0], modules=layout.modules, roots=layout.roots)]
    return tuple(sorted(found, key=lambda one: (one.folder.count("/"), one.folder)))


def concerned(projects: Iterable[Project], paths: Iterable[str]) -> tuple[Project, ...]:
    """Return the projects that a change of these paths concerns, in their order.

    A path concerns the innermost project that it lies in, and each that depends on a project
    concerned. One that lies in no project concerns all of them.
    """
    projects = tuple(projects)
    holders = [_holder(projects, path) for path in paths]
    if None in holders:
        return projects
    reached = {one.folder for one in projects if one in holders}
    while True:
        names = {one.name for one in projects if one.folder in reached and one.name}
        more = {one.folder for one in projects if one.dependencies.keys() & names} - reached
        if not more:
            return tuple(one for one in projects if one.folder in reached)
        reached |= more


def _holder(projects: Iterable[Project], path: str) -> Project | None:
    """Return the innermost project that a path lies in."""
    inside = [one for one in projects if not one.folder or path.startswith(f"{one.folder}/")]
    return max(inside, key=lambda one: len(one.folder), default=None)


def _is_requirements(path: str) -> bool:
    return "/" not in path and path.startswith("requirements") and path.endswith(".txt")


def _project(folder: str, files: Mapping[str, str], listing: Listing) -> Project | None:
    manifest = next(name for name in _MANIFESTS if name in files)
    document = _document(files.get("pyproject.toml", ""))
    project = _table(document, "project")
    poetry = _table(document, "tool", "poetry")
    system = _table(document, "build-system")
    legacy = "setup.py" in files or "setup.cfg" in files
    if not (project or poetry or system or legacy):
        return None
    layout = layout_of(folder, document, listing)
    builds = bool(system) or legacy or bool(project and "package" not in _table(document, "tool", "uv"))
    return Project(
        folder=folder,
        manifest=f"{folder}/{manifest}" if folder else manifest,
        name=folded(_word(project.get("name") or poetry.get("name") or _setup_name(files))),
        version=_word(project.get("version") or poetry.get("version")),
        requires_python=_word(project.get("requires-python")),
        modules=layout.modules,
        roots=layout.roots,
        needs_install=_needs_install(document, files, system),
        build_requires=_build_requires(system) if builds else None,
        dependencies=_dependencies(document, project, poetry),
        entry_points=_entry_points(project, poetry),
    )


def _needs_install(
    document: Mapping[str, Any], files: Mapping[str, str], system: Mapping[str, Any]
) -> str:
    """Return why the sources alone are not what is imported, ``""`` when they are."""
    backend = _word(system.get("build-backend"))
    for module, name in _COMPILING.items():
        if backend.startswith(module):
            return f"{name} compiles a part of it"
    setuptools = _table(document, "tool", "setuptools")
    if "ext-modules" in setuptools or re.search(
        r"ext_modules|rust_extensions", files.get("setup.py", "")
    ):
        return "setuptools compiles a part of it"
    scm = _table(document, "tool", "setuptools_scm")
    hatch = _table(document, "tool", "hatch", "build", "hooks")
    if {"write_to", "version_file"} & set(scm):
        return f"{_word(scm.get('version_file') or scm.get('write_to'))} is generated by setuptools-scm"
    if hatch:
        return f"hatch generates a part of it ({', '.join(sorted(hatch))})"
    if _table(document, "tool", "pdm", "version").get("write_to"):
        return "its version file is generated by PDM"
    return ""


def _build_requires(system: Mapping[str, Any]) -> tuple[str, ...]:
    stated = system.get("requires")
    return tuple(_words(stated)) if stated is not None else _LEGACY


def _dependencies(
    document: Mapping[str, Any], project: Mapping[str, Any], poetry: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Return the markers of each distribution that is asked for, ``""`` where it always is.

    What only a user's extra or a group for other work asks for has none.
    """
    found: dict[str, tuple[str, ...]] = {}

    def add(name: str, *markers: str) -> None:
        found[folded(name)] = (*found.get(folded(name), ()), *markers)

    groups = [("", project.get("dependencies"))]
    for table in (project.get("optional-dependencies"), document.get("dependency-groups")):
        groups += table.items() if isinstance(table, dict) else ()
    for group, entries in groups:
        for entry in _words(entries):
            if name := name_of(entry):
                marker = entry.partition(";")[2].strip()
                add(name, *((marker,) if group in {"", *WORKING} else ()))
    for group, table in {"": poetry, **_table(poetry, "group")}.items():
        for name, value in (_table(table, "dependencies") if isinstance(table, dict) else {}).items():
            add(name, *(_poetry_markers(value) if group in {"", *WORKING} else ()))
    return found


def _poetry_markers(value: object) -> list[str]:
    """Return the markers of one dependency of Poetry's, which may be a list of alternatives."""
    if isinstance(value, list):
        return [marker for one in value for marker in _poetry_markers(one)]
    if not isinstance(value, dict):
        return [""]
    return [] if value.get("optional") else [_word(value.get("markers"))]


def _entry_points(project: Mapping[str, Any], poetry: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    groups = {
        "console_scripts": {**_table(poetry, "scripts"), **_table(project, "scripts")},
        "gui_scripts": _table(project, "gui-scripts"),
        **_table(poetry, "plugins"),
        **_table(project, "entry-points"),
    }
    return {
        group: {name: target for name, target in points.items() if isinstance(target, str)}
        for group, points in groups.items()
        if isinstance(points, dict) and points
    }


def _setup_name(files: Mapping[str, str]) -> str:
    """Return the name that setup.cfg or setup.py states in so many words."""
    for file in ("setup.cfg", "setup.py"):
        found = re.search(r"""^\s*name\s*=\s*["']?([\w.-]+)["']?\s*,?\s*$""", files.get(file, ""), re.M)
        if found:
            return found[1]
    return ""


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _table(document: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _words(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
