"""From what an environment is made: which files of a tree say so, and what they ask for."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fairlead.environments.model import WORKING, Declared, Project, folded, place_of
from fairlead.environments.requirement_files import local_folders, names_in, pins_all, without_local
from fairlead.environments.setup_cfg import setuptools_project

Listing = Mapping[str, str]
Read = Callable[[Listing, Iterable[str]], Mapping[str, bytes]]

_LOCKS = ("uv.lock", "poetry.lock", "pylock.toml")
_REQUIREMENTS = re.compile(
    r"requirements(?:[-_.]?(?:dev|tests?|testing|typing|ci))?\.txt"
    r"|requirements/(?:base|main|requirements|dev|development|local|tests?|testing|typing|ci)\.txt",
    re.IGNORECASE,
)
_FROM_MANIFEST = "asked-for-by-pyproject.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What an environment is made from.

    ``kind`` is ``uv``, ``poetry``, ``pylock``, ``requirements`` or ``pyproject``; ``source`` the path
    that messages name; ``files`` what has to be written out for it, by path, of which ``named`` are
    those that the installer is given. ``identity`` is equal for
    recipes that make the same environment. ``locked`` are the versions that it fixes, by folded name;
    ``from_source`` are folded names of what may be built, where all else is installed from wheels.
    ``asks`` are the requirements that the project itself states, ``wants`` those and what the chosen
    groups and extras add.
    """

    kind: str
    source: str
    files: Mapping[str, bytes]
    identity: str
    named: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    from_source: tuple[str, ...] = ()
    locked: Mapping[str, frozenset[str]]
    asks: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()


def recipe_of(project: Project, declared: Declared, listing: Listing, read: Read) -> Recipe | None:
    """Return what this project's environment is made from; ``None`` when its tree doesn't say.

    What the policy declares counts first; then a lock in the project's folder or above it, requirement
    files in its folder, and its ``pyproject.toml``.
    """
    recipe = _found(project, declared, listing, read)
    if recipe is None or not declared.from_source:
        return recipe
    built = tuple(sorted(map(folded, declared.from_source)))
    return replace(recipe, from_source=built, identity=f"{recipe.identity} from source {built}")


def _found(project: Project, declared: Declared, listing: Listing, read: Read) -> Recipe | None:
    if declared.requirements:
        return _from_requirements(declared.requirements, project, declared, listing, read)
    for folder in _upwards(project.folder):
        for name in _LOCKS:
            path = place_of(folder, name)
            if path in listing:
                return _from_lock(path, project, declared, listing, read)
    prefix = f"{project.folder}/" if project.folder else ""
    inside = (path for path in listing if path.startswith(prefix))
    found = [path for path in inside if _REQUIREMENTS.fullmatch(path.removeprefix(prefix))]
    if found:
        return _from_requirements(sorted(found), project, declared, listing, read)
    return _from_manifest(project, declared, listing, read)


def from_words(words: Iterable[str]) -> Recipe:
    """Return the recipe of an environment that has these requirements and what they take."""
    lines = tuple(sorted(words))
    text = "".join(f"{line}\n" for line in lines).encode()
    return Recipe(
        kind="requirements",
        source="build-system.requires",
        files={"requirements.txt": text},
        identity=f"words {lines}",
        named=("requirements.txt",),
        locked={},
    )


def poetry_requirements(text: str, groups: Iterable[str], extras: Iterable[str]) -> str:
    """Return what a ``poetry.lock`` fixes, as lines of requirements.

    The main group counts, and ``groups``; what is optional counts for an extra alone. Lock files before
    Poetry 2 don't tell groups apart: then all of it counts. Folders, archives and repositories are left
    out, for only an index has what can be installed without building.
    """
    document = _document(text)
    wanted, chosen = {"main", *groups}, _extra_names(document, extras)
    packages = [one for one in document.get("package", []) if isinstance(one, dict)]
    return "".join(_poetry_line(one, wanted) for one in packages if _is_wanted(one, wanted, chosen))


def _is_wanted(package: Mapping[str, Any], groups: set[str], optional: set[str]) -> bool:
    name, of = package.get("name"), package.get("groups")
    from_index = package.get("source", {}).get("type") in {None, "legacy"}
    grouped = not isinstance(of, list) or not groups.isdisjoint(of)
    if not isinstance(name, str) or not from_index or not grouped:
        return False
    return not package.get("optional") or folded(name) in optional


def _poetry_line(package: Mapping[str, Any], groups: set[str]) -> str:
    marker = package.get("markers")
    if isinstance(marker, dict):
        marker = " or ".join(f"({marker[group]})" for group in marker if group in groups)
    return f"{package['name']}=={package.get('version')}" + (f" ; {marker}" if marker else "") + "\n"


