"""What can be told of requirement files by reading them: what they name, pin, and leave to the tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fairlead.environments.model import folded

_LOCAL = re.compile(r"\s*(?:-e\b|--editable\b|\.{0,2}/|\.(?:\[|\s|$)|file:|[\w.\[\],-]+\s*@\s*file:)")
_FOLDER = re.compile(r"\s*(?:(?:-e|--editable)[ =]?\s*)?(\.{1,2}(?:/[^\s\[;#]*)?)(?:\[([^\]]*)\])?")
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def without_local(text: str) -> str:
    """Return requirements without the lines that would build the project itself."""
    return "".join(line for line in text.splitlines(keepends=True) if not _LOCAL.match(line))


def local_folders(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each folder that requirements would install in place, with the extras asked for."""
    for line in text.splitlines():
        if _LOCAL.match(line) and (found := _FOLDER.match(line)):
            yield found[1], tuple(one.strip() for one in (found[2] or "").split(",") if one.strip())


def name_of(line: str) -> str:
    """Return the folded name of the distribution that a requirement begins with, ``""`` if none."""
    found = _NAME.match(line)
    return folded(found[1]) if found else ""


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the folded names of the distributions that lines of requirements begin with."""
    names = (name_of(line) for text in texts for line in text.splitlines())
    return frozenset(name for name in names if name)


def pins_all(texts: Iterable[str]) -> bool:
    """Whether requirements were compiled: every one of them is a version, so that all is named."""
    lines = [line.strip() for text in texts for line in text.splitlines()]
    asked = [line for line in lines if line and not line.startswith(("#", "-"))]
    return bool(asked) and all("==" in line for line in asked)
