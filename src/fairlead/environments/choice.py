"""Which environment each project's code is executed with, for the head and for the base."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fairlead.environments.found import environment_folders, read_environment
from fairlead.environments.model import Environment, Project, Terms, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """The environments of the projects that a change concerns, by side (``head``, ``base``).

    ``projects`` are all of a side, ``concerned`` those of them that the change concerns.
    """

    projects: Mapping[str, tuple[Project, ...]]
    concerned: Mapping[str, tuple[Project, ...]]
    work_tree: Path | None
    tracked: Collection[str]
    environ: Mapping[str, str]
    terms: Terms

    def stamp(self, side: str) -> str:
        """Return what stands for the environments of a side, also for those yet to be created."""
        return repr([getattr(found, "stamp", "") for found in self.provide(side)])

    def are_there(self, side: str) -> bool:
        """Whether no environment of this side has yet to be created."""
        return True

    def provide(
        self, side: str, stop: Callable[[], bool] = lambda: False
    ) -> tuple[Environment | Unavailable, ...]:
        """Return the environment of each project of a side, created where that is needed."""
        found = (self._find(project) for project in self.concerned[side])
        return tuple(
            replace(
                one,
                siblings=tuple(other for other in self.projects[side] if other != one.project),
                declared=self.terms.of(one.project.folder),
            )
            if isinstance(one, Environment)
            else one
            for one in found
        )

    def _find(self, project: Project) -> Environment | Unavailable:
        if self.work_tree is None:
            return Unavailable(
                project=project,
                cause=f"{project.place} has no environment: a bare repository has no work tree",
                fix="run fairlead in a clone that has the project's .venv",
            )
        for folder in environment_folders(self.work_tree, project.folder, self.environ, self.tracked):
            name = os.path.relpath(folder, self.work_tree.resolve())
            return read_environment(folder, project, origin=f"the project's {name}")
        return Unavailable(
            project=project,
            cause=f"{project.place} has no environment",
            fix="make one where fairlead looks for it: uv sync",
        )
