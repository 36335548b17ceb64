"""Checks that a project brings itself: any command whose report can be read.

The command runs in a copy of the tree that no other check reads, so it may write there. It is known to
have evaluated when it ends with one of the exit codes that mean so and its report shows that it looked.
"""

from __future__ import annotations

import functools
import re
import shlex
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fairlead.changes.model import FileChange
from fairlead.checks.model import (
    Evaluated,
    Evaluation,
    NotEvaluated,
    Run,
    Scope,
    ToolUse,
    View,
)
from fairlead.checks.readers.lines import GROUPS
from fairlead.checks.readers.report import Place, Report
from fairlead.checks.tools import Tool
from fairlead.errors import FairleadError

FORMATS = ("sarif", "junit", "codequality", "regex")
"""What a custom check's report can be."""

_LARGEST_REPORT = 64 << 20
_QUOTED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomCheck:
    """A command of the project's own; ``custom_check`` makes one and says what each part means."""

    name: str
    command: tuple[str, ...]
    reads: tuple[str, ...]
    format: str
    output: str
    codes: frozenset[int]
    pattern: str
    proof: str
    title: str
    configuration: tuple[str, ...] = ()
    tool: str = ""
    scope: Scope = Scope.TREE

    def wants(self, file: FileChange) -> bool:
        """Files that ``reads`` names."""
        return _spec(self.reads)(file.path)

    def evaluate(self, view: View, run: Run) -> Evaluation:
        """Run the command in the tree and read its report."""
        report = view.folder / self.output if self.output else None
        try:
            if report:
                _clear(view.folder, report)
            done = run(self.command, cwd=view.folder)
            if done.code not in self.codes:
                allowed = ", ".join(str(code) for code in sorted(self.codes))
                said = done.stderr.decode("utf-8", "replace").strip()[-_QUOTED:]
                return NotEvaluated(
                    cause=f"{self.command[0]} ended with {done.code}, which does not mean that "
                    f"it looked ({allowed} would)" + (f": {said}" if said else ""),
                    fix=f"run {shlex.join(self.command)} by hand, or name the code in exit_codes",
                )
            raw = _read(view.folder, report) if report else done.stdout
            found = self._parse(raw, Place(folder=view.folder))
        except FairleadError as error:
            return NotEvaluated(cause=f"{self.command[0]}: {error.cause}", fix=error.fix)
        if done.code != 0 and not found.results:
            return NotEvaluated(
                cause=f"{self.command[0]} ended with {done.code} and reported nothing",
                fix=f"run {shlex.join(self.command)} by hand to see what it ended with {done.code} for",
            )
        if not found.evidence:
            return NotEvaluated(
                cause=f"{self.command[0]} printed nothing that shows that it looked",
                fix="set proof to a pattern for what it prints once it has looked, or make it verbose",
            )
        return Evaluated(
            findings=found.findings, evidence=f"exit code {done.code} and {found.evidence}"
        )

    def _parse(self, raw: bytes, place: Place) -> Report:
        if self.format == "sarif":
            from fairlead.checks.readers import sarif as reader
        elif self.format == "junit":
            from fairlead.checks.readers import junit as reader
        elif self.format == "codequality":
            from fairlead.checks.readers import codequality as reader
        else:
            from fairlead.checks.readers import lines

            proof = re.compile(self.proof, re.MULTILINE) if self.proof else None
            return lines.read(raw, place, re.compile(self.pattern, re.MULTILINE), proof)
        return reader.read(raw, place)


