"""The workflows check: zizmor offline, with no file passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.checks.model import Severity
from fairlead.checks.workflows import Workflows
from views import evaluated, file_change, findings, not_evaluated, write

WORKFLOWS = Workflows()
CI = ".github/workflows/ci.yml"
INJECTION = """\
name: ci
on: pull_request
permissions: {}
jobs:
  greet:
    name: greet
    runs-on: ubuntu-24.04
    steps:
      - name: greet
        run: echo "${{ github.event.pull_request.title }}"
"""
CLEAN = INJECTION.replace("${{ github.event.pull_request.title }}", "hello")
ACTION = """\
name: greet
description: greets
runs:
  using: composite
  steps:
    - uses: actions/checkout@v4
"""


def test_an_expression_in_a_script_is_an_error_with_reason_remedy_and_address(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {CI: INJECTION})

    (finding,) = evaluated(WORKFLOWS, tree).findings

    assert (finding.path, finding.line, finding.rule) == (CI, 10, "template-injection")
    assert finding.severity is Severity.ERROR
    assert "env:" in finding.fix
    assert finding.context == "github.event.pull_request.title"
    assert finding.url == "https://docs.zizmor.sh/audits/#template-injection"


def test_what_stands_around_an_expression_is_no_part_of_a_finding(tmp_path: Path) -> None:
    reworded = INJECTION.replace("run: echo", "run: printf '%s'").replace("name: ", "name: renamed ")
    before = write(tmp_path / "before", {CI: INJECTION})
    after = write(tmp_path / "after", {CI: reworded})

    contexts = [
        [one.context for one in evaluated(WORKFLOWS, tree).findings] for tree in (before, after)
    ]

    assert reworded != INJECTION
    assert contexts[0] == contexts[1]


def test_a_clean_workflow_is_evaluated_and_what_was_not_asked_is_said(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {CI: CLEAN})

    evaluation = evaluated(WORKFLOWS, tree)

    assert evaluation.findings == ()
    assert "offline" in evaluation.evidence


def test_actions_and_dependabots_file_are_audited_and_strangers_files_are_not(tmp_path: Path) -> None:
    dependabot = (
        "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n"
        "    schedule:\n      interval: daily\n"
    )
    tree = write(
        tmp_path / "tree",
        {
            "tools/greet/action.yml": ACTION,
            ".github/dependabot.yml": dependabot,
            "game/action.yml": "a: 1\n",
        },
    )

    found = findings(WORKFLOWS, tree)

    assert (".github/dependabot.yml", "dependabot-cooldown") in found
    assert ("tools/greet/action.yml", "unpinned-uses") in found
    assert {path for path, _ in found} == {".github/dependabot.yml", "tools/greet/action.yml"}


def test_the_projects_configuration_wins_and_one_above_the_tree_is_not_read(tmp_path: Path) -> None:
    silence = "rules:\n  template-injection:\n    disable: true\n"
    silent = write(tmp_path / "silent" / "tree", {CI: INJECTION, ".github/zizmor.yml": silence})
    write(tmp_path / "below", {"zizmor.yml": silence, ".github/zizmor.yml": silence})
    loud = write(tmp_path / "below" / "tree", {CI: INJECTION})

    assert findings(WORKFLOWS, silent) == []
    assert findings(WORKFLOWS, loud) == [(CI, "template-injection")]


def test_a_comment_that_ignores_a_finding_is_heeded(tmp_path: Path) -> None:
    ignored = INJECTION.replace(' }}"\n', ' }}"  # zizmor: ignore[template-injection]\n')
    tree = write(tmp_path / "tree", {CI: ignored})

    assert findings(WORKFLOWS, tree) == []


@pytest.mark.parametrize("others", [{}, {".github/workflows/ok.yml": INJECTION}])
def test_a_file_that_is_not_yaml_is_never_passed_over(tmp_path: Path, others: dict[str, str]) -> None:
    tree = write(tmp_path / "tree", {CI: "name: [\n", **others})

    assert findings(WORKFLOWS, tree)[0] == (CI, "unparsed")
    assert len(findings(WORKFLOWS, tree)) == 1 + len(others)


@pytest.mark.parametrize("content", ["name: x\njobs: 3\n", "", "3\n"])
def test_a_file_that_is_no_workflow_is_not_evaluated(tmp_path: Path, content: str) -> None:
    tree = write(tmp_path / "tree", {CI: content, ".github/workflows/ok.yml": CLEAN})

    assert CI in not_evaluated(WORKFLOWS, tree).cause


@pytest.mark.parametrize("name", ["-x.yml", "a b.yml", "ünï.yaml", "a\nb.yml", "--fix.yml"])
def test_odd_names_reach_zizmor_and_come_back(tmp_path: Path, name: str) -> None:
    tree = write(tmp_path / "tree", {f".github/workflows/{name}": INJECTION})

    assert findings(WORKFLOWS, tree) == [(f".github/workflows/{name}", "template-injection")]


def test_a_name_that_is_not_utf8_is_not_evaluated(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {".github/workflows/caf\udce9.yml": INJECTION})

    assert "not UTF-8" in not_evaluated(WORKFLOWS, tree).cause


def test_an_invalid_configuration_is_not_evaluated(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {CI: CLEAN, "zizmor.yml": "rules:\n  no-such: 3\n"})

    assert "configuration" in not_evaluated(WORKFLOWS, tree).cause


@pytest.mark.parametrize("name", [".github/ci.yml", "workflows/ci.yml", "docs/a.yaml", "action.txt"])
def test_other_yaml_is_not_wanted(name: str) -> None:
    assert not WORKFLOWS.wants(file_change(name))
