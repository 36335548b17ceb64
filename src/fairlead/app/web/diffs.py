"""Findings in the diff: rows of markup, with what was found below the line that it was found in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from fairlead.app.report import readable
from fairlead.app.web.highlighting import highlighted
from fairlead.app.web.visible import visible_markup
from fairlead.changes.git import Repository as GitRepository
from fairlead.changes.patch import FilePatch, Hunk, read_patch
from fairlead.records.model import FindingRow, Repository, Revision
from fairlead.store.scratch import scratch_folder

SHOWN = 1200
"""How many lines of a diff one page shows; the rest is named with the command that shows it."""

_KEPT = 64
"""How many diffs are kept after they were read: commits don't change."""

Say = Callable[[FindingRow], Markup]
"""How a finding is said below its line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a diff as a row of a table; ``line`` is its number in the head's file, or 0.

    ``heads`` is true of the row before a hunk, which says where it is.
    """

    line: int
    markup: Markup
    heads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """One file of a diff, ready to be printed; ``note`` says what of it isn't shown."""

    path: str
    title: str
    added: int
    deleted: int
    note: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWithFindings:
    """A file with its rows and findings as one piece of markup.

    ``beside`` are findings of the file that are in none of the lines shown.
    """

    file: ShownFile
    beside: tuple[FindingRow, ...]
    body: Markup


class Diffs:
    """Reads diffs of revisions with git, and remembers the last ones."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._read = lru_cache(maxsize=_KEPT)(self._read_anew)

    def of(
        self, repository: Repository, revision: Revision, paths: Collection[str] | None = None
    ) -> tuple[ShownFile, ...]:
        """Return the diff of a revision, or of some of its files.

        Raises FairleadError when git can't read it, and says why.
        """
        named = None if paths is None else tuple(sorted(paths))
        return self._read(repository.folder, revision.base, revision.head, named)

    def _read_anew(
        self, folder: str, base: str, head: str, paths: tuple[str, ...] | None
    ) -> tuple[ShownFile, ...]:
        with scratch_folder(self._environ) as scratch:
            git = GitRepository.open(Path(folder), scratch=scratch, environ=self._environ)
            patch = read_patch(
                git,
                base or git.empty_tree,
                head,
                wanted=lambda file: paths is None or readable(file.path) in paths,
                lines=SHOWN,
            )
            shown = [part for part in patch if part.hunks]
            texts = git.blobs(part.file.blob for part in shown if part.file.blob)
        return tuple(_shown(part, texts.get(part.file.blob or "")) for part in patch)


def with_findings(
    files: Iterable[ShownFile], findings: Sequence[FindingRow], say: Say, *, around: int | None = None
) -> list[FileWithFindings]:
    """Put findings below their lines; files come in their order, each with those that are its own.

    With ``around``, only so many lines before and after a finding are shown, and what lies between is
    counted.
    """
    placed = []
    for file in files:
        at: dict[int, list[FindingRow]] = {}
        for finding in findings:
            if finding.path == file.path:
                at.setdefault(finding.line, []).append(finding)
        here = {index: row.line for index, row in enumerate(file.rows) if row.line and row.line in at}
        parts: list[str] = []
        left_out = 0
        for index, row in enumerate(file.rows):
            if around is not None and not any(abs(index - near) <= around for near in here):
                left_out += not row.heads
                continue
            parts += _gap(left_out)
            left_out = 0
            if index in here:
                parts.append(str(row.markup).replace('<tr class="', '<tr class="struck ', 1))
                parts += [
                    f'<tr class="found"><td colspan="4">{say(finding)}</td></tr>'
                    for finding in at.pop(row.line)
                ]
            else:
                parts.append(row.markup)
        if parts:
            parts += _gap(left_out)
        beside = tuple(finding for line in at.values() for finding in line)
        placed.append(FileWithFindings(file=file, beside=beside, body=_together(parts)))
    return placed


def _gap(lines: int) -> list[str]:
    if not lines:
        return []
    words = "1 more line" if lines == 1 else f"{lines} more lines"
    return [f'<tr class="gap"><td colspan="4">{words} in the whole diff</td></tr>']


def _shown(part: FilePatch, text: bytes | None) -> ShownFile:
    file = part.file
    path = readable(file.path)
    renamed = f"{readable(file.old_path)} → " if file.old_path else ""
    share = f" ({file.similarity} % alike)" if file.similarity is not None else ""
    head = [] if text is None else text.decode("utf-8", "surrogateescape").split("\n")
    coloured = highlighted(file.path, head)
    return ShownFile(
        path=path,
        title=f"{renamed}{path}{share}",
        added=file.added,
        deleted=file.deleted,
        note="" if not part.unshown else f"{file.status}; not shown: {part.unshown}",
        rows=tuple(row for hunk in part.hunks for row in _rows(hunk, file.path, head, coloured)),
    )


def _rows(hunk: Hunk, path: str, head: Sequence[str], coloured: Sequence[Markup]) -> Iterable[Row]:
    first = hunk.lines[0]
    where = f"line {first.new or first.old}" + (f", in {hunk.heading.strip()}" if hunk.heading else "")
    head_row = Markup('<tr class="gap"><td colspan="4">{}</td></tr>').format(visible_markup(where))
    yield Row(0, head_row, heads=True)
    gone = iter(highlighted(path, [line.text for line in hunk.lines if line.sign == "-"]))
    for line in hunk.lines:
        kind, mark = {"+": ("add", "+"), "-": ("del", "−")}.get(line.sign, ("same", ""))
        if line.new is None:
            text = next(gone)
        elif line.new <= len(head) and head[line.new - 1] == line.text:
            text = coloured[line.new - 1]
        else:  # a line that was cut
            text = visible_markup(line.text)
        yield Row(
            line.new or 0,
            _together(
                (
                    f'<tr class="{kind}"><td class="at old">{line.old or ""}</td>',
                    f'<td class="at">{line.new or ""}</td><td class="mark">{mark}</td>',
                    f'<td class="text">{text}</td></tr>',
                )
            ),
        )


def _together(parts: Iterable[str]) -> Markup:
    """Return pieces that are markup already, each escaped where it was made, as one."""
    return Markup("".join(parts))  # noqa: S704, see above
