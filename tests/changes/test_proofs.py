from __future__ import annotations

import pytest

from fairlead.changes.model import Nature, Proof, Status
from fairlead.changes.nature import Judgement
from fairlead.changes.proofs import Sides, prove

ANY = Judgement(nature=Nature.SOURCE, because="a test says so")


def proof(path: str, old: str | None, new: str | None, **changed: object) -> Proof | None:
    sides = {
        "path": path,
        "status": Status.MODIFIED,
        "old_mode": 0o100644,
        "mode": 0o100644,
        "old": None if old is None else old.encode(),
        "new": None if new is None else new.encode(),
        "same_blob": old == new,
        "judgement": ANY,
        "old_nature": ANY.nature,
        **changed,
    }
    return prove(Sides(**sides))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1\n", "x = 1  # one\n"),
        ("x = 1\n", "# one\n\n\nx   =  1\n"),
        ("x = (1)\n", "x = 1\n"),
        ("f(a, b)\n", "f(\n    a,\n    b,\n)\n"),
        ("x = 'a'\n", 'x = "a"\n'),
        ("x = 1\n", "x = 1\r\n"),
        ("x = 'ab'\n", "x = 'a' 'b'\n"),
        ("x = 1  # noqa: E1\n", "\n\nx  =  1  # noqa: E1\n"),
        ("def f():\n  return 1  # nosec\n", "def f():\n    return 1  # nosec\n"),
    ],
)
def test_formatting_and_comments_of_python_are_proved(old: str, new: str) -> None:
    assert proof("a.py", old, new) is Proof.SAME_SYNTAX_TREE
    assert proof("a.pyi", new, old) is Proof.SAME_SYNTAX_TREE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1\n", "x = 1.0\n"),
        ("x = 1\n", "x = True\n"),
        ("x = 0.0\n", "x = -0.0\n"),
        ("x = b'a'\n", "x = 'a'\n"),
        ("f(a)\n", "f(a,)[0]\n"),
        ("x = (1)\n", "x = (1,)\n"),
        ('"""One."""\n', '"""One. """\n'),
        ('def f():\n    """A.\n    B."""\n', 'def f():\n    """A.\n      B."""\n'),
        ("x = f'{y=}'\n", "x = f'{y =}'\n"),
        ("if a:\n    b\nc\n", "if a:\n    b\n    c\n"),
        ("x = 'a\\\nb'\n", "x = 'a\\nb'\n"),
        ("from __future__ import annotations\n", "from __future__ import generators\n"),
    ],
)
def test_python_that_means_something_else_is_not_proved(old: str, new: str) -> None:
    assert proof("a.py", old, new) is None


STEERING = [
    "# noqa",
    "#noqa:E501",
    "# ruff: noqa",
    "# ruff: noqa: F401",
    "# flake8: noqa",
    "# type: ignore",
    "# type: ignore[attr-defined]",
    "# type: int",
    "# mypy: ignore-errors",
    "# pyright: basic",
    "# ty: ignore",
    "# pylint: disable=all",
    "# isort: skip_file",
    "# isort:skip",
    "# nosec",
    "# nosec B602",
    "# nosemgrep: some.rule",
    "# pragma: no cover",
    "# pragma: no branch",
    "# pragma: no mutate",
    "# pragma: allowlist secret",
    "# pragma: whitelist nextline secret",
    "# gitleaks:allow",
    "# fmt: off",
    "# fmt: skip",
    "# yapf: disable",
    "# autopep8: off",
    "# black: skip",
    "# doctest: +SKIP",
    "# cython: language_level=3",
    "# distutils: language = c++",
    "# zizmor: ignore[unpinned-uses]",
    "# checkov:skip=CKV_1",
    "# renovate: datasource=pypi",
    "# complexipy: ignore",
    "# deptry: ignore[DEP001]",
    "# NOSONAR",
    "# noinspection PyUnresolvedReferences",
    "# pyre-ignore[6]",
    "# pytype: disable=all",
    "# codespell:ignore",
    "# skipcq: PYL-1",
    "# vulture: ignore",
    "# some-new-tool: off",
    "# lint-skip-next-line",
    "# -*- coding: latin-1 -*-",
    "# vim: set fileencoding=latin-1 :",
    "# SPDX-License-Identifier: MIT",
    "# @generated",
    "# DO NOT EDIT",
    "# %%",
]


