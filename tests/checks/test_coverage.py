"""Coverage of the changed lines, from the run that the tests make anyway."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from diff_cover.git_path import GitPathTool
from diff_cover.report_generator import DiffViolations
from diff_cover.violationsreporters.violations_reporter import XmlCoverageReporter
from hypothesis import given
from hypothesis import strategies as st

from bench import Bench, new
from builder import Content, RepositoryBuilder
from fairlead.checks.coverage import Coverage, missed_lines, runs_of
from fairlead.checks.looks import Request
from fairlead.checks.model import CheckResult, Outcome
from fairlead.checks.tests import Suite
from projects import SampleProject, pyproject

SIGN = "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n"
TEST = "from sample.sums import sign\n\n\ndef test_sign():\n    assert sign(2) == 1\n"
SOURCES: dict[str, Content] = {
    ".gitignore": ".venv\n",
    "pyproject.toml": pyproject(),
    "src/sample/__init__.py": "",
    "src/sample/sums.py": SIGN,
    "tests/test_sums.py": TEST,
}


@pytest.fixture
def project(repository: RepositoryBuilder, sample_environment: Path) -> SampleProject:
    (repository.folder / ".venv").symlink_to(sample_environment)
    repository.commit(SOURCES)
    return SampleProject(repository)


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def gate(bench: Bench, *, revisions: str = "HEAD", **settings: object) -> list[CheckResult]:
    return bench.run(
        Request(check=Suite()),
        Request(check=Coverage(), settings=settings, needs=("tests",)),
        revisions=revisions,
    )


def test_lines_that_no_test_executes_are_found_by_run_and_place(
    project: SampleProject, bench: Bench
) -> None:
    more = "\n\ndef square(x):\n    y = x\n\n    # a remark\n    return y * x\n"
    project.repository.commit({"src/sample/sums.py": SIGN + more})

    tests, coverage = gate(bench)

    assert tests.outcome is Outcome.PASSED, tests.because
    assert coverage.outcome is Outcome.FAILED, coverage.because
    assert new(coverage) == [("src/sample/sums.py", 8, "uncovered")]
    assert coverage.findings[0].what == "no test executes lines 8 to 11 (2 are code)"
    assert coverage.evidence.startswith("tests execute 1 of 3 changed lines that can be executed, 33 %")


def test_an_executed_line_counts_as_executed_though_the_tests_were_chosen(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"NOTES": "x\n"})
    gate(bench)
    project.repository.commit(
        {
            "src/sample/sums.py": SIGN.replace("return 1", "one = 1\n    return one"),
            "tests/test_sums.py": TEST + "\n\ndef test_nothing():\n    pass\n",
        }
    )

    tests, coverage = gate(bench)

    assert "those of" in tests.evidence
    assert coverage.outcome is Outcome.PASSED, coverage.because
    assert coverage.evidence.startswith("tests execute 2 of 2 changed lines")
    assert coverage.findings == ()


def test_what_was_tested_for_an_earlier_base_is_executed_again_for_another(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {"src/sample/sums.py": SIGN.replace("return 1", "one = 1\n    return one")}
    )
    gate(bench)
    project.repository.commit({"src/sample/other.py": "X = 1\n"})
    gate(bench)

    _, coverage = gate(bench, revisions="HEAD~2..HEAD")

    assert coverage.because == ""
    assert coverage.evidence.startswith("tests execute 2 of 3 changed lines")
    assert [one.path for one in coverage.findings] == ["src/sample/other.py"]


def test_a_condition_that_went_one_way_only_is_a_missed_line(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"src/sample/sums.py": SIGN.replace("x < 0", "x < -0.0")})

    _, coverage = gate(bench)

    assert new(coverage) == [("src/sample/sums.py", 2, "partial-branch")]
    assert coverage.findings[0].what == "no test has it go from here to line 3"
    assert coverage.outcome is Outcome.FAILED


def test_what_is_missed_is_a_note_while_the_share_is_what_the_policy_asks_for(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit({"src/sample/sums.py": SIGN.replace("x < 0", "x < -0.0")})

    _, coverage = gate(bench, fail_under=0)

    assert coverage.outcome is Outcome.PASSED
    assert [one.rule for one in coverage.findings] == ["partial-branch"]


def test_a_module_that_no_test_imports_is_missed_and_one_that_is_left_out_is_named(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {
            ".coveragerc": "[run]\nrelative_files = true\nomit =\n    */generated.py\n"
            "[report]\nexclude_also =\n    raise NotImplementedError\n"
            "[paths]\nsource =\n    */site-packages\n    src\n"
        }
    )
    project.repository.commit(
        {
            "src/sample/alone.py": "X = 1\n",
            "src/sample/generated.py": "X = 1\n",
            "tools/release.py": "X = 1\n",
            "src/sample/sums.py": SIGN + "    raise NotImplementedError\n",
        }
    )

    _, coverage = gate(bench)

    assert coverage.because == ""
    assert new(coverage) == [("src/sample/alone.py", 1, "uncovered")]
    assert coverage.evidence.endswith("brings: src/sample/generated.py, tools/release.py")


def test_coverage_is_not_known_when_the_tests_did_not_come_to_their_end(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {
            "tests/test_sums.py": "import os\n\n\ndef test_a():\n    os._exit(0)\n",
            "src/sample/a.py": "X = 1\n",
        }
    )

    tests, coverage = gate(bench)

    assert coverage.outcome is Outcome.NOT_EVALUATED
    assert coverage.because == tests.because


def test_a_test_that_takes_the_measurement_away_leaves_coverage_unknown(
    project: SampleProject, bench: Bench
) -> None:
    project.repository.commit(
        {
            "tests/test_trace.py": "import sys\n\n\ndef test_a():\n    sys.settrace(None)\n",
            "src/sample/a.py": "X = 1\n",
        }
    )

    tests, coverage = gate(bench)

    assert tests.outcome is Outcome.PASSED, tests.because
    assert coverage.outcome is Outcome.NOT_EVALUATED
    assert "tests/test_trace.py::test_a took the measurement away" in coverage.because


def test_what_is_executed_in_spite_of_a_test_that_takes_the_measurement_away_counts(
    project: SampleProject, bench: Bench
) -> None:
    taking = "import sys\n\n\ndef test_a():\n    sys.settrace(None)\n"
    after = "\n\ndef test_b():\n    from sample.a import two\n\n    assert two() == 2\n"
    project.repository.commit(
        {
            "tests/test_trace.py": taking + after,
            "src/sample/a.py": "def two():\n    return 2\n",
        }
    )

    tests, coverage = gate(bench)

    assert tests.outcome is Outcome.PASSED, tests.because
    assert coverage.outcome is Outcome.PASSED, coverage.because
    assert coverage.evidence.startswith("tests execute 2 of 2 changed lines")


PROGRAM = """\
import sys


