"""Small values of the gate's words, with everything that a test doesn't speak of left plain."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.changes.model import Change, FileChange, Nature, Proof, Range, Size, Status, Suppression
from fairlead.checks.model import Evaluated, Evaluation, Finding, Run, Scope, Severity, View

RANGE = Range(base_tree="a" * 40, head_tree="b" * 40, base=None, head=None, label="a..b")


@dataclass(frozen=True)
class SampleCheck:
    """A check that wants files by their ending."""

    name: str
    ending: str = ".py"
    scope: Scope = Scope.FILES
    title: str = "a sample"
    tool: str = ""
    configuration: tuple[str, ...] = ()

    def wants(self, file: FileChange) -> bool:
        return file.path.endswith(self.ending)

    def evaluate(self, view: View, run: Run) -> Evaluation:
        return Evaluated(findings=(), evidence="a sample looks at nothing")


def file_change(
    path: str,
    *,
    nature: Nature = Nature.SOURCE,
    inert: Proof | None = None,
    status: Status = Status.MODIFIED,
    suppressions: tuple[Suppression, ...] = (),
) -> FileChange:
    return FileChange(
        path=path,
        old_path=None,
        status=status,
        old_mode=0o100644,
        mode=0o100644,
        old_blob="1" * 40,
        blob="2" * 40,
        added=1,
        deleted=1,
        binary=False,
        nature=nature,
        because="a sample",
        inert=inert,
        suppressions=suppressions,
    )


def change(*files: FileChange, size: Size = Size.S) -> Change:
    natures = tuple(dict.fromkeys(file.nature for file in files))
    return Change(range=RANGE, files=files, natures=natures, size=size, counted=2 * len(files))


def finding(*, new: bool = True, blocking: bool = True, fingerprint: str = "f" * 8) -> Finding:
    return Finding(
        rule="R1",
        severity=Severity.ERROR,
        path="a.py",
        line=1,
        what="something",
        why="it matters",
        fix="mend it",
        new=new,
        blocking=blocking,
        fingerprint=fingerprint,
    )
