"""What a file is for, by its path, its content and the base's attributes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from fairlead.changes import rules
from fairlead.changes.attributes import Attributes
from fairlead.changes.git import is_submodule
from fairlead.changes.manifests import dependencies_differ
from fairlead.changes.model import Nature
from fairlead.changes.rules import Rule

_HEADER_LINES = 40
_COMMENT = re.compile(rb'^\s*(#|//|/\*|\*|--|;|%|<!--|"""|\'\'\'|rem\b|\.\.)', re.IGNORECASE)
_MINIFIED = 110  # mean length of a line from which linguist takes JavaScript and CSS for minified


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A file to be judged: where it is, its mode (the base's when deleted), its content on both sides.

    A content is ``None`` where there is no file, where it is binary, or where it wasn't read.
    """

    path: str
    mode: int
    old: bytes | None
    new: bytes | None
    binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A file's nature, the rule that gave it, and why its lines don't count (``""`` when they do)."""

    nature: Nature
    because: str
    uncounted: str = ""


def classify(subject: Subject, attributes: Attributes) -> Judgement:
    """Return what a file is for.

    First what steers tools, machines and dependencies, whatever else is said of it; then the base's
    attributes; then what other people or programs wrote; then tests, documents, and the rest. A mark
    such as ``@generated`` counts when every side that there is has it, so that a change cannot put it
    on and hide what it changes.
    """
    if is_submodule(subject.mode):
        return Judgement(nature=Nature.DEPENDENCIES, because="it is a submodule's pointer")
    if found := _steering(subject) or _dependencies(subject):
        generated = "generated" if attributes.generated else ""
        return Judgement(
            nature=found.nature, because=found.because, uncounted=found.uncounted or generated
        )
    return _declared(attributes) or _foreign(subject, attributes) or _own(subject, attributes)


def header(content: bytes) -> bytes:
    """Return the comments that a file begins with."""
    lines = []
    for line in content[:8192].splitlines()[:_HEADER_LINES]:
        if line.strip() and not _COMMENT.match(line):
            break
        lines.append(line)
    return b"\n".join(lines)


def _steering(subject: Subject) -> Judgement | None:
    path = subject.path
    if rule := _match(rules.STEERING, path):
        return Judgement(nature=Nature.CONFIGURATION, because=rule.because)
    if path.lower().endswith((".md", ".mdc", ".mdx")) and any(
        rules.STEERING_KEYS.search(_front_matter(side)) for side in (subject.old, subject.new) if side
    ):
        return Judgement(
            nature=Nature.CONFIGURATION, because="its front matter says what an agent may do"
        )
    if rule := _match(rules.TEST_DATA, path):
        return None
    if rule := _match(rules.LOCKS, path):
        return Judgement(nature=Nature.DEPENDENCIES, because=rule.because, uncounted="lock file")
    if rule := _match(rules.INFRASTRUCTURE, path):
        return Judgement(nature=Nature.INFRASTRUCTURE, because=rule.because)
    return None


def _dependencies(subject: Subject) -> Judgement | None:
    path = subject.path
    if _match(rules.TEST_DATA, path):
        return None
    rule = _match(rules.MANIFESTS, path)
    if rule and not _is_module(subject):
        sides = [side for side in (subject.old, subject.new) if side is not None]
        if sides and all(rules.COMPILED_REQUIREMENTS.search(side[:2048]) for side in sides):
            return Judgement(
                nature=Nature.DEPENDENCIES, because="it is compiled requirements", uncounted="lock file"
            )
        return Judgement(nature=Nature.DEPENDENCIES, because=rule.because)
    differ = dependencies_differ(path, subject.old, subject.new)
    if differ is None:
        return None
    if differ:
        return Judgement(nature=Nature.DEPENDENCIES, because="what it says of dependencies differs")
    return Judgement(nature=Nature.CONFIGURATION, because="what it says of dependencies is the same")


def _is_module(subject: Subject) -> bool:
    """Whether a ``setup.py`` below the top is a module of that name and no build script."""
    if not subject.path.endswith("/setup.py"):
        return False
    sides = [side for side in (subject.old, subject.new) if side is not None]
    return bool(sides) and not any(b"setuptools" in side or b"distutils" in side for side in sides)


def _declared(attributes: Attributes) -> Judgement | None:
    said = "in the base's .gitattributes"
    if attributes.generated:
        return Judgement(
            nature=Nature.GENERATED, because=f"linguist-generated {said}", uncounted="generated"
        )
    if attributes.vendored:
        return Judgement(
            nature=Nature.VENDORED, because=f"linguist-vendored {said}", uncounted="vendored"
        )
    if attributes.documentation:
        return Judgement(nature=Nature.DOCUMENTATION, because=f"linguist-documentation {said}")
    return None


def _foreign(subject: Subject, attributes: Attributes) -> Judgement | None:
    """Judge what other people or programs wrote, unless the base's attributes deny it."""
    if attributes.vendored is None and (rule := _match(rules.VENDORED, subject.path)):
        return Judgement(nature=Nature.VENDORED, because=rule.because, uncounted="vendored")
    if attributes.generated is not None:
        return None
    because = ""
    if rule := _match(rules.GENERATED, subject.path):
        because = rule.because
    else:
        sides = [side for side in (subject.old, subject.new) if side is not None]
        if sides and all(rules.MARKERS.search(header(side)) for side in sides):
            because = "its own first lines say that it is generated"
        elif sides and subject.path.endswith((".js", ".css")) and all(map(_is_minified, sides)):
            because = "it is minified"
    if not because:
        return None
    return Judgement(nature=Nature.GENERATED, because=because, uncounted="generated")


def _own(subject: Subject, attributes: Attributes) -> Judgement:
    path = subject.path
    tables: Iterable[tuple[Nature, tuple[Rule, ...]]] = (
        (Nature.TESTS, rules.TEST_DATA + rules.TESTS),
        (Nature.SOURCE, rules.READ_BY_PROGRAMS),
        (Nature.DOCUMENTATION, () if attributes.documentation is False else rules.DOCUMENTATION),
        (Nature.CONFIGURATION, rules.CONFIGURATION),
        (Nature.DATA, rules.DATA),
    )
    for nature, table in tables:
        if rule := _match(table, path):
            return Judgement(nature=nature, because=rule.because)
    if language := language_of(path, subject.new if subject.new is not None else subject.old):
        return Judgement(nature=Nature.SOURCE, because=f"it is {language}")
    if subject.binary:
        return Judgement(nature=Nature.DATA, because="it is binary")
    return Judgement(nature=Nature.SOURCE, because="nothing says that it is anything else")


def language_of(path: str, content: bytes | None) -> str:
    """Return the language that a file's name or interpreter tells, ``""`` when neither does."""
    from identify import identify  # not at start-up: it loads large tables

    tags = identify.tags_from_filename(path)
    if not tags and content and content.startswith(b"#!"):
        words = identify.parse_shebang(io.BytesIO(content[:256]))
        tags = identify.tags_from_interpreter(PurePosixPath(words[0]).name) if words else set()
    languages = sorted(tags - identify.ENCODING_TAGS - {"executable", "file", "plain-text"})
    return languages[0] if languages else ""


def _match(table: tuple[Rule, ...], path: str) -> Rule | None:
    return next((rule for rule in table if rule.pattern.search(path)), None)


def _front_matter(content: bytes) -> bytes:
    if not content.startswith((b"---\n", b"---\r\n")):
        return b""
    return content[3:].partition(b"\n---")[0]


def _is_minified(content: bytes) -> bool:
    lines = content.count(b"\n") + 1
    return len(content) > 2000 and len(content) / lines > _MINIFIED
