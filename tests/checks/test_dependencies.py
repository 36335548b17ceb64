"""The dependencies check: what deptry can know without the project's environment, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.checks.dependencies import Dependencies
from fairlead.checks.model import Severity
from views import evaluated, file_change, findings, not_evaluated, write

DEPENDENCIES = Dependencies()


def project(*dependencies: str, tail: str = "") -> str:
    """Return a pyproject.toml that declares ``dependencies``."""
    return f'[project]\nname = "shop"\nversion = "1"\ndependencies = {list(dependencies)}\n{tail}'


def test_an_undeclared_import_is_a_finding_with_the_command_that_declares_it(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {"pyproject.toml": project(), "uv.lock": "", "src/shop/app.py": "import os\nimport jwt\n"},
    )

    (finding,) = evaluated(DEPENDENCIES, tree).findings

    assert (finding.path, finding.line, finding.rule) == ("src/shop/app.py", 2, "DEP001")
    assert (finding.context, finding.severity) == ("jwt", Severity.WARNING)
    assert finding.fix == "uv add pyjwt"


def test_modules_named_otherwise_than_their_package_are_known(tmp_path: Path) -> None:
    source = "import dateutil\nimport jwt\nimport PIL\nimport sklearn\n"
    declared = project("python-dateutil", "pyjwt", "pillow", "scikit-learn")
    tree = write(tmp_path / "tree", {"pyproject.toml": declared, "src/shop/app.py": source})

    assert findings(DEPENDENCIES, tree) == []


def test_a_guess_that_probably_went_wrong_is_a_note_that_names_the_package(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {
            "pyproject.toml": project("acme-phonebook-lite"),
            "src/shop/app.py": "import phonebook\nimport requets\n",
        },
    )

    evaluation = evaluated(DEPENDENCIES, tree)

    severities = {one.context: one.severity for one in evaluation.findings}
    assert severities == {
        "acme-phonebook-lite": Severity.NOTE,
        "phonebook": Severity.NOTE,
        "requets": Severity.WARNING,
    }
    assert "acme-phonebook-lite" in next(
        one.what for one in evaluation.findings if one.context == "phonebook"
    )
    assert "guessed" in evaluation.evidence


def test_what_is_declared_and_not_imported_counts_once_the_project_configures_deptry(
    tmp_path: Path,
) -> None:
    files = {"src/shop/app.py": "x = 1\n"}
    plain = write(tmp_path / "plain" / "tree", files | {"pyproject.toml": project("gunicorn")})
    adopted = write(
        tmp_path / "adopted" / "tree",
        files | {"pyproject.toml": project("gunicorn", tail="[tool.deptry]\n")},
    )

    (note,) = evaluated(DEPENDENCIES, plain).findings
    (warning,) = evaluated(DEPENDENCIES, adopted).findings

    assert (note.rule, note.severity) == ("DEP002", Severity.NOTE)
    assert (note.path, note.line) == ("pyproject.toml", 4)
    assert warning.severity is Severity.WARNING


def test_imports_of_tests_do_not_count_unless_the_project_configures_deptry(tmp_path: Path) -> None:
    files = {"src/shop/app.py": "", "src/shop/tests/test_app.py": "import hypothesis\n"}
    plain = write(tmp_path / "plain" / "tree", files | {"pyproject.toml": project()})
    adopted = write(
        tmp_path / "adopted" / "tree", files | {"pyproject.toml": project(tail="[tool.deptry]\n")}
    )

    assert findings(DEPENDENCIES, plain) == []
    assert [rule for _, rule in findings(DEPENDENCIES, adopted)] != []


def test_each_project_of_a_monorepo_is_compared_with_its_own_declarations(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {
            "pyproject.toml": project("jinja2"),
            "src/shop/app.py": "import jinja2\nimport celery\n",
            "packages/pay/pyproject.toml": project("celery"),
            "packages/pay/src/pay/app.py": "import celery\nimport jinja2\nimport pay\n",
        },
    )

    found = [(one.path, one.context) for one in evaluated(DEPENDENCIES, tree).findings]

    assert found == [
        ("packages/pay/src/pay/app.py", "packages/pay jinja2"),
        ("src/shop/app.py", "celery"),
    ]


def test_a_linked_manifest_makes_no_project_of_its_folder(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {"pyproject.toml": project("requests"), "shop.py": "import requests\n", "bench/run.py": ""},
    )
    (tree / "bench/pyproject.toml").symlink_to("../pyproject.toml")

    evaluation = evaluated(DEPENDENCIES, tree)

    assert evaluation.evidence.startswith("deptry scanned 2 files of 1 projects")
    assert evaluation.findings == ()


def test_a_requirements_file_declares_too(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree", {"requirements.txt": "celery\n", "app.py": "import celery, kombu\n"}
    )

    assert [(one.path, one.context) for one in evaluated(DEPENDENCIES, tree).findings] == [
        ("app.py", "kombu")
    ]


def test_a_tree_that_declares_nothing_has_nothing_to_compare(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"app.py": "import celery\n", "pyproject.toml": "[tool.x]\n"})

    assert "nothing to compare" in evaluated(DEPENDENCIES, tree).evidence


@pytest.mark.parametrize(
    "files",
    [
        {"setup.py": "from setuptools import setup\nsetup()\n"},
        {"pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies"]\n'},
        {"pyproject.toml": "[project\n"},
        {"pyproject.toml": project(tail="[tool.deptry]\nno_such = 1\n")},
        {"pyproject.toml": project(tail="[tool.deptry]\npackage_module_name_map = 3\n")},
    ],
)
def test_declarations_that_cannot_be_read_are_not_evaluated(
    tmp_path: Path, files: dict[str, str]
) -> None:
    tree = write(tmp_path / "tree", {"app.py": "import celery\n", **files})

    assert not_evaluated(DEPENDENCIES, tree).fix


def test_a_file_that_cannot_be_parsed_is_never_passed_over(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree", {"pyproject.toml": project(), "src/shop/app.py": "def f(:\nimport celery\n"}
    )

    assert findings(DEPENDENCIES, tree) == [("src/shop/app.py", "unparsed")]


def test_the_projects_own_configuration_wins(tmp_path: Path) -> None:
    tail = (
        '[tool.deptry]\nextend_exclude = ["old"]\nknown_first_party = ["ours"]\n'
        "[tool.deptry.package_module_name_map]\nacme = 'road,runner'\n"
        '[tool.deptry.per_rule_ignores]\nDEP001 = ["celery"]\n'
    ).replace("'road,runner'", "['road', 'runner']")
    tree = write(
        tmp_path / "tree",
        {
            "pyproject.toml": project("acme", tail=tail),
            "src/shop/app.py": "import celery, ours, road, runner\n",
            "old/app.py": "import kombu\n",
        },
    )

    assert findings(DEPENDENCIES, tree) == []


@pytest.mark.parametrize("package", ["celery", "yaml", "notinstalledanywhere"])
@pytest.mark.parametrize("rule", ["DEP001", "DEP003"])
def test_what_is_installed_beside_the_gate_decides_nothing(
    tmp_path: Path, package: str, rule: str
) -> None:
    source = {"src/shop/app.py": f"import {package}\n"}
    plain = write(tmp_path / "plain", {"pyproject.toml": project(), **source})
    tail = f'[tool.deptry.per_rule_ignores]\n{rule} = ["{package}"]\n'
    ignoring = write(tmp_path / "ignoring", {"pyproject.toml": project(tail=tail), **source})

    assert findings(DEPENDENCIES, plain) == [("src/shop/app.py", "DEP001")]
    assert findings(DEPENDENCIES, ignoring) == []


@pytest.mark.parametrize("name", ["-x.py", "a b.py", "a\nb.py", "ünï.py"])
def test_odd_names_come_back(tmp_path: Path, name: str) -> None:
    tree = write(tmp_path / "tree", {"pyproject.toml": project(), name: "import celery\n"})

    assert findings(DEPENDENCIES, tree) == [(name, "DEP001")]


def test_a_name_that_is_not_utf8_is_not_evaluated(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"pyproject.toml": project(), "caf\udce9.py": "import celery\n"})

    assert "UTF-8" in not_evaluated(DEPENDENCIES, tree).fix


STATED = "[metadata]\nname = shop\n[options]\ninstall_requires =\n    python-dateutil\n    celery\n"


def test_what_setup_cfg_states_is_compared_with_the_imports(tmp_path: Path) -> None:
    tree = write(
        tmp_path / "tree",
        {
            "setup.cfg": STATED,
            "setup.py": "from setuptools import setup\nsetup()\n",
            "shop/app.py": "import dateutil\nimport jwt\n",
        },
    )

    found = {(one.rule, one.path, one.line) for one in evaluated(DEPENDENCIES, tree).findings}

    assert found == {("DEP001", "shop/app.py", 2), ("DEP002", "setup.cfg", 6)}


def test_a_broken_manifest_among_samples_is_no_project_and_one_of_ours_is_named(tmp_path: Path) -> None:
    broken = "[project]\nname = 'x'\nname = 'y'\n"
    tree = write(
        tmp_path / "tree",
        {"pyproject.toml": project(), "tests/fixtures/twice/pyproject.toml": broken},
    )
    ours = write(tmp_path / "ours", {"pyproject.toml": project(), "lib/pyproject.toml": broken})

    dynamic = "[project]\nname = 'x'\ndynamic = ['dependencies']\n"
    write(tree, {"tests/fixtures/dynamic/pyproject.toml": dynamic})

    assert evaluated(DEPENDENCIES, tree).findings == ()
    assert "could not be read" in not_evaluated(DEPENDENCIES, ours).cause


def test_declarations_and_python_are_wanted() -> None:
    wanted = ["pyproject.toml", "requirements-dev.txt", "setup.cfg", "a/b.py", "n.ipynb"]

    assert all(DEPENDENCIES.wants(file_change(name)) for name in wanted)
    assert not DEPENDENCIES.wants(file_change("README.md"))
