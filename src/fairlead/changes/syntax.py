"""Whether two Python files are the same program: equal trees, steering comments in equal places."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings

from fairlead.changes.directives import steers

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")  # PEP 263
_INLINE_METADATA = re.compile(
    rb"^# /// [a-zA-Z0-9-]+[ \t]*\r?\n(?:^#(?: .*)?\r?\n)*", re.MULTILINE
)  # PEP 723
_LAYOUT_FREE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}

_OWN_LINES = re.compile(
    rb"\b(getsource(lines|file)?|findsource|getcomments|linecache|co_(firstlineno|lines|positions|lnotab)"
    rb"|f_lineno|tb_lineno|currentframe|_getframe)\b"
)
"""By what a program looks at its own lines, so that a comment or a line more can alter what it does."""

Place = tuple[str, int, int, int, tuple[tuple[int, str], ...]]
"""A steering comment: its text, how many names come before its statement, its row in the statement
(-1 when it stands before it), its column then, and the statement's layout."""


def same_program(old: bytes, new: bytes) -> bool:
    """Whether both sides parse, to equal trees, and no comment that a tool may read differs.

    Docstrings are part of the tree. The interpreter and the encoding that the first two lines name, and
    a script's inline metadata, must be the same bytes; the program may not look at its own lines. False
    whenever there is doubt: what can't be parsed here, or is nested too deep, isn't proved.
    """
    if (
        _OWN_LINES.search(new)
        or _prologue(old) != _prologue(new)
        or _lone_returns(old)
        or _lone_returns(new)
    ):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not equal_trees(ast.parse(old), ast.parse(new)):
                return False
        return _steering(old) == _steering(new)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return False


def equal_trees(one: ast.AST, other: ast.AST) -> bool:
    """Whether two trees are equal but for positions; constants by type and spelling of their value."""
    pending: list[tuple[object, object]] = [(one, other)]
    while pending:
        left, right = pending.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, ast.AST):
            names = left._fields
            pending.extend((getattr(left, name, None), getattr(right, name, None)) for name in names)
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            pending.extend(zip(left, right, strict=True))
        elif isinstance(left, (float, complex)):
            if repr(left) != repr(right):
                return False
        elif left != right:
            return False
    return True


def _prologue(content: bytes) -> tuple[bytes, ...]:
    lines = content.split(b"\n", 2)[:2]
    first = lines[0] if lines[0].startswith(b"#!") else b""
    mark = content[:3] if content.startswith(b"\xef\xbb\xbf") else b""
    cookies = [line for line in lines if _COOKIE.match(line)]
    return (mark, first, *cookies, *_INLINE_METADATA.findall(content))


def _lone_returns(content: bytes) -> bool:
    """Whether a carriage return stands alone: Python ends a line there, other tools don't."""
    return b"\r" in content.replace(b"\r\n", b"")


def _steering(content: bytes) -> list[Place]:
    """Return the comments that may steer a tool, each with the statement it stands in or before."""
    places: list[Place] = []
    names = 0
    statement: list[tokenize.TokenInfo] = []
    comments: list[tuple[tokenize.TokenInfo, bool]] = []
    for token in tokenize.tokenize(io.BytesIO(content).readline):
        if token.type == tokenize.COMMENT:
            if steers(token.string):
                comments.append((token, bool(statement)))
        elif token.type not in _LAYOUT_FREE:
            statement.append(token)
        if token.type in {tokenize.NEWLINE, tokenize.ENDMARKER}:
            if comments:
                places.extend(_places(comments, statement, names))
            names += sum(each.type == tokenize.NAME for each in statement)
            statement, comments = [], []
    return places


def _places(
    comments: list[tuple[tokenize.TokenInfo, bool]], statement: list[tokenize.TokenInfo], names: int
) -> list[Place]:
    first = statement[0].start[0] if statement else 0
    layout = tuple((token.start[0] - first, token.string) for token in statement)
    return [
        (
            comment.string.strip(),
            names,
            comment.start[0] - first if inside else -1,
            0 if inside else comment.start[1],
            layout,
        )
        for comment, inside in comments
    ]
