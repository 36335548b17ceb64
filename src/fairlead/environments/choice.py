"""Which environment each project's code is executed with, for the head and for the base.

The order, and why:

1. The one that the policy names.
2. The project's own in the user's work tree: it is what its people run. Where the change alters what
   the project depends on, each side has it only if it holds what that side asks for.
3. One made by uv from what the tree locks, if policy lets the network be used for it; kept in the
   user's cache. For an untrusted change, only from what the base locks too.

What none of these gives is unavailable, with what would mend it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fairlead.environments.brought import ignored_files, stamp_of
from fairlead.environments.closure import closure
from fairlead.environments.created import Maker, without_wheels
from fairlead.environments.fitness import misfits, missing_to_build, refuses_python
from fairlead.environments.found import ask_interpreter, environment_folders, read_environment
from fairlead.environments.model import Declared, Environment, Project, Terms, Unavailable
from fairlead.environments.recipes import Listing, Read, Recipe, from_words, recipe_of

Found = Environment | Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One side's files, its projects, and those of them that the change concerns."""

    listing: Listing
    projects: tuple[Project, ...]
    concerned: tuple[Project, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environments:
    """The environments of the projects that a change concerns, by side (``head``, ``base``).

    ``work_tree`` is ``None`` in a bare repository. ``tagged`` gives the version that the history was
    last tagged with, ``""`` without one. Each environment is looked for, or made, once.
    """

    trees: Mapping[str, Tree]
    read: Read
    work_tree: Path | None
    environ: Mapping[str, str]
    terms: Terms
    maker: Maker
    tagged: Callable[[], str] = lambda: ""
    _known: dict[str, tuple[Found, ...]] = field(default_factory=dict)
    _recipes: dict[tuple[str, str], Recipe | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def to_make(self, side: str) -> tuple[str, ...]:
        """Return from what environments of this side have yet to be made."""
        if side in self._known:
            return ()
        sources = (self._to_make(project, side) for project in self.trees[side].concerned)
        return tuple(source for source in sources if source)

    def stamp(self, side: str) -> str:
        """Return what stands for the environments of a side."""
        return repr([_stamped(found) for found in self.provide(side)])

    def provide(self, side: str, stop: Callable[[], bool] = lambda: False) -> tuple[Found, ...]:
        """Return the environment of each project of a side that the change concerns, in their order."""
        with self._lock:
            if side not in self._known:
                self._known[side] = tuple(
                    self._settle(one, side, stop) for one in self.trees[side].concerned
                )
            return self._known[side]

    def _settle(self, project: Project, side: str, stop: Callable[[], bool]) -> Found:
        """Return a project's environment with all that belongs to it."""
        declared = self.terms.of(project.folder)
        found = self._choose(project, declared, side, stop)
        if isinstance(found, Unavailable):
            return found
        found = replace(
            found,
            declared=declared,
            siblings=tuple(other for other in self.trees[side].projects if other != project),
        )
        if project.name and not project.version:  # a tree is no repository: nobody could ask git there
            version = found.version_of(project.name) or self.tagged()
            stamp = f"{found.stamp} {version}"
            found = replace(found, project=replace(project, version=version), stamp=stamp)
        if self.work_tree is not None and declared.files:
            tracked = self.trees[side].listing
            brought = ignored_files(self.work_tree, declared.files, tracked)
            stamp = f"{found.stamp} {stamp_of(self.work_tree, brought)}"
            found = replace(found, brought=brought, stamp=stamp)
        if recipe := self._recipe(project, side):
            names = frozenset(recipe.locked) or closure(recipe.wants, found)
            found = replace(found, belonging=names)
        return self._with_builders(found, side, stop)

    def _with_builders(self, found: Environment, side: str, stop: Callable[[], bool]) -> Environment:
        """Return an environment with what building its project takes, made where that may be."""
        project = found.project
        missing = missing_to_build(project, found)
        if not missing or not self._may_make(side):
            return replace(found, missing_to_build=missing)
        made = self.maker.make(from_words(project.build_requires or ()), str(found.python), stop)
        if isinstance(made, str):
            return replace(found, missing_to_build=missing)
        builder = read_environment(made, project, origin="what building takes")
        if isinstance(builder, Unavailable):
            return replace(found, missing_to_build=missing)
        return replace(found, builders=builder.packages, stamp=found.stamp + made.name)

    def _choose(
        self, project: Project, declared: Declared, side: str, stop: Callable[[], bool]
    ) -> Found:
        if declared.python:
            return self._given(project, declared)
        recipe, touched = self._recipe(project, side), self._is_touched(project)
        own = self._own(project)
        if isinstance(own, Environment):
            differing = misfits(own, recipe) if recipe else ()
            if not differing:
                return own
            words = f"{own.origin} has {_some(differing)}"
            if not touched:
                note = f"{words}: what {recipe.source if recipe else 'it'} says was not installed"
                return replace(own, notes=(note,))
            own = Unavailable(
                project=project,
                cause=f"the change alters what {project.place} depends on, and {words} in the {side}",
                fix="uv sync, and run again; or let fairlead make one: fetch_environments = true",
            )
        if recipe is None:
            return own or _without(project)
        refused = self._refusal(side, touched)
        if refused:
            return own or Unavailable(
                project=project,
                cause=f"{project.place} has no environment, and {refused}",
                fix="make one where fairlead looks for it: uv sync"
                if side == "head"
                else "see docs/how-to/executing-checks.md on environments for the base",
            )
        made = self._made(project, recipe, stop)
        if isinstance(made, Environment) and own:
            return replace(made, notes=(f"{own.cause}: one made from {recipe.source} is used",))
        return made

    def _given(self, project: Project, declared: Declared) -> Found:
        place = Path(declared.python).expanduser()
        if not place.is_absolute():
            place = (self.work_tree or Path("/")) / place
        if (place / "pyvenv.cfg").is_file():
            return read_environment(place, project, origin=f"{declared.python}, which the policy names")
        return ask_interpreter(place, project, origin=f"{declared.python}, which the policy names")

    def _own(self, project: Project) -> Found | None:
        """Return the environment in the work tree; ``None`` when there is none."""
        if self.work_tree is None:
            return None
        tracked = {*self.trees["head"].listing, *self.trees["base"].listing}
        for folder in environment_folders(self.work_tree, project.folder, self.environ, tracked):
            name = folder.relative_to(self.work_tree.resolve())
            found = read_environment(folder, project, origin=f"the project's {name}")
            if isinstance(found, Environment) and (why := refuses_python(project, found)):
                return Unavailable(
                    project=project, cause=why, fix=f"uv venv --python '{project.requires_python}'"
                )
            return found
        return None

    def _made(self, project: Project, recipe: Recipe, stop: Callable[[], bool]) -> Found:
        python = self.maker.find_python(project.requires_python)
        if python is None:
            return Unavailable(
                project=project,
                cause=f"{project.place} asks for Python {project.requires_python}; none is installed",
                fix=f"uv python install '{project.requires_python}'",
            )
        made = self.maker.make(recipe, python, stop)
        if isinstance(made, str):
            return Unavailable(
                project=project,
                cause=f"no environment could be made from {recipe.source}: {made}",
                fix=_to_have_one(without_wheels(made), recipe),
            )
        found = read_environment(made, project, origin=f"an environment made from {recipe.source}")
        return replace(found, stamp=made.name) if isinstance(found, Environment) else found

    def _to_make(self, project: Project, side: str) -> str:
        """Return from what an environment would have to be made for a project, ``""`` for none."""
        if self.terms.of(project.folder).python:
            return ""
        own, recipe, touched = (
            self._own(project),
            self._recipe(project, side),
            self._is_touched(project),
        )
        if isinstance(own, Environment) and not (touched and recipe and misfits(own, recipe)):
            if not missing_to_build(project, own) or not self._may_make(side):
                return ""
            recipe, python = from_words(project.build_requires or ()), str(own.python)
        elif recipe is None or self._refusal(side, touched):
            return ""
        else:
            python = self.maker.find_python(project.requires_python)
        return recipe.source if python and self.maker.is_to_make(recipe, python) else ""

    def _recipe(self, project: Project, side: str) -> Recipe | None:
        """Return a project's recipe, read once: a lock takes longer to parse than all else here."""
        key = (project.folder, side)
        if key not in self._recipes:
            listing = self.trees[side].listing
            self._recipes[key] = recipe_of(project, self.terms.of(project.folder), listing, self.read)
        return self._recipes[key]

    def _is_touched(self, project: Project) -> bool:
        """Whether the two sides ask for different environments."""
        other = {
            side: next((one for one in tree.projects if one.folder == project.folder), None)
            for side, tree in self.trees.items()
        }
        recipes = [self._recipe(one, side) if one is not None else None for side, one in other.items()]
        identities = {recipe.identity if recipe else "" for recipe in recipes}
        return len(identities) > 1

    def _may_make(self, side: str) -> bool:
        return self.terms.create and not (self.terms.untrusted and side == "head")

    def _refusal(self, side: str, touched: bool) -> str:
        """Return why nothing may be made for a side, ``""`` when it may."""
        if not self.terms.create:
            return "the policy forbids making one (fetch_environments = false)"
        if self.terms.untrusted and touched and side == "head":
            return "what an untrusted change locks is not fetched"
        return ""


def _stamped(found: Found) -> str:
    if isinstance(found, Unavailable):
        return f"{found.project.folder} none"
    return f"{found.project.folder} {found.stamp} {found.declared} {found.missing_to_build}"


def _to_have_one(unbuilt: tuple[str, ...], recipe: Recipe) -> str:
    by_hand = (
        "make one by hand where fairlead looks for it (uv sync), or name one: "
        '[environment] python = ".venv"'
    )
    if not unbuilt:
        return by_hand
    names = ", ".join(f'"{name}"' for name in sorted({*unbuilt, *recipe.from_source}))
    return f"let it be built, in fairlead.toml: [environment] from_source = [{names}]; or {by_hand}"


def _without(project: Project) -> Unavailable:
    return Unavailable(
        project=project,
        cause=f"{project.place} has no environment, and nothing says what belongs into one",
        fix='name one in fairlead.toml: [environment] python = ".venv", or requirements = ["FILE"]',
    )


def _some(differing: tuple[str, ...]) -> str:
    more = f" and {len(differing) - 2} more" if len(differing) > 2 else ""
    return ", ".join(differing[:2]) + more
