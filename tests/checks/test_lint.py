"""The lint check: ruff as a pure reader, and how it is known that it looked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fairlead.changes.model import FileChange
from fairlead.checks.lint import Lint
from fairlead.checks.model import Evaluated, Severity
from views import Runs, evaluate, evaluated, file_change, findings, not_evaluated, view_of, write

LINT = Lint()
UNUSED = "import os\n"


def test_a_mistake_is_a_finding_with_its_place_reason_and_command(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"pkg/app.py": "def f():\n    return undefined\n\n\nimport os\n"})

    found = evaluated(LINT, tree).findings

    undefined = next(one for one in found if one.rule == "F821")
    assert (undefined.path, undefined.line, undefined.severity) == ("pkg/app.py", 2, Severity.ERROR)
    assert undefined.context == "return undefined"
    assert "NameError" in undefined.why
    unused = next(one for one in found if one.rule == "F401")
    assert unused.fix == "ruff check --fix --select F401 pkg/app.py"
    assert unused.url.startswith("https://docs.astral.sh/ruff/rules/")


def test_rules_that_nobody_chose_are_remarks_unless_they_are_mistakes_anywhere(tmp_path: Path) -> None:
    source = "import sys\nimport os\nprint('{}'.format(sys.path), '-'.join(['a', 'b']))\n"
    tree = write(tmp_path / "tree", {"app.py": source})
    chosen = write(tmp_path / "chosen", {"app.py": source})
    view = view_of(LINT, chosen, tmp_path / "scratch")
    tool = replace(view.tool, configuration="pyproject.toml [tool.ruff]")

    nobodys = {one.rule: one.counts for one in evaluated(LINT, tree).findings}
    theirs = LINT.evaluate(replace(view, tool=tool), Runs())

    assert nobodys["F401"]
    assert not nobodys["UP032"]
    assert not nobodys["FLY002"], "its code begins as pyflakes' do"
    assert isinstance(theirs, Evaluated)
    assert all(one.counts for one in theirs.findings)
    assert "UP032" in {one.rule for one in theirs.findings}


def test_a_finding_in_a_notebook_names_its_cell_and_the_line_of_the_file(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n"]},
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": ["x = 1\n", "y = undefined\n"],
        },
    ]
    kernel = {"language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(notebook, indent=1)
    tree = write(tmp_path / "tree", {"demo.ipynb": text, "packed.ipynb": json.dumps(notebook)})

    (found, packed) = evaluated(LINT, tree).findings

    assert found.what.endswith("(cell 2, line 2)")
    assert text.splitlines()[found.line - 1].strip() == '"y = undefined\\n"'
    assert found.context == '"y = undefined\\n"'
    assert (packed.line, packed.what) == (0, found.what)


def test_a_clean_file_has_no_findings_and_the_evidence_counts_it(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"app.py": "x = 1\n"})

    evaluation = evaluated(LINT, tree)

    assert evaluation.findings == ()
    assert evaluation.evidence == "ruff opened 1 of 1 files"


def test_the_projects_selection_and_exclusions_win(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {
            "pyproject.toml": '[tool.ruff]\nexclude = ["old"]\nlint.select = ["T20"]\n',
            "app.py": "import os\nprint(1)\n",
            "old/app.py": "print(1)\n",
        },
    )

    evaluation = evaluated(LINT, tree)

    assert [(one.path, one.rule) for one in evaluation.findings] == [("app.py", "T201")]
    assert "1 excluded by the project" in evaluation.evidence


def test_a_configuration_above_the_tree_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"ruff.toml": 'lint.select = ["T20"]\n'})
    tree = write(tmp_path / "tree", {"app.py": "import os\nprint(1)\n"})

    assert ("app.py", "F401") in findings(LINT, tree)
    assert ("app.py", "T201") not in findings(LINT, tree)


def test_without_a_section_the_oldest_python_comes_from_the_projects_metadata(tmp_path: Path) -> None:
    files = {"app.py": "match 1:\n    case 1:\n        pass\n"}
    new = write(tmp_path / "new" / "tree", files)
    old = write(
        tmp_path / "old" / "tree",
        files | {"pyproject.toml": '[project]\nname = "x"\nrequires-python = ">=3.9"\n'},
    )

    assert findings(LINT, new) == []
    assert findings(LINT, old) == [("app.py", "invalid-syntax")]


def test_each_package_of_a_monorepo_is_read_under_its_own_configuration(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {
            "a/pyproject.toml": '[tool.ruff.lint]\nselect = ["T20"]\n',
            "a/app.py": "import os\n\nprint(1)\n",
            "b/app.py": "import os\n\nprint(1)\n",
        },
    )

    assert findings(LINT, tree) == [("a/app.py", "T201"), ("b/app.py", "F401")]


def test_a_file_that_is_not_python_is_one_finding_even_where_no_rule_asks_for_it(
    tmp_path: Path,
) -> None:
    tree = write(
        tmp_path / "tree",
        {
            "pyproject.toml": '[tool.ruff]\nlint.select = ["T20"]\n',
            "app.py": "def f(:\n    pass\n",
        },
    )

    (finding,) = evaluated(LINT, tree).findings

    assert (finding.rule, finding.line, finding.severity) == ("invalid-syntax", 1, Severity.ERROR)
    assert "not valid Python" in finding.what


def test_a_syntax_error_is_new_again_when_the_file_changes(tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "tree", {"app.py": "def f(:\n"})
    two = write(tmp_path / "two" / "tree", {"app.py": "def f(:\n\nimport os\n"})

    (before,), (after,) = evaluated(LINT, one).findings, evaluated(LINT, two).findings

    assert before.context != after.context


def test_a_file_in_another_encoding_is_never_passed_over(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {
            "pyproject.toml": '[tool.ruff]\nlint.select = ["F"]\n',  # so that ruff only warns of it
            "app.py": '# -*- coding: latin-1 -*-\nx = "é"\n'.encode("latin-1"),
        },
    )

    assert findings(LINT, tree) == [("app.py", "E902")]


@pytest.mark.parametrize("name", ["-x.py", "a b.py", "a\nb.py", "--fix.py", "caf\udce9.py", "ünï.py"])
def test_odd_names_reach_ruff_and_come_back(tmp_path: Path, name: str) -> None:
    tree = write(tmp_path / "tree", {name: UNUSED, "other.py": "x = 1\n"})

    assert findings(LINT, tree) == [(name, "F401")]


def test_two_names_that_ruff_prints_alike_are_not_evaluated(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", dict.fromkeys(("a\udce9.py", "a\udcea.py"), UNUSED))

    assert "alike" in not_evaluated(LINT, tree).cause


def test_an_invalid_configuration_is_not_evaluated_and_named(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"pyproject.toml": "[tool.ruff]\nno-such = 1\n", "app.py": UNUSED})

    assert "no-such" in not_evaluated(LINT, tree).cause


def test_a_missing_file_is_not_evaluated(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"app.py": UNUSED})

    assert "gone.py" in not_evaluated(LINT, tree, paths=["gone.py"]).cause


def test_thousands_of_files_go_through_several_calls(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {f"{'p' * 120}/m{n}.py": UNUSED for n in range(1500)})
    runs = Runs()

    evaluation = LINT.evaluate(view_of(LINT, tree, tmp_path / "scratch"), runs)

    assert isinstance(evaluation, Evaluated)
    assert len(evaluation.findings) == 1500
    assert len(runs.calls) > 1


def test_scripts_notebooks_and_stubs_are_looked_at(tmp_path: Path) -> None:
    notebook = (
        '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, '
        '"source": ["import os"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    tree = write(
        tmp_path / "tree",
        {"run": f"#!/usr/bin/env python3\n{UNUSED}", "go": "#!/bin/sh\nimport\n", "n.ipynb": notebook},
    )
    (tree / "run").chmod(0o755)
    (tree / "go").chmod(0o755)

    assert findings(LINT, tree) == [("n.ipynb", "F401"), ("run", "F401")]
    assert LINT.wants(file_change("a.pyi"))


@pytest.mark.parametrize(
    "file",
    [
        file_change("link.py", mode=0o120000),
        file_change("sub.py", mode=0o160000),
        file_change("data.py", binary=True),
        file_change("README.md"),
        file_change("LICENSE"),
    ],
)
def test_what_has_no_python_in_it_is_not_wanted(file: FileChange) -> None:
    assert not LINT.wants(file)


def test_a_password_is_found_and_told_nowhere(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree", {"ruff.toml": 'lint.select = ["S105"]\n', "a.py": "password = 'hunter2'\n"}
    )

    evaluation = evaluated(LINT, tree)

    assert [one.rule for one in evaluation.findings] == ["S105"]
    assert "hunter2" not in repr(evaluation)


def test_an_empty_view_is_evaluated_without_a_call(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"README.md": "# x\n"})

    assert isinstance(evaluate(LINT, tree), Evaluated)
