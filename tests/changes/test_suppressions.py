from __future__ import annotations

import pytest

from fairlead.changes.suppressions import compare


def found(path: str, old: str | None, new: str | None) -> list[tuple[str, int, bool]]:
    sides = [None if side is None else side.encode() for side in (old, new)]
    return [(each.check, each.line, each.added) for each in compare(path, *sides)]


@pytest.mark.parametrize(
    ("path", "line", "check"),
    [
        ("a.py", "x = 1  # noqa", "lint"),
        ("a.py", "x = 1  # noqa: S101", "lint"),
        ("a.py", "# ruff: noqa", "lint"),
        ("a.py", "# pylint: disable=x", "lint"),
        ("a.py", "x = 1  # type: ignore[x]", "types"),
        ("a.py", "# mypy: ignore-errors", "types"),
        ("a.py", "x = 1  # pyright: ignore", "types"),
        ("a.py", "x = 1  # nosec B602", "sast"),
        ("a.py", "x = 1  # nosemgrep", "sast"),
        ("a.py", "x = 1  # pragma: no cover", "coverage"),
        ("a.py", "x = 'k'  # pragma: allowlist secret", "secrets"),
        ("a.py", "x = 'k  # pragma: allowlist secret'", "secrets"),
        ("a.py", "# fmt: off", "format"),
        ("a.py", "def f():  # complexipy: ignore", "complexity"),
        ("a.py", "import x  # deptry: ignore[DEP001]", "dependencies"),
        ("a.yml", "- uses: a/b  # zizmor: ignore[x]", "workflows"),
        ("a.tf", "# checkov:skip=CKV_1", "infrastructure"),
        ("a.ts", "// @ts-ignore", "types"),
        ("a.js", "/* eslint-disable */", "lint"),
        ("a.js", "key = 'x' // gitleaks:allow", "secrets"),
        ("a.md", "<!-- prettier-ignore -->", "format"),
        ("a.sh", "# shellcheck disable=SC1", "lint"),
        ("a.go", "//nolint:all", "lint"),
        ("a.sql", "-- noqa", "lint"),
        ("a.ini", "; pragma: allowlist secret", "secrets"),
        ("a.rst", ".. pragma: allowlist secret", "secrets"),
    ],
)
def test_a_new_comment_that_silences_a_check_is_named_with_its_line(
    path: str, line: str, check: str
) -> None:
    assert found(path, "\n", f"\n{line}\n") == [(check, 2, True)]
    assert found(path, f"\n{line}\n", "\n") == [(check, 2, False)]
    assert found(path, None, f"\n{line}\n") == [(check, 2, True)]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "x = '# noqa'"),
        ("a.py", '"""Says # type: ignore."""'),
        ("a.py", "# visibility: everyone may see it"),
        ("a.py", "# prototype: a first one"),
        ("a.py", "# why it is so"),
        ("a.md", "Write `# noqa` at the end of the line."),
        ("a.rst", ".. _visibility: https://example.org/#type:"),
        ("a.rst", ".. code-block:: python"),
        ("a.svg", '<path style="fill:url(#_Linear1);visibility:hidden" d="M1,1"/>'),
        ("a.yaml", "url: https://example.org/nolint"),
        ("a.js", 'const url = "see type: ignore"'),
    ],
)
def test_words_that_silence_nothing_are_not_named(path: str, line: str) -> None:
    assert found(path, "\n", f"\n{line}\n") == []


def test_a_comment_that_silences_several_checks_is_named_for_each() -> None:
    assert found("a.py", "x = 1\n", "x = 1  # type: ignore # noqa: E501 # nosec\n") == [
        ("types", 1, True),
        ("lint", 1, True),
        ("sast", 1, True),
    ]


def test_a_comment_that_moved_with_its_code_is_not_named() -> None:
    assert found("a.py", "x = 1  # noqa\n", "\n\ndef f():\n    x = 1  # noqa\n") == []


def test_a_comment_that_stands_by_other_code_now_silences_something_new() -> None:
    assert found("a.py", "x = 1  # nosec\n", "x = run(cmd)  # nosec\n") == [("sast", 1, True)]
    nextline = "# pragma: allowlist nextline secret\n"
    assert found("a.py", f"{nextline}x = 1\n", f"{nextline}x = 2\n") == [("secrets", 1, True)]
    assert found("a.py", f"{nextline}x = 1\n", f"{nextline}\ny = 2\nx = 1\n") == [("secrets", 1, True)]


def test_an_altered_comment_is_named_as_it_was_and_as_it_is() -> None:
    assert found("a.py", "x = 1  # noqa: E1\n", "x = 1  # noqa\n") == [
        ("lint", 1, True),
        ("lint", 1, False),
    ]


def test_a_second_equal_comment_is_named() -> None:
    assert found("a.py", "x = 1  # noqa\n", "x = 1  # noqa\nx = 1  # noqa\n") == [("lint", 2, True)]


def test_python_that_cannot_be_read_is_searched_line_by_line() -> None:
    assert found("a.py", "", "x = (  # noqa\n") == [("lint", 1, True)]
