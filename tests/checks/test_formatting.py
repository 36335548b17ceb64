"""The format check: one finding a file, without touching the file."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from fairlead.checks.formatting import Formatting
from fairlead.checks.model import Evaluated, Severity
from views import Runs, evaluated, findings, not_evaluated, view_of, write

FORMAT = Formatting()


def test_a_file_that_would_change_is_one_finding_with_the_command_that_formats_it(
    tmp_path: Path,
) -> None:
    tree = write(tmp_path / "tree", {"a.py": "x = 1\ny  =  2\nz  =  3\n", "b.py": "x = 1\n"})

    view = view_of(FORMAT, tree, tmp_path / "scratch")
    tool = replace(view.tool, configuration="pyproject.toml [tool.ruff]")

    evaluation = FORMAT.evaluate(replace(view, tool=tool), Runs())

    assert isinstance(evaluation, Evaluated)
    (finding,) = evaluation.findings
    assert (finding.path, finding.rule, finding.line) == ("a.py", "unformatted", 2)
    assert finding.severity is Severity.WARNING
    assert finding.fix == "ruff format a.py"


def test_a_formatter_that_nobody_chose_makes_remarks_of_what_it_can_read(
    tmp_path: Path,
) -> None:
    tree = write(tmp_path / "tree", {"a.py": "x  =  1\n", "b.py": "x =\n"})

    found = {one.rule: one.counts for one in evaluated(FORMAT, tree).findings}

    assert found == {"unformatted": False, "unparsed": True}


def test_the_same_files_finding_has_the_same_identity_whatever_is_unformatted_in_it(
    tmp_path: Path,
) -> None:
    one = write(tmp_path / "one" / "tree", {"a.py": "x  =  1\n"})
    two = write(tmp_path / "two" / "tree", {"a.py": "x = 1\n\n\n\n\n\ny  =  2\n"})

    (before,), (after,) = evaluated(FORMAT, one).findings, evaluated(FORMAT, two).findings

    assert (before.rule, before.path, before.context) == (after.rule, after.path, after.context)


def test_the_projects_style_wins(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {"ruff.toml": 'format.quote-style = "single"\nexclude = ["old"]\n', "a.py": "x = 'y'\n"},
    )
    write(tree, {"old/b.py": "x  =  1\n"})

    assert findings(FORMAT, tree) == []


def test_a_file_that_cannot_be_parsed_is_never_passed_over(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"a.py": "def f(:\n", "b.py": b"\xff\xfe x = 1\n", "n.ipynb": "{"})

    assert findings(FORMAT, tree) == [
        ("a.py", "unparsed"),
        ("b.py", "unparsed"),
        ("n.ipynb", "unparsed"),
    ]


@pytest.mark.parametrize("name", ["-x.py", "a b.py", "a\nb.py", "caf\udce9.py"])
def test_odd_names_reach_ruff_and_come_back(tmp_path: Path, name: str) -> None:
    tree = write(tmp_path / "tree", {name: "x  =  1\n"})

    assert findings(FORMAT, tree) == [(name, "unformatted")]


def test_an_invalid_configuration_is_not_evaluated(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"ruff.toml": "no-such = 1\n", "a.py": "x = 1\n"})

    assert "no-such" in not_evaluated(FORMAT, tree).cause


OLD_RUFF = """#!/bin/sh
# prints what the formatter of ruff 0.9 prints
echo "[ruff::commands::format][DEBUG] format_path; path=$PWD/a.py" >&2
echo "[ruff::commands::format][DEBUG] format_path; path=$PWD/b.py" >&2
echo "[ruff::commands::format][DEBUG] Formatted 2 files in 1.00µs" >&2
echo "error: Failed to parse b.py:1:5: Expected an identifier" >&2
echo "Would reformat: a.py"
echo "1 file would be reformatted"
exit 2
"""


def test_a_pinned_ruff_without_json_is_read_as_text(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"a.py": "x  =  1\n", "b.py": "def (:\n"})
    tool = write(tmp_path, {"ruff": OLD_RUFF}) / "ruff"
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    view = view_of(FORMAT, tree, tmp_path / "scratch", command=(str(tool),), version="0.9.10")

    evaluation = FORMAT.evaluate(view, Runs())

    assert isinstance(evaluation, Evaluated)
    found = [(one.path, one.rule) for one in evaluation.findings]
    assert found == [("a.py", "unformatted"), ("b.py", "unparsed")]
