"""Checks of a project's own: when they have evaluated, and when that only looks so."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench import Bench, new, old
from builder import RepositoryBuilder
from fairlead.changes.git import Repository
from fairlead.changes.ranges import resolve
from fairlead.changes.read import read_change
from fairlead.checks.custom import CustomCheck, custom_check
from fairlead.checks.model import CheckResult, Outcome
from fairlead.errors import FairleadError

SARIF = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t"}}, "results": []}]}
LINE = r"^(?P<path>[^:\n]+):(?P<line>\d+): (?P<message>.+)$"


@pytest.fixture
def bench(repository: RepositoryBuilder, tmp_path: Path) -> Bench:
    return Bench(repository, tmp_path / "state")


def python(code: str, **more: object) -> CustomCheck:
    """Return a custom check that runs Python; SARIF on standard output unless told otherwise."""
    values: dict[str, object] = {"reads": ["*.js"], "format": "sarif", **more}
    command = [sys.executable, "-c", code]
    return custom_check("own", command=command, **values)  # ty: ignore[invalid-argument-type]


def outcome(bench: Bench, check: CustomCheck) -> CheckResult:
    bench.repository.commit({"a.js": "one\ntwo\n"}, over={"a.js": "one\n"})
    return bench.run(check)[0]


def shout(code: int = 0) -> str:
    """Return a program that reports every line of a.js as one of compilers do."""
    return (
        "import sys\n"
        "for n, line in enumerate(open('a.js'), 1): print(f'a.js:{n}: no {line.strip()}')\n"
        f"sys.exit({code})"
    )


def test_a_report_is_compared_with_the_bases(bench: Bench) -> None:
    result = outcome(bench, python(shout(1), format="regex", pattern=LINE))

    assert result.outcome is Outcome.FAILED
    assert (new(result), old(result)) == ([("a.js", 2, "match")], [("a.js", 1, "match")])
    assert result.tools[0].origin == "a command of the policy"


def test_a_second_run_is_from_what_is_kept(bench: Bench) -> None:
    check = python(f"print({json.dumps(SARIF)!r})")
    first = outcome(bench, check)

    (second,) = bench.run(check)

    assert (first.outcome, first.cached) == (Outcome.PASSED, False), first.because
    assert (second.outcome, second.cached) == (Outcome.PASSED, True)


def test_a_command_may_be_text_and_there_is_no_shell(bench: Bench) -> None:
    check = custom_check(
        "own",
        command=f"{sys.executable} -c 'import sys; print(sys.argv[1:])' '$HOME' ; rm",
        reads=["*"],
        format="regex",
        pattern=r"(?P<message>\[.*\])",
    )

    result = outcome(bench, check)

    assert [one.what for one in result.findings] == ["['$HOME', ';', 'rm']"]


def test_a_report_in_a_file_is_read(bench: Bench) -> None:
    code = f"open('out.sarif', 'w').write({json.dumps(SARIF)!r})"

    assert outcome(bench, python(code, output="out.sarif")).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("code", "more", "cause"),
    [
        ("import sys; sys.exit(2)", {}, "ended with 2"),
        (f"import sys; print({json.dumps(SARIF)!r}); sys.exit(1)", {}, "ended with 1 and reported"),
        ("", {}, "not SARIF"),
        ("print('{')", {}, "not SARIF"),
        ("print('[]')", {}, "not SARIF"),
        ("print('{\"runs\": []}')", {}, "no runs"),
        ("", {"output": "out.sarif"}, "did not write out.sarif"),
        ("import os; os.mkdir('out')", {"output": "out"}, "did not write out"),
        ("import os; os.symlink('/etc/passwd', 'out')", {"output": "out"}, "did not write out"),
        ("print('[]')", {"format": "junit"}, "not JUnit"),
        ("print('<testsuite/>')", {"format": "junit"}, "no test ran"),
        ("print('{}')", {"format": "codequality"}, "not a code quality report"),
        ("", {"format": "regex", "pattern": LINE}, "nothing that shows that it looked"),
        (shout(), {"format": "regex", "pattern": LINE, "proof": "done"}, "nothing that shows"),
        ("import sys; sys.exit(1)", {"format": "regex", "pattern": LINE}, "reported nothing"),
        ("import os; os.kill(os.getpid(), 11)", {}, "signal 11"),
    ],
)
def test_what_does_not_show_that_it_looked_is_never_a_pass(
    bench: Bench, code: str, more: dict[str, object], cause: str
) -> None:
    result = outcome(bench, python(code, **more))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert cause in result.because
    assert result.fix


def test_a_missing_command_is_not_evaluated(bench: Bench) -> None:
    check = custom_check("own", command="no-such-program -x", reads=["*"], format="sarif")

    result = outcome(bench, check)

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "no-such-program could not be started" in result.because


def test_a_report_that_the_tree_brings_along_counts_for_nothing(bench: Bench) -> None:
    bench.repository.commit({"a.js": "x", "out.sarif": json.dumps(SARIF)})

    (result,) = bench.run(python("", output="out.sarif"))

    assert result.outcome is Outcome.NOT_EVALUATED
    assert "did not write out.sarif" in result.because


def test_a_folder_that_is_a_link_does_not_lead_the_report_out(bench: Bench, tmp_path: Path) -> None:
    bench.repository.symlink("out", "deep")
    bench.repository.commit({"a.js": "x", "deep/x": "x"})

    (result,) = bench.run(python(f"open('out/r', 'w').write({json.dumps(SARIF)!r})", output="out/r"))

    assert result.outcome is Outcome.PASSED, "a link inside of the tree is fine"


def test_other_exit_codes_may_mean_that_it_looked(bench: Bench) -> None:
    code = shout(64)

    result = outcome(bench, python(code, format="regex", pattern=LINE, exit_codes=(0, 64)))

    assert result.outcome is Outcome.FAILED


def test_a_proof_tells_that_nothing_was_found(bench: Bench) -> None:
    check = python(
        "print('checked 3 files')", format="regex", pattern=LINE, proof=r"^checked \d+ files$"
    )

    result = outcome(bench, check)

    assert result.outcome is Outcome.PASSED
    assert "checked 3 files" in result.evidence


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("a.js", True), ("src/a.js", True), ("a.py", False), ("web/x.ts", True), ("web/x.py", False)],
)
def test_reads_are_patterns_as_in_gitignore(bench: Bench, path: str, wanted: bool) -> None:
    check = python("", reads=["*.js", "/web/**", "!*.py"])
    bench.repository.commit({path: "x"})

    opened = Repository.open(bench.repository.folder, scratch=bench.folder, environ={})
    change = read_change(opened, resolve(opened, revisions="HEAD", environ={}))
    assert [check.wants(file) for file in change.files] == [wanted]


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        ({"command": ""}, "no command"),
        ({"command": []}, "no command"),
        ({"command": "x 'y"}, "can't be split"),
        ({"format": "xml"}, "'xml' is unknown"),
        ({"reads": []}, "which files it reads"),
        ({"exit_codes": []}, "no exit code"),
        ({"output": "/tmp/x"}, "outside"),
        ({"output": "a/../../x"}, "outside"),
        ({"pattern": "x"}, "no use"),
        ({"format": "regex"}, "groups"),
        ({"format": "regex", "pattern": "("}, "no regular expression"),
        ({"format": "regex", "pattern": "(?P<message>x)(?P<column>y)"}, "groups"),
        ({"format": "regex", "pattern": "(?P<message>x)", "proof": "["}, "proof is no regular"),
    ],
)
def test_what_could_never_evaluate_is_refused_with_its_name(
    wrong: dict[str, object], cause: str
) -> None:
    values: dict[str, object] = {"command": "x", "reads": ["*"], "format": "sarif", **wrong}

    with pytest.raises(FairleadError, match="custom check own is not valid") as caught:
        custom_check("own", **values)  # ty: ignore[invalid-argument-type]

    assert cause in caught.value.cause
    assert caught.value.fix
