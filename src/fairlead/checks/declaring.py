"""Which folders of a tree declare dependencies, and where: what imports are compared with."""

from __future__ import annotations

import contextlib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fairlead.checks import reports
from fairlead.environments.projects import is_manifest
from fairlead.environments.setup_cfg import setuptools_project
from fairlead.errors import FairleadError

_REQUIREMENTS = ("requirements.txt", "requirements.in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaring:
    """A folder that declares dependencies, relative to the tree, and those projects that lie in it.

    ``stated`` are requirements that are declared where deptry doesn't look, in ``setup.cfg``.
    """

    folder: PurePosixPath
    document: Mapping[str, Any]
    within: tuple[PurePosixPath, ...]
    stated: tuple[str, ...] = ()

    @property
    def options(self) -> Mapping[str, Any]:
        """The project's own configuration of deptry."""
        return self.document.get("tool", {}).get("deptry", {})

    @property
    def is_adopted(self) -> bool:
        """Whether the project configures deptry, and so decides what counts."""
        return "deptry" in self.document.get("tool", {})


def projects_of(tree: Path) -> list[Declaring]:
    """Return the projects of the tree, outermost first; raises FairleadError for unreadable ones.

    A ``pyproject.toml`` that is a link declares what is declared where it leads, not its own folder.
    """
    documents: dict[PurePosixPath, Mapping[str, Any]] = {}
    stated: dict[PurePosixPath, tuple[str, ...]] = {}
    for folder, folders, files in os.walk(tree):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        place = PurePosixPath(os.path.relpath(folder, tree))
        manifest = Path(folder) / "pyproject.toml"
        own = "pyproject.toml" in files and not manifest.is_symlink()
        document = _document(manifest, is_ours=is_manifest(str(place / manifest.name))) if own else {}
        if _declares(document, place) or (place == PurePosixPath() and _has_requirements(files)):
            documents[place] = document
        elif place == PurePosixPath() and not {"setup.py", "setup.cfg"}.isdisjoint(files):
            documents[place], stated[place] = document, _stated_in(Path(folder) / "setup.cfg")
    return [
        Declaring(
            folder=folder,
            document=document,
            within=tuple(other for other in documents if folder in other.parents),
            stated=stated.get(folder, ()),
        )
        for folder, document in documents.items()
    ]


def _has_requirements(files: Sequence[str]) -> bool:
    return not set(_REQUIREMENTS).isdisjoint(files)


def _stated_in(place: Path) -> tuple[str, ...]:
    """Return the requirements that setup.cfg states; raises FairleadError when it states none."""
    with contextlib.suppress(OSError):
        project = setuptools_project(place.read_text("utf-8", "replace"))
        if project:
            extras = [line for lines in project["optional-dependencies"].values() for line in lines]
            return (*project["dependencies"], *extras)
    raise _undeclared("setup.py or setup.cfg")


def _document(place: Path, *, is_ours: bool) -> Mapping[str, Any]:
    """Return a manifest; one that lies among tests and can't be read is no project's, but a sample."""
    try:
        return tomllib.loads(place.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        if not is_ours:
            return {}
        raise FairleadError(f"{place.name} could not be read: {error}", fix="mend it") from error


def _declares(document: Mapping[str, Any], place: PurePosixPath) -> bool:
    project = document.get("project")
    with reports.reading(str(place / "pyproject.toml")):
        if isinstance(project, dict) and "dependencies" in project.get("dynamic", []):
            from_files = document.get("tool", {}).get("setuptools", {}).get("dynamic", {})
            if "dependencies" not in from_files:
                if not is_manifest(str(place / "pyproject.toml")):
                    return False
                raise _undeclared(f"{place / 'pyproject.toml'}, where they are dynamic")
        return bool(project) or "poetry" in document.get("tool", {})


def _undeclared(where: str) -> FairleadError:
    return FairleadError(
        f"deptry can't read the dependencies that are declared in {where}",
        fix="declare them under [project] dependencies in pyproject.toml, or turn the check "
        "'dependencies' off in the policy",
    )
