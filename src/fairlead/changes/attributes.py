"""What the base's ``.gitattributes`` say of a file: generated, vendored, documentation.

The names are linguist's (github-linguist, docs/overrides.md). The head's own attributes have no say:
a change could otherwise declare itself generated.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fairlead.changes.git import Repository, decode_path, encode_path, is_file

_NAMES = ("linguist-generated", "linguist-vendored", "linguist-documentation")
_MEANING = {b"set": True, b"true": True, b"unset": False, b"false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What is said of one path: yes, no, or (``None``) nothing."""

    generated: bool | None = None
    vendored: bool | None = None
    documentation: bool | None = None


def attributes_of(repository: Repository, tree: str, paths: Sequence[str]) -> dict[str, Attributes]:
    """Return what the ``.gitattributes`` files of ``tree`` say of each path, there or not."""
    answers = dict.fromkeys(paths, Attributes())
    folders = {parent for path in paths for parent in PurePosixPath(path).parents}
    found = repository.find(tree, sorted(str(folder / ".gitattributes") for folder in folders))
    files = [entry for entry in found.values() if is_file(entry.mode)]
    if not files:
        return answers
    listing = b"".join(
        b"100644 %s\t%s\0" % (entry.id.encode("ascii"), encode_path(entry.path)) for entry in files
    )
    with tempfile.TemporaryDirectory(prefix="attributes-", dir=repository.private) as own:
        env = {"GIT_INDEX_FILE": f"{own}/index"}
        repository.objects("update-index", "-z", "--index-info", stdin=listing, env=env)
        asked = b"".join(encode_path(path) + b"\0" for path in paths)
        words = ("check-attr", "--cached", "-z", "--stdin", *_NAMES)
        output = repository.objects(*words, stdin=asked, env=env)
    fields = output.split(b"\0")
    values: dict[str, list[bool | None]] = {path: [] for path in paths}
    for start in range(0, len(fields) - 1, 3):
        values[decode_path(fields[start])].append(_MEANING.get(fields[start + 2]))
    return {
        path: Attributes(generated=each[0], vendored=each[1], documentation=each[2])
        for path, each in values.items()
    }