def _from_lock(path: str, project: Project, declared: Declared, listing: Listing, read: Read) -> Recipe:
    folder, _, name = path.rpartition("/")
    kind = {"uv.lock": "uv", "poetry.lock": "poetry", "pylock.toml": "pylock"}[name]
    # uv wants to see all members of a workspace; nothing of them is installed.
    manifests = [other for other in listing if other.rpartition("/")[2] == "pyproject.toml"]
    files = dict(read(listing, [path, *(manifests if kind == "uv" else [])]))
    document = _manifest(project.folder, listing, read)
    groups, extras = _chosen(document, declared, defaults=kind != "pylock")
    text = files.get(path, b"").decode("utf-8", "replace")
    return Recipe(
        kind=kind,
        source=path,
        files={other.removeprefix(f"{folder}/"): content for other, content in files.items()},
        identity=f"{kind} {listing[path]} {groups} {extras}",
        groups=groups,
        extras=extras,
        locked=_locked(path, text, kind),
        asks=_asks(document),
    )


def _from_requirements(
    paths: Iterable[str], project: Project, declared: Declared, listing: Listing, read: Read
) -> Recipe | None:
    there = tuple(path for path in paths if path in listing)
    if not there:
        return None
    texts = _reached(there, listing, read)
    more = _not_named(texts.values(), project, declared, listing, read)
    files = {path: without_local(text) for path, text in texts.items()}
    locked: dict[str, frozenset[str]] = {}
    for path, text in files.items():
        locked.update(_locked(path, text, "requirements"))
    pinned = pins_all(files.values()) and not more
    if more:
        files[_FROM_MANIFEST] = "".join(f"{line}\n" for line in more)
    blobs = sorted((path, listing[path]) for path in texts)
    return Recipe(
        kind="requirements",
        source=", ".join(there),
        files={path: text.encode() for path, text in files.items()},
        named=(*there, *((_FROM_MANIFEST,) if more else ())),
        identity=f"requirements {list(there)} {blobs}" + (f" {more}" if more else ""),
        locked=locked if pinned else {},
        wants=tuple(
            line.partition("#")[0].strip() for text in files.values() for line in text.splitlines()
        ),
    )


def _reached(paths: Iterable[str], listing: Listing, read: Read) -> dict[str, str]:
    """Return the text of files of requirements, and of all that they include, whatever its name."""
    texts = read(listing, [path for path in listing if path.endswith((".txt", ".in"))])
    found: dict[str, str] = {}
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path in found or path not in texts:
            continue
        found[path] = texts[path].decode("utf-8", "replace")
        folder = path.rpartition("/")[0]
        included = re.findall(r"(?m)^\s*(?:-r|-c|--requirement|--constraint)[ =]\s*(\S+)", found[path])
        waiting += [_joined(folder, name) for name in included]
    return found


def _not_named(
    texts: Iterable[str], project: Project, declared: Declared, listing: Listing, read: Read
) -> tuple[str, ...]:
    """Return what the manifests of the tree ask for and files of requirements leave to them.

    ``-e .[full]`` stands for what the project asks for, with an extra; a file of tools alone needs that
    beside it too. Where files state hashes, what they don't name couldn't be installed.
    """
    texts = tuple(texts)
    if any("--hash" in text for text in texts):
        return ()
    folders = {project.folder: set(declared.extras)}
    for text in texts:
        for place, extras in local_folders(text):
            folders.setdefault(_joined(project.folder, place), set()).update(extras)
    lines: list[str] = []
    ours: frozenset[str] = frozenset()
    for folder, extras in folders.items():
        document = _manifest(folder, listing, read)
        groups: tuple[str, ...] = ()
        if folder == project.folder:
            groups, working = _chosen(document, declared, defaults=False)
            extras = {*extras, *working}
        lines += (*_asks(document), *_added(document, groups, _with_their_own(document, extras)))
        ours |= names_in([str(_at(document, "project", "name") or "")])
    named = names_in(texts) | ours
    return tuple(dict.fromkeys(line for line in lines if not names_in([line]) <= named))


def _from_manifest(project: Project, declared: Declared, listing: Listing, read: Read) -> Recipe | None:
    path = place_of(project.folder, "pyproject.toml")
    document = _manifest(project.folder, listing, read)
    table = document.get("project")
    if not isinstance(table, dict) or "dependencies" in _strings(table.get("dynamic")):
        return None
    groups, extras = _chosen(document, declared, defaults=False)
    asks = _asks(document)
    text = read(listing, [path]).get(path, b"")
    if "project" not in _document(text.decode("utf-8", "replace")):
        lines = (*asks, *_added(document, groups, extras))
        source = place_of(project.folder, "setup.cfg")
        return replace(from_words(lines), source=source, asks=asks, wants=lines)
    parts = (asks, table.get("optional-dependencies"), document.get("dependency-groups"))
    return Recipe(
        kind="pyproject",
        source=path,
        files={"pyproject.toml": text},
        identity=f"pyproject {json.dumps(parts, sort_keys=True, default=str)} {groups} {extras}",
        groups=groups,
        extras=extras,
        locked={},
        asks=asks,
        wants=(*asks, *_added(document, groups, extras)),
    )


