"""Checks that execute a project's code: with which environment, in which tree, behind which walls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import Bench, Sample
from builder import RepositoryBuilder
from fairlead.checks import reports
from fairlead.checks.model import Evaluated, Evaluation, Outcome, Run, Scope, View
from fairlead.checks.ready import confirm_origins, make_ready
from projects import SampleProject, pyproject


@pytest.fixture
def project(repository: RepositoryBuilder) -> SampleProject:
    return SampleProject(repository)


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def executing(does: str) -> Sample:
    """Return a check that runs Python code with the project's environment and keeps what it prints."""

    def evaluate(view: View, run: Run) -> Evaluated:
        (environment,) = view.environments
        ready = make_ready(environment, view, run)
        done = run([str(ready.python), "-c", does], cwd=ready.folder, extra_env=ready.variables)
        reports.finished(done, tool="python", codes=(0,))
        return Evaluated(findings=(), evidence=done.stdout.decode())

    return Sample(
        does=lambda view, run: reports.evaluation(evaluate, view, run),
        name="execute",
        tool="",
        scope=Scope.PROJECT,
        configuration=(),
    )


def run_pytest(view: View, run: Run) -> Evaluation:
    """Run the project's tests with pytest and say what they imported."""

    def evaluate(view: View, run: Run) -> Evaluated:
        (environment,) = view.environments
        ready = make_ready(environment, view, run)
        argv = [str(ready.python), "-m", "pytest", "-q", *ready.watch]
        done = run(argv, cwd=ready.folder, extra_env=ready.variables)
        reports.finished(done, tool="pytest", codes=(0,))
        return Evaluated(findings=(), evidence=confirm_origins(ready))

    return reports.evaluation(evaluate, view, run)


def test_what_is_installed_in_place_is_executed_from_the_tree_under_test(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.write(".gitignore", ".venv\n")
    project.repository.commit({"pyproject.toml": pyproject(), "src/sample/__init__.py": "x = 1\n"})
    project.make_environment()
    project.install()
    project.repository.commit({"src/sample/__init__.py": "x = 2\n"})
    project.repository.write("src/sample/__init__.py", "x = 'the work tree, which nobody asked for'\n")

    (result,) = bench.run(
        executing("import json, sample; print(json.dumps([sample.x, sample.__file__]))")
    )

    assert result.outcome is Outcome.PASSED, result.because
    value, place = json.loads(result.evidence)
    assert value == 2
    assert "/trees/" in place


def test_pytest_says_where_it_imported_the_modules_under_test_from(
    project: SampleProject, bench: Bench
) -> None:
    files = {
        ".gitignore": ".venv\n",
        "pyproject.toml": pyproject(),
        "src/sample/__init__.py": "x = 1\n",
        "tests/test_x.py": "from sample import x\n\ndef test_x():\n    assert x == 2\n",
    }
    project.repository.commit(files)
    project.make_environment()
    project.install()
    project.repository.commit({"src/sample/__init__.py": "x = 2\n"})
    check = Sample(
        does=run_pytest, name="execute", tool="pytest", scope=Scope.PROJECT, configuration=()
    )

    (result,) = bench.run(check)

    assert result.outcome is Outcome.PASSED, result.because
    assert result.evidence == "1 of the project's modules were imported, all from the tree"
    assert result.tools[0].origin == "the project's .venv"
