"""Charts as SVG: each answers one question, which is its title, and has its table behind it.

Text keeps its size and bars take the width that there is: positions across are percentages, heights
are pixels. Bars start at zero. Nothing is said by colour alone, and everything that is drawn stands in
the table too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fairlead.app.web.visible import visible

LABEL = 44
"""Characters of a label that are drawn; the table has all of them."""

_ROW, _TEXT, _BAR, _NOTE = 42, 13, 9, 17
_PLOT, _SLOTS = 120, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its label, its value, the value as words, and a note that stands below it.

    ``mark`` is a second value, drawn as a stroke across the bar's line. ``other`` draws the bar open,
    to tell it from its neighbour. ``cells`` are further columns of the table.
    """

    label: str
    value: float
    words: str
    note: str = ""
    mark: float | None = None
    other: bool = False
    cells: tuple[str, ...] = ()


def bars(
    question: str,
    about: str,
    rows: Sequence[Bar],
    *,
    columns: Sequence[str],
    window: str = "",
) -> Markup:
    """Return lying bars, one below the other, in their order.

    ``about`` says what is drawn, in which unit and over how many; ``window`` over which time.
    ``columns`` head the table: the label's, the value's, then those of ``cells``, or the note's.
    """
    if not rows:
        return _nothing(question, about)
    numbers = [number for row in rows for number in (row.value, row.mark) if number is not None]
    least, most = min(0.0, *numbers), max(0.0, *numbers)
    span = most - least or 1.0
    zero = 100 * -least / span
    tall = _ROW + (_NOTE if any(row.note for row in rows) else 0)
    drawn = [_lying(row, number * tall, zero, span) for number, row in enumerate(rows)]
    height = tall * len(rows)
    return _figure(question, about, height, drawn, rows, columns, window)


def uprights(
    question: str,
    about: str,
    rows: Sequence[Bar],
    *,
    columns: Sequence[str],
    window: str = "",
) -> Markup:
    """Return standing bars side by side, for a row of days or weeks; no value may be below zero.

    The first and the last are labelled, and the highest says its value.
    """
    if not rows:
        return _nothing(question, about)
    most = max(row.value for row in rows) or 1.0
    step = 100 / max(len(rows), _SLOTS)
    top = next(number for number, row in enumerate(rows) if row.value == max(r.value for r in rows))
    drawn = []
    for number, row in enumerate(rows):
        height = _PLOT * row.value / most
        drawn.append(
            Markup(
                '<rect class="{}" x="{:.3f}%" y="{:.2f}" width="{:.3f}%" height="{:.2f}">'
                "<title>{}: {}</title></rect>"
            ).format(
                "second" if row.other else "first",
                number * step + step * 0.1,
                20 + _PLOT - height,
                step * 0.8,
                height,
                visible(row.label),
                visible(row.words),
            )
        )
    middle = top * step + step / 2
    anchor = "start" if middle < 15 else "end" if middle > 85 else "middle"
    base = 20 + _PLOT
    drawn += [
        Markup('<text x="{:.3f}%" y="14" text-anchor="{}">{}</text>').format(
            middle, anchor, visible(rows[top].words)
        ),
        Markup('<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(base),
        Markup('<text class="quiet" x="0" y="{}">{}</text>').format(base + 17, visible(rows[0].label)),
    ]
    if len(rows) > 1:
        drawn.append(
            Markup('<text class="quiet" x="{:.3f}%" y="{}" text-anchor="end">{}</text>').format(
                max(step * len(rows), 60.0), base + 17, visible(rows[-1].label)
            )
        )
    return _figure(question, about, base + 24, drawn, rows, columns, window)


def _lying(row: Bar, top: int, zero: float, span: float) -> Markup:
    end = zero + 100 * row.value / span
    label = visible(row.label)
    parts = [
        Markup('<text x="0" y="{}">{}</text>').format(
            top + _TEXT, label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"
        ),
        Markup('<text x="100%" y="{}" text-anchor="end">{}</text>').format(
            top + _TEXT, visible(row.words)
        ),
        Markup('<rect class="{}" x="{:.3f}%" y="{}" width="{:.3f}%" height="{}"/>').format(
            "second" if row.other else "minus" if row.value < 0 else "first",
            min(zero, end),
            top + _TEXT + 5,
            abs(end - zero),
            _BAR,
        ),
    ]
    parts.append(
        Markup('<line class="axis" x1="{0:.3f}%" x2="{0:.3f}%" y1="{1}" y2="{2}"/>').format(
            zero, top + _TEXT + 2, top + _TEXT + 8 + _BAR
        )
    )
    if row.mark is not None:
        parts.append(
            Markup('<line class="mark" x1="{0:.3f}%" x2="{0:.3f}%" y1="{1}" y2="{2}"/>').format(
                zero + 100 * row.mark / span, top + _TEXT + 3, top + _TEXT + 7 + _BAR
            )
        )
    if row.note:
        parts.append(
            Markup('<text class="quiet" x="0" y="{}">{}</text>').format(
                top + _TEXT + _BAR + _NOTE + 4, visible(row.note)
            )
        )
    return Markup("").join(parts)


def _figure(
    question: str,
    about: str,
    height: int,
    drawn: Sequence[Markup],
    rows: Sequence[Bar],
    columns: Sequence[str],
    window: str,
) -> Markup:
    name = re.sub(r"[^a-z0-9]+", "-", question.lower()).strip("-") or "chart"
    return Markup(
        '<figure class="chart" id="chart-{name}"><figcaption>{question}</figcaption>'
        '<p class="small quiet">{about}{window}</p>'
        '<svg width="100%" height="{height}" role="img" aria-labelledby="{name}-title {name}-desc">'
        '<title id="{name}-title">{question}</title><desc id="{name}-desc">{summary}</desc>'
        "{drawn}</svg>"
        "<details><summary>The same as a table</summary>{table}</details></figure>"
    ).format(
        name=name,
        question=question,
        about=about,
        window=f" {window}" if window else "",
        height=height,
        summary="; ".join(f"{visible(row.label)}: {visible(row.words)}" for row in rows),
        drawn=Markup("").join(drawn),
        table=_table(question, rows, columns),
    )


def _table(question: str, rows: Sequence[Bar], columns: Sequence[str]) -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(column) for column in columns)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            visible(row.label),
            Markup("").join(
                Markup("<td>{}</td>").format(visible(cell))
                for cell in (row.words, *(row.cells or (row.note,)))[: len(columns) - 1]
            ),
        )
        for row in rows
    )
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="Table: {question}"><table>'
        '<caption class="unseen">{question}</caption><thead><tr>{head}</tr></thead>'
        "<tbody>{body}</tbody></table></div>"
    ).format(question=question, head=head, body=body)


def _nothing(question: str, about: str) -> Markup:
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption>'
        '<p class="small quiet">{} Nothing has been measured in this window yet.</p></figure>'
    ).format(question, about)
