"""Environments that are made because there is none: by uv, from wheels, kept in the user's cache.

Only wheels are installed, so that making one runs no build script of anybody's but those that the
policy names. The project itself is never installed: its code comes from the tree under test.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fairlead.environments.model import folded
from fairlead.environments.own import own_program
from fairlead.environments.recipes import Recipe, poetry_requirements
from fairlead.environments.shelf import Shelf, said, uv_variables
from fairlead.processes import run, undisturbed

TIMEOUT = 600.0
"""Seconds that making an environment may take: large ones are downloaded for minutes."""

_KEPT = 12
_FIND_TIMEOUT = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes environments below ``folder``; ``environ`` is what uv may read of ours."""

    folder: Path
    environ: Mapping[str, str]

    @property
    def shelf(self) -> Shelf:
        """Where they are kept."""
        return Shelf(folder=self.folder, keep=_KEPT, patience=TIMEOUT)

    def name_of(self, recipe: Recipe, python: str) -> str:
        """Return the name of an environment: equal for the same packages on the same Python."""
        words = f"{recipe.identity}\0{python}\0{platform.machine()}\0{sys.platform}"
        return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def is_to_make(self, recipe: Recipe, python: str) -> bool:
        """Whether ``make`` would take time: it isn't there, and didn't fail lately."""
        name = self.name_of(recipe, python)
        return not self.shelf.is_whole(name) and not self.shelf.reason(name)

    def make(self, recipe: Recipe, python: str, stop: Callable[[], bool] = lambda: False) -> Path | str:
        """Return the environment's folder, made unless it is there, or why it could not be made."""
        name = self.name_of(recipe, python)
        failed = "" if self.shelf.is_whole(name) else self.shelf.reason(name)
        why = failed or self.shelf.fill(
            name, lambda place: self._install(recipe, python, place, stop), kind="*", stop=stop
        )
        return self.folder / name if why is None else why

    def find_python(self, wanted: str) -> str | None:
        """Return an installed Python that meets a specifier such as ``>=3.11``; ``None`` without one.

        Ours, where it does: it is there, and needs no search.
        """
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        version = platform.python_version()
        ours = getattr(sys, "_base_executable", sys.executable)
        try:
            if SpecifierSet(wanted).contains(version, prereleases=True):
                return ours
        except InvalidSpecifier:
            return ours
        uv = own_program("uv")
        if uv is None:
            return None
        words = (uv, "python", "find", "--no-project", "--no-python-downloads", "--quiet", wanted)
        env = uv_variables(self.environ)
        done = undisturbed(lambda: run(words, cwd=Path("/"), env=env, timeout=_FIND_TIMEOUT))
        return done.stdout.decode("utf-8", "replace").strip() if done.code == 0 else None

    def _install(
        self, recipe: Recipe, python: str, place: Path, stop: Callable[[], bool]
    ) -> str | None:
        uv = own_program("uv")
        if uv is None:
            return "uv, which comes with fairlead, is missing"
        env = {**uv_variables(self.environ), "UV_PROJECT_ENVIRONMENT": str(place)}
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".making-") as written:
            folder = Path(written)
            for path, content in recipe.files.items():
                target = Path(os.path.normpath(folder / path))
                if target.is_relative_to(folder):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
            venv = (uv, "venv", "--quiet", "--allow-existing", "--no-project", "--no-config")
            venv = (*venv, "--python", python, place)
            for argv in (venv, _words(uv, recipe, python, place, folder)):
                done = undisturbed(partial(run, argv, cwd=folder, env=env, timeout=TIMEOUT, stop=stop))
                if done.code != 0:
                    return said(done)
        return None


def _words(uv: str, recipe: Recipe, python: str, place: Path, folder: Path) -> tuple[str, ...]:
    """Return the command that fills an empty environment."""
    groups = [word for group in recipe.groups for word in ("--group", group)]
    extras = [word for extra in recipe.extras for word in ("--extra", extra)]
    if recipe.kind == "uv":
        return (
            *(uv, "sync", "--quiet", "--frozen", "--no-install-local", "--no-default-groups"),
            *_wheels_for_all_but(recipe),
            *("--compile-bytecode", "--no-python-downloads", "--python", python, *groups, *extras),
        )
    install = (uv, "pip", "install", "--quiet", "--only-binary", ":all:", "--compile-bytecode")
    install = (*install, *(word for name in recipe.from_source for word in ("--no-binary", name)))
    install = (*install, "--python", str(place / "bin" / "python"))
    if recipe.kind == "poetry":
        text = recipe.files[recipe.source.rpartition("/")[2]].decode("utf-8", "replace")
        lines = poetry_requirements(text, recipe.groups, recipe.extras)
        (folder / "locked.txt").write_text(lines, encoding="utf-8")
        return (*install, "--no-deps", "-r", "locked.txt")
    if recipe.kind == "pylock":
        return (*install, "-r", "pylock.toml")
    if recipe.kind == "pyproject":
        return (*install, "-r", "pyproject.toml", *groups, *extras)
    return (*install, *(word for name in recipe.named for word in ("-r", name)))


def _wheels_for_all_but(recipe: Recipe) -> tuple[str, ...]:
    """Return the words for `uv sync`, which takes no exception from ``--no-build``."""
    if not recipe.from_source:
        return ("--no-build",)
    others = sorted(recipe.locked.keys() - set(recipe.from_source))
    return tuple(word for name in others for word in ("--no-build-package", name))


def without_wheels(why: str) -> tuple[str, ...]:
    """Return the distributions that uv says have no wheels, from why an environment wasn't made."""
    found = re.findall(r"([\w.-]+)==\S+ has no usable wheels", why)
    found += re.findall(r"`([\w.-]+)==[^`]*` can't be installed because it is marked as", why)
    return tuple(dict.fromkeys(map(folded, found)))
