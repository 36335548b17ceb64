"""What a setup.cfg states of a project, in the words of ``[project]``."""

from __future__ import annotations

import configparser
from typing import Any


def setuptools_project(text: str) -> dict[str, Any] | None:
    """Return the name, dependencies and optional dependencies of a project that setuptools builds.

    ``None`` where the file doesn't state dependencies, or has them read from elsewhere: then only
    executing ``setup.py`` would tell.
    """
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    asked = parser.get("options", "install_requires", fallback="file:")
    if asked.lstrip().startswith("file:"):
        return None
    extras = (
        dict(parser["options.extras_require"]) if parser.has_section("options.extras_require") else {}
    )
    return {
        "name": parser.get("metadata", "name", fallback=""),
        "dependencies": _lines(asked),
        "optional-dependencies": {name: _lines(lines) for name, lines in extras.items()},
    }


def _lines(text: str) -> list[str]:
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
