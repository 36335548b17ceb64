"""Comments that steer a tool: which words do, and which check they silence."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SILENCING = (
    (
        "secrets",
        r"pragma:\s*(allow|white)list|gitleaks:\s*allow|ggignore|trufflehog:\s*ignore|noseyparker-ignore"
        r"|talisman-ignore",
    ),
    (
        "coverage",
        r"pragma[:\s]\s*no\s*(cover|branch)|(istanbul|c8|v8)\s+ignore|lcov_excl|gcovr?_excl|no-cover\b"
        r"|coverage:\s*(ignore|off|skip|exclude)",
    ),
    (
        "sast",
        r"nosec\b|nosemgrep|lgtm\s*\[|codeql\s*\[|snyk:|deepcode\s+ignore|skipcq|bearer:disable"
        r"|njsscan-ignore",
    ),
    (
        "types",
        r"type:|(mypy|pyright|basedpyright|pytype|ty):|pyre-(ignore|fixme|strict|unsafe)"
        r"|@ts-(ignore|expect-error|nocheck|check)|\$flowfixme|@(no)?flow\b",
    ),
    ("complexity", r"complexipy:|lizard\s+forgives?"),
    ("workflows", r"zizmor:|actionlint\s+ignore"),
    ("dependencies", r"deptry:|osv-scanner:|depcheck"),
    (
        "infrastructure",
        r"checkov:|tfsec:|trivy:|kics-scan|tflint-ignore|cfn-lint|kube-linter|hadolint\s+(ignore|global)",
    ),
    (
        "format",
        r"fmt:|yapf:|autopep8:|black:|prettier-ignore|clang-format|rustfmt|@formatter:|taplo:|dprint-ignore"
        r"|swift-format-ignore",
    ),
    ("tests", r"doctest:|xdoctest:|pragma:\s*no\s*mutate|stryker\s+(disable|restore)"),
    (
        "lint",
        r"noqa\b|nopep8|(flake8|ruff|pylint|isort|pycodestyle|pydocstyle|pyflakes|autoflake|unimport|refurb"
        r"|rubocop|djlint|sqlfluff|cspell|codespell|typos|spellchecker):|nopycln|yamllint\s+(dis|en)able"
        r"|shellcheck\s+(disable|source|enable|shell)|eslint(-disable|-enable|-env|\s)|js[hl]int\b"
        r"|biome-ignore|stylelint-|markdownlint-|nolint|noinspection|nosonar|curlylint",
    ),
)
"""Words by the check that they silence, the most particular first."""

_STEERING = re.compile(
    r"///|renovate:|dependabot|x-release-please|cloud-config|yaml-language-server|\$schema|:\s?schema"
    r"|#\s*@(schema|param|section|skip|ignore|raw|default)|cython:|distutils:|nuitka-project|@generated\b"
    r"|do not edit|don't edit|webpack[A-Z]\w*:|sourcemappingurl|go:build|\+build\b|coding[:=]|-\*-"
    r"|\b(vim?|ex):\s|spdx-|^#!|#\s?%%|pragma\b|pytest_dont_rewrite"
    r"|#\s*[\w.+-]+\s?[:=]\s*\[?(ignore|disable|enable|skip|off|on|no-?\w+|allow|exclude|keep|start|end)\b"
    r"|\b(ignore|disable|enable|skip)[-_ ]?(next[-_ ]?line|this[-_ ]line|line|file|start|end|all)\b"
    r"|^#[a-z][\w-]*:|^#[:!]",
    re.IGNORECASE,
)
"""Words that tell a tool something else than to be silent, or look as if they did."""

_KNOWN = re.compile(
    "|".join(rf"(?P<{name}>(?<![\w-])(?:{words}))" for name, words in _SILENCING), re.IGNORECASE
)
_IN_STRINGS = re.compile(f"{_SILENCING[0][1]}|{_SILENCING[1][1]}", re.IGNORECASE)
_HINTS = (
    *(
        "pragma",
        "gitleaks",
        "ggignore",
        "trufflehog",
        "noseyparker",
        "talisman",
        "istanbul",
        "no-cover",
    ),
    *("c8 ignore", "v8 ignore", "_excl", "coverage:"),
)
"""In lower case, what a line must have for ``_IN_STRINGS`` to be found in it."""

_HASH = re.compile(r"#")
_SLASHES = re.compile(r"//|/\*|^\s*\*")
_MARKUP = re.compile(r"<!--|\{#|^\s*\.\.\s(?![_|\[])(?!.*::)|^\[(//|comment)\]: #")
_ANY = re.compile(r"(?:^|(?<=[\s,;{}()\[\]'\"]))(#|//|--|/\*|\*|<!--|\{#|;|%|rem\s)", re.IGNORECASE)
_LEADS = (
    (
        _HASH,
        "py pyi pyw pyx yaml yml toml sh bash zsh fish rb pl r mk cmake dockerfile graphql ps1 ex exs",
    ),
    (
        _SLASHES,
        "js mjs cjs jsx ts tsx mts cts go c h cc cpp hpp java kt kts rs swift scala cs css scss less",
    ),
    (_MARKUP, "md mdx markdown rst txt adoc html htm xml svg jinja jinja2 j2 njk"),
)
_LEAD_OF = {suffix: lead for lead, suffixes in _LEADS for suffix in suffixes.split()}


def checks_of(comment: str) -> tuple[str, ...]:
    """Return the checks that a comment silences, in the order in which it names them."""
    names = (found.lastgroup for found in _KNOWN.finditer(comment))
    return tuple(dict.fromkeys(name for name in names if name))


def steers(comment: str) -> bool:
    """Whether a comment may steer a tool, known or not: when in doubt, it does."""
    return _KNOWN.search(comment) is not None or _STEERING.search(comment) is not None


def silencing_comments(path: str, text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each comment that silences a check: its line (1-based), itself, and the code it stands by.

    The code is what precedes it on its line, else the next line that isn't blank. The language is
    taken from the path, comments are found by how they begin. Words about secrets and coverage count
    anywhere on a line, as they do for the tools that read them.
    """
    lead = _LEAD_OF.get(path.rpartition(".")[2].lower(), _ANY)
    lowered = text.lower()
    anywhere = any(word in lowered for word in _HINTS)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if lead is _HASH and not anywhere and "#" not in line:
            continue  # most lines of most files: a regular expression for each would take too long
        begin = lead.search(line)
        found = _KNOWN.search(line, begin.start()) if begin else None
        if found is None and anywhere:
            begin = found = _IN_STRINGS.search(line)
        if found is None or begin is None:
            continue
        code = line[: begin.start()].strip()
        if not code:
            code = next((each.strip() for each in lines[number + 1 :] if each.strip()), "")
        yield number + 1, line[begin.start() :].strip(), code