def _chosen(
    document: Mapping[str, Any], declared: Declared, *, defaults: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the groups and extras that an environment gets; ``defaults`` are a tool's own beside."""
    tool = document.get("tool")
    tool = tool if isinstance(tool, dict) else {}
    groups = {*_keys(document.get("dependency-groups")), *_keys(_at(tool, "poetry", "group"))}
    extras = {
        *_keys(_at(document, "project", "optional-dependencies")),
        *_keys(_at(tool, "poetry", "extras")),
    }
    chosen = declared.groups or tuple(sorted(groups & set(WORKING)))
    if defaults and not declared.groups:
        stated = _at(tool, "uv", "default-groups")
        default = sorted(groups) if stated == "all" else _strings(stated)
        chosen = tuple(dict.fromkeys((*chosen, *default)))
    return chosen, declared.extras or tuple(sorted(extras & set(WORKING)))


@functools.lru_cache(maxsize=4)
def _locked(path: str, text: str, kind: str) -> Mapping[str, frozenset[str]]:
    """Return the versions that a lock fixes; most often those of the base and of the head are one."""
    from fairlead.vulnerabilities.locks.read import parse_lock  # takes as long as a whole second run
    from fairlead.vulnerabilities.locks.tables import UnreadableError

    found: dict[str, frozenset[str]] = {}
    try:
        lock = parse_lock(path, text, kind)
    except UnreadableError:
        return found
    for package in lock.packages:
        name = folded(package.name)
        found[name] = found.get(name, frozenset()) | {package.version}
    return found


def _asks(document: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_strings(_at(document, "project", "dependencies")))


def _added(document: Mapping[str, Any], groups: Iterable[str], extras: Iterable[str]) -> list[str]:
    """Return the requirements of groups, those that they include among them, and of extras."""
    found: list[str] = []
    waiting, seen = list(groups), set[str]()
    while waiting:
        name = waiting.pop()
        entries = _at(document, "dependency-groups", name)
        if name not in seen and isinstance(entries, list):
            seen.add(name)
            found += _strings(entries)
            waiting += [one["include-group"] for one in entries if _includes(one)]
    for extra in extras:
        found += _strings(_at(document, "project", "optional-dependencies", extra))
    return found


def _with_their_own(document: Mapping[str, Any], extras: Iterable[str]) -> list[str]:
    """Return extras and those that they take of the same project (``all = ["name[one,two]"]``)."""
    own = names_in([str(_at(document, "project", "name") or "")])
    found: dict[str, None] = {}
    waiting = sorted(extras)
    while waiting:
        extra = waiting.pop()
        if extra in found:
            continue
        found[extra] = None
        for line in _strings(_at(document, "project", "optional-dependencies", extra)):
            inside = re.search(r"\[([^\]]*)\]", line)
            if inside and names_in([line]) == own:
                waiting += [one.strip() for one in inside[1].split(",")]
    return list(found)


def _includes(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("include-group"), str)


def _extra_names(document: Mapping[str, Any], extras: Iterable[str]) -> set[str]:
    tables = document.get("extras")
    tables = tables if isinstance(tables, dict) else {}
    entries = [entry for extra in extras for entry in _strings(tables.get(extra))]
    return {folded(re.split(r"[\s(\[<>=!~;]", entry, maxsplit=1)[0]) for entry in entries}


def _manifest(folder: str, listing: Listing, read: Read) -> dict[str, Any]:
    """Return a folder's pyproject.toml, with what setup.cfg says where that is the one to say it."""
    paths = [place_of(folder, name) for name in ("pyproject.toml", "setup.cfg")]
    texts = {path: content.decode("utf-8", "replace") for path, content in read(listing, paths).items()}
    document = _document(texts.get(paths[0], ""))
    stated = setuptools_project(texts.get(paths[1], "")) if "project" not in document else None
    return {**document, "project": stated} if stated else document


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _joined(folder: str, name: str) -> str:
    parts: list[str] = [*folder.split("/")] if folder else []
    for part in name.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in {"", ".", ".."}:
            parts.append(part)
    return "/".join(parts)


def _upwards(folder: str) -> Iterable[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _at(document: Mapping[str, Any], *keys: str) -> Any:
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _keys(value: object) -> list[str]:
    return [key for key in value if isinstance(key, str)] if isinstance(value, dict) else []


def _strings(value: object) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
