"""The sast check: bandit under the project's configuration, and nothing passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.checks.model import Severity
from fairlead.checks.sast import Sast
from views import evaluated, file_change, findings, not_evaluated, write

SAST = Sast()
SHELL = "import subprocess\n\n\ndef f(cmd):\n    subprocess.call(cmd, shell=True)\n"
WEAK = 'import hashlib\n\nx = hashlib.md5(b"")\n'


def blocking(tree: Path) -> list[tuple[str, str]]:
    """Return the findings that block."""
    found = evaluated(SAST, tree).findings
    return [(one.path, one.rule) for one in found if one.severity is not Severity.NOTE]


def test_a_shell_is_an_error_with_reason_and_remedy(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"pkg/run.py": SHELL})

    finding = next(one for one in evaluated(SAST, tree).findings if one.rule == "B602")

    assert (finding.path, finding.line, finding.severity) == ("pkg/run.py", 5, Severity.ERROR)
    assert finding.context == "subprocess.call(cmd, shell=True)"
    assert "controls this machine" in finding.why
    assert "shell=True" in finding.fix
    assert "b602" in finding.url


def test_what_bandit_rates_low_is_a_note_unless_the_project_chose_the_test(tmp_path: Path) -> None:
    plain = write(tmp_path / "plain" / "tree", {"a.py": "import subprocess\n"})
    chosen = write(
        tmp_path / "chosen" / "tree",
        {"a.py": "import subprocess\n", "pyproject.toml": '[tool.bandit]\ntests = ["B404"]\n'},
    )

    assert findings(SAST, plain) == [("a.py", "B404")]
    assert blocking(plain) == []
    assert blocking(chosen) == [("a.py", "B404")]


def test_asserts_count_outside_tests_alone_unless_the_project_speaks_of_them(tmp_path: Path) -> None:
    files = {"app.py": "assert 1\n", "tests/test_app.py": "assert 1\n", "pkg/conftest.py": "assert 1\n"}
    plain = write(tmp_path / "plain" / "tree", files)
    spoken = write(
        tmp_path / "spoken" / "tree", files | {"pyproject.toml": '[tool.bandit]\ntests = ["B101"]\n'}
    )

    assert findings(SAST, plain) == [("app.py", "B101")]
    assert len(findings(SAST, spoken)) == 3


@pytest.mark.parametrize(
    "configuration",
    [
        {"pyproject.toml": '[tool.bandit]\nskips = ["B324"]\nexclude_dirs = ["old"]\n'},
        {"bandit.yaml": "skips: [B324]\nexclude_dirs: [old]\n"},
        {".bandit": "[bandit]\nskips = B324\nexclude = ./old\n"},
        {".bandit": "skips: [B324]\nexclude_dirs: [old]\n"},
    ],
)
def test_the_projects_configuration_is_found_where_projects_keep_it(
    tmp_path: Path, configuration: dict[str, str]
) -> None:
    tree = write(tmp_path / "tree", {"a.py": WEAK + SHELL, "old/b.py": SHELL, **configuration})

    assert blocking(tree) == [("a.py", "B602")]
    assert "the project excludes the others" in evaluated(SAST, tree).evidence


def test_an_ini_file_chooses_tests_and_nothing_else(tmp_path: Path) -> None:
    hostile = (
        "[bandit]\ntargets = other\noutput = report.txt\nformat = txt\nbaseline = x.json\nnumber = 9\n"
    )
    tree = write(tmp_path / "tree", {"a.py": SHELL, "other/b.py": "x = 1\n", ".bandit": hostile})

    assert blocking(tree) == [("a.py", "B602")]
    assert not (tree / "report.txt").exists()


def test_a_path_with_a_dot_git_in_it_is_looked_at(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {".github/scripts/a.py": SHELL, "x.egg/b.py": SHELL})

    assert [path for path, _ in blocking(tree)] == [".github/scripts/a.py", "x.egg/b.py"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.py", b"def f(:\n"), ("b.py", b"x = '\xff'\n"), ("c.py", b"\0")]
)
def test_a_file_that_cannot_be_parsed_is_not_evaluated(
    tmp_path: Path, name: str, content: bytes
) -> None:
    tree = write(tmp_path / "tree", {name: content, "ok.py": SHELL})

    assert name in not_evaluated(SAST, tree, paths=[name, "ok.py"]).cause


@pytest.mark.parametrize(
    "configuration",
    [
        {"pyproject.toml": "[tool.bandit\n"},
        {"pyproject.toml": '[tool.bandit]\ntests = ["B999"]\n'},
        {"bandit.yaml": "a: [\n"},
        {".bandit": "[bandit]\nskips\n"},
    ],
)
def test_an_invalid_configuration_is_not_evaluated(
    tmp_path: Path, configuration: dict[str, str]
) -> None:
    tree = write(tmp_path / "tree", {"a.py": SHELL, **configuration})

    assert not_evaluated(SAST, tree).fix


@pytest.mark.parametrize("name", ["-x.py", "a b.py", "a\nb.py", "caf\udce9.py", "a,b.py"])
def test_odd_names_reach_bandit_and_come_back(tmp_path: Path, name: str) -> None:
    tree = write(tmp_path / "tree", {name: SHELL})

    assert blocking(tree) == [(name, "B602")]


def test_the_projects_own_modules_are_not_imported_by_the_tool(tmp_path: Path) -> None:
    trap = "import pathlib\npathlib.Path('ran').write_text('')\n"
    tree = write(tmp_path / "tree", {"yaml.py": trap, "stevedore.py": trap, "sitecustomize.py": trap})

    evaluated(SAST, tree)

    assert not (tree / "ran").exists()


@pytest.mark.parametrize(
    "source",
    [
        "password = 'hunter2'\n",
        "connect(password='hunter2')\n",
        "def f(password='hunter2'):\n    pass\n",
    ],
)
def test_a_password_is_found_and_told_nowhere(tmp_path: Path, source: str) -> None:
    tree = write(tmp_path / "tree", {"a.py": source})

    evaluation = evaluated(SAST, tree)

    assert len(evaluation.findings) == 1
    assert "hunter2" not in repr(evaluation)


def test_stubs_are_not_wanted() -> None:
    assert not SAST.wants(file_change("a.pyi"))
    assert SAST.wants(file_change("a.py"))
