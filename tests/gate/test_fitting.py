"""`fairlead init` writes a policy that holds as it stands and as it explains itself."""

from __future__ import annotations

import re

import pytest

from fairlead.gate.fitting import Facts, fit_policy, gather_facts
from fairlead.gate.policy import DEFAULT_CHECKS, Policy
from fairlead.gate.reading import read_policy

TREES = {
    "python with black": ("pyproject.toml", "src/a.py", "uv.lock", ".github/workflows/ci.yml"),
    "javascript": ("package.json", "index.js", ".github/CODEOWNERS"),
    "go": ("go.mod", "main.go"),
    "nothing": (),
}


def facts_of(name: str) -> Facts:
    return gather_facts(TREES[name], lambda path: "[tool.black]\n" if name.endswith("black") else "")


def read(text: str) -> Policy:
    policy = read_policy(text, file="fairlead.toml", source="the base")
    assert policy is not None
    return policy


@pytest.mark.parametrize("name", TREES)
def test_the_written_policy_can_be_read(name: str) -> None:
    policy = read(fit_policy(facts_of(name)))

    assert policy.of("lint") == DEFAULT_CHECKS["lint"]


@pytest.mark.parametrize("name", TREES)
def test_every_explained_key_can_be_switched_on_as_shown(name: str) -> None:
    text = fit_policy(facts_of(name))
    settings = re.compile(r"^# (?=(?:[a-z_]+ = |\[))", re.MULTILINE)

    uncommented = settings.sub("", text)

    assert uncommented != text
    read(uncommented)


def test_a_project_that_formats_with_black_is_not_measured_by_ruffs_layout() -> None:
    assert not read(fit_policy(facts_of("python with black"))).of("format").enabled


def test_without_a_lock_file_vulnerabilities_are_off() -> None:
    assert not read(fit_policy(facts_of("go"))).of("vulnerabilities").enabled
    assert read(fit_policy(facts_of("python with black"))).of("vulnerabilities").enabled


def test_tests_and_coverage_are_off_in_a_tree_that_has_no_test() -> None:
    without, with_one = (
        read(fit_policy(gather_facts(paths, lambda path: "")))
        for paths in (("app.py",), ("app.py", "tests/test_app.py"))
    )

    assert not without.of("tests").enabled
    assert not without.of("coverage").enabled
    assert with_one.of("tests").enabled
    assert with_one.of("coverage").enabled
