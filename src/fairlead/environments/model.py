"""The words of the room: a project, what its policy declares, and the environment it is executed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

WORKING = (
    *("dev", "test", "tests", "testing"),
    *("typing", "types", "typecheck", "type-check", "mypy", "lint", "linting"),
)
"""Names of groups and extras that hold what checks are run with, where nothing else is declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder of a tree that declares a Python project.

    ``folder`` is relative to the tree, ``""`` for its top; ``manifest`` is the path of the file that
    declares it. ``name`` is the distribution's, folded, ``""`` where none is declared. ``modules`` are
    the outermost regular packages and modules that it brings, dotted where they lie in a namespace
    package; ``roots`` the folders, relative to ``folder``, from which they are imported.
    ``needs_install`` says why the sources alone can't be imported as they are (a compiled module, a
    generated version file), ``""`` where they can. ``build_requires`` is what building it takes,
    ``None`` where it builds nothing. ``dependencies`` are the folded names of the distributions that
    it asks for, each with the markers of its requirements: ``""`` for always, none at all where it
    is optional. ``version`` is ``""`` where it is only known once it is built; ``entry_points`` are by
    group.
    """

    folder: str
    manifest: str
    name: str = ""
    version: str = ""
    requires_python: str = ""
    modules: tuple[str, ...] = ()
    roots: tuple[str, ...] = ("",)
    needs_install: str = ""
    build_requires: tuple[str, ...] | None = None
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entry_points: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """What messages call it: its folder, or ``the project`` at the top."""
        return self.folder or "the project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the policy says of a project's environment; ``()``, ``""`` where it leaves it to us.

    ``python`` is the path of an interpreter, or of the environment that has it, relative to the work
    tree. ``requirements`` are files, ``groups`` and ``extras`` names, that an environment is created
    from; ``from_source`` the distributions without wheels that may be built for it. ``variables`` are
    set for what is executed. ``files`` are patterns of files that git ignores and that are copied from
    the work tree into each copy of the head. ``services`` are addresses (``host:port``, or the path of
    a socket) that must answer. ``readable`` are more folders that isolated programs may read.
    """

    python: str = ""
    requirements: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    from_source: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The interpreter and packages with which a project's code is executed.

    ``python`` is the absolute path of the interpreter, ``prefix`` the environment's folder, ``home``
    the folder of the Python that it was made with. ``packages`` are the folders that packages are in,
    in the order in which they are searched. ``origin`` is a phrase such as ``the project's .venv`` or
    ``created from uv.lock``. ``stamp`` changes whenever the packages might have: results are kept by
    it. ``siblings`` are the other projects of the same tree, which may be imported too. ``builders``
    are further folders of packages for building alone; ``missing_to_build`` what building takes and
    neither has. ``belonging`` are the folded names of the packages that the project asks for, directly
    or through others, ``None`` where its files don't say. ``brought`` are paths of files that are
    copied from the work tree. ``notes`` are sentences on what isn't as the project says.
    """

    project: Project
    siblings: tuple[Project, ...] = ()
    python: Path
    prefix: Path
    home: Path
    version: tuple[int, int]
    packages: tuple[Path, ...]
    origin: str
    stamp: str
    declared: Declared = Declared()
    builders: tuple[Path, ...] = ()
    missing_to_build: tuple[str, ...] = ()
    belonging: frozenset[str] | None = None
    brought: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def marker_values(self) -> dict[str, str]:
        """What requirements' markers are weighed with, where it is not as on this interpreter."""
        version = ".".join(str(part) for part in self.version)
        return {"python_version": version, "python_full_version": f"{version}.0"}

    def asks_for(self, name: str) -> bool:
        """Whether the project asks for a distribution (folded name) with this Python.

        A marker that can't be read counts as one that holds.
        """
        from packaging.markers import InvalidMarker, Marker

        for text in self.project.dependencies.get(name, ()):
            try:
                if not text or Marker(text).evaluate({**self.marker_values, "extra": ""}):
                    return True
            except InvalidMarker:
                return True
        return False

    def version_of(self, name: str) -> str | None:
        """Return the version of an installed distribution, ``None`` where it isn't installed."""
        wanted = folded(name)
        for folder in self.packages:
            found = installed(folder).get(wanted)
            if found:
                return found
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """There is no environment for a project: why, and the line or command that would give one."""

    project: Project
    cause: str
    fix: str


def installed(packages: Path) -> dict[str, str]:
    """Return the version of each distribution in a folder of packages, by its folded name.

    The names of the ``.dist-info`` folders tell: no program is run.
    """
    found: dict[str, str] = {}
    try:
        names = [entry.name for entry in packages.iterdir()]
    except OSError:
        return found
    for entry in names:
        if entry.endswith(".dist-info"):
            name, _, version = entry.removesuffix(".dist-info").rpartition("-")
            found[folded(name)] = version
    return found


def place_of(folder: str, name: str) -> str:
    """Return the path of a file in a folder of a tree, ``""`` for its top."""
    return f"{folder}/{name}" if folder else name


def folded(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which terms the code of projects is executed, as the policy and the caller say.

    ``declared`` is by the folder of the project, ``""`` for what holds for all that aren't named.
    ``create`` is whether the network may be used to create an environment that isn't there.
    ``untrusted`` is whether the change may come from someone who isn't to run code here: then nothing
    of it runs without isolation, and nothing of it chooses what runs.
    """

    declared: Mapping[str, Declared] = field(default_factory=dict)
    create: bool = True
    untrusted: bool = False

    def of(self, folder: str) -> Declared:
        """Return what is declared for the project in a folder."""
        return self.declared.get(folder, self.declared.get("", Declared()))
