"""What steers a tool in a tree: which files and sections, and whether a change touches them.

A check names its steering as files, which count in any folder (``ruff.toml``) or at the top alone
(``/.github/zizmor.yml``), and as sections of files (``pyproject.toml:tool.ruff``,
``setup.cfg:bandit``). A changed file that one of the check's steering files mentions by name (ruff's
``extend``, say) steers it as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from fairlead.checks.splicing import section, splice

Listing = Mapping[str, str]
"""A tree's files: path to what stands for the content (and the mode), equal only for equal ones."""

Read = Callable[[Listing, Iterable[str]], Mapping[str, bytes]]
"""Returns what regular files of a listing hold; those that aren't, or can't be read, are left out."""

_MAY_STEER = (".cfg", ".ini", ".json", ".toml", ".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What a change does to the steering of checks.

    ``phrases`` name what is touched, by check; a check whose steering is untouched isn't there.
    ``into_head`` are the base's steering as replacements in the head's tree, ``into_base`` the head's
    in the base's: path to content, ``None`` for a file that isn't to be there. ``facts_into_base`` are
    of the latter only what the head says that the project is, and not how it is to be judged.
    """

    phrases: Mapping[str, tuple[str, ...]]
    into_head: Mapping[str, bytes | None]
    into_base: Mapping[str, bytes | None]
    facts_into_base: Mapping[str, bytes | None]


UNTOUCHED = Touch(phrases={}, into_head={}, into_base={}, facts_into_base={})

_FACTS = frozenset({"project.requires-python"})
"""Sections that say what the project is. The head's hold for both sides: code that no longer has to run
on an old Python isn't at fault for what only that one lacks."""


def steering_files(configuration: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of the paths that the configuration names, as a whole or a section of."""
    names = tuple(spec.partition(":")[0] for spec in configuration)
    last = {name.rpartition("/")[2] for name in names}
    # Most paths end here: one look into a set, for trees have thousands.
    return tuple(
        path
        for path in paths
        if path[path.rfind("/") + 1 :] in last and any(_names(name, path) for name in names)
    )


def find_touch(
    configurations: Mapping[str, tuple[str, ...]], base: Listing, head: Listing, read: Read
) -> Touch:
    """Return what the change from ``base`` to ``head`` does to each check's configuration.

    ``configurations`` are by check. A section that is spelt otherwise but says the same is untouched.
    """
    altered = [path for path in {**base, **head} if base.get(path) != head.get(path)]
    may = [path for path in altered if path.endswith(_MAY_STEER)]
    specs = {spec for configuration in configurations.values() for spec in configuration}
    suspects = sorted({*steering_files(specs, altered), *may})
    if not suspects:
        return UNTOUCHED
    before, after = read(base, suspects), read(head, suspects)
    phrases: dict[str, tuple[str, ...]] = {}
    whole: set[str] = set()
    sections: dict[str, list[str]] = {}
    for check, configuration in configurations.items():
        found: list[str] = []
        mentioned = _mentions(configuration, base, head, read, may)
        for path in suspects:
            wanted = [spec for spec in configuration if _names(spec.partition(":")[0], path)]
            parts = [part for _, _, part in (spec.partition(":") for spec in wanted)]
            if path in mentioned or "" in parts:
                whole.add(path)
                found.append(path)
                continue
            differing = [
                part for part in parts if _differs(path, part, before.get(path), after.get(path))
            ]
            sections.setdefault(path, []).extend(differing)
            found += [f"{path} [{part}]" for part in differing]
        if found:
            phrases[check] = tuple(found)
    if not phrases:
        return UNTOUCHED
    into_head: dict[str, bytes | None] = {path: before.get(path) for path in whole}
    into_base: dict[str, bytes | None] = {path: after.get(path) for path in whole}
    facts_into_base: dict[str, bytes | None] = {}
    for path, parts in sections.items():
        if path in whole:
            continue
        chosen = tuple(dict.fromkeys(parts))
        facts = tuple(part for part in chosen if part in _FACTS)
        judging = tuple(part for part in chosen if part not in _FACTS)
        for into, host, donor, which in (
            (into_head, after, before, judging),
            (into_base, before, after, chosen),
            (facts_into_base, before, after, facts),
        ):
            if which:
                into[path] = splice(path, host.get(path), donor.get(path), which)
    return Touch(
        phrases=phrases, into_head=into_head, into_base=into_base, facts_into_base=facts_into_base
    )


def describe(configuration: Iterable[str], listing: Listing, read: Read) -> str:
    """Return whose words steer the tool: ``pyproject.toml [tool.ruff]``, or ``defaults``.

    The topmost place is named, and how many more there are.
    """
    specs = tuple(configuration)
    paths = sorted(steering_files(specs, listing), key=lambda path: (path.count("/"), path))
    contents = read(listing, paths)
    found: list[str] = []
    for path in paths:
        for spec in specs:
            name, _, part = spec.partition(":")
            if not _names(name, path):
                continue
            try:
                if not part:
                    found.append(path)
                elif isinstance(_value(path, part, contents.get(path)), dict):
                    found.append(f"{path} [{part}]")
            except ValueError:
                found.append(f"{path}, which isn't valid")
                break
    if not found:
        return "defaults"
    return found[0] if len(found) == 1 else f"{found[0]} and {len(found) - 1} more"


def _names(name: str, path: str) -> bool:
    if name.startswith("/"):
        return path == name[1:]
    return path == name or path.endswith(f"/{name}")


def _differs(path: str, part: str, one: bytes | None, other: bytes | None) -> bool:
    try:
        return _strict(_value(path, part, one)) != _strict(_value(path, part, other))
    except ValueError:
        return one != other


def _value(path: str, part: str, content: bytes | None) -> object:
    """Return what a section holds, ``None`` without one; raises ValueError for an invalid file."""
    if content is None:
        return None
    return section(path, part, content.decode("utf-8"))


def _strict(value: object) -> object:
    """Return what is equal for the same kinds only: to Python, 1, 1.0 and true are equal."""
    if isinstance(value, dict):
        return [(key, _strict(item)) for key, item in value.items()]
    if isinstance(value, list):
        return [_strict(item) for item in value]
    return (type(value).__name__, value)


def _mentions(
    configuration: tuple[str, ...],
    base: Listing,
    head: Listing,
    read: Read,
    altered: Iterable[str],
) -> set[str]:
    """Return the altered files that the check's steering names on either side."""
    others = set(altered) - set(steering_files(configuration, altered))
    found: set[str] = set()
    for listing in (base, head) if others else ():
        for path, content in read(listing, steering_files(configuration, listing)).items():
            suspects = [other for other in others - found if _is_mentioned(other, content)]
            if suspects:  # only now is a file parsed: the same name elsewhere in it steers nothing
                words = _steering_words(configuration, path, content)
                found.update(other for other in suspects if _is_mentioned(other, words))
    return found


def _steering_words(configuration: tuple[str, ...], path: str, content: bytes) -> bytes:
    """Return all of a steering file when it counts as a whole or isn't valid, else its sections."""
    specs = [spec.partition(":") for spec in configuration]
    parts = [part for name, _, part in specs if _names(name, path)]
    if "" in parts:
        return content
    try:
        texts = [text for part in parts for text in _texts(_value(path, part, content))]
    except ValueError:
        return content
    return "\n".join(texts).encode("utf-8", "surrogatepass")


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a section's value, keys among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (str(key), *_texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _is_mentioned(path: str, text: bytes) -> bool:
    name = path.rpartition("/")[2].encode("utf-8", "surrogateescape")
    return re.search(rb"(?<![\w.-])" + re.escape(name) + rb"(?![\w-])", text) is not None
