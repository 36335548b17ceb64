"""Proofs that a file's change cannot alter behaviour. A proof has a name, or there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairlead.changes import rules
from fairlead.changes.directives import steers
from fairlead.changes.events import steering_remarks, yaml_events
from fairlead.changes.git import is_file
from fairlead.changes.model import Nature, Proof, Status
from fairlead.changes.nature import Judgement
from fairlead.changes.syntax import same_program
from fairlead.changes.tokens import json_tokens, toml_tokens

PROOF_LIMIT = 2_000_000
"""Bytes: a larger file isn't parsed."""

_PYTHON = (".py", ".pyi", ".pyw")
_READ_AS_DATA = re.compile(
    r"(^|/)(fixtures?|__fixtures__|goldens?|testdata|test[-_]data|__snapshots__|snapshots|cassettes"
    r"|templates?|cookiecutter[^/]*)/|[{}]",
    re.IGNORECASE,
)
_UNMOVABLE = re.compile(
    r"(^|/)(readme|licen[cs]es?|copying|notice|authors|changelog|changes|history|news|security|contributing"
    r"|code_of_conduct|index|__init__|summary|_sidebar|_?toc)\b[^/]*$",
    re.IGNORECASE,
)
_BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_FIRST_LINE = re.compile(r"^#(!|cloud|include|part-handler|upstart|# template)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What a proof is about: the path, the modes and contents of both sides, what each is for."""

    path: str
    status: Status
    old_mode: int
    mode: int
    old: bytes | None
    new: bytes | None
    same_blob: bool
    judgement: Judgement
    old_nature: Nature


def prove(sides: Sides) -> Proof | None:
    """Return the proof that a change is inert, ``None`` when there is none.

    Both sides must be regular files of one mode. A file that may be read as data (below a folder of
    fixtures, golden files or templates, or with a template's marks in it) has none; nor has one where
    a comment that steers a tool differs. Paths must be equal, but for a document that only moved.
    """
    if sides.old is None or sides.new is None:
        return None
    if sides.old_mode != sides.mode or not is_file(sides.mode):
        return None
    if sides.status is Status.RENAMED:
        return Proof.MOVED_DOCUMENT if _is_moved_document(sides) else None
    if sides.status is not Status.MODIFIED or _may_be_data(sides.path):
        return None
    if max(len(sides.old), len(sides.new)) > PROOF_LIMIT:
        return None
    if sides.path.endswith(_PYTHON):
        return _prove_python(sides.old, sides.new)
    try:
        old, new = sides.old.decode("utf-8"), sides.new.decode("utf-8")
        return _prove_text(sides.path, old, new)
    except (ValueError, RecursionError, MemoryError):
        return None


def _is_moved_document(sides: Sides) -> bool:
    """Whether a document went elsewhere unaltered, and nothing is known to look for it by its name.

    Packaging and code hosts look for a readme or licence, documentation's builders for an index; a
    document with examples may be run as a test.
    """
    return (
        sides.same_blob
        and sides.old_nature is sides.judgement.nature is Nature.DOCUMENTATION
        and not _UNMOVABLE.search(sides.path)
        and b">>> " not in (sides.new or b"")
    )


def _may_be_data(path: str) -> bool:
    return bool(_READ_AS_DATA.search(path)) or any(
        rule.pattern.search(path) for rule in rules.TEST_DATA + rules.READ_BY_PROGRAMS
    )


def _prove_python(old: bytes, new: bytes) -> Proof | None:
    if _BIDIRECTIONAL.search(new.decode("utf-8", "replace")):
        return None  # such characters in a comment make code look like another; a check must see them
    return Proof.SAME_SYNTAX_TREE if same_program(old, new) else None


def _prove_text(path: str, old: str, new: str) -> Proof | None:
    """Compare what the parsers see; raises ValueError for what they refuse."""
    if old.startswith("\ufeff") or new.startswith("\ufeff") or _BIDIRECTIONAL.search(new):
        return None
    if any(_is_template(path, side) or "\r" in side.replace("\r\n", "\n") for side in (old, new)):
        return None
    suffix = path.rpartition(".")[2]
    if suffix == "json" and json_tokens(old) == json_tokens(new):
        return Proof.SAME_JSON_TOKENS
    if suffix == "toml" and _same_toml(old, new):
        return Proof.SAME_TOML_TOKENS
    if suffix in {"yaml", "yml"} and _same_yaml(old, new):
        return Proof.SAME_YAML_EVENTS
    return None


def _is_template(path: str, text: str) -> bool:
    """Whether a program may fill the text in before it is parsed; GitHub parses its workflows first."""
    if path.startswith(".github/") or path.rpartition("/")[2] in {"action.yml", "action.yaml"}:
        text = text.replace("${{", "")
    return "{{" in text or "{%" in text or "<%" in text


def _same_toml(old: str, new: str) -> bool:
    (tokens, remarks), (other_tokens, other_remarks) = toml_tokens(old), toml_tokens(new)
    return tokens == other_tokens and [each for each in remarks if steers(each.text)] == [
        each for each in other_remarks if steers(each.text)
    ]


def _same_yaml(old: str, new: str) -> bool:
    firsts = [text.split("\n", 1)[0].strip() for text in (old, new)]
    if firsts[0] != firsts[1] and any(_FIRST_LINE.match(first) for first in firsts):
        return False
    events, lines = yaml_events(old)
    other_events, other_lines = yaml_events(new)
    return events == other_events and steering_remarks(old, lines) == steering_remarks(new, other_lines)
