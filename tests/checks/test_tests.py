"""The project's own tests, run by its own pytest: which of them, and what is said of what they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import Bench, new
from builder import Content, RepositoryBuilder
from fairlead.checks.looks import Request
from fairlead.checks.model import CheckResult, Outcome
from fairlead.checks.tests import Suite
from fairlead.environments.model import Terms
from projects import SampleProject, pyproject, uv

SOURCES: dict[str, Content] = {
    ".gitignore": ".venv\n",
    "pyproject.toml": pyproject(),
    "src/sample/__init__.py": "",
    "src/sample/sums.py": "def double(x):\n    return x * 2\n\n\ndef half(x):\n    return x / 2\n",
    "tests/test_sums.py": (
        "from sample import sums\n\n\n"
        "def test_double():\n    assert sums.double(2) == 4\n\n\n"
        "def test_half():\n    assert sums.half(4) == 2\n"
    ),
}


@pytest.fixture
def linked(repository: RepositoryBuilder, sample_environment: Path) -> RepositoryBuilder:
    """A repository without a file, beside an environment that has pytest."""
    (repository.folder / ".venv").symlink_to(sample_environment)
    return repository


@pytest.fixture
def project(linked: RepositoryBuilder) -> SampleProject:
    """A project with the src layout."""
    linked.commit(SOURCES)
    return SampleProject(linked)


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def gate(bench: Bench, *, timeout: float = 60.0, **settings: object) -> CheckResult:
    (result,) = bench.run(Request(check=Suite(), settings=settings, timeout=timeout))
    return result


def test_a_failure_shows_the_assertion_what_was_captured_and_the_command_that_repeats_it(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {
            "src/sample/sums.py": "def double(x):\n    print('doubling', x)\n    return x * 3\n\n\n"
            "def half(x):\n    return x / 2\n"
        }
    )

    result = gate(bench)

    assert result.outcome is Outcome.FAILED, result.because
    assert new(result) == [("tests/test_sums.py", 5, "test-failed")]
    (finding,) = result.findings
    assert finding.what == "test_double: assert 6 == 4"
    assert ">       assert sums.double(2) == 4" in finding.shown
    assert "  doubling 2" in finding.shown
    assert finding.fix == ".venv/bin/python -m pytest tests/test_sums.py::test_double"
    assert result.tools[0].origin == "the project's .venv"


def chosen(result: CheckResult) -> str:
    """Return how many tests ran, in the words of the evidence."""
    assert result.outcome is not Outcome.NOT_EVALUATED, result.because
    return result.evidence.split(";")[0].removeprefix("pytest ").partition(" ")[2]


def test_only_the_tests_that_a_change_can_affect_run_in_a_tree_written_out_elsewhere(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"README": "words\n"})
    first = gate(bench)
    project.repository.commit(
        {"src/sample/sums.py": str(SOURCES["src/sample/sums.py"]).replace("x * 2", "2 * x")}
    )

    second = gate(bench)

    assert chosen(first) == "ran 2 tests to their end"
    assert chosen(second) == "ran 1 tests to their end, those of 2 that the change can affect"
    assert second.outcome is Outcome.PASSED


def test_a_record_that_has_rotted_makes_every_test_run(project: SampleProject, bench: Bench) -> None:
    project.repository.commit({"NOTES": "x\n"})
    gate(bench)
    for file in (bench.folder / "tests").rglob("*.*"):
        file.write_bytes(b"rot" * 4000)
    project.repository.commit({"src/sample/sums.py": str(SOURCES["src/sample/sums.py"]) + "\n"})

    result = gate(bench)

    assert chosen(result) == "ran 2 tests to their end"


@pytest.mark.parametrize(
    "change",
    [
        {"tests/data.json": '{"four": 5}\n'},
        {"tests/conftest.py": "FOUR = 5\n"},
        {"src/sample/limits.py": "FOUR = 5\n"},
        {"src/sample/table.py": "def make():\n    return {'four': 5}\n\n\nTABLE = make()\n"},
        {"src/sample/wide.py": "def start():\n    return 5\n"},
        {"tools/four.py": "print(5)\n"},
        {"src/sample/child.py": "print(5)\n"},
    ],
    ids=[
        "a JSON fixture",
        "a conftest",
        "a constant",
        "a function that builds a table at import",
        "what a session's fixture runs",
        "a script that a test starts",
        "a module that a test runs in another process",
    ],
)
def test_a_test_runs_again_whatever_way_the_change_reaches_it_by(
    linked: RepositoryBuilder, bench: Bench, change: dict[str, Content]
) -> None:
    before: dict[str, Content] = {
        ".gitignore": ".venv\n",
        "pyproject.toml": pyproject(),
        "src/sample/__init__.py": "",
        "src/sample/limits.py": "FOUR = 4\n",
        "src/sample/table.py": "def make():\n    return {'four': 4}\n\n\nTABLE = make()\n",
        "src/sample/wide.py": "def start():\n    return 4\n",
        "src/sample/child.py": "print(4)\n",
        "tools/four.py": "print(4)\n",
        "tests/data.json": '{"four": 4}\n',
        "tests/conftest.py": "FOUR = 4\n",
        "tests/test_fours.py": (
            "import json, pathlib, subprocess, sys\n\n"
            "import conftest\nimport pytest\n\n"
            "from sample import child, limits, table, wide\n\n"
            "HERE = pathlib.Path(__file__).parent\n\n\n"
            "def printed(*words):\n"
            "    return int(subprocess.check_output([sys.executable, *words]))\n\n\n"
            "@pytest.fixture(scope='session')\ndef started():\n    return wide.start()\n\n\n"
            "def test_first(started):\n    assert True\n\n\n"
            "def test_second(started):\n    assert started == 4\n\n\n"
            "def test_data():\n"
            "    assert json.loads((HERE / 'data.json').read_text())['four'] == 4\n\n\n"
            "def test_conftest():\n    assert conftest.FOUR == 4\n\n\n"
            "def test_constant():\n    assert limits.FOUR == 4\n\n\n"
            "def test_table():\n    assert table.TABLE['four'] == 4\n\n\n"
            "def test_script():\n    assert printed(str(HERE.parent / 'tools/four.py')) == 4\n\n\n"
            "def test_module():\n    assert printed('-m', 'sample.child') == 4\n"
        ),
    }
    linked.commit(before)
    linked.commit({"NOTES": "x\n"})
    assert gate(bench).outcome is Outcome.PASSED
    linked.commit(change)

    result = gate(bench)

    assert result.outcome is Outcome.FAILED
    assert len(new(result)) == 1


def test_a_failure_that_the_base_has_too_does_not_block(project: SampleProject, bench: Bench) -> None:
    broken = str(SOURCES["tests/test_sums.py"]).replace("== 4", "== 5")
    project.repository.commit({"tests/test_sums.py": broken})
    project.repository.commit(
        {"src/sample/sums.py": str(SOURCES["src/sample/sums.py"]) + "\n\nX = 1\n"}
    )

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because
    assert [(one.what, one.new) for one in result.findings] == [("test_double: assert 4 == 5", False)]


def test_a_test_that_fails_once_and_then_holds_is_reported_as_flaky_and_does_not_block(
    project: SampleProject, bench: Bench, tmp_path: Path
) -> None:
    project.repository.commit(
        {
            "tests/test_chance.py": "import pathlib\n\n\ndef test_chance():\n"
            "    seen = pathlib.Path(__file__).with_suffix('.seen')\n"
            "    first = not seen.exists()\n    seen.touch()\n    assert not first\n"
        }
    )

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because
    (finding,) = result.findings
    assert finding.rule == "test-flaky"
    assert finding.what.startswith("test_chance is flaky: it failed, and held when it ran again")
    assert finding.apart


def test_a_file_that_can_t_be_collected_is_a_finding_and_the_others_still_run(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {"tests/test_gone.py": "from sample import gone\n\n\ndef test_gone():\n    pass\n"}
    )

    result = gate(bench)

    assert result.outcome is Outcome.FAILED, result.because
    (finding,) = result.findings
    assert finding.rule == "test-uncollected"
    assert (finding.path, finding.line) == ("tests/test_gone.py", 1)
    assert "cannot import name 'gone'" in finding.what
    assert chosen(result).startswith("ran 2 tests")


@pytest.mark.parametrize(
    ("test", "cause"),
    [
        (
            "def test_crash():\n    import ctypes\n    ctypes.string_at(0)\n",
            "the interpreter was ended by signal 11 (SIGSEGV) while tests/test_bad.py::test_crash ran",
        ),
        (
            "def test_crash():\n    import os\n    os._exit(0)\n",
            "the interpreter ended by itself with 0 while tests/test_bad.py::test_crash ran",
        ),
        (
            "import time\n\n\ndef test_crash():\n    time.sleep(1000)\n",
            "tests/test_bad.py::test_crash had not ended when the 9 s that the tests may take were "
            "over; it was at tests/test_bad.py:5 in test_crash",
        ),
        (
            "def test_crash():\n    raise KeyboardInterrupt\n",
            "the session was interrupted: KeyboardInterrupt",
        ),
        (
            "import pytest\n\n\ndef test_crash():\n    pytest.exit('enough', 0)\n",
            "the session was interrupted: enough",
        ),
    ],
    ids=["segmentation fault", "os._exit", "hang", "Ctrl-C", "pytest.exit"],
)
def test_a_session_that_is_cut_short_is_never_a_pass_and_says_which_test_did_it(
    project: SampleProject, bench: Bench, test: str, cause: str
) -> None:
    project.repository.commit({"tests/test_bad.py": test})

    result = gate(bench, timeout=9.0)

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because.startswith(cause), result.because
    assert result.fix


def test_another_s_module_under_a_name_of_the_project_is_not_taken_for_the_project_s(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {
            "src/sample/__init__.py": "import json.decoder\nimport sys\n\n"
            "sys.modules[f'{__name__}.packages.decoder'] = json.decoder\n"
        }
    )

    assert gate(bench).outcome is Outcome.PASSED


def test_a_failure_in_a_folder_that_is_gone_by_now_is_a_finding_like_others(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {
            "tests/test_gone.py": "import os\n\n\ndef test_gone(tmp_path):\n    os.chdir(tmp_path)\n"
            "    os.rmdir(tmp_path)\n    assert False\n"
        }
    )

    result = gate(bench)

    assert result.outcome is Outcome.FAILED, result.because
    assert new(result) == [("tests/test_gone.py", 7, "test-failed")]


def test_what_is_compiled_from_a_file_that_is_no_python_is_data_whose_change_runs_all_tests(
    project: SampleProject, bench: Bench
) -> None:
    compiling = (
        "from pathlib import Path\n\n\ndef test_template():\n"
        "    place = Path(__file__).with_name('greeting')\n"
        "    exec(compile(place.read_text(), str(place), 'exec'))\n"
    )
    project.repository.commit({"tests/test_template.py": compiling, "tests/greeting": "x = 1\n"})
    first = gate(bench)
    project.repository.commit({"tests/greeting": "raise ValueError\n"})

    result = gate(bench)

    assert first.outcome is Outcome.PASSED, first.because
    assert result.outcome is Outcome.FAILED, result.because
    assert [one.context for one in result.findings] == ["test_template"]


def test_modules_that_are_imported_from_an_archive_are_no_files_to_be_read(
    project: SampleProject, bench: Bench
) -> None:
    importing = (
        "import sys\nimport zipfile\nfrom pathlib import Path\n\n"
        "place = Path(__file__).with_name('packed.zip')\n"
        "with zipfile.ZipFile(place, 'w') as archive:\n"
        "    archive.writestr('packed/__init__.py', 'def two():\\n    return 2\\n')\n"
        "sys.path.insert(0, str(place))\nimport packed\n\n\n"
        "def test_packed():\n    assert packed.two() == 2\n"
    )
    project.repository.commit({"tests/test_packed.py": importing})

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because


def test_tests_run_in_a_process_without_a_thread_of_ours(project: SampleProject, bench: Bench) -> None:
    """One would have Python warn of each fork, and could crash the interpreter by reading frames."""
    project.repository.commit(
        {
            "tests/test_alone.py": "import os\n\n\ndef test_alone():\n"
            "    assert len(os.listdir('/proc/self/task')) == 1\n"
        }
    )

    assert gate(bench).outcome is Outcome.PASSED


def test_what_failed_before_a_crash_still_counts(project: SampleProject, bench: Bench) -> None:
    project.repository.commit(
        {
            "tests/test_bad.py": "import os\n\n\ndef test_fails():\n    assert False\n\n\n"
            "def test_crash():\n    os._exit(3)\n"
        }
    )

    result = gate(bench)

    assert result.outcome is Outcome.FAILED
    assert [one.context for one in result.findings] == ["test_fails"]
    assert "ended by itself with 3" in result.because


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({"tests/test_sums.py": None}, "pytest found no tests"),
        (
            {"tests/test_sums.py": "import pytest\n\n\n@pytest.mark.skip\ndef test_a():\n    pass\n"},
            "all 1 tests were skipped",
        ),
        (
            {"pyproject.toml": pyproject(more="\n[tool.pytest.ini_options]\naddopts = '-k nothing'\n")},
            "all 2 tests are left out by the project's configuration",
        ),
        (
            {"pyproject.toml": pyproject(more="\n[tool.pytest.ini_options]\naddopts = '--nonsense'\n")},
            "pytest did not start: ",
        ),
        ({"tests/conftest.py": "import nonsense\n"}, "pytest did not start: "),
        (
            {
                "tests/conftest.py": "def pytest_sessionfinish(session):\n    session.exitstatus = 1\n",
            },
            "pytest ended with 1, though no test failed",
        ),
    ],
    ids=["none", "skipped", "deselected", "bad option", "broken conftest", "made to fail"],
)
def test_a_session_in_which_nothing_was_tested_is_not_evaluated(
    project: SampleProject, bench: Bench, files: dict[str, Content], cause: str
) -> None:
    project.repository.commit(files)

    result = gate(bench)

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because.startswith(cause), result.because


def test_a_project_without_pytest_is_told_to_install_it(
    repository: RepositoryBuilder, bench: Bench
) -> None:
    repository.commit(SOURCES)
    uv("venv", "--quiet", str(repository.folder / ".venv"))
    repository.commit({"src/sample/__init__.py": "X = 1\n"})

    result = gate(bench)

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because == "pytest is not installed in the project's .venv"


def test_a_flat_project_that_is_not_installed_is_tested_too(
    linked: RepositoryBuilder, bench: Bench
) -> None:
    linked.commit(
        {
            ".gitignore": ".venv\n",
            "pyproject.toml": pyproject(),
            "sample/__init__.py": "def double(x):\n    return x * 2\n",
            "test_sample.py": "import sample\n\n\ndef test_double():\n"
            "    assert sample.double(1) == 2\n",
        }
    )
    linked.commit({"sample/__init__.py": "def double(x):\n    return x * 3\n"})

    result = gate(bench)

    assert new(result) == [("test_sample.py", 5, "test-failed")]


def test_plugins_that_would_take_the_measurement_or_the_process_away_are_turned_off(
    linked: RepositoryBuilder, bench: Bench
) -> None:
    options = "addopts = '-n 2 --cov=sample --cov-fail-under=100 -x -p no:cacheprovider'\n"
    linked.commit(
        {**SOURCES, "pyproject.toml": pyproject(more=f"\n[tool.pytest.ini_options]\n{options}")}
    )
    failing = "def test_a():\n    assert False\n\n\ndef test_b():\n    assert False\n"
    linked.commit({"tests/test_many.py": failing})

    result = gate(bench)

    assert [one.context for one in result.findings] == ["test_a", "test_b"], result.because


def test_another_runner_is_read_by_its_junit_report(project: SampleProject, bench: Bench) -> None:
    runner = (
        "import pathlib, sample.sums\n"
        "bad = sample.sums.double(2) != 4\n"
        "case = '<failure message=\"six\"/>' if bad else ''\n"
        'where = \'name="double" file="run.py" line="2"\'\n'
        "text = f'<testsuite><testcase {where}>{case}</testcase></testsuite>'\n"
        "pathlib.Path('junit.xml').write_text(text)\n"
        "raise SystemExit(bad)\n"
    )
    project.repository.commit({"run.py": runner})
    good = gate(bench, command=["python", "run.py"], report="junit.xml")
    project.repository.commit({"src/sample/sums.py": "def double(x):\n    return x * 3\n"})

    bad = gate(bench, command=["python", "run.py"], report="junit.xml")

    assert good.outcome is Outcome.PASSED, good.because
    assert good.evidence == "python run.py ended with 0: JUnit XML of 1 tests"
    assert new(bad) == [("run.py", 2, "failure")]


def test_another_runner_that_writes_no_report_is_not_evaluated(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"run.py": "print('all is well')\n"})

    result = gate(bench, command=["python", "run.py"], report="junit.xml")

    assert result.outcome is Outcome.NOT_EVALUATED
    assert result.because == "python run.py did not write junit.xml: all is well"


def test_each_project_of_a_tree_is_tested_in_its_folder_and_the_command_goes_there(
    linked: RepositoryBuilder, bench: Bench
) -> None:
    failing = "import one\n\n\ndef test_one():\n    assert one.ONE == 1\n"
    linked.commit(
        {
            ".gitignore": ".venv\n",
            "packages/one/pyproject.toml": pyproject("one"),
            "packages/one/src/one/__init__.py": "ONE = 1\n",
            "packages/one/tests/test_one.py": failing,
            "packages/two/pyproject.toml": pyproject("two"),
            "packages/two/src/two/__init__.py": "TWO = 2\n",
            "packages/two/tests/test_two.py": failing.replace("one", "two").replace("ONE == 1", "TWO"),
        }
    )
    linked.commit(
        {
            "packages/one/src/one/__init__.py": "ONE = 2\n",
            "packages/two/src/two/__init__.py": "TWO = 3\n",
        }
    )

    result = gate(bench)

    assert new(result) == [("packages/one/tests/test_one.py", 5, "test-failed")], result.because
    assert result.findings[0].fix == (
        "cd packages/one && ../../.venv/bin/python -m pytest tests/test_one.py::test_one"
    )


def test_a_failure_stays_old_when_its_file_is_renamed(project: SampleProject, bench: Bench) -> None:
    broken = str(SOURCES["tests/test_sums.py"]).replace("== 4", "== 5")
    project.repository.commit({"tests/test_sums.py": broken})
    project.repository.rename("tests/test_sums.py", "tests/test_arithmetic.py")
    project.repository.commit()

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because
    assert [(one.path, one.new) for one in result.findings] == [("tests/test_arithmetic.py", False)]


def test_an_untrusted_change_leaves_no_record_by_which_later_tests_are_chosen(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"NOTES": "x\n"})
    bench.terms = Terms(untrusted=True)

    result = gate(bench)

    assert result.outcome is Outcome.PASSED, result.because
    assert not (bench.folder / "tests").exists()
