"""Which modules a project brings, and from which folders they are imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

_SOURCE = ("src", "lib")
_BESIDE = {
    *("tests", "test", "testing", "docs", "doc", "examples", "example", "scripts", "tools", "ci"),
    *("benchmarks", "benchmark", "bench", "build", "dist", "tasks", "requirements", "contrib"),
}
_FILES_BESIDE = {"setup", "conftest", "noxfile", "tasks", "manage", "fabfile", "dodo", "versioneer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageLayout:
    """``modules`` are the outermost regular packages and modules, dotted below a namespace package.

    ``roots`` are the folders, relative to the project's, that have to be on the path for them.
    """

    modules: tuple[str, ...]
    roots: tuple[str, ...]


def layout_of(folder: str, document: Mapping[str, Any], paths: Iterable[str]) -> PackageLayout:
    """Return the layout of the project in ``folder`` of a tree that has these paths.

    What its build system is told counts; otherwise a folder ``src`` (or ``lib``) with packages in it;
    otherwise the packages in the project's folder, those apart that usually lie beside the code.
    """
    prefix = f"{folder}/" if folder else ""
    files = {path.removeprefix(prefix) for path in paths if path.startswith(prefix)}
    files = {path for path in files if path.endswith((".py", ".pyx", ".c", ".rs", ".so"))}
    stated = _stated(document)
    if stated:
        roots = tuple(dict.fromkeys(root for root, _ in stated))
        modules = [module for root, name in stated for module in _named(root, name, files)]
        if modules:
            return PackageLayout(modules=tuple(dict.fromkeys(modules)), roots=roots)
    for root in (*_stated_roots(document), *_SOURCE):
        modules = _outermost(root, files)
        if modules:
            return PackageLayout(modules=modules, roots=(root,))
    modules = tuple(
        name
        for name in _outermost("", files)
        if name.partition(".")[0] not in _BESIDE | _FILES_BESIDE
        and not name.startswith(("test_", "_test"))
    )
    return PackageLayout(modules=modules, roots=("",))


def _outermost(root: str, files: Iterable[str]) -> tuple[str, ...]:
    """Return the regular packages and modules nearest to a root, dotted below folders without code."""
    prefix = f"{root}/" if root else ""
    inside = [PurePosixPath(path.removeprefix(prefix)) for path in files if path.startswith(prefix)]
    inside = [path for path in inside if path.suffix == ".py"]
    regular = {path.parent for path in inside if path.name == "__init__.py"} - {PurePosixPath()}
    found: set[str] = set()
    for package in regular:
        if not any(parent in regular for parent in package.parents):
            found.add(".".join(package.parts))
    found |= {path.stem for path in inside if len(path.parts) == 1 and path.name != "__init__.py"}
    if not root:  # a namespace package at the top can't be told from a folder of scripts
        found = {name for name in found if "." not in name}
    return tuple(sorted(name for name in found if all(part.isidentifier() for part in name.split("."))))


def _stated(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the root and the dotted name of each package that the build system is told of."""
    tool = document.get("tool")
    tool = tool if isinstance(tool, dict) else {}
    found: list[tuple[str, str]] = []
    for place in _strings(_at(tool, "hatch", "build", "targets", "wheel", "packages")):
        path = PurePosixPath(place)
        found.append((_posix(path.parent), path.name))
    for entry in _list(_at(tool, "poetry", "packages")):
        if isinstance(entry, dict) and isinstance(entry.get("include"), str):
            root = entry.get("from")
            name = entry["include"].partition("/*")[0].replace("/", ".").removesuffix(".py")
            found.append((root if isinstance(root, str) else "", name))
    folder = _at(tool, "setuptools", "package-dir")
    root = folder.get("", "") if isinstance(folder, dict) else ""
    for key in ("packages", "py-modules"):
        for name in _strings(_at(tool, "setuptools", key)):
            found.append((root if isinstance(root, str) else "", name))
    return [(_clean(root), name) for root, name in found]


def _stated_roots(document: Mapping[str, Any]) -> list[str]:
    tool = document.get("tool")
    tool = tool if isinstance(tool, dict) else {}
    found = _strings(_at(tool, "setuptools", "packages", "find", "where"))
    for keys in (("uv", "build-backend", "module-root"), ("maturin", "python-source")):
        place = _at(tool, *keys)
        found += [place] if isinstance(place, str) else []
    return [_clean(place) for place in found if _clean(place)]


def _named(root: str, name: str, files: Iterable[str]) -> tuple[str, ...]:
    """Return the outermost packages at or below a stated name."""
    outer = _outermost(root, files) if root else _with_namespaces(files)
    return tuple(
        each
        for each in outer
        if each == name or each.startswith(f"{name}.") or name.startswith(f"{each}.")
    )


def _with_namespaces(files: Iterable[str]) -> tuple[str, ...]:
    return _outermost("x", [f"x/{path}" for path in files])


def _clean(place: str) -> str:
    path = PurePosixPath(place)
    return "" if path.is_absolute() or ".." in path.parts else _posix(path)


def _posix(path: PurePosixPath) -> str:
    return "" if path == PurePosixPath() else str(path)


def _at(document: Mapping[str, Any], *keys: str) -> Any:
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    return [entry for entry in _list(value) if isinstance(entry, str)]
