"""The check of the policy itself: a head whose policy can't be read would stop every later change."""

from __future__ import annotations

from fairlead.changes.git import BLOB_LIMIT
from fairlead.changes.model import FileChange, Status
from fairlead.checks.model import Evaluated, Evaluation, Finding, Run, Scope, Severity, View
from fairlead.errors import FairleadError
from fairlead.gate.reading import read_policy

POLICY_FILES = ("fairlead.toml", "pyproject.toml")
"""Where a policy may stand, from the repository's root; the first one that has one holds."""

_AS_FILE = "make it a file; a fairlead.toml beside a pyproject.toml is read in its place"


class PolicyCheck:
    """Reads the head's policy as the next change will."""

    name = "policy"
    title = "mistakes in the gate's own policy"
    tool = ""
    scope = Scope.FILES
    configuration: tuple[str, ...] = ()

    def wants(self, file: FileChange) -> bool:
        """Want the policy files, unless the change deletes them."""
        return file.path in POLICY_FILES and file.status is not Status.DELETED

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Find a policy file that can't be read; its mistakes are named with their lines."""
        findings: list[Finding] = []
        for path in view.paths:
            place = view.folder / path
            if place.is_symlink() or not place.is_file() or place.stat().st_size > BLOB_LIMIT:
                findings.append(_finding(path, f"{path} is a link, or too large to be read", _AS_FILE))
                continue
            try:
                text = place.read_text("utf-8")
                read_policy(text, file=path, source="the head")
            except UnicodeDecodeError as error:
                findings.append(_finding(path, f"{path} is not UTF-8: {error}", "save it as UTF-8"))
            except FairleadError as error:
                findings.append(_finding(path, error.cause, error.fix))
        return Evaluated(findings=tuple(findings), evidence=f"read {len(view.paths)} policy files")


def _finding(path: str, what: str, fix: str) -> Finding:
    return Finding(
        rule="invalid-policy",
        severity=Severity.ERROR,
        path=path,
        line=0,
        what=what,
        why="once this is in the base, every later change would be gated by it",
        fix=fix,
        context=what,
    )