def custom_check(
    name: str,
    *,
    command: str | Sequence[str],
    reads: Sequence[str],
    format: str,
    output: str = "",
    exit_codes: Collection[int] = (0, 1),
    pattern: str = "",
    proof: str = "",
    title: str = "",
) -> CustomCheck:
    """Return a check made of a command, or raise FairleadError for one that could never evaluate.

    ``command`` is a list of words, or text that is split as a shell would; there is no shell. ``reads``
    are patterns as in ``.gitignore``: a change of none of these files does not need the check.
    ``format`` is one of ``FORMATS``. The report is what the command prints, or, with ``output``, a
    file that it writes in the tree. ``exit_codes`` are those that mean that it looked. For ``regex``,
    ``pattern`` has named groups (``message``, and ``path``, ``line``, ``rule``, ``severity``) and
    ``proof`` is what the output has when the command looked, found something or not.
    """
    try:
        words = tuple(shlex.split(command) if isinstance(command, str) else command)
    except ValueError as error:
        raise _wrong(
            name, f"its command can't be split into words ({error})", "mend its quotes"
        ) from error
    if not words or not words[0]:
        raise _wrong(name, "it has no command", 'command = ["eslint", "--format", "sarif", "src"]')
    if format not in FORMATS:
        raise _wrong(name, f"its format {format!r} is unknown", f"format = one of {', '.join(FORMATS)}")
    if not reads:
        raise _wrong(name, "it does not say which files it reads", 'reads = ["*.js"]')
    if not exit_codes:
        raise _wrong(name, "no exit code means that it looked", "exit_codes = [0, 1]")
    place = PurePosixPath(output)
    if output and (place.is_absolute() or ".." in place.parts or not place.parts):
        raise _wrong(name, f"its output {output!r} lies outside of the tree", "name a file inside")
    if format == "regex":
        _check_patterns(name, pattern, proof)
    elif pattern or proof:
        raise _wrong(name, f"pattern and proof have no use in {format}", 'format = "regex"')
    return CustomCheck(
        name=name,
        command=words,
        reads=tuple(reads),
        format=format,
        output=output,
        codes=frozenset(exit_codes),
        pattern=pattern,
        proof=proof,
        title=title or f"what {words[0]} reports",
    )


def tool_of(check: CustomCheck, environ: Mapping[str, str]) -> Tool:
    """Return the tool that a custom check is: its command, whose version nobody knows.

    The program's file stands for it where it can be found, so that another one's results don't count.
    """
    found = shutil.which(check.command[0], path=environ.get("PATH"))
    status = Path(found).resolve().stat() if found else None
    parts = (check.format, check.output, check.pattern, check.proof, sorted(check.codes), found)
    return Tool(
        use=ToolUse(
            name=check.command[0],
            version="",
            origin="a command of the policy",
            configuration="its own",
            command=check.command,
        ),
        stamp=repr((*parts, (status.st_mtime_ns, status.st_size) if status else None)),
    )


def _check_patterns(name: str, pattern: str, proof: str) -> None:
    for key, value in (("pattern", pattern), ("proof", proof)):
        try:
            groups = set(re.compile(value, re.MULTILINE).groupindex)
        except re.error as error:
            raise _wrong(name, f"its {key} is no regular expression ({error})", "mend it") from error
        if key == "pattern" and ("message" not in groups or not groups <= GROUPS):
            raise _wrong(
                name,
                "its pattern's groups are not those that are known",
                r"pattern = '^(?P<path>[^:]+):(?P<line>\d+): (?P<message>.+)$'",
            )


def _clear(folder: Path, report: Path) -> None:
    """Remove a report that the tree brings along: only one that was written now tells anything."""
    if not report.parent.resolve().is_relative_to(folder.resolve()):
        raise FairleadError(
            "its output would be written through a symbolic link that leads out of the tree",
            fix="name a file in a folder of the tree",
        )
    if report.is_dir() and not report.is_symlink():
        raise FairleadError("its output is a folder of the tree", fix="name a file")
    report.unlink(missing_ok=True)


def _read(folder: Path, report: Path) -> bytes:
    try:
        if not report.resolve().is_relative_to(folder.resolve()) or not report.is_file():
            raise FairleadError(
                f"it did not write {report.relative_to(folder)}",
                fix="let output name the file that the command writes",
            )
        with report.open("rb") as file:
            raw = file.read(_LARGEST_REPORT + 1)
    except OSError as error:
        raise FairleadError(
            f"its report can't be read: {error.strerror or error}", fix="run the command by hand"
        ) from error
    if len(raw) > _LARGEST_REPORT:
        raise FairleadError(
            f"its report is larger than {_LARGEST_REPORT >> 20} MiB", fix="let it report less"
        )
    return raw


@functools.cache
def _spec(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    from pathspec import GitIgnoreSpec  # only projects with checks of their own need it

    return GitIgnoreSpec.from_lines(patterns).match_file


def _wrong(name: str, cause: str, fix: str) -> FairleadError:
    return FairleadError(f"the custom check {name} is not valid: {cause}", fix=fix)
