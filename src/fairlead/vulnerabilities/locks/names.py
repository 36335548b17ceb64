"""Which file is a lock, by its name alone."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

READ = {
    "uv.lock": "uv",
    "poetry.lock": "poetry",
    "pdm.lock": "pdm",
    "pylock.toml": "pylock",
    "Pipfile.lock": "pipenv",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "Cargo.lock": "cargo",
}
"""Locks that we read, by file name, and the word for their kind."""

NOT_READ = frozenset(
    {
        "Gemfile.lock",
        "Package.resolved",
        "Podfile.lock",
        "bun.lock",
        "bun.lockb",
        "composer.lock",
        "conda-lock.yml",
        "go.sum",
        "gradle.lockfile",
        "mix.lock",
        "packages.lock.json",
        "pixi.lock",
        "pnpm-lock.yaml",
        "pubspec.lock",
        "yarn.lock",
    }
)
"""Locks that we recognise and cannot read; a tree that has one is not fully evaluated."""

REQUIREMENTS = "requirements"
"""The kind of a requirements file of pip."""

_PYLOCK = re.compile(r"pylock\.[^.]+\.toml")
_REQUIREMENTS = re.compile(r"(?:.*[-_.])?requirements(?:[-_.].*)?\.txt", re.IGNORECASE)


def kind_of(path: str) -> str | None:
    """Return the kind of lock at ``path``: a value of ``READ``, ``requirements``, else ``None``.

    Requirements are ``requirements.txt`` with any prefix or suffix to the word, and every ``.txt`` in a
    folder named ``requirements``.
    """
    pure = PurePosixPath(path)
    if pure.name in READ:
        return READ[pure.name]
    if _PYLOCK.fullmatch(pure.name):
        return "pylock"
    if _REQUIREMENTS.fullmatch(pure.name):
        return REQUIREMENTS
    return REQUIREMENTS if pure.suffix == ".txt" and pure.parent.name == "requirements" else None


def is_lock(path: str) -> bool:
    """Return whether ``path`` is a lock, of a kind that we read or not."""
    return kind_of(path) is not None or PurePosixPath(path).name in NOT_READ
