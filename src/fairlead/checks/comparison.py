"""Which of the base's files what was found in the head is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fairlead.changes.git import is_file
from fairlead.changes.model import Change, FileChange
from fairlead.checks.looks import Request
from fairlead.checks.model import Finding


def base_paths(request: Request, found: Sequence[Finding], change: Change) -> tuple[str, ...]:
    """Return the base's files that the findings could also be in.

    What the check passed over in the base, for its name or its nature, holds no finding that was
    known: code that becomes source by a rename, or by losing its mark as generated, is new code.
    """
    with_findings = {finding.path for finding in found}
    if not with_findings <= set(request.paths):  # about something else: all of the files may tell
        with_findings = set(request.paths)
    return tuple(
        file.old_path or file.path
        for file in change.files
        if file.path in with_findings and _was_looked_at(request, file)
    )


def renames(change: Change) -> dict[str, str]:
    """Return the new paths of renamed files, by their old ones."""
    return {file.old_path: file.path for file in change.files if file.old_path is not None}


def _was_looked_at(request: Request, file: FileChange) -> bool:
    """Whether the base's version of a file is one that the check looks at."""
    if not file.old_blob or not is_file(file.old_mode):
        return False
    # One whose nature stays was passed over, or looked at in spite of it, on both sides alike.
    passed_over = file.old_nature is not None and file.old_nature not in request.natures
    before = replace(file, path=file.old_path or file.path, mode=file.old_mode)
    return not passed_over and request.check.wants(before)