def side(x):
    if x > 0 and \\
            x < 10:
        return "near"
    for each in range(x):
        if each > 20:
            break
    else:
        return "far"
    return "very far"


class Unused:
    def method(self):
        return [x for x in (
            1,
            2,
        )]


print(side(3), side(12))
"""


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path]:
    """Return coverage.py's JSON report of the program, and the folder that has its XML report."""
    folder = tmp_path_factory.mktemp("program")
    RepositoryBuilder.create(folder).write("program.py", PROGRAM)
    for words in (["run", "--branch", "program.py"], ["json"], ["xml"]):
        subprocess.run([sys.executable, "-m", "coverage", *words], cwd=folder, check=True)
    files = json.loads((folder / "coverage.json").read_text())["files"]
    return files["program.py"], folder


@given(changed=st.sets(st.integers(1, PROGRAM.count("\n"))))
def test_the_lines_that_count_and_those_that_are_missed_are_diff_cover_s(
    reported: tuple[dict[str, object], Path], changed: set[int]
) -> None:
    report, folder = reported
    GitPathTool._cwd = GitPathTool._root = os.fspath(folder)
    reporter = XmlCoverageReporter([ElementTree.parse(folder / "coverage.xml")], branch_coverage=True)
    theirs = DiffViolations(
        reporter.violations("program.py"), reporter.measured_lines("program.py"), changed
    )

    ours = missed_lines(report, changed)

    assert ours.measured == theirs.measured_lines
    assert ours.unexecuted | ours.partial.keys() == theirs.lines


@given(measured=st.sets(st.integers(1, 40)), data=st.data())
def test_runs_hold_every_missed_line_once_and_no_executed_one(
    measured: set[int], data: st.DataObject
) -> None:
    missed = data.draw(st.sets(st.sampled_from(sorted(measured)))) if measured else set()

    found = list(runs_of(measured, missed))

    held = [line for first, last in found for line in range(first, last + 1) if line in measured]
    assert sorted(missed) == held
