"""What holds for every check that wraps one tool: it reads only, and no fault becomes a pass."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from fairlead.checks.catalogue import single_tool_checks
from fairlead.checks.model import Check, Evaluated, NotEvaluated
from views import Runs, snapshot, view_of, write

CHECKS = single_tool_checks()
every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)

FILES = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = []\n',
    "src/shop/app.py": "import os\nimport celery\nx  =  eval('1')\n"
    'key = "AKIA' + 'QYLPMN5HN7WZ3KXT"\n',
    "src/shop/deep.py": "def f(x):\n"
    + "".join(f"{'    ' * level}if x > {level}:\n" for level in range(1, 8))
    + "    " * 8
    + "return 1\n",
    ".github/workflows/ci.yml": "name: ci\non: pull_request_target\njobs:\n  a:\n    runs-on: x\n"
    "    steps:\n      - run: echo ${{ github.head_ref }}\n",
}

HOSTILE = {
    "pyproject.toml": FILES["pyproject.toml"]
    + """
[tool.ruff]
fix = true
unsafe-fixes = true
fix-only = true
show-fixes = true
output-format = "full"
cache-dir = "ruff-cache"
[tool.ruff.lint]
select = ["ALL"]
[tool.complexipy]
paths = ["."]
output = "complexipy.out"
output-format = ["csv", "gitlab"]
cache-dir = "complexipy-cache"
snapshot-create = true
fix = true
quiet = true
failed = true
[tool.deptry]
json_output = "deptry.json"
github_output = true
verbose = true
[tool.bandit]
skips = ["B404"]
""",
    ".bandit": "[bandit]\noutput = bandit.out\nformat = html\nverbose = true\nbaseline = base.json\n",
    ".secrets.baseline": json.dumps(
        {
            "version": "1.5.0",
            "plugins_used": [{"name": "AWSKeyDetector"}],
            "filters_used": [
                {
                    "path": "detect_secrets.filters.common.is_ignored_due_to_verification_policies",
                    "min_level": 2,
                }
            ],
            "results": {},
        }
    ),
    "zizmor.yml": "rules:\n  artipacked:\n    disable: true\n",
    ".gitignore": "*\n",
    "sitecustomize.py": "import pathlib\npathlib.Path('ran').write_text('')\n",
    "requests.py": "import pathlib\npathlib.Path('ran').write_text('')\n",
}


@every_check
def test_a_check_finds_what_is_wrong_in_a_small_tree(check: Check, tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", FILES)

    evaluation = check.evaluate(view_of(check, tree, tmp_path / "scratch"), Runs())

    assert isinstance(evaluation, Evaluated), evaluation
    assert evaluation.findings
    assert evaluation.evidence
    for finding in evaluation.findings:
        assert finding.what
        assert finding.why
        assert finding.fix
        assert finding.url.startswith("https://")


@every_check
def test_a_check_leaves_the_tree_as_it_was_whatever_its_configuration_asks(
    check: Check, tmp_path: Path
) -> None:
    tree = write(tmp_path / "tree", FILES | HOSTILE)
    before = snapshot(tree)

    evaluation = check.evaluate(view_of(check, tree, tmp_path / "scratch"), Runs())

    assert isinstance(evaluation, Evaluated), evaluation
    assert evaluation.findings
    assert snapshot(tree) == before


@every_check
def test_the_same_tree_gives_the_same_findings_in_the_same_order(check: Check, tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", FILES)

    one = check.evaluate(view_of(check, tree, tmp_path / "one"), Runs())
    two = check.evaluate(view_of(check, tree, tmp_path / "two"), Runs())

    assert one == two


FAULTS = {
    "crashes": "kill -SEGV $$",
    "hangs": "sleep 60",
    "prints garbage": "echo '<html>'; exit 0",
    "prints truncated JSON": "printf '[{\"code\": '; exit 0",
    "prints other JSON": "echo '[{\"a\": 1}]'; exit 0",
    "prints a number": "echo 3; exit 0",
    "prints nothing": "exit 0",
    "prints nothing and finds": "exit 1",
    "prints an empty list": "echo '[]'; exit 0",
    "prints an empty object": "echo '{}'; exit 0",
    "ends with an unknown code": "echo '[]'; exit 77",
    "is told that its flags are wrong": "echo 'unexpected argument' >&2; exit 2",
}


@every_check
@pytest.mark.parametrize("fault", FAULTS)
def test_a_tool_that_fails_is_never_a_pass(check: Check, fault: str, tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", FILES)
    tool = write(tmp_path, {"tool": f"#!/bin/sh\n{FAULTS[fault]}\n"}) / "tool"
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    view = view_of(check, tree, tmp_path / "scratch", command=(os.fspath(tool),))

    evaluation = check.evaluate(view, Runs(timeout=0.3 if fault == "hangs" else 10))

    assert isinstance(evaluation, NotEvaluated), evaluation
    assert evaluation.cause
    assert evaluation.fix


@every_check
@pytest.mark.parametrize("command", ["/nowhere/tool", "{folder}"])
def test_a_tool_that_cannot_be_started_is_not_evaluated(
    check: Check, command: str, tmp_path: Path
) -> None:
    tree = write(tmp_path / "tree", FILES)
    view = view_of(
        check, tree, tmp_path / "scratch", command=(command.format(folder=os.fspath(tmp_path)),)
    )

    evaluation = check.evaluate(view, Runs())

    assert isinstance(evaluation, NotEvaluated)
    assert "could not be started" in evaluation.cause


@every_check
def test_the_real_tool_on_a_full_disk_is_not_evaluated_or_says_what_it_found(
    check: Check, tmp_path: Path
) -> None:
    tree = write(tmp_path / "tree", FILES)
    script = (
        f'#!/bin/sh\nulimit -f 0\nexec "{view_of(check, tree, tmp_path / "s").tool.command[0]}" "$@"\n'
    )
    tool = write(tmp_path, {"tool": script}) / "tool"
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    view = view_of(check, tree, tmp_path / "scratch", command=(os.fspath(tool),))

    evaluation = check.evaluate(view, Runs())

    assert isinstance(evaluation, NotEvaluated) or evaluation.findings


@pytest.mark.parametrize("name", ["complexity", "secrets"])
def test_a_scratch_folder_that_cannot_be_used_is_not_evaluated(name: str, tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", FILES)
    check = next(check for check in CHECKS if check.name == name)
    view = view_of(check, tree, tmp_path / "scratch")
    (tmp_path / "scratch").rmdir()
    (tmp_path / "scratch").write_text("a file where a folder should be")

    evaluation = check.evaluate(view, Runs())

    assert isinstance(evaluation, NotEvaluated)
    assert "disk" in evaluation.fix


@every_check
def test_a_pinned_tool_that_is_too_old_is_told_apart(check: Check, tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", FILES)
    tool = write(tmp_path, {"tool": "#!/bin/sh\necho 'No such option: --x' >&2\nexit 2\n"}) / "tool"
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    view = view_of(check, tree, tmp_path / "scratch", command=(os.fspath(tool),))

    evaluation = check.evaluate(view, Runs())

    assert isinstance(evaluation, NotEvaluated)
    assert "newer" in evaluation.fix


@pytest.mark.parametrize(("name", "flag"), [("secrets", "--no-verify"), ("workflows", "--offline")])
def test_a_tool_that_could_ask_the_network_is_told_not_to(name: str, flag: str, tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", FILES)
    check = next(check for check in CHECKS if check.name == name)
    runs = Runs()

    check.evaluate(view_of(check, tree, tmp_path / "scratch"), runs)

    assert runs.calls
    assert all(flag in call for call in runs.calls)


def test_names_are_distinct_and_each_check_says_what_steers_it() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.title and check.tool and check.configuration for check in CHECKS)
