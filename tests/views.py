"""Small trees and the views that single checks get of them, with the real tools of this environment."""

from __future__ import annotations

import importlib.metadata
import os
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fairlead import processes
from fairlead.changes.model import Change, FileChange, Nature, Range, Size, Status
from fairlead.checks.model import Check, Evaluated, Evaluation, NotEvaluated, ToolUse, View

TOOLS = Path(sys.executable).parent


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write ``files`` below ``folder`` and return it; names may hold surrogate escapes."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def file_change(path: str, *, mode: int = 0o100644, binary: bool = False) -> FileChange:
    """Return an added file of a change."""
    return FileChange(
        path=path,
        old_path=None,
        status=Status.ADDED,
        old_mode=0,
        mode=mode,
        old_blob=None,
        blob="0" * 40,
        added=1,
        deleted=0,
        binary=binary,
        nature=Nature.SOURCE,
        because="a test says so",
    )


def files_of(folder: Path) -> tuple[FileChange, ...]:
    """Return every file below ``folder`` as an added one, in the order of the paths."""
    places = (place for place in folder.rglob("*") if not place.is_dir() or place.is_symlink())
    return tuple(sorted((_added(folder, place) for place in places), key=lambda file: file.path))


def _added(folder: Path, place: Path) -> FileChange:
    path = os.fspath(place.relative_to(folder))
    if place.is_symlink():
        return file_change(path, mode=0o120000)
    executable = place.stat().st_mode & stat.S_IXUSR
    return file_change(
        path,
        mode=0o100755 if executable else 0o100644,
        binary=b"\0" in place.read_bytes(),
    )


def view_of(
    check: Check,
    folder: Path,
    scratch: Path,
    *,
    paths: Sequence[str] | None = None,
    command: tuple[str, ...] | None = None,
    version: str | None = None,
) -> View:
    """Return what ``check`` sees of ``folder``: the files that it wants, the tool that is here."""
    files = files_of(folder)
    scratch.mkdir(exist_ok=True)
    return View(
        folder=folder,
        scratch=scratch,
        paths=tuple(file.path for file in files if check.wants(file))
        if paths is None
        else tuple(paths),
        side="head",
        change=Change(
            range=Range(base_tree="", head_tree="", base=None, head=None, label="a test"),
            files=files,
            natures=(Nature.SOURCE,),
            size=Size.S,
            counted=len(files),
        ),
        tool=ToolUse(
            name=check.tool,
            version=version or importlib.metadata.version(check.tool),
            origin="comes with fairlead",
            configuration="defaults",
            command=command or (os.fspath(TOOLS / check.tool),),
        ),
    )


class Runs:
    """Runs programs for real, within ``timeout`` seconds, and keeps what was called."""

    def __init__(self, *, timeout: float = 60.0) -> None:
        self.timeout = timeout
        self.calls: list[tuple[str, ...]] = []

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        extra_env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> processes.Completed:
        """Run ``argv`` in a clean environment."""
        self.calls.append(tuple(argv))
        return processes.run(
            argv,
            cwd=cwd,
            env=processes.clean_environment(extra_env),
            timeout=self.timeout,
            stdin=stdin,
        )


def evaluate(check: Check, folder: Path, *, paths: Sequence[str] | None = None) -> Evaluation:
    """Let ``check`` look at ``folder``; its scratch folder is a new one beside it."""
    scratch = folder.parent / f"scratch-{len(list(folder.parent.iterdir()))}"
    return check.evaluate(view_of(check, folder, scratch, paths=paths), Runs())


def findings(
    check: Check, folder: Path, *, paths: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """Return the path and the rule of each finding, in the check's order."""
    return [(found.path, found.rule) for found in evaluated(check, folder, paths=paths).findings]


def evaluated(check: Check, folder: Path, *, paths: Sequence[str] | None = None) -> Evaluated:
    """Return the evaluation, which must be one."""
    evaluation = evaluate(check, folder, paths=paths)
    assert isinstance(evaluation, Evaluated), evaluation
    return evaluation


def not_evaluated(check: Check, folder: Path, *, paths: Sequence[str] | None = None) -> NotEvaluated:
    """Return why there is no evaluation; there must be none."""
    evaluation = evaluate(check, folder, paths=paths)
    assert isinstance(evaluation, NotEvaluated), evaluation
    return evaluation


def snapshot(folder: Path, *, beside: Iterable[str] = ()) -> dict[str, tuple[int, bytes]]:
    """Return every entry below ``folder`` with its mode and content, but for names in ``beside``."""
    taken = {}
    for place in folder.rglob("*"):
        if place.name in beside:
            continue
        mode = place.lstat().st_mode
        content = place.read_bytes() if stat.S_ISREG(mode) else b""
        taken[os.fspath(place.relative_to(folder))] = (mode, content)
    return taken
