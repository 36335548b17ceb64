"""Comments that steer a tool: which words do, and which check they speak to."""

from __future__ import annotations

import re

_WORDS = (
    (
        "secrets",
        r"pragma:\s*(allow|white)list|gitleaks:\s*allow|ggignore|trufflehog:\s*ignore|noseyparker|talisman"
        r"|detect-secrets",
    ),
    (
        "coverage",
        r"pragma[:\s]\s*no\s*(cover|branch)|(istanbul|c8|v8)\s+ignore|lcov_excl|gcovr?_excl|no-cover\b"
        r"|coverage:\s*(ignore|off|skip)",
    ),
    (
        "sast",
        r"nosec\b|nosemgrep|semgrep[:-]|lgtm\b\s*\[|codeql\b\s*\[|snyk:|deepcode|skipcq|bearer:|njsscan-ignore",
    ),
    (
        "types",
        r"#\s*type:|(mypy|pyright|basedpyright|pytype|ty|pytypes):|pyre-|@ts-(ignore|expect-error|nocheck|check)"
        r"|\$flowfixme|@(no)?flow\b",
    ),
    ("complexity", r"complexipy|lizard\s+forgive|#lizard|codescene"),
    ("workflows", r"zizmor:|actionlint"),
    (
        "dependencies",
        r"deptry:|renovate:|dependabot|#\s*///|x-release-please|depcheck|pip-audit|osv-scanner",
    ),
    (
        "infrastructure",
        r"checkov:|tfsec:|trivy:|kics-scan|tflint-ignore|ts:skip|cfn-lint|kube-linter|cloud-config",
    ),
    (
        "format",
        r"fmt:|yapf:|autopep8:|black:|prettier-ignore|clang-format|rustfmt|@formatter:|taplo:|dprint-ignore"
        r"|swift-format-ignore",
    ),
    ("tests", r"doctest:|xdoctest|pragma:\s*no\s*mutate|pytest_dont_rewrite|stryker"),
    (
        "build",
        r"cython:|distutils:|nuitka-project|@generated\b|do not edit|webpack[A-Z]\w*:"
        r"|sourcemappingurl|go:build|\+build\b|coding[:=]|-\*-|\b(vim?|ex):\s|spdx-|^#!|^#\s?%%",
    ),
    ("schema", r"#:\s?schema|yaml-language-server|\$schema|#\s*@\w+"),
    (
        "lint",
        r"noqa\b|nopep8|(flake8|ruff|pylint|isort|pycodestyle|pydocstyle|pyflakes|autoflake|unimport|refurb"
        r"|rubocop|djlint|sqlfluff|cspell|codespell|typos|spellchecker)\s?[:-]|nopycln|yamllint|shellcheck"
        r"|eslint|js[hl]int|biome-ignore|stylelint|markdownlint|nolint|ansible-lint|hadolint|noinspection"
        r"|nosonar|curlylint|pragma\b",
    ),
)

_KNOWN = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _WORDS), re.IGNORECASE)
_ORDERS = re.compile(
    r"^[#\s]*[\w.+-]+\s?[:=]\s*\[?(ignore|disable|enable|skip|off|on|no-?\w+|allow|exclude|keep|start|end)\b"
    r"|\b(ignore|disable|enable|skip)[-_ ]?(next[-_ ]?line|this[-_ ]line|line|file|start|end|all)\b"
    r"|^#[a-z][\w-]*:|^#[:!]",
    re.IGNORECASE,
)
_LEAD = re.compile(r"(?:^|(?<=[\s,;{}()\[\]'\"]))(#|//|--|/\*|\*|<!--|\{#|;|%|rem\b)", re.IGNORECASE)
_PROSE_LEAD = re.compile(r"<!--|^\s*\.\.\s|\{#|\[//\]: #|\[comment\]: #")
_PROSE = (".md", ".mdx", ".rst", ".txt", ".adoc", ".markdown")
_RAW = re.compile(_WORDS[0][1] + "|" + _WORDS[1][1], re.IGNORECASE)


def check_of(comment: str) -> str | None:
    """Return the check that a comment speaks to, ``None`` when it speaks to people alone.

    A comment with several words speaks to the check of the first.
    """
    found = _KNOWN.search(comment)
    return found.lastgroup if found else None


def steers(comment: str) -> bool:
    """Whether a comment may steer a tool, known or not: when in doubt, it does."""
    return _KNOWN.search(comment) is not None or _ORDERS.search(comment) is not None


def comment_on(line: str, path: str) -> str | None:
    """Return the part of a line that may be a comment, in whatever language; ``None`` without one.

    In prose only what its markup hides is one. Words about secrets and coverage are looked for all
    over the line, as the tools that they silence do.
    """
    lead = (_PROSE_LEAD if path.lower().endswith(_PROSE) else _LEAD).search(line)
    if lead:
        return line[lead.start() :].strip()
    raw = _RAW.search(line)
    return line[raw.start() :].strip() if raw else None
