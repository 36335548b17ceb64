"""JSON and TOML as tokens, each as it is spelled: what is left without white space and comments."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass

_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_TOML = re.compile(
    r'(?P<text>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')'
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<newline>\n)"
    r"|(?P<open>[\[{])"
    r"|(?P<close>[\]}])"
    r"|(?P<sign>[=,])"
    r"|(?P<blank>[ \t\r]+)"
    r"|(?P<word>[^\s\"'\#\[\]{}=,]+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: its text, how many tokens come before it, whether it has a line to itself."""

    text: str
    after: int
    alone: bool


def json_tokens(text: str) -> list[str]:
    """Return the tokens of a JSON document; raises ValueError when it is no strict JSON."""
    json.loads(text, parse_constant=_refuse)
    return _JSON.findall(text)


def toml_tokens(text: str) -> tuple[list[str], list[Remark]]:
    """Return the tokens and the comments of a TOML document; raises ValueError when it is none.

    An end of line is a token where it ends something: not in an array, and once for several.
    """
    tomllib.loads(text)
    tokens: list[str] = []
    remarks: list[Remark] = []
    depth, start = 0, 0
    fresh = True
    while start < len(text):
        found = _TOML.match(text, start)
        if found is None:
            raise ValueError(f"unexpected {text[start : start + 20]!r}")
        start = found.end()
        kind = found.lastgroup
        if kind == "comment":
            remarks.append(Remark(found[0].strip(), len(tokens), fresh))
        elif kind == "newline":
            fresh = True
            if depth == 0 and tokens and tokens[-1] != "\n":
                tokens.append("\n")
        elif kind != "blank":
            fresh = False
            depth += {"open": 1, "close": -1}.get(kind or "", 0)
            tokens.append(found[0])
    if tokens and tokens[-1] == "\n":
        tokens.pop()
    return tokens, remarks


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")
