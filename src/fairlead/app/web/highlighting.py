"""Code in colour: one line of markup for each line of text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup, escape
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from fairlead.app.web.visible import visible

LONGEST = 100_000
"""Characters: a longer text stays plain, as colouring it takes longer than a reader waits."""

_PLAIN = frozenset({"", "n", "p", "w", "o", "nb", "bp", "nv", "na", "err", "x", "esc"})


def highlighted(path: str, lines: Sequence[str]) -> list[Markup]:
    """Return the lines as markup with pygments' classes, chosen by the name of their file.

    There are as many as came in, and each says the same; unknown languages and long texts stay plain.
    """
    shown = [visible(line) for line in lines]
    lexer = _lexer(path.rpartition("/")[2])
    if lexer is None or sum(map(len, shown)) > LONGEST:
        return [escape(line) for line in shown]
    coloured = _coloured(lexer, shown)
    return coloured if len(coloured) == len(shown) else [escape(line) for line in shown]


def _coloured(lexer: Lexer, lines: Sequence[str]) -> list[Markup]:
    made: list[list[str]] = [[]]
    for kind, value in lexer.get_tokens("\n".join(lines)):
        name = STANDARD_TYPES.get(kind, "")
        for number, part in enumerate(value.split("\n")):
            if number:
                made.append([])
            if part:
                text = str(escape(part))
                made[-1].append(text if name in _PLAIN else f'<span class="{name}">{text}</span>')
    if len(made) > len(lines) and not made[-1]:  # lexers end a text with a line break of their own
        made.pop()
    return [Markup("".join(parts)) for parts in made]  # noqa: S704, as each part was escaped


@lru_cache(maxsize=256)
def _lexer(name: str) -> Lexer | None:
    try:
        return get_lexer_for_filename(name, stripnl=False, ensurenl=True)
    except ClassNotFound:
        return None