@pytest.mark.parametrize("comment", STEERING)
def test_a_comment_that_steers_a_tool_is_no_mere_comment(comment: str) -> None:
    assert proof("a.py", "x = 1\n", f"x = 1  {comment}\n") is None
    assert proof("a.py", f"{comment}\nx = 1\n", "x = 1\n") is None
    assert proof("a.py", "x = 1  # one\n", f"x = 1  # one  {comment}\n") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1  # noqa\ny = 1\n", "x = 1\ny = 1  # noqa\n"),
        ("# fmt: off\nx = 1\ny = 1\n", "x = 1\n# fmt: off\ny = 1\n"),
        ("x = f(  # noqa\n    1)\n", "x = f(\n    1)  # noqa\n"),
        ("x = [1, 2]  # noqa\n", "x = [\n    1, 2]  # noqa\n"),
        (
            "if a:\n    b\n    # pylint: disable=x\n    c\n",
            "if a:\n    b\n# pylint: disable=x\n    c\n",
        ),
        ("x = 1  # noqa: E1\n", "x = 1  # noqa: E2\n"),
        ("x = 1\ny = x  # nosec\ny = x\n", "x = 1\ny = x\ny = x  # nosec\n"),
    ],
)
def test_a_comment_that_steers_a_tool_may_not_move_to_other_code(old: str, new: str) -> None:
    assert proof("a.py", old, new) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#!/usr/bin/python\nx = 1\n", "#!/usr/bin/env python\nx = 1\n"),
        ("#!/usr/bin/python\nx = 1\n", "#!/usr/bin/python\r\nx = 1\n"),
        ("# coding: utf-8\nx = 1\n", "# coding: latin-1\nx = 1\n"),
        ("x = 1\n", "\ufeffx = 1\n"),
        (
            "# /// script\n# dependencies = []\n# ///\nx = 1\n",
            "# /// script\n# dependencies = ['y']\n# ///\nx = 1\n",
        ),
        ("x = 1  # a\n", "x = 1  # a\rimport os\n"),
        ("x = 1\n", "x = 1  # \u202e evil\n"),
        ("x = 1\n", "x = 1\n\0"),
        (
            "import inspect\nx = inspect.getsource(f)\n",
            "import inspect\nx = inspect.getsource(f)  # f\n",
        ),
        ("line = sys._getframe().f_lineno\n", "# why\nline = sys._getframe().f_lineno\n"),
        ("x = = 1\n", "x = = 1 # no\n"),
        ("print 1\n", "print 1  # two\n"),
        ("x = " + "(" * 300 + "1" + ")" * 300 + "\n", "x = 1\n"),
        ("x = " + "-" * 100_000 + "1\n", "x = 1\n"),
    ],
)
def test_where_there_is_doubt_there_is_no_proof(old: str, new: str) -> None:
    assert proof("a.py", old, new) is None


def test_a_long_sum_is_compared_without_running_out_of_stack() -> None:
    long = "x = " + " + ".join(["1"] * 3000)

    assert proof("a.py", f"{long}\n", f"{long} + 1\n") is None


@pytest.mark.parametrize(
    "path",
    [
        "tests/fixtures/a.py",
        "tests/data/a.py",
        "pkg/testdata/a.py",
        "golden/a.json",
        "tests/x/cassettes/a.yaml",
        "src/templates/a.toml",
        "{{cookiecutter.name}}/a.py",
        "tests/snapshots/a.json",
        "a.txt",
        "a.js",
        "a.jsonc",
        "poetry.lock",
    ],
)
def test_a_file_that_something_may_read_as_it_is_has_no_proof(path: str) -> None:
    assert proof(path, "", "\n") is None


def test_modes_links_renames_and_unread_sides_have_no_proof() -> None:
    changed = ("a.py", "x = 1\n", "x = 1 # one\n")

    assert proof(*changed) is not None
    assert proof(*changed, mode=0o100755) is None
    assert proof(*changed, mode=0o120000, old_mode=0o120000) is None
    assert proof(*changed, status=Status.RENAMED) is None
    assert proof(*changed, status=Status.RETYPED) is None
    assert proof("a.py", None, "x = 1\n") is None
    assert proof("a.py", "x = 1\n", "x = 1\n" + "# long\n" * 400_000) is None


