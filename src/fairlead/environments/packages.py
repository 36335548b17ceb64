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
_HATCH = ("build", "targets", "wheel", "packages")
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
    modules = [module for root, name in stated for module in _named(root, name, files)]
    if modules:
        roots = tuple(dict.fromkeys(root for root, _ in stated))
        return PackageLayout(modules=tuple(dict.fromkeys(modules)), roots=roots)
    for root in (*_stated_roots(document), *_SOURCE):
        if found := _outermost(root, files):
            return PackageLayout(modules=found, roots=(root,))
    found = tuple(name for name in _outermost("", files) if _is_code(name))
    return PackageLayout(modules=found, roots=("",))


def _is_code(name: str) -> bool:
    first = name.partition(".")[0]
    return first not in _BESIDE | _FILES_BESIDE and not name.startswith(("test_", "_test"))


def _outermost(root: str, files: Iterable[str]) -> tuple[str, ...]:
    """Return the regular packages and modules nearest to a root, dotted below folders without code.

    At the project's top a namespace package can't be told from a folder of scripts, and is none.
    """
    prefix = f"{root}/" if root else ""
    inside = [PurePosixPath(path.removeprefix(prefix)) for path in files if path.startswith(prefix)]
    inside = [path for path in inside if path.suffix == ".py"]
    regular = {path.parent for path in inside if path.name == "__init__.py"} - {PurePosixPath()}
    outer = [package for package in regular if regular.isdisjoint(package.parents)]
    found = {".".join(package.parts) for package in outer if root or len(package.parts) == 1}
    found |= {path.stem for path in inside if len(path.parts) == 1 and path.name != "__init__.py"}
    return tuple(sorted(name for name in found if name.replace(".", "_").isidentifier()))


def _stated(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the root and the dotted name of each package that the build system is told of."""
    places = map(PurePosixPath, _strings(_at(document, "tool", "hatch", *_HATCH)))
    found = [(_posix(place.parent), place.name) for place in places]
    for entry in _list(_at(document, "tool", "poetry", "packages")):
        name, root = _at({"": entry}, "", "include"), _at({"": entry}, "", "from")
        if isinstance(name, str):
            dotted = name.partition("/*")[0].replace("/", ".").removesuffix(".py")
            found.append((root if isinstance(root, str) else "", dotted))
    root = _at(document, "tool", "setuptools", "package-dir", "")
    for key in ("packages", "py-modules"):
        names = _strings(_at(document, "tool", "setuptools", key))
        found += [(root if isinstance(root, str) else "", name) for name in names]
    return [(_clean(root), name) for root, name in found]


def _stated_roots(document: Mapping[str, Any]) -> list[str]:
    found = _strings(_at(document, "tool", "setuptools", "packages", "find", "where"))
    for keys in (("uv", "build-backend", "module-root"), ("maturin", "python-source")):
        place = _at(document, "tool", *keys)
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
