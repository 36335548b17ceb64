"""Reads a document, in whatever layout, into principles and stories with their places."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from fairlead.worksheet.documents.labels import (
    ALIASES,
    CANONICAL,
    LETTERS,
    PRINCIPLE_WORDS,
    QUESTION_WORDS,
    TITLE_WORDS,
    Label,
    label_at,
    plain,
    section_named,
)
from fairlead.worksheet.documents.model import (
    Document,
    Form,
    Item,
    Part,
    ReadBudget,
)
from fairlead.worksheet.documents.shapes import (
    DEFINITION,
    GREEN,
    GREEN_MARK,
    META,
    METHOD,
    PROMPTS,
    QUESTION,
    QUESTIONS,
    HeadingSeen,
    OpenPart,
    PrincipleSeen,
    StorySeen,
    budget_in,
    heading_title,
    is_template,
    items_in,
    left_out,
    place,
    role_of,
    title_line,
    trimmed,
)
from fairlead.worksheet.documents.tables import (
    csv_rows,
    has_columns,
    is_row,
    stories_in_rows,
    stories_in_table,
)
from fairlead.worksheet.documents.text import Line, lines_of
from fairlead.worksheet.model import ACTION, RESULT, SITUATION, TASK


def read_document(text: str, encoding: str, *, name: str, known: Collection[str] = ()) -> Document:
    """Return what a document holds; what has no place in a worksheet is in ``left_out``.

    ``name`` is the file's name without its ending, and the title of a document that has none.
    ``known`` are names of principles in lower case: a heading with such a name is one, even where
    nothing below it says so.
    """
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    if "|" not in first and has_columns([cell.text for row in csv_rows(first)[:1] for cell in row]):
        return _spreadsheet(text, encoding, name)
    return _Reader(text=text, encoding=encoding, name=name, known=frozenset(known)).read()


def _spreadsheet(text: str, encoding: str, name: str) -> Document:
    rows = csv_rows(text)
    stories = stories_in_rows(rows, 0)
    return Document(
        text=text,
        encoding=encoding,
        title=name,
        principles=(),
        stories=tuple(stories),
        budgets=(),
        left_out=(),
        notes=(),
    )


@dataclass(slots=True)
class _Reader:
    """Walks the lines once; every line is either covered by something or left out."""

    text: str
    encoding: str
    name: str
    known: frozenset[str]
    lines: list[Line] = field(default_factory=list)
    labels: dict[int, Label] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    guidance: set[int] = field(default_factory=set)
    stack: list[HeadingSeen] = field(default_factory=list)
    principles: list[PrincipleSeen] = field(default_factory=list)
    stories: list[StorySeen] = field(default_factory=list)
    story: StorySeen | None = None
    open: OpenPart | None = None
    method: int = 0
    budgets: list[ReadBudget] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    legend: int = 0

    def read(self) -> Document:
        self.lines = lines_of(self.text)
        self._find_labels()
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if line.level:
                self._heading(at, line)
            elif at in self.labels and not self.method:
                self._section(at, self.labels[at].section, self.labels[at].end, 0)
            elif is_row(line) and not self.method:
                at = self._table(at)
                continue
            elif not self.open:
                self._loose(at, line)
            if self.method:
                self.guidance.add(at)
                self.budgets += budget_in(line)
            at += 1
        self._close(len(self.lines))
        self._drop_template()
        if self.legend and not any(one.likely for one in self.principles):
            self.notes.append(
                f"line {self.legend} says that green marks the likely principles, and none bears it:"
                " set them with --likely NAME…"
            )
        return Document(
            text=self.text,
            encoding=self.encoding,
            title=self._title(),
            principles=tuple(one.read() for one in self.principles),
            stories=tuple(one.read() for one in self.stories),
            budgets=tuple(self.budgets),
            left_out=left_out(self.lines, self.covered, self.guidance),
            notes=tuple(self.notes),
        )

    def _find_labels(self) -> None:
        """Find the labelled lines; other words than the method's count only where those don't stand."""
        found: dict[int, Label] = {}
        for at, line in enumerate(self.lines):
            if (
                not line.level
                and not line.inside
                and (label := label_at(self.text, line.start, line.end))
            ):
                found[at] = label
        words = {label.word for label in found.values()}
        words |= {plain(line.title).casefold() for line in self.lines if line.level}
        own = {CANONICAL[word] for word in words if word in CANONICAL}
        letters = {word for word in words if word in LETTERS}
        spelt = len(letters) >= 3 and {"s", "a"} <= letters
        self.labels = {
            at: label
            for at, label in found.items()
            if label.word in CANONICAL
            or (label.word in LETTERS and spelt)
            or (label.word in ALIASES and label.section not in own and not spelt)
        }
        if not own & {SITUATION, ACTION, RESULT} and not spelt and len(self.labels) < 3:
            self.labels = {}

    def _heading(self, at: int, line: Line) -> None:
        section = section_named(line.title)
        if section and not self.method and self._is_own(line.title, section):
            self._section(at, section, line.end, line.level)
            return
        if self.open and self.story and self.open.level and line.level > self.open.level:
            return  # a heading inside a section is the section's text
        self._close(at)
        self.story = None
        while self.stack and self.stack[-1].level >= line.level:
            self.stack.pop()
        if self.method and line.level <= self.method:
            self.method = 0
        heading = HeadingSeen(
            level=line.level, title=plain(line.title), line=at, role=role_of(line.title)
        )
        self.covered.add(at)
        if not self.method and METHOD.search(line.title) and (line.level > 1 or self._many_titles()):
            self.method = line.level
        elif heading.role in {DEFINITION, QUESTIONS, PROMPTS} and self.stack:
            self._principle_of(self.stack[-1])
            self.open = OpenPart(
                name=heading.role, first=at + 1, start=line.end, level=line.level, label=""
            )
        elif heading.title.casefold() in self.known:
            self._principle_of(heading)
        self.stack.append(heading)

    def _is_own(self, title: str, section: str) -> bool:
        word = plain(title).casefold()
        if word in ALIASES and any(label.section == section for label in self.labels.values()):
            return False
        return self.story is not None or section in {SITUATION, TASK, ACTION, RESULT}

    def _many_titles(self) -> bool:
        return sum(line.level == 1 for line in self.lines) > 1

    def _principle_of(self, heading: HeadingSeen) -> PrincipleSeen:
        for one in self.principles:
            if one.heading is heading:
                return one
        line = self.lines[heading.line]
        start = self.text.find(heading.title, line.start, line.end)
        heading.role = "principle"
        principle = PrincipleSeen(
            heading=heading,
            name=Item(text=heading.title, place=place(start, start + len(heading.title), Form.LINE)),
            likely=bool(GREEN_MARK.search(line.title)),
        )
        if principle.likely:
            principle.name = replace(principle.name, text=GREEN_MARK.sub("", heading.title).strip())
        self.principles.append(principle)
        return principle

    def _section(self, at: int, name: str, content: int, level: int) -> None:
        told = [part.name for part in self.story.parts] if self.story else []
        if self.open and self.story:
            told.append(self.open.name)
        restarts = name in told and (name == SITUATION or SITUATION not in told)
        if self.story and name in told and not restarts:
            return  # a label that stands twice in one story is the text of the section it is in
        if not self.story or restarts:
            begin = self._start_story(at)
            if at in self.labels and self.labels[at].combined:
                self.notes.append(
                    f"line {at + 1}: Situation and Task stand in one part; it became the Situation"
                )
        else:
            begin = at
        self._close(begin)
        if self.story is None:
            self.story = self.stories[-1]
        self.covered.add(at)
        self.open = OpenPart(
            name=name,
            first=at,
            start=content,
            level=level,
            label=self.text[self.lines[at].start : content],
        )

    def _start_story(self, at: int) -> int:
        """Begin a story whose first label is on line ``at``; returns the line that its title is on."""
        begin, title, meta = self._title_above(at)
        self._close(begin)
        principles, questions = [], []
        for heading in reversed(self.stack):
            if heading.role == "principle":
                principles.append(heading.title)
            elif not heading.role and QUESTION.match(heading.title):
                questions.append(heading.title)
            elif not heading.role and title is None and not heading.used and heading is self.stack[-1]:
                title = heading_title(self.text, self.lines, heading)
                heading.used = True
        for key, value in meta:
            if key in PRINCIPLE_WORDS:
                principles += [one.strip() for one in re.split(r"[,;]", value) if one.strip()]
            elif key in QUESTION_WORDS:
                questions.append(value)
        start = self.lines[begin].start
        if title and title.place.start < start and self.stack:
            start = self.lines[self.stack[-1].line].start
        self.story = StorySeen(start=start, title=title, principles=principles, questions=questions)
        self.stories.append(self.story)
        return begin

    def _title_above(self, at: int) -> tuple[int, Item | None, list[tuple[str, str]]]:
        """Look upward from a story's first label for its title and what it is for."""
        begin, title = at, None
        meta: list[tuple[str, str]] = []
        floor = self.open.first if self.open else (self.stack[-1].line if self.stack else -1)
        for above in range(at - 1, floor, -1):
            line = self.lines[above]
            if not line.text.strip():
                continue
            if line.level or line.rule or line.inside or above in self.labels or is_row(line):
                break
            found = META.match(line.text)
            key = found["key"].strip().casefold() if found else ""
            if found and title is None and key in TITLE_WORDS:
                title = Item(
                    text=found["value"].strip(),
                    place=place(line.start + found.start("value"), line.end, Form.LINE),
                )
                self.covered.add(above)
                begin = above
                continue
            if found and key in PRINCIPLE_WORDS | QUESTION_WORDS | {"tags", "tag"}:
                meta.append((key, found["value"].strip().strip("*_")))
                self.covered.add(above)
                begin = above
                continue
            above_it = None if title else title_line(self.text, self.lines, above)
            if above_it:
                title, begin = above_it, above
                self.covered.add(above)
            break
        return begin, title, meta[::-1]

    def _close(self, until: int) -> None:
        """End what is open before line ``until`` and keep its text."""
        current, self.open = self.open, None
        if current is None:
            return
        last = until
        while last > current.first and (
            last > len(self.lines) or self._is_gap(self.lines[last - 1], last - 1, current)
        ):
            last -= 1
        end = max(current.start, self.lines[last - 1].end if last > 0 else current.start)
        start, end = trimmed(self.text, current.start, end)
        self.covered.update(range(current.first, until))
        if current.name in {DEFINITION, QUESTIONS, PROMPTS} and self.principles:
            self._region(current, start, end, last)
        elif self.story:
            text = self.text[start:end].replace("\r\n", "\n")
            part = Part(
                name=current.name, text=text, place=place(start, end, Form.BLOCK), label=current.label
            )
            self.story.parts.append(part)
            self.story.end = end

    def _is_gap(self, line: Line, at: int, current: OpenPart) -> bool:
        return at >= current.first and not line.level and (not line.text.strip() or line.rule)

    def _region(self, current: OpenPart, start: int, end: int, last: int) -> None:
        principle = self.principles[-1]
        if current.name == DEFINITION:
            text = self.text[start:end].replace("\r\n", "\n")
            principle.definition = Item(text=text, place=place(start, end, Form.BLOCK))
            return
        items = items_in(self.text, self.lines[current.first : last])
        (principle.questions if current.name == QUESTIONS else principle.prompts).extend(items)

    def _table(self, at: int) -> int:
        end = at
        while end < len(self.lines) and is_row(self.lines[end]):
            end += 1
        found = stories_in_table(self.lines[at:end])
        if not found:
            if not self.open:
                self._loose(at, self.lines[at])
            return at + 1 if self.open else end
        self._close(at)
        for read in found:
            begun = None if read.title else self.stack[-1] if self.stack else None
            title = read.title
            if begun and not begun.used and not begun.role:
                title = heading_title(self.text, self.lines, begun)
            if begun:
                begun.used = True
            principles = [one.title for one in self.stack if one.role == "principle"]
            self.stories.append(
                StorySeen(
                    start=read.start,
                    title=title,
                    principles=[*principles, *read.principles],
                    questions=list(read.questions),
                    parts=list(read.parts),
                    end=read.end,
                )
            )
        self.story = None
        self.covered.update(range(at, end))
        return end

    def _loose(self, at: int, line: Line) -> None:
        if not line.text.strip() or line.rule:
            self.covered.add(at)
        elif GREEN.search(line.text):
            self.legend = at + 1
            self.covered.add(at)
        elif not self.method:
            self.budgets += budget_in(line)

    def _drop_template(self) -> None:
        """Take out what tells the reader how to write a story instead of telling one."""
        for one in [one for one in self.stories if is_template(one.parts)]:
            self.stories.remove(one)
            first = self.text.count("\n", 0, one.start)
            last = self.text.count("\n", 0, one.end)
            self.guidance.update(range(first, last + 1))
            self.covered.difference_update(range(first, last + 1))

    def _title(self) -> str:
        first = next((line for line in self.lines if line.level == 1), None)
        return plain(first.title) if first and plain(first.title) else self.name
