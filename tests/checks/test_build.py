"""Build: what can't be built, is left out, or works in the tree and not once it is installed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench import Bench, new, old
from builder import RepositoryBuilder
from fairlead.checks.build import Build
from fairlead.checks.model import CheckResult, Outcome
from projects import SETUPTOOLS, SampleProject, pyproject

LISTED = '[tool.setuptools]\npackages = ["sample"]\n'


@pytest.fixture
def project(repository: RepositoryBuilder) -> SampleProject:
    """Return a project whose environment git ignores."""
    repository.write(".gitignore", ".venv\n")
    return SampleProject(repository)


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def gate(
    project: SampleProject, bench: Bench, base: Mapping[str, str | None], head: Mapping[str, str | None]
) -> CheckResult:
    """Return what the check says of the change from ``base`` to ``head``."""
    project.repository.commit(head, over=base)
    project.make_environment()
    (result,) = bench.run(Build())
    return result


def test_what_builds_installs_and_imports_passes_and_says_what_was_built(
    project: SampleProject, bench: Bench
) -> None:
    base = {"pyproject.toml": pyproject(), "src/sample/__init__.py": "x = 1\n"}

    result = gate(project, bench, base, {"src/sample/__init__.py": "x = 2\n"})

    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == (
        "sample-1.0.tar.gz and sample-1.0-py3-none-any.whl were built; "
        "1 module imports from where nothing else of it is"
    )
    assert [(tool.name, tool.origin) for tool in result.tools] == [("build", "comes with fairlead")]


def test_a_build_that_the_change_breaks_is_found_with_what_it_said(
    project: SampleProject, bench: Bench
) -> None:
    base = {"pyproject.toml": pyproject(), "src/sample/__init__.py": "", "README.md": "# Sample\n"}
    base["pyproject.toml"] += 'readme = "README.md"\n'

    result = gate(project, bench, base, {"README.md": None, "src/sample/more.py": ""})

    assert result.outcome is Outcome.FAILED, result.because
    assert new(result) == [("pyproject.toml", 0, "build-failed")]
    assert "README.md" in result.findings[0].what


def test_a_package_that_the_wheel_leaves_out_is_found_where_it_lies(
    project: SampleProject, bench: Bench
) -> None:
    base = {
        "pyproject.toml": pyproject(system=SETUPTOOLS, more=LISTED),
        "sample/__init__.py": "",
        "sample/old/__init__.py": "",
    }

    result = gate(
        project, bench, base, {"sample/added/__init__.py": "", "sample/tests/__init__.py": ""}
    )

    assert result.outcome is Outcome.FAILED, result.because
    assert new(result) == [("sample/added/__init__.py", 0, "package-left-out")]
    assert old(result) == [("sample/old/__init__.py", 0, "package-left-out")]


def test_what_is_imported_in_the_tree_alone_is_found_once_it_is_installed(
    project: SampleProject, bench: Bench
) -> None:
    base = {
        "pyproject.toml": pyproject(system=SETUPTOOLS, more=LISTED),
        "sample/__init__.py": "",
        "beside.py": "x = 1\n",
    }

    result = gate(project, bench, base, {"sample/__init__.py": "import beside\n"})

    assert result.outcome is Outcome.FAILED, result.because
    assert new(result) == [("pyproject.toml", 0, "import-failed")]
    assert "No module named 'beside'" in result.findings[0].what


def test_a_program_without_its_function_is_found(project: SampleProject, bench: Bench) -> None:
    scripts = '[project.scripts]\nsample = "sample:main"\n'
    base = {"pyproject.toml": pyproject(more=scripts), "src/sample/__init__.py": "def main(): pass\n"}

    result = gate(project, bench, base, {"src/sample/__init__.py": "def start(): pass\n"})

    assert new(result) == [("pyproject.toml", 0, "entry-point-broken")]


def test_importing_that_ends_python_is_a_finding(project: SampleProject, bench: Bench) -> None:
    base = {"pyproject.toml": pyproject(), "src/sample/__init__.py": ""}

    result = gate(project, bench, base, {"src/sample/__init__.py": "import os\nos._exit(3)\n"})

    assert new(result) == [("pyproject.toml", 0, "import-failed")]
    assert result.findings[0].what == "importing what was installed ends Python: it ended with 3"


def test_a_dependency_that_is_declared_and_not_installed_is_not_the_changes_fault(
    project: SampleProject, bench: Bench
) -> None:
    asks = 'dependencies = ["numpy"]\n'
    base = {"pyproject.toml": pyproject(more=asks), "src/sample/__init__.py": ""}

    result = gate(project, bench, base, {"src/sample/__init__.py": "import numpy\n"})

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because == (
        "sample needs numpy, which it asks for and which the project's .venv doesn't have"
    )


def test_a_build_system_that_is_nowhere_is_not_evaluated_with_what_to_install(
    project: SampleProject, bench: Bench
) -> None:
    system = '[build-system]\nrequires = ["flit_core>=3"]\nbuild-backend = "flit_core.buildapi"\n'
    base = {"pyproject.toml": pyproject(system=system), "src/sample/__init__.py": ""}
    bench.environ |= {"UV_OFFLINE": "1"}

    result = gate(project, bench, base, {"src/sample/__init__.py": "x = 1\n"})

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "building the project takes 'flit_core>=3'" in result.because
    assert result.fix == "uv pip install 'flit_core>=3'"


def test_a_compiled_module_is_built_and_imported(project: SampleProject, bench: Bench) -> None:
    setup = (
        "from setuptools import Extension, setup\n"
        'setup(name="sample", version="1", ext_modules=[Extension("fast", ["fast.c"])])\n'
    )
    code = (
        "#include <Python.h>\nstatic struct PyModuleDef fast = {PyModuleDef_HEAD_INIT, "
        '"fast", NULL, -1, NULL};\n'
        "PyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&fast); }\n"
    )
    base = {"pyproject.toml": SETUPTOOLS, "setup.py": setup, "fast.c": code}

    result = gate(project, bench, base, {"setup.py": setup + "# a comment\nx = 1\n"})

    assert result.outcome is Outcome.PASSED, result.because
    assert "linux" in result.evidence


def test_a_project_that_is_never_built_is_passed_over(project: SampleProject, bench: Bench) -> None:
    base = {"requirements.txt": "", "app.py": "x = 1\n"}

    result = gate(project, bench, base, {"app.py": "x = 2\n"})

    assert (result.outcome, result.evidence) == (Outcome.PASSED, "nothing here says how it is built")
