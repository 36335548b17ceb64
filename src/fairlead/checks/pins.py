"""Which version of a tool a project has chosen, by the files in which projects write that down."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

PRE_COMMIT = ".pre-commit-config.yaml"
LOCKS = ("uv.lock", "poetry.lock")
_RUFF_FILES = ("ruff.toml", ".ruff.toml", "pyproject.toml")

_REQUIREMENTS = re.compile(r"(?:requirements/)?[^/]*requirements[^/]*\.txt|requirements/[^/]*\.txt")
_VERSION = r"\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?(?:\.post\d+)?"
_EXACT = re.compile(rf"(?:={{2,3}})?\s*v?({_VERSION})")
_BLOCK = re.compile(r"^\s*-\s*(?=(?:repo|rev|hooks)\s*:)", re.MULTILINE)
_REPO = re.compile(r"^\s*repo\s*:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_REV = re.compile(r"^\s*rev\s*:\s*[\"']?([^\s\"'#]+)[\"']?\s*(?:#\s*frozen:\s*(\S+))?", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The one version of a tool that a project has chosen, and the file that says so.

    ``demanded`` is true where the tool's own configuration refuses any other version.
    """

    version: str
    source: str
    demanded: bool = False


def is_pin_file(path: str) -> bool:
    """Whether a file of this path, from the repository's root, can pin a tool."""
    return path in {PRE_COMMIT, *LOCKS, *_RUFF_FILES} or _REQUIREMENTS.fullmatch(path) is not None


def read_pins(files: Mapping[str, bytes], tools: Iterable[str]) -> dict[str, Pin]:
    """Return the pin of each tool that has one; ``files`` are a tree's pin files by path.

    What the tool's configuration demands comes first, then locks, requirements, exact requirements in
    ``pyproject.toml``, and pre-commit's hooks. A source that names two versions pins nothing, and
    nothing is taken from a file that cannot be read.
    """
    texts = {path: content.decode("utf-8", "replace") for path, content in sorted(files.items())}
    found: dict[str, Pin] = {}
    for tool in tools:
        pin = next(_pins(tool, texts), None)
        if pin:
            found[tool] = pin
    return found


def newer_pins(base: Mapping[str, Pin], head: Mapping[str, Pin]) -> dict[str, Pin]:
    """Return the base's pins, but for tools that both pin and the head pins in a newer version.

    A change that takes up a new version also brings the files into the shape which that one wants: the
    old one would hold against it what it was made for. A downgrade is not followed, for an older
    version may not know the rule that the change breaks.
    """
    chosen = dict(base)
    for tool, pin in base.items():
        ahead = head.get(tool)
        if ahead and ahead.version != pin.version and _is_newer(ahead.version, pin.version):
            chosen[tool] = replace(ahead, source=f"{ahead.source} of the change")
    return chosen


def _is_newer(one: str, other: str) -> bool:
    from packaging.version import Version  # takes 15 ms, and few changes move a tool

    return Version(one) > Version(other)


def _pins(tool: str, texts: Mapping[str, str]) -> Iterator[Pin]:
    if tool == "ruff":
        yield from _demanded_of_ruff(texts)
    for lock in LOCKS:
        yield from _single(lock, _locked(tool, texts.get(lock, "")))
    required = {
        path: _required(tool, text) for path, text in texts.items() if _REQUIREMENTS.fullmatch(path)
    }
    named = [path for path, versions in required.items() if versions]
    yield from _single(", ".join(named), [one for path in named for one in required[path]])
    yield from _single("pyproject.toml", _grouped(tool, texts.get("pyproject.toml", "")))
    yield from _single(PRE_COMMIT, _hooked(tool, texts.get(PRE_COMMIT, "")))


def _single(source: str, versions: Iterable[str]) -> Iterator[Pin]:
    different = set(versions)
    if len(different) == 1:
        yield Pin(version=different.pop(), source=source)


def _demanded_of_ruff(texts: Mapping[str, str]) -> Iterator[Pin]:
    for path in _RUFF_FILES:
        text = texts.get(path, "")
        if "required-version" not in text:  # parsing costs milliseconds, and few projects demand
            continue
        try:
            document = tomllib.loads(text)
        except (ValueError, RecursionError):
            continue
        if path == "pyproject.toml":
            tool = document.get("tool")
            document = tool.get("ruff", {}) if isinstance(tool, dict) else {}
        stated = document.get("required-version") if isinstance(document, dict) else None
        exact = _EXACT.fullmatch(stated.strip()) if isinstance(stated, str) else None
        if exact:
            yield Pin(version=exact[1], source=f"{path} (required-version)", demanded=True)


def _locked(tool: str, text: str) -> Iterator[str]:
    pattern = rf'^\[\[package\]\]\s*\nname = "{re.escape(tool)}"\nversion = "({_VERSION})"\n(.*)'
    for found in re.finditer(pattern, text, re.MULTILINE):
        # A project's own package, or one from a folder, is locked too, but no index has it.
        if not found[2].startswith("source = {") or "registry" in found[2]:
            yield found[1]


def _required(tool: str, text: str) -> list[str]:
    pattern = rf"^[ \t]*{_name(tool)}\s*(?:\[[^\]]*\])?\s*===?\s*({_VERSION})(?=[\s;\\#]|$)"
    return re.findall(pattern, text, re.MULTILINE | re.IGNORECASE)


def _grouped(tool: str, text: str) -> list[str]:
    stated = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    pattern = rf"[\"']{_name(tool)}\s*(?:\[[^\]]*\])?\s*===?\s*({_VERSION})\s*(?:;[^\"']*)?[\"']"
    return re.findall(pattern, stated, re.IGNORECASE)


def _hooked(tool: str, text: str) -> Iterator[str]:
    """Return the versions of pre-commit's hooks for the tool; a frozen one is in a comment."""
    for block in _BLOCK.split(text):
        repo, rev = _REPO.search(block), _REV.search(block)
        if not repo or not rev:
            continue
        name = repo[1].rstrip("/").rpartition("/")[2].lower().removesuffix(".git")
        if name.removesuffix("-pre-commit").removeprefix("mirrors-") != tool:
            continue
        version = _EXACT.fullmatch(rev[2] or rev[1])
        if version:
            yield version[1]


def _name(tool: str) -> str:
    """Return a pattern for a distribution's name in any spelling that PEP 503 calls the same."""
    return "[-_.]+".join(re.escape(part) for part in re.split(r"[-_.]+", tool))
