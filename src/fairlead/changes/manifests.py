"""Files that hold dependencies beside other settings: which of the two a change is about."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping

Tables = dict[str, object]

_UV = (
    "sources",
    "index",
    "constraint-dependencies",
    "override-dependencies",
    "dev-dependencies",
    "workspace",
)
_NPM = (
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "optionalDependencies",
    "bundledDependencies",
    "bundleDependencies",
    "overrides",
    "resolutions",
    "engines",
    "packageManager",
    "workspaces",
    "pnpm",
)


def dependencies_differ(path: str, old: bytes | None, new: bytes | None) -> bool | None:
    """Return whether what a manifest says of dependencies differs between its sides.

    ``None`` when the path is no manifest of this kind. A side that is missing or can't be read counts
    as different: what isn't understood isn't called harmless.
    """
    extract = _EXTRACTORS.get(path.rpartition("/")[2].lower())
    if extract is None:
        return None
    try:
        return old is None or new is None or _spelled(extract, old) != _spelled(extract, new)
    except (ValueError, RecursionError):
        return True


def _spelled(extract: Callable[[str], Tables], content: bytes) -> str:
    """Write the tables down: 1, 1.0 and true are equal as values and different when written."""
    return repr(extract(content.decode()))


def _pyproject(text: str) -> Tables:
    document = tomllib.loads(text)
    project, tool = _table(document, "project"), _table(document, "tool")
    poetry, pdm = _table(tool, "poetry"), _table(tool, "pdm")
    environments = _table(_table(tool, "hatch"), "envs")
    return {
        "project": _some(
            project, ("dependencies", "optional-dependencies", "requires-python", "dynamic")
        ),
        "groups": document.get("dependency-groups"),
        "build": document.get("build-system"),
        "poetry": _some(poetry, ("dependencies", "dev-dependencies", "group", "extras", "source")),
        "pdm": _some(pdm, ("dev-dependencies", "resolution", "source")),
        "uv": _some(_table(tool, "uv"), _UV),
        "hatch": {
            name: _some(_table(environments, name), ("dependencies", "extra-dependencies", "features"))
            for name in environments
        },
    }


def _setup_cfg(text: str) -> Tables:
    import configparser  # not at start-up: few changes touch such a file

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    options = dict(parser["options"]) if parser.has_section("options") else {}
    named = (
        "install_requires",
        "setup_requires",
        "tests_require",
        "python_requires",
        "dependency_links",
    )
    extras = "options.extras_require"
    return {
        "options": _some(options, named),
        "extras": dict(parser[extras]) if parser.has_section(extras) else {},
    }


def _package_json(text: str) -> Tables:
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("a package.json holds an object")
    return _some(document, _NPM)


def _table(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _some(document: Mapping[str, object], names: Iterable[str]) -> Tables:
    return {name: document[name] for name in names if name in document}


_EXTRACTORS: dict[str, Callable[[str], Tables]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "package.json": _package_json,
}