def test_a_document_that_only_moved_is_proved() -> None:
    document = Judgement(nature=Nature.DOCUMENTATION, because="a test says so")
    moved = {
        "status": Status.RENAMED,
        "judgement": document,
        "old_nature": Nature.DOCUMENTATION,
    }

    assert proof("docs/b.md", "text\n", "text\n", **moved) is Proof.MOVED_DOCUMENT
    assert proof("docs/b.md", "text\n", "Text\n", **moved) is None
    assert proof("docs/b.md", ">>> 1\n", ">>> 1\n", **moved) is None
    assert proof("docs/README.md", "text\n", "text\n", **moved) is None
    assert proof("docs/b.md", "text\n", "text\n", **{**moved, "old_nature": Nature.SOURCE}) is None
    assert proof("src/b.py", "x = 1\n", "x = 1\n", **{**moved, "judgement": ANY}) is None


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("a.json", '{"a":1,"b":[1,2]}', '{\n  "a": 1,\n  "b": [1, 2]\n}\n', Proof.SAME_JSON_TOKENS),
        (
            "a.toml",
            "a=1 # x\n[t]\nb=[1,2]\n",
            "a = 1\n\n[t]\nb = [\n 1, # y\n 2\n]",
            Proof.SAME_TOML_TOKENS,
        ),
        (
            "a.yaml",
            "a: 1\nb: [1, 2]\n",
            "# why\na:   1\n\nb: [1,   2]  # two\n",
            Proof.SAME_YAML_EVENTS,
        ),
        (".github/workflows/a.yml", "a: ${{ b }}\n", "# c\na: ${{ b }}\n", Proof.SAME_YAML_EVENTS),
    ],
)
def test_white_space_and_comments_of_data_are_proved(
    path: str, old: str, new: str, expected: Proof
) -> None:
    assert proof(path, old, new) is expected


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.json", "1", "1.0"),
        ("a.json", "1", "true"),
        ("a.json", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}'),
        ("a.json", '{"a": 1}', '{"a": 1, "a": 1}'),
        ("a.json", '"\\u00e9"', '"\u00e9"'),
        ("a.json", "1e2", "100.0"),
        ("a.json", '{"a": 1}', '{"a": 1} // one'),
        ("a.json", '{"a": " "}', '{"a": "  "}'),
        ("a.json", '{"a": "{{ b }}"}', '{"a":"{{ b }}"}'),
        ("a.json", "[NaN]", "[ NaN]"),
        ("a.json", "[1]", "\ufeff[1]"),
        ("a.json", "[" * 100_000 + "]" * 100_000, "[" * 100_000 + " " + "]" * 100_000),
        ("a.toml", "a = 1\n", "a = 0x1\n"),
        ("a.toml", "a = 1\nb = 1\n", "b = 1\na = 1\n"),
        ("a.toml", "a = 'x # y'\n", "a = 'x'  # y'\n"),
        ("a.toml", 'a = """x\n# y"""\n', 'a = """x\n# z"""\n'),
        ("a.toml", "a = [1]\n", "a = [[1]]\n"),
        ("a.toml", "a = 1 # renovate: x\n", "a = 1\n"),
        ("a.toml", "#:schema x\na = 1\n", "#:schema y\na = 1\n"),
        ("a.toml", "# taplo: off\na = 1\nb = 1\n", "a = 1\n# taplo: off\nb = 1\n"),
        ("a.toml", "a = 1\n", "a = \n"),
        ("a.yaml", "a: 1\n", "a: '1'\n"),
        ("a.yaml", "a: yes\n", "a: true\n"),
        ("a.yaml", "a: 1\nb: 1\n", "b: 1\na: 1\n"),
        ("a.yaml", "a: |\n  b\n", "a: |-\n  b\n"),
        ("a.yaml", "a: b\n", "a: >\n  b\n"),
        ("a.yaml", "a: &x 1\nb: *x\n", "a: &y 1\nb: *y\n"),
        ("a.yaml", "a: !!str 1\n", "a: 1\n"),
        ("a.yaml", "a: [1]\n", "a:\n- 1\n"),
        ("a.yaml", "a: 1\n", "---\na: 1\n"),
        ("a.yaml", "a: 1\n", "a: 1 # yamllint disable-line\n"),
        ("a.yaml", "a: 1\n", "a: 1 # zizmor: ignore[x]\n"),
        ("a.yaml", "# checkov:skip=1\na: 1\n", "a: 1\n"),
        ("a.yaml", "#cloud-config\na: 1\n", "a: 1\n"),
        ("a.yaml", "a: {{ b }}\n", "a:  {{ b }}\n"),
        ("a.yaml", "{% if a %}\na: 1\n", "{% if b %}\na: 1\n"),
        ("a.yaml", "a: 1\nb: 1\n# noqa\nc: 1\n", "a: 1\n# noqa\nb: 1\nc: 1\n"),
        ("a.yml", "- uses: a/b@123 # v1\n", "- uses: a/b@123 # v2\n"),
        ("a.yaml", "a: [\n", "a: [ \n"),
        ("a.yaml", "run: |\n  x # a\n", "run: |\n  x # b\n"),
    ],
)
def test_data_that_reads_otherwise_is_not_proved(path: str, old: str, new: str) -> None:
    assert proof(path, old, new) is None
