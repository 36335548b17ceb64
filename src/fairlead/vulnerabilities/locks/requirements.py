"""Reading requirements files of pip (pip's documentation, "Requirements File Format")."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.utils import parse_sdist_filename, parse_wheel_filename

from fairlead.vulnerabilities.locks.names import REQUIREMENTS
from fairlead.vulnerabilities.model import Ecosystem, Lock, Locked
from fairlead.vulnerabilities.versions import normal_name

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OPTION = re.compile(r"(?P<name>--[a-z-]+|-[a-zA-Z])(?:[\s=]\s*|(?=\S)|$)(?P<value>.*)", re.DOTALL)
_OPTIONS_OF_ONE = re.compile(r"\s--?(?:hash|config-settings?|global-option|C)[\s=].*$", re.DOTALL)
_PINS = {"==", "==="}


def read_requirements(path: str, text: str) -> Lock:
    """Return what a requirements file pins; each requirement without a pin is told.

    Markers are not judged: what is installed on any platform counts. Files named by ``-r`` come back as
    ``includes``, relative to the tree's root; constraints (``-c``) install nothing and are not read.
    """
    packages: list[Locked] = []
    unpinned: list[str] = []
    problems: list[str] = []
    includes: list[str] = []
    own = 0
    for number, line in _logical_lines(text):
        option = _OPTION.fullmatch(line) if line.startswith("-") else None
        if option and option["name"] in {"-r", "--requirement"}:
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(path), option["value"].strip())
            )
            if "://" in option["value"] or target.startswith(("../", "/")):
                problems.append(
                    f"line {number} includes {printable(option['value'].strip())}, outside the tree"
                )
            else:
                includes.append(target)
        elif option and option["name"] not in {"-e", "--editable"}:
            continue  # indexes, constraints and the like: nothing that is installed
        elif _is_local(wanted := option["value"].strip() if option else line):
            own += 1
        else:
            name, version = _pin(wanted)
            if name and version:
                packages.append(
                    Locked(
                        ecosystem=Ecosystem.PYPI,
                        name=normal_name(Ecosystem.PYPI, name),
                        version=version,
                        path=path,
                        line=number,
                    )
                )
            else:
                unpinned.append(f"line {number} has no pinned version: {printable(wanted)}")
    return Lock(
        path=path,
        kind=REQUIREMENTS,
        packages=tuple(packages),
        own=own,
        unpinned=tuple(unpinned),
        problems=tuple(problems),
        includes=tuple(dict.fromkeys(includes)),
    )


def printable(text: str) -> str:
    """Return at most 80 characters of ``text``, those that would steer a terminal replaced by ``?``."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:80])


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the first line's number and the text of each line, continuations joined, comments gone."""
    pending, start = "", 0
    lines = text.splitlines()
    for number, raw in enumerate(lines, start=1):
        start = start or number
        if raw.lstrip().startswith("#"):
            # A comment line ends what is pending, as in pip; its own backslash continues nothing.
            piece, goes_on = "", False
        else:
            goes_on = raw.endswith("\\")
            piece = raw[:-1] + " " if goes_on else raw
        pending += piece
        if goes_on and number < len(lines):
            continue
        line = _COMMENT.sub("", pending).strip()
        if line:
            yield start, line
        pending, start = "", 0


def _is_local(wanted: str) -> bool:
    path = wanted.split(";")[0].split("[")[0].strip()
    if path.endswith((".whl", ".tar.gz", ".zip")):  # somebody's release, kept in the tree
        return False
    return path in {".", ".."} or path.startswith(("./", "../", "file:./", "file:."))


def _pin(wanted: str) -> tuple[str, str]:
    """Return name and version of a requirement; ``""`` for a version that it doesn't pin."""
    try:
        requirement = Requirement(_OPTIONS_OF_ONE.sub("", " " + wanted).strip())
    except ValueError:  # InvalidRequirement, and numbers of thousands of digits
        return _from_file_name(wanted)
    if requirement.url:
        return requirement.name, _from_file_name(requirement.url)[1]
    pins = [
        each.version
        for each in requirement.specifier
        if each.operator in _PINS and not each.version.endswith(".*")
    ]
    return requirement.name, pins[0] if pins else ""


def _from_file_name(address: str) -> tuple[str, str]:
    """Return name and version that a wheel's or source archive's file name states, else blanks."""
    name = posixpath.basename(address.split("#")[0].split("?")[0].split(";")[0].strip())
    try:
        if name.endswith(".whl"):
            project, version, *_ = parse_wheel_filename(name)
        else:
            project, version = parse_sdist_filename(name)
    except ValueError:  # not the name of an archive, or none with a version in it
        return "", ""
    return project, str(version)
