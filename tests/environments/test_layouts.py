"""Projects of every layout are executed from the tree under test, never from the work tree."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from bench import Bench
from executing import executing, project_check, run_pytest
from fairlead.checks.model import Outcome
from projects import HATCHLING, SETUPTOOLS, SampleProject, pyproject

SHOW = "import json, {name} as m; print(json.dumps([m.x, m.__file__]))"
HEAD, WORK_TREE = "x = 'head'\n", "x = 'the work tree, which nobody asked for'\n"
TEST = "import {name}\n\ndef test_x():\n    assert {name}.x == 'head'\n"

GENERATED = """\
[build-system]
requires = ["hatchling>=1.5", "hatch-vcs"]
build-backend = "hatchling.build"

[project]
name = "sample"
dynamic = ["version"]

[tool.hatch.version]
source = "vcs"

[tool.hatch.build.hooks.vcs]
version-file = "src/sample/_version.py"
"""
COMPILED = """\
from setuptools import Extension, setup
fast = Extension("sample._fast", ["fast.c"])
setup(name="sample", version="1.0", packages=["sample"], ext_modules=[fast])
"""
FAST = """\
#include <Python.h>
static struct PyModuleDef fast = {PyModuleDef_HEAD_INIT, "_fast", NULL, -1, NULL};
PyMODINIT_FUNC PyInit__fast(void) {
    PyObject *made = PyModule_Create(&fast);
    PyModule_AddStringConstant(made, "x", X);
    return made;
}
"""


def commit_and_install(project: SampleProject, files: Mapping[str, str], module: str) -> None:
    """Commit a base and a head, and install the work tree, which says something else than both."""
    project.repository.commit({**files, module: "x = 'base'\n"})
    project.make_environment()
    project.repository.commit({module: HEAD})
    project.repository.write(module, WORK_TREE)
    project.install()


@pytest.mark.parametrize("system", [HATCHLING, SETUPTOOLS], ids=["hatchling", "setuptools"])
@pytest.mark.parametrize(
    "module", ["src/sample/__init__.py", "sample/__init__.py"], ids=["src layout", "flat layout"]
)
def test_an_installation_in_place_does_not_lead_to_the_work_tree(
    project: SampleProject, bench: Bench, module: str, system: str
) -> None:
    files = {"pyproject.toml": pyproject(system=system), "tests/test_x.py": TEST.format(name="sample")}
    commit_and_install(project, files, module)

    shown, tested = bench.run(
        executing(SHOW.format(name="sample")), project_check(run_pytest, name="test")
    )

    assert (shown.outcome, tested.outcome) == (Outcome.PASSED, Outcome.PASSED), (shown, tested)
    value, place = json.loads(shown.evidence)
    assert value == "head"
    assert place.endswith(module)
    assert "all from the tree" in tested.evidence


def test_a_module_in_a_namespace_package_is_imported_from_the_tree(
    project: SampleProject, bench: Bench
) -> None:
    system = '[tool.hatch.build.targets.wheel]\npackages = ["src/company"]\n'
    files = {"pyproject.toml": pyproject("company-sample", more=system)}
    commit_and_install(project, files, "src/company/sample/__init__.py")

    (result,) = bench.run(executing(SHOW.format(name="company.sample")))

    assert result.outcome is Outcome.PASSED, result.because
    assert json.loads(result.evidence)[0] == "head"


def test_a_version_file_that_the_build_generates_is_generated_for_the_tree(
    project: SampleProject, bench: Bench
) -> None:
    code = "from sample._version import version\nx = 'head'\n"
    project.repository.commit({"pyproject.toml": GENERATED, "src/sample/__init__.py": "x = 1\n"})
    project.make_environment()
    project.repository.commit({"src/sample/__init__.py": code})

    (result,) = bench.run(executing(SHOW.format(name="sample")))

    assert result.outcome is Outcome.PASSED, result.because
    value, place = json.loads(result.evidence)
    assert (value, place.endswith("src/sample/__init__.py")) == ("head", True)


def test_a_module_that_is_compiled_is_compiled_from_the_tree(
    project: SampleProject, bench: Bench
) -> None:
    system = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    files = {
        "pyproject.toml": system,
        "setup.py": COMPILED,
        "fast.c": FAST.replace("X)", '"base")'),
        "sample/__init__.py": "from sample._fast import x\n",
    }
    project.repository.commit(files)
    project.make_environment()
    project.install()
    project.repository.commit({"fast.c": FAST.replace("X)", '"head")'), "sample/more.py": "y = 1\n"})

    (result,) = bench.run(executing(SHOW.format(name="sample")))

    assert result.outcome is Outcome.PASSED, result.because
    assert json.loads(result.evidence)[0] == "head"


def test_each_project_of_a_monorepo_is_executed_and_finds_its_siblings_in_the_tree(
    project: SampleProject, bench: Bench
) -> None:
    user = 'dependencies = ["one"]\n'
    files = {
        "one/pyproject.toml": pyproject("one"),
        "two/pyproject.toml": pyproject("two", more=user),
        "two/src/two/__init__.py": "from one import x\n",
        "three/pyproject.toml": pyproject("three"),
        "three/src/three/__init__.py": "x = 'unconcerned'\n",
    }
    project.repository.commit({**files, "one/src/one/__init__.py": "x = 'base'\n"})
    project.make_environment()
    for folder in ("one", "two", "three"):
        project.install(folder=folder)
    project.repository.commit({"one/src/one/__init__.py": HEAD})
    project.repository.write("one/src/one/__init__.py", WORK_TREE)
    code = "import os, one; print(os.path.basename(os.getcwd()), one.x)"

    (result,) = bench.run(executing(code))

    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == "one head\ntwo head"


def test_programs_and_metadata_are_the_trees_too(project: SampleProject, bench: Bench) -> None:
    scripts = '[project.scripts]\nsay-x = "sample:say"\n'
    files = {"pyproject.toml": pyproject(more=scripts)}
    commit_and_install(project, files, "src/sample/__init__.py")
    project.repository.commit({"src/sample/__init__.py": "def say(): print('the head speaks')\n"})
    code = """
import importlib.metadata, subprocess
print(importlib.metadata.version("sample"), importlib.metadata.version("pytest")[:1])
print(subprocess.run(["say-x"], capture_output=True, text=True).stdout)
"""

    (result,) = bench.run(executing(code))

    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == "1.0 9\nthe head speaks"
