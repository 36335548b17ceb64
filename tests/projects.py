"""Real Python projects with environments of their own, built from what the lock file installs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder import RepositoryBuilder

ROOT = Path(__file__).parents[1]
UV = Path(os.environ.get("UV", ROOT / ".venv/bin/uv"))

HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
SETUPTOOLS = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


def pyproject(name: str = "sample", *, system: str = HATCHLING, more: str = "") -> str:
    """Return the text of a pyproject.toml."""
    return f'{system}\n[project]\nname = "{name}"\nversion = "1.0"\nrequires-python = ">=3.11"\n{more}'


@dataclass(frozen=True, slots=True)
class SampleProject:
    """A project in a repository, and its environment in the work tree."""

    repository: RepositoryBuilder

    @property
    def environment(self) -> Path:
        """The folder of the project's environment."""
        return self.repository.folder / ".venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.environment / "bin" / "python"

    def make_environment(self, folder: Path | None = None) -> Path:
        """Make an environment with pytest and the usual backends, from what uv has in its cache."""
        return make_environment(folder or self.environment)

    def install(self, *words: str, folder: str = ".") -> None:
        """Install the project in place, as its people do; ``words`` go to uv."""
        uv(
            *("pip", "install", "--quiet", "--no-config", "--python", str(self.python), "--no-deps"),
            *("--no-build-isolation", "--offline", *words, "-e", str(self.repository.folder / folder)),
        )


def make_environment(place: Path) -> Path:
    """Make an environment with what the lock file's group ``samples`` has, and return its folder."""
    uv(
        *("sync", "--frozen", "--quiet", "--no-config", "--only-group", "samples"),
        *("--no-install-project", "--project", str(ROOT)),
        environment={"UV_PROJECT_ENVIRONMENT": str(place)},
    )
    return place


def uv(*words: str, environment: Mapping[str, str] | None = None) -> str:
    """Run uv, which must succeed, and return what it prints."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("UV_")}
    done = subprocess.run(
        [UV, *words],
        env={**kept, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
