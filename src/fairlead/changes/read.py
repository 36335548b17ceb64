"""Reading a change: what differs, what each file is for, what is proved, how large it all is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fairlead.changes.attributes import Attributes, attributes_of
from fairlead.changes.diff import Difference, differences
from fairlead.changes.git import BLOB_LIMIT, READ_LIMIT, Repository, is_file, is_submodule, is_symlink
from fairlead.changes.model import Change, FileChange, Nature, Proof, Range, Status
from fairlead.changes.nature import Judgement, Subject, classify
from fairlead.changes.proofs import Sides, prove
from fairlead.changes.size import measure, natures_of
from fairlead.changes.suppressions import compare
from fairlead.changes.tree import LFS_POINTER

_LIMITS = f"{BLOB_LIMIT // 1_000_000} MB for a file, {READ_LIMIT // 1_000_000} MB for a change"


def read_change(repository: Repository, change_range: Range) -> Change:
    """Return all that is known of a change; raises FairleadError when an object that counts is missing.

    Nature, proof and suppressions are by path and by content on both sides; what the base's
    ``.gitattributes`` say counts, the head's doesn't. Binary files and files beyond the limit are
    judged by their path alone, and said.
    """
    found = differences(repository, change_range.base_tree, change_range.head_tree)
    paths = {path for each in found for path in (each.path, each.old_path) if path}
    attributes = attributes_of(repository, change_range.base_tree, sorted(paths))
    contents = repository.blobs(name for each in found for name in _to_read(each))
    files = tuple(_read_file(each, attributes, contents) for each in found)
    size, counted, left_out = measure(files)
    return Change(
        range=change_range,
        files=files,
        natures=natures_of(files),
        size=size,
        counted=counted,
        left_out=left_out,
        notes=tuple(note for file in files for note in file.notes),
    )


def _to_read(difference: Difference) -> Sequence[str]:
    """Name the blobs whose content says something: text, on either side."""
    if difference.binary:
        return ()
    sides = ((difference.old_mode, difference.old_blob), (difference.mode, difference.blob))
    return [blob for mode, blob in sides if blob and is_file(mode)]


def _read_file(
    difference: Difference,
    attributes: Mapping[str, Attributes],
    contents: Mapping[str, bytes | None],
) -> FileChange:
    old = contents.get(difference.old_blob or "")
    new = contents.get(difference.blob or "")
    judgement = classify(
        Subject(
            path=difference.path,
            mode=difference.mode or difference.old_mode,
            old=old,
            new=new,
            binary=difference.binary,
        ),
        attributes[difference.path],
    )
    old_nature = _old_nature(difference, attributes, old) or judgement.nature
    return FileChange(
        path=difference.path,
        old_path=difference.old_path,
        status=difference.status,
        old_mode=difference.old_mode,
        mode=difference.mode,
        old_blob=difference.old_blob,
        blob=difference.blob,
        added=difference.added,
        deleted=difference.deleted,
        binary=difference.binary,
        nature=judgement.nature,
        because=judgement.because,
        old_nature=None if old_nature is judgement.nature else old_nature,
        uncounted=judgement.uncounted,
        inert=_proof(difference, judgement, old_nature, old, new),
        suppressions=() if difference.status is Status.DELETED else compare(difference.path, old, new),
        notes=tuple(_notes(difference, judgement.nature, contents)),
    )


def _old_nature(
    difference: Difference, attributes: Mapping[str, Attributes], old: bytes | None
) -> Nature | None:
    """Return what the base's file was for, as it stood there; ``None`` where there was none."""
    if not difference.old_blob:
        return None
    path = difference.old_path or difference.path
    stood = Subject(path=path, mode=difference.old_mode, old=old, new=old, binary=difference.binary)
    return classify(stood, attributes[path]).nature


def _proof(
    difference: Difference,
    judgement: Judgement,
    old_nature: Nature,
    old: bytes | None,
    new: bytes | None,
) -> Proof | None:
    return prove(
        Sides(
            path=difference.path,
            status=difference.status,
            old_mode=difference.old_mode,
            mode=difference.mode,
            old=old,
            new=new,
            same_blob=difference.old_blob == difference.blob,
            judgement=judgement,
            old_nature=old_nature,
        )
    )


def _notes(
    difference: Difference, nature: Nature, contents: Mapping[str, bytes | None]
) -> Iterator[str]:
    path = difference.path
    if is_submodule(difference.mode) or is_submodule(difference.old_mode):
        yield f"{path} is a submodule: what changed inside it was not looked at"
    if is_symlink(difference.mode):
        yield f"{path} is a symbolic link: what it leads to was not looked at"
    read = [contents[blob] for blob in _to_read(difference)]
    if any(content is None for content in read):
        yield f"{path} was not read: it, or the change so far, is beyond {_LIMITS}"
    if any(content.startswith(LFS_POINTER) for content in read if content):
        yield f"{path} is a Git LFS pointer: its content was not looked at"
    if nature is Nature.DOCUMENTATION and any(b">>> " in content for content in read if content):
        yield f"{path} holds examples that a test run may execute"
