"""Types, by mypy in the project's environment: what is new in a change, wherever it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import Bench, new, old
from builder import Content, RepositoryBuilder
from fairlead.checks.looks import Request
from fairlead.checks.model import CheckResult, Outcome, Severity
from fairlead.checks.types import Types
from fairlead.environments.model import Terms
from projects import SampleProject, pyproject

STRICT = "\n[tool.mypy]\nfiles = ['src']\nstrict = true\n"
SOURCES: dict[str, Content] = {
    ".gitignore": ".venv\n",
    "pyproject.toml": pyproject(more=STRICT),
    "src/sample/__init__.py": "",
    "src/sample/given.py": "def number() -> int:\n    return 1\n",
    "src/sample/used.py": "from sample.given import number\n\nnext_one: int = number() + 1\n",
}


@pytest.fixture
def project(repository: RepositoryBuilder, sample_environment: Path) -> SampleProject:
    (repository.folder / ".venv").symlink_to(sample_environment)
    repository.commit(SOURCES)
    return SampleProject(repository)


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def gate(bench: Bench, *, engine: str = "mypy", **settings: object) -> CheckResult:
    (result,) = bench.run(Request(check=Types(engine=engine), settings=settings, timeout=120.0))
    return result


@pytest.mark.parametrize("engine", ["mypy", "pyrefly"])
def test_an_edit_in_one_file_that_raises_an_error_in_another_is_found(
    project: SampleProject, bench: Bench, engine: str
) -> None:
    project.repository.commit({"src/sample/given.py": "def number() -> str:\n    return '1'\n"})

    result = gate(bench, engine=engine)

    assert result.outcome is Outcome.FAILED, result.because
    assert {path for path, _, _ in new(result)} == {"src/sample/used.py"}
    assert all(one.why and one.fix and one.url for one in result.findings)


def test_errors_that_the_base_has_too_do_not_block(project: SampleProject, bench: Bench) -> None:
    project.repository.commit({"src/sample/old.py": "x: int = 'a'\n"})
    project.repository.commit({"src/sample/old.py": "# a remark\nx: int = 'a'\n"})

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because
    assert old(result) == [("src/sample/old.py", 2, "assignment")]


def test_a_stricter_configuration_does_not_hold_old_code_against_the_change(
    project: SampleProject, bench: Bench
) -> None:
    lax = STRICT.replace("strict = true", "strict = false")
    untyped = "def f(x):\n    return x\n"
    project.repository.commit({"pyproject.toml": pyproject(more=lax), "src/sample/lax.py": untyped})
    project.repository.commit({"pyproject.toml": pyproject(more=STRICT)})

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because
    assert {path for path, _, _ in old(result)} == {"src/sample/lax.py"}


def test_a_plugin_of_the_tree_takes_part(project: SampleProject, bench: Bench) -> None:
    plugin = (
        "from mypy.plugin import Plugin\n\n\n"
        "class Strange(Plugin):\n"
        "    def get_function_hook(self, fullname):\n"
        "        if fullname == 'sample.given.number':\n"
        "            return lambda context: context.api.named_generic_type('builtins.str', [])\n"
        "        return None\n\n\n"
        "def plugin(version):\n    return Strange\n"
    )
    configured = pyproject(more=f"{STRICT}plugins = ['tools/strange.py']\n")
    calm = "from sample.given import number\n\nnext_one = number()\n"
    project.repository.commit(
        {"tools/strange.py": plugin, "pyproject.toml": configured, "src/sample/used.py": calm}
    )
    project.repository.commit({"src/sample/used.py": SOURCES["src/sample/used.py"]})

    result = gate(bench)

    assert result.outcome is Outcome.FAILED, result.because
    assert {path for path, _, _ in new(result)} == {"src/sample/used.py"}


def test_a_plugin_that_is_missing_makes_the_check_not_evaluated(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {"pyproject.toml": pyproject(more=f"{STRICT}plugins = ['pydantic.mypy']\n")}
    )

    result = gate(bench)

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "pydantic" in result.because


def test_a_declared_dependency_that_the_environment_lacks_is_never_a_pass(
    project: SampleProject, bench: Bench
) -> None:
    needing = pyproject(more=f'dependencies = ["absent-thing"]\n{STRICT}')
    project.repository.commit({"pyproject.toml": needing})
    project.repository.commit({"src/sample/more.py": "import absent_thing\n\nabsent_thing.go()\n"})
    project.repository.commit({"src/sample/more.py": "import absent_thing\n\nabsent_thing.run()\n"})

    result = gate(bench)

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because.startswith("the project's .venv lacks absent-thing")


@pytest.mark.parametrize(
    "asks",
    [
        "dependencies = [\"absent-thing; python_version<'3.4'\"]",
        '[project.optional-dependencies]\nfast = ["absent-thing"]',
        '[dependency-groups]\ndocs = ["absent-thing"]',
        "[tool.poetry.dependencies]\nabsent-thing = {version = '1', optional = true}",
    ],
    ids=["for older Pythons", "an extra", "a group for other work", "optional to Poetry"],
)
def test_a_dependency_that_this_environment_needs_not_have_is_not_missed(
    project: SampleProject, bench: Bench, asks: str
) -> None:
    needing = pyproject(more=f"{asks}\n{STRICT}")
    project.repository.commit({"pyproject.toml": needing})
    project.repository.commit({"src/sample/more.py": "import absent_thing\n"})
    project.repository.commit({"src/sample/used.py": "def size(name: str) -> int:\n    return 1\n"})

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because


def test_a_module_that_nobody_declared_is_a_finding(project: SampleProject, bench: Bench) -> None:
    project.repository.commit({"src/sample/more.py": "import absent_thing\n"})

    result = gate(bench)

    assert new(result) == [("src/sample/more.py", 1, "import-not-found")]


def test_a_project_without_an_environment_is_not_evaluated(
    repository: RepositoryBuilder, bench: Bench
) -> None:
    repository.commit(SOURCES)
    repository.commit({"src/sample/more.py": "X = 1\n"})
    bench.terms = Terms(create=False)

    result = gate(bench)

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "environment" in result.because


def test_an_error_of_syntax_is_a_finding_and_nothing_else_is_claimed(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"src/sample/more.py": "def f(:\n"})

    result = gate(bench)

    assert result.outcome is Outcome.FAILED
    assert ("src/sample/more.py", 1, "syntax") in new(result)
    assert result.because == "mypy stops at an error of syntax and checks nothing else"


def test_what_mypy_remarks_of_its_configuration_is_no_finding(
    project: SampleProject, bench: Bench
) -> None:
    unused = f"{STRICT}\n[[tool.mypy.overrides]]\nmodule = ['nowhere.*']\n"
    project.repository.commit({"pyproject.toml": pyproject(more=unused)})
    project.repository.commit({"src/sample/more.py": "X = 1\n"})

    assert gate(bench).outcome is Outcome.PASSED


def test_a_configuration_that_names_no_file_is_not_evaluated(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {"pyproject.toml": pyproject(more="\n[tool.mypy]\nfiles = ['nowhere']\n")}
    )

    assert gate(bench).outcome is Outcome.NOT_EVALUATED


def test_what_another_run_left_in_the_cache_does_not_change_what_is_found(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"src/sample/given.py": "def number() -> str:\n    return '1'\n"})
    first = gate(bench)
    project.repository.commit({"src/sample/given.py": "def number() -> int:\n    return 2\n"})
    second = gate(bench)
    project.repository.commit({"src/sample/given.py": "def number() -> str:\n    return '2'\n"})

    third = gate(bench)

    assert [one.outcome for one in (first, second)] == [Outcome.FAILED, Outcome.PASSED]
    assert new(third) == new(first)


def test_a_cache_that_has_rotted_is_thrown_away(project: SampleProject, bench: Bench) -> None:
    project.repository.commit({"src/sample/more.py": "X = 1\n"})
    gate(bench)
    for file in (bench.folder / "types").rglob("*.*"):
        if file.is_file():
            file.write_bytes(b"rot" * 4000)
    project.repository.commit({"src/sample/given.py": "def number() -> str:\n    return '1'\n"})

    result = gate(bench)

    assert {path for path, _, _ in new(result)} == {"src/sample/used.py"}, result.because


def test_where_the_project_uses_another_type_checker_mypy_s_errors_are_notes(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {"pyproject.toml": pyproject(more="\n[tool.pyright]\nstrict = ['src']\n")}
    )
    project.repository.commit({"src/sample/more.py": "x: int = 'a'\n"})

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because
    assert [one.severity for one in result.findings] == [Severity.NOTE]
    assert "pyright" in result.evidence
